use super::*;

/// A chunk of version 2, each field written out by hand at the offset that EBU Tech 3285 gives it.
fn version_2() -> Vec<u8> {
    let mut bytes = vec![0; 602];
    bytes[0..3].copy_from_slice(b"abc");
    bytes[256..259].copy_from_slice(b"def");
    bytes[288..320].copy_from_slice(b"USSDVGR1112089007124000100820630");
    bytes[320..330].copy_from_slice(b"2018-12-31");
    bytes[330..338].copy_from_slice(b"12:40:00");
    // Low word, then high word.
    bytes[338..346].copy_from_slice(&[0x51, 0x1A, 0x97, 0x82, 0x01, 0, 0, 0]);
    bytes[346..348].copy_from_slice(&[2, 0]);
    bytes[348..412].copy_from_slice(&[0xAB; 64]);
    // -23.05 LUFS, 6.1 LU, -1 dBTP, not measured, -20.5 LUFS.
    bytes[412..422].copy_from_slice(&[0xFF, 0xF6, 0x62, 0x02, 0x9C, 0xFF, 0xFF, 0x7F, 0xFE, 0xF7]);
    bytes[422] = 0x5A; // reserved
    bytes.extend_from_slice(b"A=PCM,F=48000,W=24,M=mono,T=x\r\n\0junk");
    bytes
}

#[test]
fn every_field_stands_where_the_standard_has_it() {
    let bext = Bext::parse(&version_2());
    assert_eq!(bext.description(), "abc");
    assert_eq!(bext.originator(), "def");
    assert_eq!(bext.originator_reference(), "USSDVGR1112089007124000100820630");
    assert_eq!(bext.origination_date(), "2018-12-31");
    assert_eq!(bext.origination_time(), "12:40:00");
    assert_eq!(bext.time_reference(), Some(0x1_8297_1A51));
    assert_eq!(bext.version(), Some(2));
    assert_eq!(bext.umid(), Some([0xAB; 64]));
    assert_eq!(
        bext.loudness(),
        Some(Loudness {
            integrated: Some(-23.05),
            range: Some(6.1),
            max_true_peak: Some(-1.0),
            max_momentary: None,
            max_short_term: Some(-20.5),
        })
    );
    assert_eq!(bext.coding_history(), "A=PCM,F=48000,W=24,M=mono,T=x\r\n");
    assert_eq!(bext.to_bytes(), version_2());
}

#[test]
fn what_is_set_lands_at_the_offsets_of_the_standard() {
    let mut bext = Bext::new();
    bext.set_description("abc").unwrap();
    bext.set_originator("def").unwrap();
    bext.set_originator_reference("USSDVGR1112089007124000100820630").unwrap();
    bext.set_origination("2018-12-31", "12:40:00").unwrap();
    bext.set_time_reference(0x1_8297_1A51);
    bext.set_umid(&[0xAB; 64]);
    assert_eq!(bext.version(), Some(1));
    bext.set_loudness(&Loudness {
        integrated: Some(-23.05),
        range: Some(6.1),
        max_true_peak: Some(-1.0),
        max_momentary: None,
        max_short_term: Some(-20.5),
    })
    .unwrap();
    bext.append_coding_history("A=PCM,F=48000,W=24,M=mono,T=x").unwrap();
    let mut expected = version_2();
    expected[422] = 0;
    expected.truncate(expected.len() - b"\0junk".len());
    assert_eq!(bext.to_bytes(), expected);
}

#[test]
fn earlier_versions_have_no_umid_and_no_loudness_whatever_the_bytes() {
    let mut bytes = version_2();
    bytes[346] = 1;
    assert_eq!(Bext::parse(&bytes).loudness(), None);
    assert!(Bext::parse(&bytes).umid().is_some());
    bytes[346] = 0;
    assert_eq!(Bext::parse(&bytes).umid(), None);
}

#[test]
fn a_change_touches_nothing_else() {
    let mut bext = Bext::parse(&version_2());
    bext.set_description("other").unwrap();
    let mut expected = version_2();
    expected[0..5].copy_from_slice(b"other");
    assert_eq!(bext.to_bytes(), expected);
}

#[test]
fn a_shorter_text_leaves_nothing_of_a_longer_one() {
    let mut bext = Bext::new();
    bext.set_originator("the longer one").unwrap();
    bext.set_originator("short").unwrap();
    assert_eq!(bext.to_bytes()[256..272], *b"short\0\0\0\0\0\0\0\0\0\0\0");
}

#[test]
fn a_text_may_fill_its_field_and_not_a_byte_more() {
    let mut bext = Bext::new();
    bext.set_originator(&"x".repeat(32)).unwrap();
    bext.set_description(&"y".repeat(256)).unwrap();
    assert_eq!(bext.originator(), "x".repeat(32));
    assert_eq!(bext.description(), "y".repeat(256));
    let error = bext.set_originator(&"ä".repeat(17)).unwrap_err();
    assert!(matches!(error.kind(), crate::ErrorKind::TooLarge { bytes: 34, limit: 32, .. }), "{error:?}");
    assert!(matches!(
        bext.set_originator("a\0b").as_ref().map_err(crate::Error::kind),
        Err(crate::ErrorKind::InvalidArgument { .. })
    ));
    assert_eq!(bext.originator(), "x".repeat(32));
}

#[test]
fn dates_and_times_are_checked() {
    let mut bext = Bext::new();
    for (date, time) in [("2026-01-01", "00:00:00"), ("2019:01:01", "13-36-16"), ("0000 12.31", "23_59_59")] {
        bext.set_origination(date, time).unwrap();
        assert_eq!((bext.origination_date(), bext.origination_time()), (date.into(), time.into()));
    }
    let good = bext.clone();
    for (date, time) in [
        ("2026-13-01", "00:00:00"),
        ("2026-00-01", "00:00:00"),
        ("2026-01-32", "00:00:00"),
        ("2026/01/01", "00:00:00"),
        ("2026-1-1", "00:00:00"),
        ("2026-01-011", "00:00:00"),
        ("２０26-01", "00:00:00"),
        ("2026-01-01", "24:00:00"),
        ("2026-01-01", "12:60:00"),
        ("2026-01-01", "12:00"),
        ("", ""),
    ] {
        assert!(bext.set_origination(date, time).is_err(), "{date} {time}");
        assert_eq!(bext, good);
    }
}

#[test]
fn history_is_appended_behind_whatever_a_recorder_left() {
    let history = |before: &[u8]| {
        let mut bext = Bext::parse(&[&[0; 602], before].concat());
        bext.append_coding_history("new").unwrap();
        bext.to_bytes()[602..].to_vec()
    };
    assert_eq!(history(b""), b"new\r\n");
    assert_eq!(history(b"old\r\n"), b"old\r\nnew\r\n");
    assert_eq!(history(b"old"), b"old\r\nnew\r\n");
    assert_eq!(history(b"old\r\n\0\0\0\0"), b"old\r\nnew\r\n");
    assert_eq!(history(b"old\0\xBF\xFEgarbage"), b"old\r\nnew\r\n");
    assert_eq!(history(b"\0\0\0"), b"new\r\n");
    // Bytes that are not UTF-8 stay.
    assert_eq!(history(b"Aufnahmeger\xE4t\r\n"), b"Aufnahmeger\xE4t\r\nnew\r\n");

    let mut bext = Bext::new();
    bext.append_coding_history("one\ntwo\r\n").unwrap();
    assert_eq!(bext.coding_history(), "one\r\ntwo\r\n");
    assert!(bext.append_coding_history("a\0b").is_err());
    assert_eq!(bext.coding_history(), "one\r\ntwo\r\n");
}

#[test]
fn loudness_rounds_and_refuses_what_it_cannot_hold() {
    let mut bext = Bext::new();
    let with = |integrated| Loudness { integrated: Some(integrated), ..Loudness::default() };
    for (given, stored) in [(-23.004, -23.0), (-23.006, -23.01), (99.99, 99.99), (-99.99, -99.99)] {
        bext.set_loudness(&with(given)).unwrap();
        assert_eq!(bext.loudness().unwrap().integrated, Some(stored));
    }
    let good = bext.clone();
    for given in [100.0, -100.0, 327.67, 1e9, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(
            matches!(
                bext.set_loudness(&with(given)).as_ref().map_err(crate::Error::kind),
                Err(crate::ErrorKind::InvalidArgument { .. })
            ),
            "{given}"
        );
        assert_eq!(bext, good);
    }
}

#[test]
fn a_chunk_of_a_big_endian_file_is_kept_as_a_little_endian_one() {
    let mut bytes = version_2();
    bytes[338..346].copy_from_slice(&[0x82, 0x97, 0x1A, 0x51, 0, 0, 0, 1]);
    bytes[346..348].copy_from_slice(&[0, 2]);
    for field in bytes[412..422].as_chunks_mut::<2>().0 {
        field.reverse();
    }
    assert_eq!(Bext::parse_in(&bytes, ByteOrder::Big).to_bytes(), version_2());
}

#[test]
fn every_prefix_is_read_and_can_be_filled_in() {
    let bytes = version_2();
    for len in 0..=bytes.len() {
        let mut bext = Bext::parse(&bytes[..len]);
        assert_eq!(bext.time_reference().is_some(), len >= 346, "{len}");
        assert_eq!(bext.version().is_some(), len >= 348, "{len}");
        assert_eq!(bext.umid().is_some(), len >= 412, "{len}");
        assert_eq!(bext.loudness().is_some(), len >= 422, "{len}");
        assert_eq!(bext.description(), &"abc"[..len.min(3)]);
        assert_eq!(bext.to_bytes().len(), len.max(602));
        assert_eq!(bext.to_bytes()[..len], bytes[..len]);
        bext.clear_loudness();
        bext.append_coding_history("new").unwrap();
        assert!(bext.coding_history().ends_with("new\r\n"));
    }
}

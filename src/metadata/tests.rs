use super::*;

/// Chunks with something in every field of every view.
fn full() -> Metadata {
    let mut bext = Bext::new();
    bext.set_description("dawn chorus").unwrap();
    bext.set_loudness(&Loudness { integrated: Some(-30.5), ..Loudness::default() }).unwrap();
    bext.append_coding_history("A=PCM,F=48000,W=24,M=mono").unwrap();
    let mut info = Info::new();
    info.set(*b"IART", "AudioMoth").unwrap();
    info.set(*b"ICMT", "odd").unwrap();
    let mut region = Cue::new(4, 400);
    (region.length, region.label, region.note) = (Some(40), Some("call".into()), Some("faint".into()));
    let mut guano = Guano::new();
    guano.set("Loc Position", "52.5 13.4").unwrap();
    Metadata {
        bext: Some(bext),
        info: Some(info),
        cues: vec![region, Cue::new(5, 500)],
        ixml: Some("<BWFXML><SCENE>A101</SCENE></BWFXML>".into()),
        guano: Some(guano),
        fact_frames: None,
    }
}

fn of(chunks: &[([u8; 4], Vec<u8>)]) -> Metadata {
    Metadata::from_chunks(chunks.iter().map(|(id, payload)| (*id, payload.as_slice())))
}

/// Everything that can be asked of what was read, so that nothing panics unseen.
fn ask(metadata: &Metadata) {
    let _ = format!("{metadata:?}");
    if let Some(guano) = &metadata.guano {
        let _ = (guano.position(), guano.iter().count());
    }
    if let Some(bext) = &metadata.bext {
        let mut bext = bext.clone();
        bext.append_coding_history("x").unwrap();
        bext.clear_loudness();
    }
    // What was read can be written, and is the same again.
    let chunks = metadata.to_chunks().unwrap();
    for (id, payload) in &chunks {
        assert!(Metadata::has_view(*id), "{}", id.escape_ascii());
        assert!(payload.len() < 1 << 20);
    }
    let again = of(&chunks);
    assert_eq!(again.guano.map(|guano| guano.text()), metadata.guano.as_ref().map(Guano::text));
    assert_eq!(again.cues.len(), metadata.cues.len());
}

/// xorshift64*, so that a failure can be had again from its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[7]
    }
}

#[test]
fn what_is_written_is_read_again() {
    let metadata = full();
    let chunks = metadata.to_chunks().unwrap();
    let ids: Vec<_> = chunks.iter().map(|chunk| chunk.0.escape_ascii().to_string()).collect();
    assert_eq!(ids, ["bext", "iXML", "LIST", "guan", "cue ", "LIST"]);
    assert_eq!(of(&chunks), metadata);
}

#[test]
fn lists_of_one_kind_are_joined_and_of_other_chunks_the_first_counts() {
    let metadata = Metadata::from_chunks([
        (*b"fact", b"\x01\0".as_slice()), // too short to say anything
        (*b"fact", b"\x02\0\0\0"),
        (*b"iXML", b"first"),
        (*b"iXML", b"second"),
        (*b"LIST", b"INFOICMT\x02\0\0\0a\0"),
        (*b"list", b"adtllabl\x06\0\0\0\x01\0\0\0x\0"),
        (*b"LIST", b"INFOIART\x02\0\0\0b\0"),
        (*b"LIST", b"adtlnote\x06\0\0\0\x01\0\0\0y\0"),
        (*b"cue ", b"\x01\0\0\0\x01\0\0\0\0\0\0\0data\0\0\0\0\0\0\0\0\x05\0\0\0"),
    ]);
    assert_eq!(metadata.fact_frames, Some(2));
    assert_eq!(metadata.ixml.as_deref(), Some("first"));
    let info = metadata.info.unwrap();
    assert_eq!((info.get(*b"ICMT").unwrap(), info.get(*b"IART").unwrap()), ("a".into(), "b".into()));
    assert_eq!(metadata.cues, [Cue { label: Some("x".into()), note: Some("y".into()), ..Cue::new(1, 5) }]);
}

/// EBU Tech 3306 § 3.3: where `ds64` has the count, `fact` has 0xFFFFFFFF.
#[test]
fn a_count_that_is_elsewhere_is_none() {
    let metadata = |fact: &[u8]| Metadata::from_chunks([(*b"fact", fact)]);
    assert_eq!(metadata(b"\xFF\xFF\xFF\xFF").fact_frames, None);
    assert_eq!(metadata(b"\xFE\xFF\xFF\xFF").fact_frames, Some(u32::MAX - 1));
}

#[test]
fn a_big_endian_file_is_read_as_its_little_endian_twin() {
    // The numbers of every view the other way round, texts the same.
    let metadata = Metadata::from_chunks_in(
        [
            (*b"fact", b"\0\0\0\x07".as_slice()),
            (*b"LIST", b"INFOICMT\0\0\0\x02a\0"),
            (*b"cue ", b"\0\0\0\x01\0\0\0\x01\0\0\0\0data\0\0\0\0\0\0\0\0\0\0\0\x05"),
            (*b"LIST", b"adtlltxt\0\0\0\x14\0\0\0\x01\0\0\0\x09rgn \0\0\0\0\0\0\0\0"),
        ],
        ByteOrder::Big,
    );
    assert_eq!(metadata.fact_frames, Some(7));
    assert_eq!(metadata.info.unwrap().get(*b"ICMT").unwrap(), "a");
    assert_eq!(metadata.cues, [Cue { length: Some(9), ..Cue::new(1, 5) }]);
}

#[test]
fn every_prefix_of_every_chunk_is_read() {
    let mut chunks = full().to_chunks().unwrap();
    chunks.push((*b"fact", vec![1, 2, 3, 4]));
    for at in 0..chunks.len() {
        for len in 0..chunks[at].1.len() {
            let mut cut = chunks.clone();
            cut[at].1.truncate(len);
            let metadata = of(&cut);
            ask(&metadata);
            let whole = of(&chunks);
            // The others are not touched by it.
            if chunks[at].0 != *b"bext" {
                assert_eq!(metadata.bext, whole.bext);
            }
            if chunks[at].0 != *b"guan" {
                assert_eq!(metadata.guano, whole.guano);
            }
        }
    }
}

#[test]
fn every_byte_of_every_chunk_may_be_anything() {
    let chunks = full().to_chunks().unwrap();
    for (id, payload) in &chunks {
        for position in 0..payload.len() {
            for value in [0x00, 0x01, 0x20, 0x41, 0x7F, 0x80, 0xFF] {
                let mut changed = payload.clone();
                changed[position] = value;
                ask(&Metadata::from_chunks([(*id, changed.as_slice())]));
            }
        }
    }
}

#[test]
fn random_changes_and_random_bytes_are_read() {
    let chunks = full().to_chunks().unwrap();
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    for _ in 0..20_000 {
        let mut changed = chunks.clone();
        let (id, payload) = &mut changed[random.below(chunks.len())];
        match random.below(4) {
            0 => {
                let len = random.below(300);
                *payload = (0..len).map(|_| random.byte()).collect();
                payload.splice(0..0, [b"INFO", b"adtl", b"\x03\0\0\0"][random.below(3)].iter().copied());
            }
            1 => {
                for _ in 0..=random.below(8) {
                    let at = random.below(payload.len());
                    payload[at] = random.byte();
                }
            }
            2 => {
                let at = random.below(payload.len());
                payload.drain(..at);
            }
            _ => {
                let at = random.below(payload.len());
                let len = random.below(payload.len() - at + 1);
                payload.copy_within(at..at + len, 0);
            }
        }
        let order = if random.below(4) == 0 { ByteOrder::Big } else { ByteOrder::Little };
        let id = *id;
        ask(&Metadata::from_chunks_in(changed.iter().map(|chunk| (chunk.0, chunk.1.as_slice())), order));
        assert!(Metadata::has_view(id));
    }
}

/// Payloads that take the most memory for their size.
fn costly(bytes: usize) -> Vec<(&'static str, [u8; 4], Vec<u8>)> {
    let filled = |start: &[u8], piece: &[u8]| {
        let mut payload = start.to_vec();
        while payload.len() + piece.len() <= bytes {
            payload.extend_from_slice(piece);
        }
        payload
    };
    vec![
        ("line ends", *b"guan", filled(b"GUANO|Version:1.0", b"\n")),
        ("returns", *b"guan", filled(b"GUANO|Version:1.0", b"\r\n")),
        ("fields", *b"guan", filled(b"GUANO|Version:1.0\n", b"a:\n")),
        ("windows", *b"guan", filled(b"GUANO|Version:1.0\n", b"\x80")),
        ("windows and returns", *b"guan", filled(b"GUANO|Version:1.0\n", b"\x80\r\n")),
        ("text", *b"iXML", filled(b"<", b"\x80")),
        ("empty entries", *b"LIST", filled(b"INFO", b"IART\0\0\0\0")),
        ("unpadded entries", *b"LIST", filled(b"INFO", b"IART\x01\0\0\0x")),
        ("history", *b"bext", filled(b"", b"x")),
        ("points", *b"cue ", filled(b"\xFF\xFF\xFF\xFF", &[7; 24])),
    ]
}

/// Of so many bytes that a parser of quadratic time would not end.
#[test]
fn parsing_takes_at_most_four_times_the_bytes() {
    for (name, id, payload) in costly(4 << 20) {
        let taken = allocation_counter::measure(|| drop(Metadata::from_chunks([(id, payload.as_slice())])));
        let times = taken.bytes_max as f64 / payload.len() as f64;
        assert!(times <= 4.0, "{name}: {times:.2}");
    }
    // Points, and a list without a text for any.
    let points = [b"\xFF\xFF\xFF\xFF".to_vec(), vec![7; 24 * 10_000]].concat();
    let lists = [(*b"cue ", points.as_slice()), (*b"LIST", b"adtl")];
    let taken = allocation_counter::measure(|| drop(Metadata::from_chunks(lists)));
    let times = taken.bytes_max as f64 / points.len() as f64;
    assert!(times <= 4.0, "{times:.2}");
    // Points and a text for each of them.
    let points =
        [b"\xFF\xFF\xFF\xFF".to_vec(), (0..10_000_u32).flat_map(|id| [id.to_le_bytes(); 6].concat()).collect()]
            .concat();
    let text = |id: u32| [b"labl\x06\0\0\0".as_slice(), &id.to_le_bytes(), b"x\0"].concat();
    let texts = [b"adtl".to_vec(), (0..10_000_u32).rev().flat_map(text).collect()].concat();
    let taken = allocation_counter::measure(|| {
        let metadata = Metadata::from_chunks([(*b"cue ", points.as_slice()), (*b"LIST", &texts)]);
        assert!(metadata.cues.iter().all(|cue| cue.label.as_deref() == Some("x")));
    });
    let times = taken.bytes_max as f64 / (points.len() + texts.len()) as f64;
    assert!(times <= 4.0, "{times:.2}");
}

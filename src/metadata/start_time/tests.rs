use super::*;
use crate::metadata::{Guano, Info};

fn named(name: &str) -> Option<String> {
    start_time(&Metadata::default(), 48_000, Some(Path::new(name))).map(|start| {
        assert_eq!(start.source(), TimeSource::FileName);
        start.to_string()
    })
}

fn with_comment(text: &str) -> Metadata {
    let mut info = Info::new();
    info.set(*b"ICMT", text).unwrap();
    Metadata { info: Some(info), ..Metadata::default() }
}

fn with_timestamp(text: &str) -> Metadata {
    let guano = Guano::parse(format!("GUANO|Version: 1.0\nTimestamp: {text}\n").as_bytes());
    Metadata { guano: Some(guano), ..Metadata::default() }
}

fn with_bext(date: &str, time: &str, reference: u64) -> Metadata {
    let mut bytes = vec![0; 602];
    bytes[320..][..date.len()].copy_from_slice(date.as_bytes());
    bytes[330..][..time.len()].copy_from_slice(time.as_bytes());
    bytes[338..346].copy_from_slice(&reference.to_le_bytes());
    Metadata { bext: Some(Bext::parse(&bytes)), ..Metadata::default() }
}

fn found(metadata: &Metadata) -> Option<(TimeSource, String)> {
    start_time(metadata, 48_000, None).map(|start| (start.source(), start.to_string()))
}

/// The names that the recorders and their users give.
#[test]
fn names_of_files_are_read() {
    for (name, expected) in [
        // AudioMoth, by default in UTC but set by its user; `T` for a triggered recording.
        ("20180531_123456.WAV", "2018-05-31T12:34:56"),
        ("20180531_123456T.WAV", "2018-05-31T12:34:56"),
        ("24E144085F1B6FAC_20210503_090000.WAV", "2021-05-03T09:00:00"),
        // The values that opensoundscape's own tests have: `hex_to_time("5F16A04E")`.
        ("5F16A04E.WAV", "2020-07-21T07:59:10Z"),
        // nwolek/audiomoth-scripts: 5EC5A158.WAV becomes 2020-05-20-21-30-00-UTC.wav; `date -u -d @$((0x5EC5A158))`.
        ("5EC5A158.WAV", "2020-05-20T21:30:00Z"),
        // Song Meter.
        ("SITE_20190101_050000.wav", "2019-01-01T05:00:00"),
        ("SITE_20190101$050000.wav", "2019-01-01T05:00:00"),
        ("SM2_0+1_20110228_235959.wac", "2011-02-28T23:59:59"),
        ("S4A09154_20201106_060002_000.wav", "2020-11-06T06:00:02"),
        // SoundTrap: serial number and YYMMDDhhmmss.
        ("67123456.180507123456.wav", "2018-05-07T12:34:56"),
        ("1208795168.190101000000.sud", "2019-01-01T00:00:00"),
        // HARP.
        ("GofMX_DT01_100716_184500.x.wav", "2010-07-16T18:45:00"),
        ("CINMS_B_36_d100_170501_000230.df100.x.wav", "2017-05-01T00:02:30"),
        // icListen, AMAR, and what ecoacoustics.info recommends.
        ("ICLISTENHF1266_20170101T000000.000Z.wav", "2017-01-01T00:00:00Z"),
        ("ICLISTENHF1266_20170101T000000.250Z.wav", "2017-01-01T00:00:00.25Z"),
        ("AMAR538.20180527T070000Z.wav", "2018-05-27T07:00:00Z"),
        ("20180527T070000+1000_site.flac", "2018-05-27T07:00:00+10:00"),
        ("20180527_070000-0330.wav", "2018-05-27T07:00:00-03:30"),
        ("a20180527_070000+10 b.wav", "2018-05-27T07:00:00+10:00"),
        // By hand.
        ("2018-05-31 12.34.56.wav", "2018-05-31T12:34:56"),
        ("garden 2018-05-31T12-34-56.flac", "2018-05-31T12:34:56"),
        ("2018_05_31_12h34m56.ogg", "2018-05-31T12:34:56"),
        ("rec20180531123456.mp3", "2018-05-31T12:34:56"),
        ("dir/20200229_120000_to_20200229_130000.wav", "2020-02-29T12:00:00"),
        // The first that can be one.
        ("19990231_000000_20000228_000000.wav", "2000-02-28T00:00:00"),
        // Numbers that are no offsets: a count, and an editor's suffix.
        ("20180531_123456-0001.wav", "2018-05-31T12:34:56"),
        ("20180531_123456-02.wav", "2018-05-31T12:34:56"),
        ("20180531_123456+1234567.wav", "2018-05-31T12:34:56"),
        ("20180531_123456.001.wav", "2018-05-31T12:34:56"),
    ] {
        assert_eq!(named(name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn names_without_a_moment_have_none() {
    for name in [
        "",
        "music.wav",
        "20180531.WAV",
        "20180531_12.wav",
        "20181331_123456.wav",
        "20180230_123456.wav",
        "20180531_246000.wav",
        "20180531_1234567.wav",
        "00010101_000000.wav",
        "99990101_000000.wav",
        // Not hexadecimal Unix times: too early, too late, lower case, too long.
        "20180000.WAV",
        "7FFFFFFF.WAV",
        "5ec5a158.WAV",
        "5EC5A1580.WAV",
        // Six digits twice, but no date; a date, but no time.
        "x_123456_123456.wav",
        "x_180531_250000.wav",
        "1.999999999999.wav",
        "ünïcödé_2018０531_123456.wav",
    ] {
        assert_eq!(named(name), None, "{name}");
    }
}

/// Comments that recorders wrote, as users of theirs quote them.
#[test]
fn comments_of_an_audiomoth_are_read() {
    for (text, expected) in [
        // metamoth's and soundscape_IR's test files, firmware 1.0.1.
        (
            "Recorded at 19:17:30 06/04/2018 (UTC) by AudioMoth 0FE081F80FE081F0 at gain setting 2 while battery state was 4.5V",
            "2018-04-06T19:17:30Z",
        ),
        (
            "Recorded at 16:46:32 16/04/2025 (UTC) by AudioMoth 249C600363FA5E80 at medium gain while battery was 4.8V and \
             temperature was 21.3C.",
            "2025-04-16T16:46:32Z",
        ),
        // Firmware 1.0.0.
        (
            "Recorded at 10:25:00 04/04/2017 by AudioMoth 24526B065D325963 at gain setting 2 while battery state was 4.7V",
            "2017-04-04T10:25:00",
        ),
        // Since 1.2.0 and 1.4.0, as their format strings print it: "(UTC%+d)" and ":%02d".
        (
            "Recorded at 11:00:00 22/10/2021 (UTC-5) by AudioMoth 24E144085F1B6FAC at medium gain",
            "2021-10-22T11:00:00-05:00",
        ),
        ("Recorded at 11:00:00 22/10/2021 (UTC+5:30) by AudioMoth 24E144085F1B6FAC", "2021-10-22T11:00:00+05:30"),
        ("Recorded at 11:00:00 22/10/2021 (UTC-5:30) by AudioMoth 24E144085F1B6FAC", "2021-10-22T11:00:00-05:30"),
        ("Recorded at 11:00:00 22/10/2021 (UTC+12:45) by HydroMoth 24E144085F1B6FAC", "2021-10-22T11:00:00+12:45"),
        // GPS-Sync.
        ("Recorded at 11:00:00.125 22/10/2021 (UTC) by AudioMoth 24E144085F1B6FAC", "2021-10-22T11:00:00.125Z"),
    ] {
        let expected = (TimeSource::AudioMoth, expected.to_owned());
        assert_eq!(found(&with_comment(text)), Some(expected), "{text}");
    }
    for text in [
        "",
        "windy",
        "Recorded at dawn",
        "Recorded at 25:00:00 22/10/2021 (UTC)",
        "Recorded at 11:00:00 31/02/2021 (UTC)",
        "Recorded at 11:00:00 22/10/20",
    ] {
        assert_eq!(found(&with_comment(text)), None, "{text}");
    }
    // A zone that cannot be is not known; the time is.
    for zone in ["(UTC+99)", "(UTC+5:10)", "(UTC", "(CET)", "(UTC5)", "(UTC-13)"] {
        let start = start_time(&with_comment(&format!("Recorded at 11:00:00 22/10/2021 {zone}")), 8_000, None).unwrap();
        assert_eq!((start.offset(), start.timestamp()), (None, None), "{zone}");
    }
}

#[test]
fn guano_timestamps_are_read_with_and_without_an_offset() {
    for (text, expected) in [
        // The specification's example, and its other forms.
        ("2012-03-29T03:58:01+04:00", "2012-03-29T03:58:01+04:00"),
        ("2012-03-29T03:58:01", "2012-03-29T03:58:01"),
        ("2012-03-28T23:58:01Z", "2012-03-28T23:58:01Z"),
        // Wildlife Acoustics, Titley and Elekon write these.
        ("2019-07-08 21:38:37.421", "2019-07-08T21:38:37.421"),
        ("2021-06-30 22:15:00-04:00", "2021-06-30T22:15:00-04:00"),
        ("2020-08-01T20:59:43.123456+02:00", "2020-08-01T20:59:43.123456+02:00"),
    ] {
        let expected = (TimeSource::Guano, expected.to_owned());
        assert_eq!(found(&with_timestamp(text)), Some(expected), "{text}");
    }
    for text in ["", "2012-03-29", "yesterday", "2012-13-29T03:58:01", "0000-00-00T00:00:00", "-009999-01-01T00:00:00"]
    {
        assert_eq!(found(&with_timestamp(text)), None, "{text}");
    }
}

#[test]
fn bext_has_the_second_and_its_time_reference_the_fraction() {
    let of = |date, time, reference| found(&with_bext(date, time, reference)).map(|found| found.1);
    let expected = |text: &str| Some(text.to_owned());
    let noon = 43_200 * 48_000;
    assert_eq!(of("2018-12-31", "12:00:00", noon), expected("2018-12-31T12:00:00"));
    assert_eq!(of("2018-12-31", "12:00:00", noon + 12_000), expected("2018-12-31T12:00:00.25"));
    assert_eq!(of("2018-12-31", "12:00:01", noon + 47_999), expected("2018-12-31T12:00:00.999979167"));
    // Not filled in, or timecode.
    assert_eq!(of("2018-12-31", "12:00:00", 0), expected("2018-12-31T12:00:00"));
    assert_eq!(of("2018-12-31", "12:00:00", u64::MAX), expected("2018-12-31T12:00:00"));
    assert_eq!(of("2018/12/31", "12.00.00", 36_000 * 48_000), expected("2018-12-31T12:00:00"));
    // The last fraction before midnight.
    assert_eq!(of("2018-12-31", "23:59:59", 86_400 * 48_000 - 1), expected("2018-12-31T23:59:59.999979167"));
    for (date, time) in
        [("", ""), ("2018-12-31", ""), ("2018-02-30", "12:00:00"), ("0000-00-00", "00:00:00"), ("x", "y")]
    {
        assert_eq!(of(date, time, 0), None, "{date} {time}");
    }
    // At a rate of 0 Hz frames have no length.
    let start = start_time(&with_bext("2018-12-31", "12:00:00", noon + 1), 0, None).unwrap();
    assert_eq!(start.to_string(), "2018-12-31T12:00:00");
    assert_eq!(start.at_frame(1, 0), None);
}

/// The example of the iXML specification, whose time reference is not its time of day.
#[test]
fn ixml_is_read_like_bext() {
    let document = |date: &str, time: &str, low: u64| Metadata {
        ixml: Some(format!(
            "<?xml version=\"1.0\"?>\n<BWFXML><BEXT>\n<BWF_ORIGINATION_DATE>{date}</BWF_ORIGINATION_DATE>\n\
             <BWF_ORIGINATION_TIME> {time} </BWF_ORIGINATION_TIME>\n<BWF_TIME_REFERENCE_LOW>{low}</BWF_TIME_REFERENCE_LOW>\
             <BWF_TIME_REFERENCE_HIGH>0</BWF_TIME_REFERENCE_HIGH></BEXT></BWFXML>"
        )),
        ..Metadata::default()
    };
    let expected = |text: &str| Some((TimeSource::Ixml, text.to_owned()));
    assert_eq!(found(&document("2003-10-30", "03:27:17", 123_674_376)), expected("2003-10-30T03:27:17"));
    let reference = (3 * 3600 + 27 * 60 + 17) * 48_000 + 24_000;
    assert_eq!(found(&document("2003-10-30", "03:27:17", reference)), expected("2003-10-30T03:27:17.5"));
    assert_eq!(found(&document("", "", 0)), None);
    for ixml in ["<BWF_ORIGINATION_DATE>", "<BWF_ORIGINATION_DATE>2003-10-30", "<BWF_ORIGINATION_DATE/>", "<"] {
        assert_eq!(found(&Metadata { ixml: Some(ixml.into()), ..Metadata::default() }), None);
    }
}

#[test]
fn the_source_that_knows_most_goes_first() {
    let mut metadata = with_bext("2018-01-03", "00:00:00", 0);
    metadata.ixml = Some(
        "<BWF_ORIGINATION_DATE>2018-01-04</BWF_ORIGINATION_DATE><BWF_ORIGINATION_TIME>00:00:00</BWF_ORIGINATION_TIME>"
            .into(),
    );
    metadata.info = with_comment("Recorded at 00:00:00 02/01/2018 (UTC) by").info;
    metadata.guano = with_timestamp("2018-01-01T00:00:00").guano;
    let mut order = Vec::new();
    let day = |metadata: &Metadata| {
        start_time(metadata, 48_000, Some(Path::new("20180105_000000.wav")))
            .map(|start| (start.source(), start.civil().day()))
    };
    order.extend(day(&metadata));
    metadata.guano = with_timestamp("unknown").guano;
    order.extend(day(&metadata));
    metadata.info = None;
    order.extend(day(&metadata));
    metadata.bext = None;
    order.extend(day(&metadata));
    metadata.ixml = None;
    order.extend(day(&metadata));
    let expected = [
        (TimeSource::Guano, 1),
        (TimeSource::AudioMoth, 2),
        (TimeSource::Bext, 3),
        (TimeSource::Ixml, 4),
        (TimeSource::FileName, 5),
    ];
    assert_eq!(order, expected);
}

#[test]
fn frames_become_time_to_the_nanosecond() {
    let start = start_time(&with_timestamp("2012-12-31T23:59:59+04:00"), 44_100, None).unwrap();
    let at = |frame| start.at_frame(frame, 44_100).map(|start| start.to_string());
    assert_eq!(at(0).unwrap(), "2012-12-31T23:59:59+04:00");
    // 1 / 44100 s is 22,675.74 ns.
    assert_eq!(at(1).unwrap(), "2012-12-31T23:59:59.000022676+04:00");
    assert_eq!(at(44_100).unwrap(), "2013-01-01T00:00:00+04:00");
    assert_eq!(at(u64::MAX), None);
    assert_eq!(start.since_1970().as_secs(), 1_356_998_399);
    assert_eq!(start.timestamp().unwrap().as_second(), 1_356_998_399 - 4 * 3600);
    assert_eq!(start.with_offset(Offset::UTC).to_string(), "2012-12-31T23:59:59Z");
}

/// No text does harm: every prefix, and every byte replaced.
#[test]
fn any_text_is_read_or_passed_over() {
    let texts = [
        "ICLISTENHF1266_20170101T000000.000Z.wav",
        "67123456.180507123456.wav",
        "GofMX_DT01_100716_184500.x.wav",
        "5EC5A158.WAV",
        "Recorded at 11:00:00.125 22/10/2021 (UTC+12:45) by HydroMoth",
        "2020-08-01T20:59:43.123456+02:00",
        "<BWF_ORIGINATION_DATE>2018-01-04</BWF_ORIGINATION_DATE><BWF_ORIGINATION_TIME>00:00:00</BWF_ORIGINATION_TIME>\
         <BWF_TIME_REFERENCE_LOW>99999999999999</BWF_TIME_REFERENCE_LOW><BWF_TIME_REFERENCE_HIGH>4294967295</BWF_TIME_REFERENCE_HIGH>",
    ];
    let ask = |text: &str| {
        let mut metadata = with_comment(&text.replace('\0', ""));
        metadata.guano = with_timestamp(text).guano;
        metadata.ixml = Some(text.to_owned());
        for rate in [0, 1, 48_000, u32::MAX] {
            if let Some(start) = start_time(&metadata, rate, Some(Path::new(text))) {
                let _ = (start.timestamp(), start.at_frame(u64::MAX, rate), start.since_1970(), start.to_string());
            }
            let _ = start_time(&Metadata::default(), rate, Some(Path::new(text)));
        }
    };
    for text in texts {
        for end in 0..=text.len() {
            ask(&text[..end]);
        }
        for at in 0..text.len() {
            for with in ["", "0", "9", "-", "+", ".", ":", "Z", "T", "\0", "é", "٣", "\u{202E}"] {
                ask(&format!("{}{with}{}", &text[..at], &text[at + 1..]));
            }
        }
    }
    // Linear in the length: a megabyte of digits, of dates that cannot be, and of tags.
    for piece in ["9", "20181331_123456_", "<BWF_ORIGINATION_DATE>", "_180531"] {
        ask(&piece.repeat((1 << 20) / piece.len()));
    }
}

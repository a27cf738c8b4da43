//! Damaged compressed files: what is there is read in its place, what is missing is said, and nothing panics, hangs or eats memory.

use std::io::Cursor;
use std::path::Path;

use ndaudio::ndarray::{Array2, s};
use ndaudio::{Anomaly, ErrorKind, FormatError, MediaReader, ReadOptions, Source};

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/media").join(name)).unwrap()
}

/// Reads at most so many frames, so that a forged length costs no time.
pub(crate) fn read(bytes: Vec<u8>, frames_max: usize) -> Result<(MediaReader, Array2<i32>), ndaudio::Error> {
    let mut reader = MediaReader::new(Cursor::new(bytes))?;
    let channels = reader.spec().channels();
    let mut samples = Vec::new();
    let mut block = vec![0; 1024 * channels];
    while samples.len() < frames_max * channels {
        let frames = reader.read_interleaved(&mut block)?;
        samples.extend_from_slice(&block[..frames * channels]);
        if frames < 1024 {
            break;
        }
    }
    let frames = samples.len() / channels;
    Ok((reader, Array2::from_shape_vec((frames, channels), samples).unwrap()))
}

/// Blocks of 512 frames, 2000 in all.
pub(crate) const SMALL: &str = "flac_pcm16_stereo.flac";

/// Where the blocks of the small file begin, by its own sync codes and numbers.
pub(crate) fn blocks(bytes: &[u8]) -> Vec<usize> {
    let starts: Vec<usize> = (0..4_u8)
        .map(|number| {
            (86..bytes.len())
                .find(|&at| bytes[at..].starts_with(&[0xFF, 0xF8]) && bytes.get(at + 4) == Some(&number))
                .unwrap()
        })
        .collect();
    assert!(starts.is_sorted());
    starts
}

#[test]
fn a_flac_file_cut_at_any_byte_gives_the_whole_blocks_before_the_cut() {
    let bytes = fixture(SMALL);
    let (_, whole) = read(bytes.clone(), 10_000).unwrap();
    let starts = blocks(&bytes);
    let mut ends = starts[1..].to_vec();
    ends.push(bytes.len());
    let mut opened = 0;
    for len in 0..bytes.len() {
        match read(bytes[..len].to_vec(), 10_000) {
            Ok((reader, samples)) => {
                opened += 1;
                let there = ends.iter().filter(|&&end| end <= len).count() * 512;
                assert_eq!(samples, whole.slice(s![..there.min(2000), ..]), "cut at {len}");
                assert_eq!(reader.frames(), Some(there as u64), "cut at {len}");
                let missing = |anomaly: &Anomaly| matches!(anomaly, Anomaly::FrameCount { declared: 2000, found, .. } if *found == there as u64);
                assert!(reader.anomalies().iter().any(missing), "cut at {len}: {:?}", reader.anomalies());
            }
            Err(error) => {
                // Inside the header, or before it.
                assert!(len < starts[0], "cut at {len}: {error}");
                let what = error.kind();
                assert!(
                    matches!(
                        what,
                        ErrorKind::Format { what: FormatError::Truncated { .. } | FormatError::NotMedia { .. }, .. }
                    ),
                    "cut at {len}: {what:?}"
                );
            }
        }
    }
    assert!(opened > 3000);
}

#[test]
fn a_damaged_block_becomes_silence_and_the_rest_keeps_its_place() {
    let bytes = fixture(SMALL);
    let (_, whole) = read(bytes.clone(), 10_000).unwrap();
    let starts = blocks(&bytes);
    for (number, &start) in starts.iter().enumerate().take(3) {
        let mut damaged = bytes.clone();
        damaged[start + 40] ^= 0x10;
        let (reader, samples) = read(damaged.clone(), 10_000).unwrap();
        let lost = number * 512..number * 512 + 512;
        assert_eq!(samples.nrows(), 2000);
        assert!(samples.slice(s![lost.clone(), ..]).iter().all(|&sample| sample == 0));
        assert_eq!(samples.slice(s![..lost.start, ..]), whole.slice(s![..lost.start, ..]));
        assert_eq!(samples.slice(s![lost.end.., ..]), whole.slice(s![lost.end.., ..]));
        let expected = Anomaly::LostFrames { offset: start as u64, frame: lost.start as u64, frames: 512 };
        assert_eq!(reader.anomalies(), std::slice::from_ref(&expected));
        // Sought, it is the same.
        let mut reader = MediaReader::new(Cursor::new(damaged.clone())).unwrap();
        reader.seek(lost.start as u64 + 500).unwrap();
        let after = reader.read_all::<i32>().unwrap();
        assert_eq!(after, samples.slice(s![lost.start + 500.., ..]), "block {number}");
        // Refused where asked to.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged.flac");
        std::fs::write(&path, damaged).unwrap();
        let error = ReadOptions::new().strict().open_media(&path).unwrap().read_all::<i32>().unwrap_err();
        assert_eq!(error.path(), Some(&*path));
        assert!(
            matches!(error.kind(), ErrorKind::Format { what: FormatError::Anomaly(anomaly), .. } if *anomaly == expected),
            "{error}"
        );
    }
}

#[test]
fn the_md5_is_compared_when_everything_was_read() {
    let mut bytes = fixture(SMALL);
    // RFC 9639, section 8.2: the MD5 is the last 16 bytes of STREAMINFO, which begins at byte 8.
    bytes[8 + 18] ^= 1;
    let (reader, _) = read(bytes.clone(), 10_000).unwrap();
    assert_eq!(reader.anomalies(), [Anomaly::Md5Mismatch { offset: 26 }]);
    let mut reader = MediaReader::new(Cursor::new(bytes)).unwrap();
    reader.seek(700).unwrap();
    reader.read_all::<i32>().unwrap();
    assert_eq!(reader.anomalies(), [], "it cannot know");
}

#[test]
fn headers_that_say_little_or_wrong_are_read() {
    let bytes = fixture(SMALL);
    let (_, whole) = read(bytes.clone(), 10_000).unwrap();
    // The smallest block size 0, as some encoders write it: symphonia issue 554.
    let mut no_minimum = bytes.clone();
    no_minimum[8..10].fill(0);
    let (reader, samples) = read(no_minimum, 10_000).unwrap();
    assert_eq!(samples, whole);
    assert_eq!(reader.anomalies(), [Anomaly::BlockSize { offset: 8, declared: 0 }]);
    // A length of 0 is an unknown one; the last block tells it.
    let mut unknown = bytes.clone();
    unknown[8 + 13] &= 0xF0;
    unknown[8 + 14..8 + 18].fill(0);
    let (reader, samples) = read(unknown, 10_000).unwrap();
    assert_eq!((reader.frames(), samples), (Some(2000), whole.clone()));
    assert_eq!(reader.anomalies(), []);
    // More is claimed than there is.
    let mut more = bytes.clone();
    more[8 + 17] ^= 0x08;
    let declared = u64::from_be_bytes(more[8 + 10..8 + 18].try_into().unwrap()) & 0xF_FFFF_FFFF;
    let (reader, samples) = read(more, 10_000).unwrap();
    assert_eq!((reader.frames(), samples), (Some(2000), whole.clone()));
    assert_eq!(reader.anomalies(), [Anomaly::FrameCount { offset: 21, declared, found: 2000 }]);
    // Something after the audio.
    let garbage = [&bytes[..], b"some garbage"].concat();
    let (reader, samples) = read(garbage, 10_000).unwrap();
    assert_eq!(samples, whole);
    let offset = bytes.len() as u64;
    assert_eq!(reader.anomalies(), [Anomaly::TrailingBytes { offset, count: 12 }]);
    // A tag before the audio, and one after it.
    let tagged = [b"ID3\x04\0\0\0\0\0\x05abcde", &bytes[..], b"TAG", &[0; 125]].concat();
    let (reader, samples) = read(tagged.clone(), 10_000).unwrap();
    assert_eq!(samples, whole);
    assert_eq!(reader.anomalies(), []);
    let mut piped = MediaReader::stream(Cursor::new(tagged)).unwrap();
    assert_eq!((piped.read_all::<i32>().unwrap(), piped.format()), (whole, "FLAC"));
}

#[test]
fn a_tag_before_wave_does_not_make_it_compressed() {
    let wave = std::fs::read("data/sox_pcm16_stereo_44100.wav").unwrap();
    let tagged = [&b"ID3\x04\0\0\0\0\0\x05abcde"[..], &wave].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tagged.mp3");
    std::fs::write(&path, &tagged).unwrap();
    let expected = ndaudio::WavReader::new(&wave[..]).unwrap().read_all::<i16>().unwrap();
    assert_eq!(ndaudio::open(&path).unwrap().read_all::<i16>().unwrap(), expected);
    for error in [MediaReader::open(&path).err(), MediaReader::stream(Cursor::new(tagged)).err()] {
        let error = error.expect("WAVE is for others");
        assert!(matches!(error.kind(), ErrorKind::Format { what: FormatError::NotMedia { .. }, .. }), "{error:?}");
    }
}

/// The tag is kept for the decoder, which finds the delay of the encoder after it.
#[test]
fn a_piped_mp3_has_its_tag() {
    let bytes = fixture("lame_stereo.mp3");
    assert!(bytes.starts_with(b"ID3"));
    let mut file = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
    let mut piped = MediaReader::stream(Cursor::new(bytes)).unwrap();
    assert_eq!(piped.tags().len(), 4);
    assert!(file.tags().ends_with(piped.tags()), "it ends with a tag, which a pipe does not show");
    assert_eq!(piped.read_all::<f32>().unwrap(), file.read_all::<f32>().unwrap());
}

#[test]
fn tags_reach_the_metadata() {
    let path = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("data/media").join(name);
    for (name, comment) in
        [("flac_pcm16_mono_tagged.flac", Some("windy")), ("oggenc_vorbis_stereo.ogg", None), ("lame_stereo.mp3", None)]
    {
        let metadata = ndaudio::open(path(name)).unwrap().metadata().unwrap();
        let info = metadata.info.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(info.get(*b"INAM").as_deref(), Some("Dawn"), "{name}");
        assert_eq!(info.get(*b"IART").as_deref(), Some("Recorder 7"), "{name}");
        assert_eq!(info.get(*b"ICMT").as_deref(), comment, "{name}");
    }
    let of_wav = ndaudio::WavReader::open(path("../libsndfile_bext_pcm16_stereo.wav")).unwrap().metadata().unwrap();
    let of_flac = ndaudio::open(path("flac_foreign_bext.flac")).unwrap().metadata().unwrap();
    assert!(of_flac.bext.is_some());
    assert_eq!(of_flac.bext, of_wav.bext);
    assert_eq!(of_flac.info, of_wav.info);
}

/// Numbers without pattern, the same every time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// How many damaged copies of each file are read: `NDAUDIO_DAMAGED=10000` for the long run.
pub(crate) fn rounds() -> usize {
    std::env::var("NDAUDIO_DAMAGED").map_or(60, |rounds| rounds.parse().unwrap())
}

#[test]
fn flipped_bits_and_cuts_never_panic_hang_or_lengthen() {
    for name in [
        SMALL,
        "flac_pcm32_stereo.flac",
        "ffmpeg_pcm16_6ch.flac",
        "flac_foreign_bext.flac",
        "ffmpeg_alac16_stereo.caf",
        "ffmpeg_alac16_stereo.m4a",
        "ffmpeg_aac_stereo.m4a",
        "ffmpeg_flac16_mono.ogg",
        "ffmpeg_pcm24_stereo.aiff",
        "libsndfile_pcm16_mono.caf",
        "oggenc_vorbis_stereo.ogg",
        "lame_stereo.mp3",
    ] {
        let bytes = fixture(name);
        let mut random = Random(name.len() as u64);
        for round in 0..rounds() {
            let mut damaged = bytes.clone();
            for _ in 0..=random.below(8) {
                let at = random.below(damaged.len());
                damaged[at] ^= 1 << random.below(8);
            }
            if random.below(4) == 0 {
                damaged.truncate(random.below(damaged.len()));
            }
            let started = std::time::Instant::now();
            if let Ok((mut reader, samples)) = read(damaged, 100_000) {
                let room = reader.frames().unwrap_or(u64::MAX);
                assert!(samples.nrows() as u64 <= room, "{name}, round {round}");
                let at = random.below(samples.nrows().min(5_000) + 1);
                let sought = reader.seek(at as u64);
                let mut out = vec![0_i32; 100 * reader.spec().channels()];
                if reader.format() == "FLAC" && samples.nrows() < 100_000 {
                    // Ours to the last bit: what a seek finds is what reading through did.
                    sought.unwrap_or_else(|error| panic!("{name}, round {round}, to {at}: {error}"));
                    let count = reader.read_interleaved(&mut out).unwrap();
                    let there = samples.slice(s![at..(at + count), ..]);
                    assert_eq!(count, (samples.nrows() - at).min(100), "{name}, round {round}, from {at}");
                    assert!(there.iter().eq(&out[..there.len()]), "{name}, round {round}, from {at}");
                } else if sought.is_ok() {
                    // An error is as good as success; what matters is that it comes back.
                    let _ = reader.read_interleaved(&mut out);
                }
            }
            assert!(started.elapsed().as_secs() < 20, "{name}, round {round} takes {:?}", started.elapsed());
        }
    }
}

#[test]
fn what_is_no_recording_is_refused_by_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(3);
    let noise: Vec<u8> = (0..300_000).map(|_| random.below(255) as u8).collect();
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("text", b"# Notes\n\nNo audio here.\n".repeat(100)),
        ("picture", [b"\x89PNG\r\n\x1A\n".to_vec(), noise.clone()].concat()),
        ("noise", noise),
        // Found by fuzzing: it was opened, and had no frames until it was sought.
        ("the mark of FLAC after other bytes", [b"FORM".to_vec(), fixture(SMALL)].concat()),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        let Err(error) = ndaudio::open(&path) else { panic!("{name} is opened") };
        assert_eq!(error.path(), Some(&*path));
        assert!(
            matches!(error.kind(), ErrorKind::Format { what: FormatError::NotMedia { .. }, .. }),
            "{name}: {error:?}"
        );
    }
}

/// `cat a.ogg a.ogg` is a chained file, whose streams need not be alike.
#[test]
fn the_second_stream_of_a_chained_ogg_file_is_not_left_out_in_silence() {
    let one = fixture("oggenc_vorbis_stereo.ogg");
    let (_, first) = read(one.clone(), usize::MAX / 4).unwrap();
    let chained = [one.clone(), one].concat();
    let (mut reader, samples) = read(chained.clone(), usize::MAX / 4).unwrap();
    assert_eq!(samples, first);
    let found = reader.anomalies().to_vec();
    assert!(matches!(found[..], [Anomaly::AnotherStream { offset }] if offset <= chained.len() as u64), "{found:?}");
    // Said once, however often it is read.
    reader.seek(0).unwrap();
    let _: Array2<i32> = Source::read_all(&mut reader).unwrap();
    assert_eq!(reader.anomalies(), found);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chained.ogg");
    std::fs::write(&path, chained).unwrap();
    let error = ReadOptions::new().strict().read_any::<i32>(&path).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Format { what: FormatError::Anomaly(Anomaly::AnotherStream { .. }), .. }),
        "{error}"
    );
}

/// Found by attack: 5 KB took 8.5 GB.
#[test]
fn a_caf_file_of_packets_that_no_codec_has_is_refused() {
    let mut bytes = fixture("libsndfile_pcm16_mono.caf");
    bytes[40..44].copy_from_slice(&0xFF00_0001_u32.to_be_bytes());
    let Err(error) = MediaReader::new(Cursor::new(bytes)) else { panic!("it is opened") };
    let ErrorKind::Format { offset: 40, what: FormatError::Field { chunk, value: 0xFF00_0001, .. } } = error.kind()
    else {
        panic!("{error:?}")
    };
    assert_eq!(chunk, b"desc");
}

//! Damaged compressed files: what is there is read in its place, what is missing is said, and nothing panics, hangs or eats memory.

use std::io::{self, Cursor, Read};
use std::path::Path;

use ndaudio::ndarray::{Array2, s};
use ndaudio::{Anomaly, ErrorKind, FormatError, MediaReader, ReadOptions, Source};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/media").join(name)).unwrap()
}

/// Reads at most so many frames, so that a forged length costs no time.
fn read(bytes: Vec<u8>, frames_max: usize) -> Result<(MediaReader, Array2<i32>), ndaudio::Error> {
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
const SMALL: &str = "flac_pcm16_stereo.flac";

/// Where the blocks of the small file begin, by its own sync codes and numbers.
fn blocks(bytes: &[u8]) -> Vec<usize> {
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
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// How many damaged copies of each file are read: `NDAUDIO_DAMAGED=10000` for the long run.
fn rounds() -> usize {
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

/// A checksum as FLAC has them, of so many bits: RFC 9639, sections 9.1.8 and 9.3.
fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1 << (bits - 1);
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << (bits - 8), |crc: u32, _| {
            (if crc & top == 0 { crc << 1 } else { crc << 1 ^ polynomial }) & (2 * top - 1)
        })
    })
}

/// A number in the way of UTF-8.
fn coded(number: u64) -> Vec<u8> {
    if number < 0x80 {
        return vec![number as u8];
    }
    let more = (1..6).find(|more| number < 1 << (5 * more + 6)).unwrap_or(6);
    let first = 0xFF_u8 << (6 - more) << 1 | (number >> (6 * more)) as u8;
    let rest = (0..more).rev().map(|index| 0x80 | (number >> (6 * index)) as u8 & 0x3F);
    std::iter::once(first).chain(rest).collect()
}

/// The smallest block of 16 bits, 11 bytes for one channel: of as many zeros as `sizes` says.
fn smallest_block(channels: u8, sizes: u8, number: u64) -> Vec<u8> {
    let mut block = [&[0xFF, 0xF8, sizes, (channels - 1) << 4 | 8][..], &coded(number)].concat();
    block.push(crc(&block, 8, 0x07) as u8);
    // In each channel 8 bits for a prediction of 0, and 15 for a residual whose numbers have no bits.
    let bits = "00010000".to_owned() + "00" + "0000" + "1111" + "00000";
    let mut bits = bits.repeat(channels.into());
    bits.extend(std::iter::repeat_n('0', bits.len().wrapping_neg() % 8));
    block.extend((0..bits.len() / 8).map(|byte| u8::from_str_radix(&bits[8 * byte..8 * byte + 8], 2).unwrap()));
    let checksum = crc(&block, 16, 0x8005) as u16;
    block.extend(checksum.to_be_bytes());
    block
}

/// A file of such blocks, of these numbers.
fn smallest_blocks(rate: u64, channels: u8, total: u64, sizes: u8, numbers: &[u64]) -> Vec<u8> {
    let mut file = b"fLaC\x80\0\0\x22".to_vec();
    let block = (1_u16 << (sizes >> 4)).to_be_bytes();
    file.extend([block, block].concat());
    file.extend([0; 6]);
    file.extend((rate << 44 | u64::from(channels - 1) << 41 | 15 << 36 | total).to_be_bytes());
    file.extend([0; 16]);
    numbers.iter().for_each(|&number| file.extend(smallest_block(channels, sizes, number)));
    file
}

/// Reads from every such frame what reading through gives.
#[track_caller]
fn assert_sought(bytes: &[u8], whole: &Array2<i32>, step: usize) {
    let mut reader = MediaReader::new(Cursor::new(bytes.to_vec())).unwrap();
    for at in (0..=whole.nrows()).rev().step_by(step) {
        reader.seek(at as u64).unwrap();
        let mut out = vec![0; 100 * whole.ncols()];
        let count = reader.read_interleaved(&mut out).unwrap();
        assert_eq!(count, (whole.nrows() - at).min(100), "from {at}");
        assert!(whole.slice(s![at..at + count, ..]).iter().eq(&out[..count * whole.ncols()]), "from {at}");
    }
}

/// Found by attack: 70 bytes were an hour of silence, and 113 bytes had two thousand million frames.
#[test]
fn a_number_that_no_bytes_explain_makes_no_silence() {
    for (rate, channels, total, numbers) in [
        (8_000, 1, 0, &[0, 28_000_000 >> 8][..]),
        (8_000, 1, 28_000_256, &[0, 28_000_000 >> 8]),
        (655_350, 8, 0, &[0, 2_000_000_000 >> 8]),
        (655_350, 8, (1 << 36) - 1, &[0, 2_000_000_000 >> 8, 4_000_000_000 >> 8]),
        // One block is missing, and no byte that could have been it.
        (8_000, 1, 0, &[0, 2]),
    ] {
        let bytes = smallest_blocks(rate, channels, total, 0x80, numbers);
        let mut reader = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
        assert_eq!(reader.frames(), Some(256), "{numbers:?}");
        assert_eq!(reader.read_all::<i32>().unwrap(), Array2::<i32>::zeros((256, usize::from(channels))));
        let block = smallest_block(channels, 0x80, 0).len();
        let after = |anomaly: &Anomaly| matches!(anomaly, Anomaly::TrailingBytes { offset, .. } if *offset as usize == 42 + block);
        let count = |anomaly: &Anomaly| matches!(anomaly, Anomaly::FrameCount { found: 256, .. });
        assert!(reader.anomalies().iter().all(|anomaly| after(anomaly) || count(anomaly)), "{:?}", reader.anomalies());
        assert!(!reader.anomalies().is_empty());
        let mut piped = MediaReader::stream(Cursor::new(bytes.clone())).unwrap();
        assert_eq!(piped.read_all::<i32>().unwrap().nrows(), 256);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forged.flac");
        std::fs::write(&path, bytes).unwrap();
        assert!(ReadOptions::new().strict().read_any::<i32>(&path).is_err());
    }
}

/// The bound is what blocks can hold: one byte less would lose real ones.
#[test]
fn the_smallest_of_blocks_are_missed_in_their_place() {
    let numbers: Vec<u64> = (0..9).collect();
    let bytes = smallest_blocks(48_000, 1, 0, 0xF0, &numbers);
    assert_eq!(smallest_block(1, 0xF0, 0).len(), 11);
    let mut damaged = bytes.clone();
    damaged[42 + 11..][..12].fill(0);
    let (reader, samples) = read(damaged, usize::MAX / 4).unwrap();
    assert_eq!(samples, Array2::<i32>::zeros((9 << 15, 1)));
    // Two blocks: of one only the first byte is gone.
    assert!(
        matches!(reader.anomalies(), [Anomaly::LostFrames { offset: 53, frame: 0x8000, frames: 0x1_0000 }]),
        "{:?}",
        reader.anomalies()
    );
}

/// A block whose bytes are gone altogether.
#[test]
fn blocks_that_were_cut_out_do_not_move_the_rest() {
    let bytes = fixture(SMALL);
    let (_, whole) = read(bytes.clone(), 10_000).unwrap();
    let starts = blocks(&bytes);
    let cut = [&bytes[..starts[1]], &bytes[starts[2]..]].concat();
    let (reader, samples) = read(cut.clone(), 10_000).unwrap();
    let mut expected = whole;
    expected.slice_mut(s![512..1024, ..]).fill(0);
    assert_eq!(samples, expected);
    let lost = Anomaly::LostFrames { offset: starts[1] as u64, frame: 512, frames: 512 };
    assert_eq!((reader.frames(), reader.anomalies()), (Some(2000), &[lost][..]));
    assert_sought(&cut, &expected, 61);
}

/// The same in a file that is long enough for a seek to guess.
#[test]
fn many_blocks_that_were_cut_out_do_not_move_the_rest() {
    use ndaudio::{Encoding, FlacWriter, Spec};

    let mut random = Random(5);
    let whole = Array2::from_shape_fn((600_000, 2), |_| (random.below(1 << 16) as i32) << 16);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    writer.write(&whole).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    let begins = |number: u64| {
        let is_it = |&at: &usize| {
            let (sync, number) = (&bytes[at..], coded(number));
            let end = at + 4 + number.len();
            sync.starts_with(&[0xFF, 0xF8])
                && sync[4..].starts_with(&number)
                && crc(&bytes[at..end], 8, 0x07) as u8 == bytes[end]
        };
        (2_000..bytes.len() - 20).find(is_it).unwrap()
    };
    let cut = [&bytes[..begins(50)], &bytes[begins(100)..]].concat();
    let (_, samples) = read(cut.clone(), usize::MAX / 4).unwrap();
    let mut expected = whole;
    expected.slice_mut(s![50 * 4096..100 * 4096, ..]).fill(0);
    assert!(samples == expected);
    let mut reader = MediaReader::new(Cursor::new(cut)).unwrap();
    let mut out = vec![0; 200];
    for at in (99 * 4096..103 * 4096).step_by(512).chain((0..600_000).step_by(20_011)) {
        reader.seek(at as u64).unwrap();
        let count = reader.read_interleaved(&mut out).unwrap();
        assert!(samples.slice(s![at..at + count, ..]).iter().eq(&out[..2 * count]), "from {at}");
    }
}

/// However often it was sought in a file whose blocks are cut short, a seek looks for the next block as closely as reading does.
#[test]
fn many_seeks_in_a_damaged_file_find_what_reading_finds() {
    use ndaudio::{Encoding, FlacWriter, Spec};

    let mut random = Random(5);
    let whole = Array2::from_shape_fn((17 * 4096, 2), |_| (random.below(1 << 24) as i32) << 8);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I24)).unwrap();
    writer.write(&whole).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    // Noise is stored as it is: all blocks are as long.
    let first = bytes.windows(2).position(|two| two == [0xFF, 0xF8]).unwrap();
    let block = 6 * 4096 + 10;
    let mut cut = bytes[..first].to_vec();
    for number in 0..17 {
        let at = first + number * block;
        assert_eq!(bytes[at..at + 5], [&bytes[first..first + 4], &[number as u8]].concat());
        // Every other ends in the middle, so that trying it goes into the one that follows.
        cut.extend(&bytes[at..at + if number % 2 == 1 { block / 2 } else { block }]);
    }
    let mut expected = whole;
    (1..17).step_by(2).for_each(|lost| expected.slice_mut(s![lost * 4096..(lost + 1) * 4096, ..]).fill(0));
    assert!(read(cut.clone(), usize::MAX / 4).unwrap().1 == expected);

    let mut reader = MediaReader::new(Cursor::new(cut)).unwrap();
    let mut out = vec![0; 2 * 2 * 4096];
    for round in 0..1_050 {
        let at = 9 * 4096 + round;
        reader.seek(at as u64).unwrap();
        // It is about now that 16 MiB and four times the offset were decoded in vain.
        if round >= 1_000 {
            // From a frame that is lost into the block after it.
            let count = reader.read_interleaved(&mut out).unwrap();
            assert!(expected.slice(s![at..at + count, ..]).iter().eq(&out[..2 * count]), "seek {round}");
        }
    }
}

/// A disk that gave back megabytes of zeros.
#[test]
fn megabytes_of_zeros_are_silence_of_their_length() {
    use ndaudio::{Encoding, FlacWriter, Spec};

    let mut random = Random(5);
    let whole = Array2::from_shape_fn((1_200_000, 2), |_| (random.below(1 << 16) as i32) << 16);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    writer.write(&whole).unwrap();
    let mut bytes = writer.finalize().unwrap().into_inner();
    bytes[1_000_000..4_000_000].fill(0);
    let (reader, samples) = read(bytes.clone(), usize::MAX / 4).unwrap();
    let &[Anomaly::LostFrames { frame, frames, .. }] = reader.anomalies() else { panic!("{:?}", reader.anomalies()) };
    assert!((730_000..780_000).contains(&frames), "{frames}");
    let (first, last) = (frame as usize, (frame + frames) as usize);
    let mut expected = whole;
    expected.slice_mut(s![first..last, ..]).fill(0);
    assert!(samples == expected);
    assert_sought(&bytes, &expected, 100_003);
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

/// A block of 256 frames of 16 bits in one channel: each is `value`, or, in full, a count from it.
fn plain_block(number: u64, in_full: bool, value: i16) -> Vec<u8> {
    let mut block = [&[0xFF, 0xF8, 0x80, 8][..], &coded(number)].concat();
    block.push(crc(&block, 8, 0x07) as u8);
    block.push(if in_full { 2 } else { 0 });
    let samples = (0..if in_full { 256 } else { 1 }).map(|index| value.wrapping_add(index).to_be_bytes());
    block.extend(samples.flatten());
    let checksum = crc(&block, 16, 0x8005) as u16;
    block.extend(checksum.to_be_bytes());
    block
}

/// However a FLAC file is damaged, reading from a pipe and from any frame gives the samples of reading through.
#[test]
fn every_way_to_read_a_damaged_flac_file_gives_the_same_samples() {
    for round in 0..rounds() / 3 {
        let mut random = Random(round as u64);
        let fullness = random.below(9);
        // Here and there, hundreds of blocks were cut out: minutes of quiet, or seconds of noise.
        let (mut number, mut numbers) = (0, Vec::new());
        for _ in 0..1 + random.below(600) {
            numbers.push(number);
            number += if random.below(200) == 0 { 1 + random.below(6_000) } else { 1 };
        }
        let mut block = |number| plain_block(number, random.below(8) < fullness, 1 + random.below(30_000) as i16);
        let mut blocks: Vec<Vec<u8>> = numbers.iter().map(|&number| block(number as u64)).collect();
        let total = [0, 256 * number as u64][round % 2];
        let mut in_order = true;
        for _ in 0..random.below(4) {
            let (a, b) = (random.below(blocks.len()), random.below(blocks.len()));
            let (a, b) = (a.min(b), a.max(b));
            match random.below(12) {
                0..=2 => blocks[a..b].iter_mut().for_each(|block| block.fill(0)),
                3..=5 => {
                    let at = random.below(blocks[a].len());
                    blocks[a][at] ^= 1 << random.below(8);
                }
                6..=8 => {
                    let len = random.below(blocks[a].len());
                    blocks[a].truncate(len);
                }
                9 => drop(blocks.drain(a.max(1)..b.max(1))),
                10 => {
                    blocks[a] = plain_block(random.below(2 * number) as u64, false, -7);
                    in_order = false;
                }
                _ => {
                    blocks.swap(a, b);
                    in_order = false;
                }
            }
        }
        let mut bytes = smallest_blocks(8_000, 1, total, 0x80, &[]);
        blocks.iter().for_each(|block| bytes.extend(block));
        let (mut read_through, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
        if total == 0 && in_order {
            let piped = MediaReader::stream(Cursor::new(bytes.clone())).unwrap().read_all::<i32>().unwrap();
            assert!(piped == whole, "round {round}: a pipe gives {} of {} frames", piped.len(), whole.len());
        }
        let mut again = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
        let mut out = [0; 300];
        for _ in 0..20 {
            // At a block, or somewhere in silence.
            let at = 256 * numbers[random.below(numbers.len())] + random.below(3) * random.below(256);
            let at = if random.below(4) == 0 { random.below(whole.len() + 1) } else { at.min(whole.len()) };
            let mut fresh = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
            // That blocks are out of order shows where they are.
            let readers = [&mut read_through, &mut again, &mut fresh];
            for (how, reader) in readers.into_iter().take(if in_order { 3 } else { 1 }).enumerate() {
                reader.seek(at as u64).unwrap();
                let count = reader.read_interleaved(&mut out).unwrap();
                let there = whole.slice(s![at..whole.len().min(at + 300), 0]);
                assert!(there.iter().eq(&out[..count]), "round {round}, from {at} of {}, {how}", whole.len());
            }
        }
    }
}

/// Found by attack: what was read first was moved to the end of the hour before, and what was sought was not.
#[test]
fn more_than_an_hour_that_is_lost_is_silence_too() {
    // An hour of one frame a second is 15 blocks of 256.
    let mut bytes = smallest_blocks(1, 1, 0, 0x80, &[]);
    bytes.extend(plain_block(0, true, 1));
    bytes.extend([0; 40 * 11]);
    bytes.extend(plain_block(40, true, 1_000));
    bytes.extend(plain_block(41, true, 2_000));
    let (reader, samples) = read(bytes.clone(), usize::MAX / 4).unwrap();
    let mut expected = Array2::zeros((42 * 256, 1));
    for (number, value) in [(0, 1), (40, 1_000), (41, 2_000)] {
        (value..)
            .zip(&mut expected.as_slice_mut().unwrap()[number * 256..][..256])
            .for_each(|(value, to)| *to = value << 16);
    }
    assert_eq!(samples, expected);
    let lost = Anomaly::LostFrames { offset: 42 + plain_block(0, true, 1).len() as u64, frame: 256, frames: 39 * 256 };
    assert_eq!((reader.frames(), reader.anomalies()), (Some(42 * 256), &[lost][..]));
    assert_sought(&bytes, &expected, 101);
}

/// Found by attack: the length was reckoned from blocks as short as the last.
#[test]
fn a_damaged_first_block_does_not_change_the_size_of_the_others() {
    let mut bytes = fixture(SMALL);
    // As some encoders write it, which leaves the size to the blocks.
    bytes[8..10].fill(0);
    let (_, mut expected) = read(bytes.clone(), 10_000).unwrap();
    let first = blocks(&bytes)[0];
    bytes[first + 40] ^= 0x10;
    expected.slice_mut(s![..512, ..]).fill(0);
    let (reader, samples) = read(bytes.clone(), 10_000).unwrap();
    assert_eq!(reader.frames(), Some(2000));
    assert_eq!(samples, expected);
    assert_sought(&bytes, &expected, 61);
    assert_eq!(MediaReader::stream(Cursor::new(bytes)).unwrap().read_all::<i32>().unwrap(), expected);
}

/// A pipe with little in it.
struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(500);
        self.0.read(&mut buffer[..room])
    }
}

/// Found by attack: the second of two was audio in a file, and silence in a pipe that had no more bytes than had been asked for.
#[test]
fn whether_a_block_is_too_large_does_not_depend_on_what_was_read_before() {
    // 256 samples that each take nearly three thousand bytes, as no encoder writes them.
    let large = |number: u64, zeros: usize| {
        let mut block = [&[0xFF, 0xF8, 0x80, 8][..], &coded(number)].concat();
        block.push(crc(&block, 8, 0x07) as u8);
        let begin = 8 * block.len();
        block.resize(block.len() + (18 + 256 * (zeros + 1)).div_ceil(8), 0);
        let ones = [3].into_iter().chain((1..=256).map(|sample| 17 + sample * (zeros + 1)));
        ones.for_each(|bit| block[(begin + bit) / 8] |= 0x80 >> ((begin + bit) % 8));
        let checksum = crc(&block, 16, 0x8005) as u16;
        block.extend(checksum.to_be_bytes());
        block
    };
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[0]);
    bytes.extend([large(1, 21_875), large(2, 22_031), smallest_block(1, 0x80, 3)].concat());
    let (_, samples) = read(bytes.clone(), usize::MAX / 4).unwrap();
    assert_eq!(samples.len(), 1024);
    assert_sought(&bytes, &samples, 256);
    assert_eq!(MediaReader::stream(Trickle(Cursor::new(bytes))).unwrap().read_all::<i32>().unwrap(), samples);
}

/// Found by attack: each of these blocks is whole, so each was decoded, and then the one inside it.
#[test]
fn blocks_inside_blocks_take_no_more_time_than_other_damage() {
    let table: Vec<u16> = (0..=255).map(|byte| crc(&[byte], 16, 0x8005) as u16).collect();
    let checksum =
        |bytes: &[u8]| bytes.iter().fold(0_u16, |crc, &byte| crc << 8 ^ table[usize::from((crc >> 8) as u8 ^ byte)]);
    // Samples of 16 bits in one channel as they are, which are the block inside. The number is far too large.
    let mut nest = vec![0; 2];
    while nest.len() < 65_500 {
        let last_frame = u16::try_from(nest.len() / 2 - 1).unwrap();
        let mut block = [&[0xFF, 0xF8, 0x70, 8][..], &coded(1 << 30), &last_frame.to_be_bytes()].concat();
        block.push(crc(&block, 8, 0x07) as u8);
        block.push(2);
        block.extend(nest);
        block.extend(checksum(&block).to_be_bytes());
        nest = block;
    }
    let mut bytes = smallest_blocks(8_000, 1, 0, 0xF0, &[0]);
    (0..3).for_each(|_| bytes.extend(&nest));
    let started = std::time::Instant::now();
    let (_, samples) = read(bytes, usize::MAX / 4).unwrap();
    assert_eq!(samples.len(), 32_768);
    // Minutes without a bound.
    assert!(started.elapsed().as_secs() < 60, "it takes {:?}", started.elapsed());
}

/// An input whose reads fail while they are told to.
struct Failing {
    inner: Cursor<Vec<u8>>,
    fails: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.fails.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(io::Error::other("the disk is away"));
        }
        let room = buffer.len().min(600);
        self.inner.read(&mut buffer[..room])
    }
}

impl io::Seek for Failing {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Found by attack: the frames decoded last were still thought to be there when others had been decoded in vain.
#[test]
fn after_an_error_no_frames_are_given_that_were_decoded_in_vain() {
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    bytes.extend([plain_block(0, true, 1), plain_block(1, true, 1_000)].concat());
    let (_, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
    // They go back, and are smaller than those before, or as large.
    for after in [smallest_block(1, 0x10, 0), plain_block(0, true, 2_000)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("goes back.flac");
        std::fs::write(&path, [&bytes[..], &after].concat()).unwrap();
        let mut reader = ReadOptions::new().strict().open_media(&path).unwrap();
        let mut out = [0; 512];
        assert_eq!(reader.read_interleaved(&mut out).unwrap(), 512);
        reader.read_interleaved(&mut out).unwrap_err();
        for at in [300, 256, 511] {
            reader.seek(at as u64).unwrap();
            let count = reader.read_interleaved(&mut out[..512 - at]).unwrap();
            assert_eq!((count, &out[..count]), (512 - at, &whole.as_slice().unwrap()[at..]), "from {at}");
        }
    }
}

/// The same where the input fails.
#[test]
fn after_an_error_of_the_input_reading_goes_on() {
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    (0..400).for_each(|number| bytes.extend(plain_block(number, true, number as i16)));
    // Damage in the fourth block.
    bytes[42 + 520 * 3 + 9] ^= 1;
    let (_, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
    for round in 0..30_usize {
        let fails = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let inner = Cursor::new(bytes.clone());
        let mut reader = MediaReader::new(Failing { inner, fails: fails.clone() }).unwrap();
        let mut out = vec![0; 256 * 400];
        let mut at = reader.read_interleaved(&mut out[..round * 350]).unwrap();
        fails.store(true, std::sync::atomic::Ordering::Relaxed);
        // Once what is held is given.
        while let Ok(count) = reader.read_interleaved(&mut out[..100]) {
            at += count;
            assert!(count > 0);
        }
        assert!(reader.position() >= at as u64);
        let _ = reader.seek(256 * 399);
        let at = reader.position() as usize;
        fails.store(false, std::sync::atomic::Ordering::Relaxed);
        let count = reader.read_interleaved(&mut out).unwrap();
        assert_eq!(count, whole.len() - at, "round {round}");
        assert!(whole.as_slice().unwrap()[at..] == out[..count], "round {round}, from {at}");
    }
}

/// Found by attack: it went past the silence and the block after it, and gave what follows in its place.
#[test]
fn a_pipe_is_sought_forward_into_what_is_lost_and_what_is_held() {
    let bytes = fixture(SMALL);
    let mut damaged = bytes.clone();
    damaged[blocks(&bytes)[1] + 40] ^= 0x10;
    let (_, whole) = read(damaged.clone(), 10_000).unwrap();
    for from in [0, 400, 512, 600, 1_023, 1_024, 1_100] {
        for to in [from, 512, 600, 700, 1_023, 1_024, 1_100, 1_535, 1_536, 1_700, 2_000] {
            if to < from {
                continue;
            }
            let mut piped = MediaReader::stream(Cursor::new(damaged.clone())).unwrap();
            assert_eq!(piped.read_interleaved(&mut vec![0; 2 * from]).unwrap(), from);
            piped.seek(to as u64).unwrap();
            assert_eq!(piped.position(), to as u64, "from {from} to {to}");
            let rest = piped.read_all::<i32>().unwrap();
            assert!(whole.slice(s![to.., ..]) == rest, "from {from} to {to}: {} frames", rest.nrows());
        }
    }
}

/// A file that others can cut short.
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>, u64);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.lock().unwrap();
        let rest = bytes.get(self.1 as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.1 += count as u64;
        Ok(count)
    }
}

impl io::Seek for Shared {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.1 = match to {
            io::SeekFrom::Start(at) => at,
            io::SeekFrom::End(_) => self.0.lock().unwrap().len() as u64,
            io::SeekFrom::Current(_) => self.1,
        };
        Ok(self.1)
    }
}

/// Found by attack: what is held from before can go on after the new end.
#[test]
fn a_seek_in_a_file_that_was_cut_in_the_meantime_does_not_panic() {
    // As many numbers as they are, of 16 bits in one channel.
    let block = |number: u64, frames: u16| {
        let mut block = [&[0xFF, 0xF8, 0x70, 8][..], &coded(number), &(frames - 1).to_be_bytes()].concat();
        block.push(crc(&block, 8, 0x07) as u8);
        block.push(2);
        block.resize(block.len() + 2 * usize::from(frames), 0);
        let checksum = crc(&block, 16, 0x8005) as u16;
        block.extend(checksum.to_be_bytes());
        block
    };
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    bytes[8..12].copy_from_slice(&[0, 16, 0xFF, 0xFF]);
    bytes.extend(block(0, 16_384));
    // The start of one that would be larger: more is read to see.
    bytes.extend(&block(1, 65_535)[..100]);
    (2..12).for_each(|number| bytes.extend(block(number, 16_384)));
    for cut in (80_000..100_000).step_by(4_001) {
        let shared = std::sync::Arc::new(std::sync::Mutex::new(bytes.clone()));
        let mut reader = MediaReader::new(Shared(shared.clone(), 0)).unwrap();
        let mut out = [0; 16_384 + 100];
        assert_eq!(reader.read_interleaved(&mut out).unwrap(), out.len());
        shared.lock().unwrap().truncate(cut);
        // An error or other samples.
        if reader.seek(11 * 16_384).is_ok() {
            let _ = reader.read_interleaved(&mut out);
        }
    }
}

/// A header that says less than there is.
#[test]
fn a_pipe_gives_all_frames_that_its_header_claims() {
    for total in [1, 255, 256, 300, 500, 512, 600] {
        let mut bytes = smallest_blocks(8_000, 1, total, 0x80, &[]);
        bytes.extend([plain_block(0, true, 1), plain_block(1, true, 1_000), plain_block(2, true, 1_000)].concat());
        let (reader, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
        assert_eq!(reader.frames(), Some(768));
        let piped = MediaReader::stream(Cursor::new(bytes)).unwrap().read_all::<i32>().unwrap();
        assert!(whole.slice(s![..total as usize, ..]) == piped, "{} of {total}", piped.nrows());
    }
}

/// Counts the bytes that are read.
struct Counting(Cursor<Vec<u8>>, std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}

impl io::Seek for Counting {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Found by attack: each of many guesses of each seek looked at the hole up to its end.
#[test]
fn a_hole_is_looked_through_once_for_all_seeks() {
    let (before, hole) = (1_000, 8 << 20);
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    (0..before).for_each(|number| bytes.extend(plain_block(number, true, 1)));
    bytes.resize(bytes.len() + hole, 0);
    let lost = hole as u64 / 521;
    (before + lost..2 * before + lost).for_each(|number| bytes.extend(plain_block(number, true, 1)));
    let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let mut reader = MediaReader::new(Counting(Cursor::new(bytes.clone()), read.clone())).unwrap();
    // Opening looks at the start and the end.
    read.store(0, std::sync::atomic::Ordering::Relaxed);
    for part in [7, 1, 2, 5, 8, 9] {
        reader.seek(256 * (before + lost * part / 10)).unwrap();
    }
    let read = read.load(std::sync::atomic::Ordering::Relaxed);
    assert!(read < bytes.len() + bytes.len() / 2, "{read} of {} bytes", bytes.len());
}

/// Found by attack: it was said to be no WAVE file.
#[cfg(feature = "rayon")]
#[test]
fn a_flac_file_cut_in_its_header_is_said_to_be_that_by_all_cores_too() {
    use ndaudio::levels::Measure;

    let bytes = fixture(SMALL);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.flac");
    for len in [4, 20, 45, 60] {
        std::fs::write(&path, &bytes[..len]).unwrap();
        let expected = ndaudio::open(&path).expect_err("its header is cut").to_string();
        assert!(expected.contains("a metadata block of a FLAC file"), "{expected}");
        assert_eq!(ndaudio::parallel::levels_of_file(&path).unwrap_err().to_string(), expected);
        let error = ndaudio::parallel::curve_of_file(&path, Measure::Peak, 16, 16).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

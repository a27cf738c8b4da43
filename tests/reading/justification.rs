//! At which end of their 4 bytes samples of 24 bits are shows in the audio, however late.

use std::io::{Cursor, Read};

use ndarray::{Array2, Axis, concatenate};
use ndaudio::{Anomaly, Encoding, ErrorKind, ReadOptions, Severity, Source, Spec, WavReader, WavView, WavWriter};

use crate::common::{Trickle, riff};

const MOVED: Anomaly = Anomaly::Justification { offset: 34 };

/// Mono with 24 bits in 4 bytes, which the header has at the bottom: silence, and then these words.
fn file(silence: usize, words: &[i32]) -> Vec<u8> {
    let audio = [vec![0; 4 * silence], words.iter().flat_map(|word| word.to_le_bytes()).collect()].concat();
    riff(Encoding::I24In32Lsb, 1, 48_000, &audio)
}

/// Samples of 24 bits from −40 dB of full scale to 0.
fn loud(count: i32) -> Vec<i32> {
    (0..count).map(|index| 100_000 + index * 7_919 % 8_000_000).collect()
}

fn at_the_top(samples: &[i32]) -> Vec<i32> {
    samples.iter().map(|sample| sample << 8).collect()
}

/// What is read as `i32`, which has samples of 24 bits at the top, and what was found.
fn read<R: Read>(reader: &mut WavReader<R>) -> (Vec<i32>, Encoding, Vec<Anomaly>) {
    let samples = reader.read_all::<i32>().unwrap().into_raw_vec_and_offset().0;
    (samples, reader.spec().encoding(), reader.anomalies().to_vec())
}

/// Fewer samples than are looked at when a file is opened, as many, and more; and more than are read at a time.
const SILENCES: [usize; 8] = [0, 1, 16_383, 16_384, 16_385, 32_768, 40_000, 100_001];

#[test]
fn silence_at_the_start_does_not_hide_samples_at_the_top() {
    let words = at_the_top(&loud(50_000));
    for silence in SILENCES {
        let bytes = file(silence, &words);
        let samples = [vec![0; silence], words.clone()].concat();
        let expected = (samples, Encoding::I24In32Msb, vec![MOVED]);
        let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
        // When it is opened, with no need to read.
        assert_eq!((reader.spec().encoding(), reader.anomalies()), (Encoding::I24In32Msb, &[MOVED][..]), "{silence}");
        assert!(read(&mut reader) == expected, "{silence} zeros");
        assert!(read(&mut WavReader::new(&bytes[..]).unwrap()) == expected, "{silence} zeros on a pipe");
        let mut slow = WavReader::new(Trickle::new(&bytes[..], 5_001)).unwrap();
        assert!(read(&mut slow) == expected, "{silence} zeros on a slow pipe");
        let view = WavView::parse(&bytes).unwrap();
        assert_eq!((view.spec().encoding(), view.anomalies()), (Encoding::I24In32Msb, &[MOVED][..]), "{silence}");
        assert_eq!(MOVED.severity(), Severity::Defect);
        assert!(ReadOptions::new().strict().seekable(Cursor::new(&bytes)).is_err(), "{silence} zeros");
    }
}

#[test]
fn samples_at_the_bottom_stay_there_after_silence() {
    let words = loud(50_000);
    for silence in SILENCES {
        let bytes = file(silence, &words);
        let samples = [vec![0; silence], at_the_top(&words)].concat();
        let expected = (samples, Encoding::I24In32Lsb, vec![]);
        assert!(read(&mut ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap()) == expected, "{silence} zeros");
        assert!(read(&mut WavReader::new(&bytes[..]).unwrap()) == expected, "{silence} zeros on a pipe");
        assert_eq!(WavView::parse(&bytes).unwrap().spec().encoding(), Encoding::I24In32Lsb);
    }
    // Silence to the end, of which the last sample is incomplete.
    let mut bytes = file(20_000, &[1 << 8]);
    bytes.truncate(bytes.len() - 2);
    for mut reader in [Box::new(&bytes[..]) as Box<dyn Read>, Box::new(Trickle::new(&bytes[..], 7))]
        .map(|pipe| WavReader::new(pipe).unwrap())
    {
        assert!(reader.read_all::<i32>().unwrap() == Array2::<i32>::zeros((20_000, 1)));
        assert_eq!(reader.spec().encoding(), Encoding::I24In32Lsb);
    }
}

/// At the top they are as quiet as noise, at the bottom as loud as 16 bits: what is louder shows which.
#[test]
fn a_quiet_start_does_not_hide_what_a_file_shows_later() {
    let quiet: Vec<i32> = (0..50_000).map(|index| (index * 7 % 60_000 - 30_000) << 8).collect();
    let words = [quiet.clone(), at_the_top(&loud(10))].concat();
    let bytes = file(5, &words);
    let expected = ([vec![0; 5], words].concat(), Encoding::I24In32Msb, vec![MOVED]);
    assert!(read(&mut ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap()) == expected);
    assert_eq!(WavView::parse(&bytes).unwrap().anomalies(), [MOVED]);
    // With one that uses the lowest byte, they are of a source of 16 bits.
    let bytes = file(5, &[&quiet[..], &[0x00_12_34_56]].concat());
    let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    assert_eq!((reader.spec().encoding(), reader.anomalies()), (Encoding::I24In32Lsb, &[][..]));
    assert_eq!(reader.read_all::<i32>().unwrap()[[6, 0]], (7 - 30_000) << 16);
    // Never shown, and at the bottom by custom.
    let bytes = file(5, &quiet);
    assert_eq!(WavView::parse(&bytes).unwrap().spec().encoding(), Encoding::I24In32Lsb);
}

#[test]
fn blocks_windows_and_skips_of_a_pipe_find_it_too() {
    let words = at_the_top(&loud(50_000));
    let bytes = file(40_000, &words);
    let expected = Array2::from_shape_vec((90_000, 1), [vec![0; 40_000], words].concat()).unwrap();
    let pipe = || WavReader::new(&bytes[..]).unwrap();
    let blocks: Vec<_> = pipe().blocks::<i32>(999).owned().map(Result::unwrap).collect();
    let views: Vec<_> = blocks.iter().map(|block| block.view()).collect();
    assert!(concatenate(Axis(0), &views).unwrap() == expected);
    let mut reader = pipe();
    let mut windows = reader.windows::<i32>(100, 30_000);
    for start in [0, 30_000, 60_000] {
        assert_eq!(windows.next().unwrap().unwrap(), expected.slice(ndarray::s![start..start + 100, ..]));
    }
    let mut reader = pipe();
    assert_eq!(reader.skip_frames(70_000).unwrap(), 70_000);
    assert!(reader.read_all::<i32>().unwrap() == expected.slice(ndarray::s![70_000.., ..]));
    assert_eq!(reader.anomalies(), [MOVED]);
}

#[test]
fn strict_reading_of_a_pipe_refuses_before_the_first_sound() {
    let bytes = file(20_000, &at_the_top(&loud(100)));
    let mut reader = ReadOptions::new().strict().read(&bytes[..]).unwrap();
    let mut blocks = reader.blocks::<i32>(1000);
    let mut silent = 0;
    let error = loop {
        match blocks.next() {
            Ok(Some(block)) => silent += block.iter().filter(|sample| **sample == 0).count(),
            Ok(None) => panic!("read to the end"),
            Err(error) => break error,
        }
    };
    assert_eq!(silent, 20_000);
    assert!(matches!(error.kind(), ErrorKind::Format { offset: 34, .. }), "{error}");
}

#[test]
fn stored_bits_are_copied_from_a_pipe_whatever_they_turn_out_to_mean() {
    for (words, anomalies) in [(at_the_top(&loud(50_000)), &[MOVED][..]), (loud(50_000), &[])] {
        let bytes = file(40_001, &words);
        for most in [3, 7, 100_000] {
            let mut pipe = WavReader::new(Trickle::new(&bytes[..], most)).unwrap();
            let spec = Spec::new(48_000, 1, Encoding::I24In32Lsb);
            let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
            assert_eq!(writer.copy_frames(&mut pipe, u64::MAX).unwrap(), 90_001);
            assert_eq!(pipe.anomalies(), anomalies);
            let copy = writer.finalize().unwrap().into_inner();
            assert!(WavView::parse(&copy).unwrap().data() == WavView::parse(&bytes).unwrap().data());
        }
    }
}

//! However many threads measure, the levels are the same.

#![cfg(feature = "rayon")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test that fails there has found something")]

use std::error::Error as _;

use crate::common::{SplitMix, riff};
use ndaudio::levels::Measure;
use ndaudio::{Encoding, WavReader, WavView, curves, levels, parallel};

#[test]
fn levels_are_equal_to_the_bit_for_one_to_eight_threads() {
    let folder = tempfile::tempdir().unwrap();
    for (encoding, channels) in [(Encoding::I16, 2), (Encoding::I24, 3), (Encoding::F32, 2)] {
        // Three parts of 16 MiB, the last one short.
        let frames = (33 << 20) / (encoding.bytes() * channels) + 7;
        let mut random = SplitMix(frames as u64);
        // A period that no part is a multiple of.
        let period = random.bytes(1_000_003 * channels * encoding.bytes());
        let mut audio: Vec<u8> = period.into_iter().cycle().take(frames * channels * encoding.bytes()).collect();
        if encoding == Encoding::F32 {
            // Numbers between −1 and 1.
            audio.chunks_exact_mut(4).for_each(|bytes| {
                let sample = random.next() as u32 as f32 / 2_f32.powi(31) - 1.0;
                bytes.copy_from_slice(&sample.to_le_bytes());
            });
        }
        let file = riff(encoding, channels as u16, 48_000, &audio);
        let path = folder.path().join("part.wav");
        std::fs::write(&path, &file).unwrap();
        let serial = levels::of_source(&mut WavReader::open(&path).unwrap()).unwrap();
        let mut first = None;
        for threads in 1..=8 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let file_levels = pool.install(|| parallel::levels_of_file(&path)).unwrap();
            let view_levels = pool.install(|| parallel::levels_of_view(&WavView::parse(&file).unwrap()));
            if encoding.is_float() {
                assert_eq!(
                    &file_levels,
                    first.get_or_insert_with(|| file_levels.clone()),
                    "{encoding:?}, {threads} threads"
                );
            } else {
                assert_eq!(file_levels, serial, "{encoding:?}, {threads} threads");
                assert_eq!(view_levels, serial, "{encoding:?} in memory, {threads} threads");
            }
        }
    }
}

#[test]
fn a_curve_is_that_of_the_whole_array_for_one_to_three_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.wav");
    // Two parts of 16 MiB and a bit.
    let frames = (33 << 20) / 6 + 7;
    let period = SplitMix(5).bytes(1_000_003 * 6);
    let audio: Vec<u8> = period.into_iter().cycle().take(frames * 6).collect();
    std::fs::write(&path, riff(Encoding::I24, 2, 48_000, &audio)).unwrap();
    let (samples, _) = ndaudio::read::<i32>(&path).unwrap();
    for (len, hop) in [(2_048, 512), (1_000, 1_001), (5, 3_000_000), (3 << 20, 1 << 20), (frames, 1), (frames + 1, 1)] {
        let expected = curves::measure(&samples, Measure::Rms, len, hop);
        for threads in 1..=3 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| parallel::curve_of_file(&path, Measure::Rms, len, hop)).unwrap();
            assert_eq!(found, expected, "{len} by {hop}, {threads} threads");
        }
    }
}

/// A pipe can be opened once, whatever the features.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_by_one_thread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let music = std::fs::read("data/music.wav").unwrap();
    let piped = |measure: &dyn Fn()| {
        std::thread::scope(|scope| {
            scope.spawn(|| std::fs::write(&path, &music));
            measure();
        });
    };
    piped(&|| {
        let expected = parallel::levels_of_file("data/music.wav").unwrap();
        assert_eq!(parallel::levels_of_file(&path).unwrap(), expected);
    });
    piped(&|| {
        let expected = parallel::curve_of_file("data/music.wav", Measure::Rms, 2_048, 512).unwrap();
        assert_eq!(parallel::curve_of_file(&path, Measure::Rms, 2_048, 512).unwrap(), expected);
    });
}

/// A file that is replaced again and again while it is measured: by one with other channels, and by one of the same shape. The levels
/// are those of one of the two files, or there is an error that says what happened; never a mixture, and no panic.
#[test]
fn levels_are_of_one_file_even_if_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("now.wav");
    // Three parts each.
    let audio = |value: u8| vec![value; 34 << 20];
    let mono = || riff(Encoding::I16, 1, 48_000, &audio(1));
    let mut cases = vec![
        ("other channels", [mono(), riff(Encoding::I16, 2, 48_000, &audio(2))]),
        ("the same shape", [mono(), riff(Encoding::I16, 1, 48_000, &audio(3))]),
    ];
    #[cfg(feature = "flac")]
    {
        let flac = |value: i16| {
            let spec = ndaudio::Spec::new(48_000, 1, Encoding::I16);
            let mut writer = ndaudio::FlacWriter::new(std::io::Cursor::new(Vec::new()), &spec).unwrap();
            writer.write(&ndarray::Array2::from_elem((3 << 19, 1), value)).unwrap();
            writer.finalize().unwrap().into_inner()
        };
        cases.push(("FLAC of the same shape", [flac(1), flac(2)]));
    }
    for (name, contents) in cases {
        let files = [folder.path().join("a.wav"), folder.path().join("b.wav")];
        files.iter().zip(contents).for_each(|(file, content)| std::fs::write(file, content).unwrap());
        let expected = files.each_ref().map(|file| levels::of_source(&mut ndaudio::open(file).unwrap()).unwrap());
        std::fs::hard_link(&files[0], &path).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        let (mut measured, mut refused) = (0, 0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let next = folder.path().join("next.wav");
                // Bounded, so that a failed assertion below ends the test as well.
                for file in files.iter().cycle().take(10_000) {
                    if stop.load(std::sync::atomic::Ordering::Relaxed) {
                        break;
                    }
                    std::fs::hard_link(file, &next).unwrap();
                    std::fs::rename(&next, &path).unwrap();
                    // A rename onto a link to the same file does nothing.
                    let _ = std::fs::remove_file(&next);
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
            });
            let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
            for _ in 0..12 {
                match pool.install(|| parallel::levels_of_file(&path)) {
                    Ok(levels) => {
                        assert!(expected.contains(&levels), "{name}: a mixture");
                        measured += 1;
                    }
                    Err(error) => {
                        // The reason is the error's source.
                        let why = error.source().map(ToString::to_string).unwrap_or_default();
                        assert!(why.contains("replaced or changed"), "{name}: {error}: {why}");
                        refused += 1;
                    }
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        println!("{name}: {measured} measured, {refused} refused");
        std::fs::remove_file(&path).unwrap();
    }
}

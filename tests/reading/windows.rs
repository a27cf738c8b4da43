//! Blocks and windows are those of the whole array, whatever the encoding, the sizes and the reader underneath.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that fails there has found something"
)]

use crate::common::{SplitMix, Trickle, bits, riff};
use ndaudio::ndarray::{Array2, ArrayView2, Axis, s};
use ndaudio::{Anomaly, ArraySource, Encoding, Sample, Sequence, Source, WavReader, WavView};

const FRAMES: usize = 23;

fn file(encoding: Encoding, channels: usize) -> Vec<u8> {
    let audio = SplitMix(channels as u64).bytes(FRAMES * channels * encoding.bytes());
    riff(encoding, channels as u16, 48_000, &audio)
}

fn all<T: Sample>(file: &[u8]) -> Array2<T> {
    let array = WavReader::new(file).unwrap().read_all().unwrap();
    assert_eq!(array.nrows(), FRAMES);
    array
}

fn check_blocks<T: Sample>(file: &[u8], whole: &Array2<T>, len: usize) {
    for most in [1, 2, 3, 7, 1000] {
        let mut reader = WavReader::new(Trickle::new(file, most)).unwrap();
        let mut blocks = reader.blocks::<T>(len);
        let mut expected = whole.axis_chunks_iter(Axis(0), len);
        let mut position = 0;
        while let Some(block) = blocks.next().unwrap() {
            let expected = expected.next().expect("no more blocks than chunks");
            assert_eq!(bits(&block.to_owned()), bits(&expected.to_owned()), "len {len}, {most} bytes a read");
            let rows = block.nrows() as u64;
            assert_eq!(blocks.position(), position);
            position += rows;
            assert_eq!(blocks.next_position(), position);
        }
        assert!(expected.next().is_none(), "as many blocks as chunks");
        assert!(blocks.next().unwrap().is_none(), "nothing after the end");
        assert_eq!(reader.position(), FRAMES as u64);
        // Random bytes use all bits, also those that carry no audio.
        let of_random_bytes = |anomaly: &Anomaly| matches!(anomaly, Anomaly::UnusedBits { .. });
        assert!(reader.anomalies().iter().all(of_random_bytes), "{:?}", reader.anomalies());
    }
}

fn check_windows<T: Sample>(file: &[u8], whole: &Array2<T>, len: usize, hop: usize) {
    for most in [1, 3, 1000] {
        let mut reader = WavReader::new(Trickle::new(file, most)).unwrap();
        let mut windows = reader.windows::<T>(len, hop);
        assert_eq!(windows.channels(), whole.ncols());
        let mut count = 0;
        // ndarray has no windows longer than the array, and refuses to be asked.
        let expected: Vec<ArrayView2<T>> = if len <= FRAMES {
            whole.axis_windows_with_stride(Axis(0), len, hop).into_iter().collect()
        } else {
            vec![]
        };
        while let Some(window) = windows.next().unwrap() {
            let expected = expected.get(count).expect("no more windows than ndarray has");
            assert_eq!(bits(&window.to_owned()), bits(&expected.to_owned()), "window {count} of len {len}, hop {hop}");
            assert_eq!(windows.position(), (count * hop) as u64);
            count += 1;
        }
        assert_eq!(count, expected.len(), "windows of len {len}, hop {hop}");
        assert!(windows.next().unwrap().is_none(), "nothing after the end");
    }
}

fn check_all<T: Sample>() {
    for encoding in Encoding::ALL {
        for channels in [1, 2, 3] {
            let file = file(encoding, channels);
            let whole = all::<T>(&file);
            for len in [1, 2, 5, FRAMES - 1, FRAMES, FRAMES + 1, 100] {
                check_blocks(&file, &whole, len);
                for hop in [1, 2, 4, 5, 6, FRAMES, 1000] {
                    check_windows(&file, &whole, len, hop);
                }
            }
        }
    }
}

#[test]
fn blocks_and_windows_of_i16_equal_those_of_the_whole() {
    check_all::<i16>();
}

#[test]
fn blocks_and_windows_of_i32_equal_those_of_the_whole() {
    check_all::<i32>();
}

#[test]
fn blocks_and_windows_of_f32_equal_those_of_the_whole() {
    check_all::<f32>();
}

#[test]
fn blocks_and_windows_of_f64_equal_those_of_the_whole() {
    check_all::<f64>();
}

/// Larger than any buffer inside: blocks that are read past the buffers, and windows that slide through many of them.
#[test]
fn large_blocks_and_windows_equal_those_of_the_whole() {
    let channels = 3;
    let frames = 100_000;
    let audio = SplitMix(7).bytes(frames * channels * 2);
    let file = riff(Encoding::I16, channels as u16, 48_000, &audio);
    let samples = audio.as_chunks().0.iter().map(|&bytes| i16::from_le_bytes(bytes)).collect();
    let whole = Array2::from_shape_vec((frames, channels), samples).unwrap();
    for len in [1000, 21_845, 21_846, 40_000, 99_999, 100_000, 100_001] {
        let mut reader = WavReader::new(&file[..]).unwrap();
        let blocks: Vec<_> = reader.blocks::<i16>(len).owned().map(Result::unwrap).collect();
        assert!(blocks.iter().zip(whole.axis_chunks_iter(Axis(0), len)).all(|(block, expected)| block == expected));
        assert_eq!(blocks.len(), frames.div_ceil(len));
        let hop = len / 3 + 1;
        let mut reader = WavReader::new(Trickle::new(&file[..], 10_000)).unwrap();
        let windows: Vec<_> = reader.windows::<f32>(len, hop).owned().map(Result::unwrap).collect();
        let expected = if len <= frames { (frames - len) / hop + 1 } else { 0 };
        assert_eq!(windows.len(), expected);
        for (index, window) in windows.iter().enumerate() {
            let expected = whole.slice(s![index * hop..index * hop + len, ..]).mapv(|sample| sample.convert::<f32>());
            assert!(window == expected, "window {index} of len {len}");
        }
    }
}

#[test]
fn what_a_dropped_iterator_has_not_lent_is_still_there() {
    let file = file(Encoding::I24, 2);
    let whole = all::<i32>(&file);
    let mut reader = WavReader::new(&file[..]).unwrap();
    let mut blocks = reader.blocks::<i32>(4);
    blocks.next().unwrap();
    blocks.next().unwrap();
    assert_eq!(reader.position(), 8);
    let mut blocks = reader.blocks::<i32>(3);
    let block = blocks.next().unwrap().unwrap();
    assert_eq!(block, whole.slice(s![8..11, ..]));
    assert_eq!(blocks.position(), 8, "counted as the file counts");
    assert_eq!(reader.read_all::<i32>().unwrap(), whole.slice(s![11.., ..]));
}

#[test]
fn the_incomplete_last_window_is_kept_only_on_request_and_only_with_new_frames() {
    for frames in 0..20 {
        let whole = Array2::from_shape_fn((frames, 1), |(row, _)| row as i32 + 1);
        for len in 1..8 {
            for hop in 1..12 {
                let mut source = ArraySource::new(whole.view(), 48_000);
                let windows: Vec<_> = source.windows::<i32>(len, hop).pad_end(-7).owned().map(Result::unwrap).collect();
                let mut expected = vec![];
                let mut covered = 0;
                for start in (0..frames).step_by(hop) {
                    let full = start + len <= frames;
                    if full || frames > covered {
                        expected.push(Array2::from_shape_fn((len, 1), |(row, _)| {
                            if start + row < frames { (start + row) as i32 + 1 } else { -7 }
                        }));
                    }
                    covered = start + len;
                    if !full {
                        break;
                    }
                }
                assert_eq!(windows, expected, "{frames} frames, len {len}, hop {hop}");
            }
        }
    }
}

#[test]
fn windows_run_across_the_files_of_a_sequence() {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = vec![];
    let mut paths = vec![];
    for (index, frames) in [10, 0, 1, 12].into_iter().enumerate() {
        let audio = SplitMix(index as u64).bytes(frames * 4);
        let path = folder.path().join(format!("part{index}.wav"));
        std::fs::write(&path, riff(Encoding::I16, 2, 48_000, &audio)).unwrap();
        parts.push(audio);
        paths.push(path);
    }
    let joined = riff(Encoding::I16, 2, 48_000, &parts.concat());
    let whole = all::<i16>(&joined);
    let mut sequence = Sequence::open(&paths).unwrap();
    assert_eq!(sequence.frames(), Some(23));
    assert_eq!(bits(&sequence.read_all::<i16>().unwrap()), bits(&whole));
    for (len, hop) in [(4, 2), (5, 5), (3, 7), (23, 1)] {
        let mut sequence = Sequence::open(&paths).unwrap();
        let windows: Vec<_> = sequence.windows::<i16>(len, hop).owned().map(Result::unwrap).collect();
        let expected: Vec<_> =
            whole.axis_windows_with_stride(Axis(0), len, hop).into_iter().map(|view| view.to_owned()).collect();
        assert_eq!(windows, expected);
    }

    let odd = folder.path().join("mono.wav");
    std::fs::write(&odd, riff(Encoding::I16, 1, 48_000, &[])).unwrap();
    paths.push(odd);
    let message = Sequence::open(&paths).unwrap_err().to_string();
    assert!(message.ends_with("mono.wav: its number of channels (1) must be that of the first file (2)"), "{message}");
    let none: [&str; 0] = [];
    assert_eq!(Sequence::open(none).unwrap_err().to_string(), "a sequence needs at least one file");
}

/// Elsewhere every byte order but the machine's own is refused, by a test of its own.
#[cfg(target_endian = "little")]
#[test]
fn a_file_in_memory_is_viewed_where_it_is() {
    for (encoding, channels) in [(Encoding::I16, 2), (Encoding::I32, 1), (Encoding::F32, 3), (Encoding::F64, 1)] {
        // Headers of 44 bytes leave 8-byte floats misaligned, so they are moved to where they are not.
        let file = file(encoding, channels);
        let mut room = vec![0_u64; file.len() / 8 + 2];
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut room);
        let bytes = &mut bytes[4..4 + file.len()];
        bytes.copy_from_slice(&file);
        let view = WavView::parse(bytes).unwrap();
        fn check<T: Sample>(view: &WavView, file: &[u8]) {
            let samples = view.samples::<T>().unwrap();
            assert_eq!(bits(&samples.to_owned()), bits(&all::<T>(file)));
            assert_eq!(samples.as_ptr().cast(), view.data().as_ptr(), "no copy");
        }
        match encoding {
            Encoding::I16 => check::<i16>(&view, &file),
            Encoding::I32 => check::<i32>(&view, &file),
            Encoding::F32 => check::<f32>(&view, &file),
            _ => check::<f64>(&view, &file),
        }
    }
}

#[test]
fn a_view_that_cannot_exist_says_why() {
    let file = file(Encoding::I24, 2);
    let view = WavView::parse(&file).unwrap();
    let error = view.samples::<i16>().unwrap_err();
    assert_eq!(error.to_string(), "24-bit PCM cannot be viewed as i16; read it instead, which converts");
    let room = [0_u64; 4];
    let bytes: &[u8] = bytemuck::cast_slice(&room);
    let error = ndaudio::frombuffer::<i32>(&bytes[2..18], 1).unwrap_err();
    assert!(matches!(error.kind(), ndaudio::ErrorKind::Misaligned { past: 2, align: 4 }), "{error}");
    let error = ndaudio::frombuffer::<i32>(&bytes[..18], 2).unwrap_err();
    assert!(matches!(error.kind(), ndaudio::ErrorKind::PartialFrame { bytes: 18, frame_bytes: 8 }), "{error}");
}

#[test]
#[should_panic(expected = "len (0) must be at least 1")]
fn blocks_have_frames() {
    let _ = WavReader::new(&file(Encoding::I16, 1)[..]).unwrap().blocks::<i16>(0);
}

#[test]
#[should_panic(expected = "hop (0) must be at least 1")]
fn windows_move() {
    let _ = WavReader::new(&file(Encoding::I16, 1)[..]).unwrap().windows::<i16>(1, 0);
}

//! Lending, measuring and writing allocate nothing once they run.

#![allow(clippy::unwrap_used, reason = "a test that fails there has found something")]

mod common;

use std::io::Cursor;

use allocation_counter::{AllocationInfo, measure};
use common::{SplitMix, riff};
use ndaudio::ndarray::{Array1, Array2, s};
use ndaudio::{Encoding, Levels, ReadOptions, Sample, Spec, WavReader, WavWriter, channels, gain, levels};

/// What is allocated by all but the first turn of a loop.
fn after_the_first(mut turn: impl FnMut() -> bool) -> AllocationInfo {
    assert!(turn(), "there is more than one turn");
    measure(|| {
        let mut turns = 0;
        while turn() {
            turns += 1;
        }
        assert!(turns > 5, "{turns} turns were measured");
    })
}

fn file(encoding: Encoding) -> Vec<u8> {
    riff(encoding, 2, 48_000, &SplitMix(1).bytes(300_000 * encoding.bytes() * 2))
}

fn blocks_allocate_nothing<T: Sample>(encoding: Encoding, len: usize) {
    let file = file(encoding);
    let mut reader = WavReader::new(&file[..]).unwrap();
    let mut blocks = reader.blocks::<T>(len);
    let info = after_the_first(|| blocks.next().unwrap().is_some());
    assert_eq!(info.count_total, 0, "blocks of {len} frames of {encoding:?} as {}", T::TYPE);
}

#[test]
fn blocks_allocate_nothing_after_the_first() {
    for len in [1, 1000, 20_000] {
        blocks_allocate_nothing::<i16>(Encoding::I16, len);
        blocks_allocate_nothing::<f32>(Encoding::I24, len);
        blocks_allocate_nothing::<f64>(Encoding::MuLaw, len);
    }
}

#[test]
fn windows_allocate_nothing_after_the_first() {
    for (len, hop) in [(2048, 512), (1000, 1), (512, 5000), (10_000, 10_000)] {
        let file = file(Encoding::I16);
        for centered in [false, true] {
            let mut reader = WavReader::new(&file[..]).unwrap();
            let mut windows = reader.windows::<f32>(len, hop);
            if centered {
                windows = windows.centered();
            }
            let mut left = 2000;
            let info = after_the_first(|| {
                left -= 1;
                windows.next().unwrap().is_some() && left > 0
            });

            assert_eq!(info.count_total, 0, "{info:?} with windows of {len} by {hop}");
        }
    }
}

#[test]
fn everything_takes_the_memory_of_what_there_is_and_not_of_what_a_header_says() {
    let file = file(Encoding::I16);
    let samples = file.len() as u64;
    let info = measure(|| {
        let mut reader = ReadOptions::new().seekable(Cursor::new(&file)).unwrap();
        assert_eq!(reader.read_all::<i16>().unwrap().dim(), (300_000, 2));
    });
    assert!(info.bytes_max < samples + (256 << 10), "{info:?} for {samples} bytes of samples");
    let mut pipe = file[..44 + 1_000].to_vec();
    pipe[40..44].copy_from_slice(&3_000_000_000_u32.to_le_bytes());
    let info = measure(|| {
        let mut reader = WavReader::new(&pipe[..]).unwrap();
        assert_eq!(reader.read_all::<f64>().unwrap().dim(), (250, 2));
    });
    assert!(info.bytes_max < 1 << 20, "{info:?} for 4,000 bytes of samples");
}

#[test]
fn measuring_changing_and_writing_allocate_nothing() {
    let file = file(Encoding::I16);
    let mut reader = WavReader::new(&file[..]).unwrap();
    let mut blocks = reader.blocks::<i16>(4096);
    let mut out = Array1::zeros(2);
    let mut total = Levels::new(2);
    let room = std::io::Cursor::new(Vec::with_capacity(4 << 20));
    let mut writer = WavWriter::new(room, &Spec::new(48_000, 2, Encoding::I24)).unwrap();
    let mut mono = Array2::zeros((4096, 1));
    let info = after_the_first(|| {
        let Some(mut block) = blocks.next().unwrap() else { return false };
        levels::rms_into(&block, &mut out);
        levels::peak_into(&block, &mut out);
        levels::mean_into(&block, &mut out);
        levels::crest_factor_into(&block, &mut out);
        total.add(&block);
        channels::downmix_into(&block, &mut mono.slice_mut(s![..block.nrows(), ..]));
        gain::apply_db(&mut block, -3.0);
        writer.write(&block).unwrap();
        true
    });
    assert_eq!(info.count_total, 0, "{info:?}");
    writer.finalize().unwrap();
}

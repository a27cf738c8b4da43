//! Between encodings and sample types, through the reader and the writer, on files in memory: bytes of samples per second.

#![allow(clippy::unwrap_used, reason = "a benchmark that fails has found something")]

use std::io::Cursor;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ndaudio::ndarray::Array2;
use ndaudio::{Encoding, ReadOptions, Sample, Spec, WavWriter};

const FRAMES: usize = 1 << 17;
const LEN: usize = 4096;

fn main() {
    divan::main();
}

fn noise<T: Sample>() -> Array2<T> {
    let mut state = 1_u64;
    Array2::from_shape_simple_fn((FRAMES, 2), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / 8_388_608.0 - 1.0).convert()
    })
}

fn file(encoding: Encoding) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, encoding)).unwrap();
    writer.write(&noise::<f32>()).unwrap();
    writer.finalize().unwrap().into_inner()
}

#[divan::bench(types = [i16, i32, f32, f64], args = Encoding::ALL)]
fn read<T: Sample>(bencher: Bencher, encoding: Encoding) {
    let file = file(encoding);
    let mut reader = ReadOptions::new().seekable(Cursor::new(&file[..])).unwrap();
    bencher.counter(BytesCount::of_many::<T>(FRAMES * 2)).bench_local(|| {
        reader.seek(0).unwrap();
        let mut blocks = reader.blocks::<T>(LEN);
        while let Some(block) = blocks.next().unwrap() {
            black_box(&block);
        }
    });
}

#[divan::bench(types = [i16, i32, f32, f64], args = Encoding::ALL)]
fn write<T: Sample>(bencher: Bencher, encoding: Encoding) {
    let samples = noise::<T>();
    let spec = Spec::new(48_000, 2, encoding);
    bencher.counter(BytesCount::of_many::<T>(FRAMES * 2)).bench_local(|| {
        let mut writer = WavWriter::stream(std::io::sink(), &spec).unwrap();
        writer.write(black_box(&samples)).unwrap();
        writer.finalize().unwrap();
    });
}

//! hound, an independent implementation, and this crate exchange files over the formats that hound has.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::io::Cursor;

use hound::{SampleFormat, WavReader as Hound, WavSpec};
use ndarray::{Array2, Axis, s};
use ndaudio::{Encoding, Spec, WavWriter};

/// Numbers that look random and are the same each time: Steele, Lea and Flood's SplitMix64.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// Samples at the top of 32 bits, of which `bits` are used.
    fn block(&mut self, frames: usize, channels: usize, bits: u32) -> Array2<i32> {
        Array2::from_shape_simple_fn((frames, channels), || {
            let value = ((self.next() >> 32) as u32).cast_signed();
            value >> (32 - bits) << (32 - bits)
        })
    }
}

fn written(spec: &Spec, write: impl FnOnce(&mut WavWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), spec).unwrap();
    write(&mut writer);
    writer.finalize().unwrap().into_inner()
}

#[test]
fn hound_reads_every_integer_file_that_we_write() {
    let mut random = SplitMix(1);
    for round in 0..300 {
        for (encoding, bits) in [(Encoding::U8, 8), (Encoding::I16, 16), (Encoding::I24, 24), (Encoding::I32, 32)] {
            let (frames, channels) = (random.below(70), 1 + random.below(9));
            let block = random.block(frames, channels, bits);
            let rate = 8_000 + u32::try_from(random.below(200_000)).unwrap();
            let spec = Spec::new(rate, channels, encoding);
            let cut = random.below(frames + 1);
            let bytes = written(&spec, |writer| {
                writer.write(&block.slice(s![..cut, ..])).unwrap();
                writer.write(&block.slice(s![cut.., ..])).unwrap();
            });
            let mut hound = Hound::new(&bytes[..]).unwrap();
            assert_eq!(Spec::try_from(hound.spec()).unwrap(), spec, "round {round}");
            let read: Vec<i32> = hound.samples::<i32>().map(Result::unwrap).collect();
            let expected: Vec<i32> = block.iter().map(|value| value >> (32 - bits)).collect();
            assert_eq!(read, expected, "round {round}, {spec}");
        }
    }
}

#[test]
fn hound_reads_every_float_file_that_we_write() {
    let mut random = SplitMix(2);
    for _ in 0..300 {
        let (frames, channels) = (random.below(70), 1 + random.below(9));
        let block = random.block(frames, channels, 32).mapv(|bits| f32::from_bits(bits.cast_unsigned()));
        let spec = Spec::new(44_100, channels, Encoding::F32);
        let bytes = written(&spec, |writer| writer.write(&block).unwrap());
        let mut hound = Hound::new(&bytes[..]).unwrap();
        assert_eq!(Spec::try_from(hound.spec()).unwrap(), spec);
        let read: Vec<u32> = hound.samples::<f32>().map(|sample| sample.unwrap().to_bits()).collect();
        assert_eq!(read, block.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>());
    }
}

#[test]
fn any_strides_give_the_file_of_the_copied_block() {
    let mut random = SplitMix(3);
    for (frames, channels) in [(50, 3), (5_000, 2), (3, 5_000), (1, 4_097), (0, 2), (700, 1)] {
        let wide = random.block(2 * frames, 2 * channels, 32);
        let tall = wide.t().as_standard_layout().into_owned();
        let views = [
            wide.slice(s![..frames, ..channels]),
            wide.slice(s![..;2, ..;2]),
            wide.slice(s![..;-2, ..;-2]),
            wide.slice(s![frames.., ..channels;-1]),
            tall.t().slice_move(s![..frames, channels..]),
            tall.t().slice_move(s![..;-2, ..;2]),
        ];
        for view in views {
            assert_eq!(view.dim(), (frames, channels));
            let owned = view.as_standard_layout().into_owned();
            for encoding in [Encoding::I16, Encoding::I24, Encoding::I32, Encoding::F64] {
                let spec = Spec::new(48_000, channels, encoding);
                let strided = written(&spec, |writer| writer.write(&view).unwrap());
                let copied = written(&spec, |writer| writer.write(&owned).unwrap());
                assert!(strided == copied, "{frames} × {channels}, strides {:?}", view.strides());
                let single = written(&spec, |writer| {
                    for frame in owned.axis_iter(Axis(0)) {
                        writer.write_interleaved(frame.as_slice().unwrap()).unwrap();
                    }
                });
                assert!(single == copied);
            }
        }
    }
}

#[test]
fn hound_specs_are_kept() {
    let spec = WavSpec { channels: 2, sample_rate: 96_000, bits_per_sample: 24, sample_format: SampleFormat::Int };
    let bytes = written(&Spec::try_from(spec).unwrap(), |_| ());
    assert_eq!(Hound::new(&bytes[..]).unwrap().spec(), spec);
}

#[test]
fn we_read_every_file_that_hound_writes() {
    let mut random = SplitMix(7);
    for round in 0..300 {
        for bits in [8, 16, 24, 32] {
            let (frames, channels) = (random.below(70), 1 + random.below(9));
            let block = random.block(frames, channels, u32::from(bits));
            let sample_rate = 8_000 + u32::try_from(random.below(200_000)).unwrap();
            let channels = u16::try_from(channels).unwrap();
            let spec = WavSpec { channels, sample_rate, bits_per_sample: bits, sample_format: SampleFormat::Int };
            let mut file = Cursor::new(Vec::new());
            let mut hound = hound::WavWriter::new(&mut file, spec).unwrap();
            block.iter().for_each(|value| hound.write_sample(value >> (32 - bits)).unwrap());
            hound.finalize().unwrap();
            let mut reader = ndaudio::WavReader::new(file.get_ref().as_slice()).unwrap();
            // hound states the loudspeakers from front left on; its own spec has no room for them.
            assert_eq!(reader.spec().with_channel_mask(0), Spec::try_from(spec).unwrap(), "round {round}");
            assert_eq!(reader.read_all::<i32>().unwrap(), block, "round {round}, {spec:?}");
        }
        let (frames, channels) = (random.below(70), 1 + random.below(9));
        let floats = random.block(frames, channels, 24).mapv(|value| value as f32 / 2_147_483_648.0);
        let channels = u16::try_from(channels).unwrap();
        let spec = WavSpec { channels, sample_rate: 48_000, bits_per_sample: 32, sample_format: SampleFormat::Float };
        let mut file = Cursor::new(Vec::new());
        let mut hound = hound::WavWriter::new(&mut file, spec).unwrap();
        floats.iter().for_each(|&value| hound.write_sample(value).unwrap());
        hound.finalize().unwrap();
        let mut reader = ndaudio::WavReader::new(file.get_ref().as_slice()).unwrap();
        assert_eq!(reader.read_all::<f32>().unwrap(), floats, "round {round}, {spec:?}");
    }
}

//! Stages against the same changes of whole arrays, for blocks of random lengths, after random seeks, boxed and not.

use std::io::Cursor;

use crate::common::SplitMix;
use ndaudio::filter::{self, Band};
use ndaudio::ndarray::{Array2, Axis, array, concatenate, s};
use ndaudio::stages::Concat;
use ndaudio::{
    ArraySource, Blocks, DynSource, Encoding, ErrorKind, Result, Sample, Sos, Source, Spec, WavReader, WavWriter,
    channels, gain,
};

const RATE: u32 = 48_000;

fn noise(frames: usize, channels: usize, seed: u64) -> Array2<f64> {
    let mut random = SplitMix(seed);
    Array2::from_shape_simple_fn((frames, channels), || ((random.next() >> 40) as f64 - 8_388_608.0) / 8_388_608.0)
}

fn as_type<T: Sample>(samples: &Array2<impl Sample>) -> Array2<T> {
    samples.map(|sample| sample.convert())
}

fn source<T: Sample>(samples: &Array2<f64>) -> ArraySource<ndaudio::ndarray::OwnedRepr<T>> {
    ArraySource::new(as_type(samples), RATE)
}

/// Reads everything that is left in blocks of random lengths, and checks the position on the way.
fn read_randomly<T: Sample>(source: &mut impl Source, random: &mut SplitMix) -> Array2<T> {
    let channels = source.spec().channels();
    let mut samples = Vec::new();
    let mut position = source.position();
    loop {
        let most = [1, 7, 1_000, 9_000][random.below(4)];
        let wanted = 1 + random.below(most);
        let mut block = vec![T::zero(); wanted * channels];
        let frames = source.read_interleaved(&mut block).unwrap();
        assert!(frames <= wanted);
        samples.extend_from_slice(&block[..frames * channels]);
        position += frames as u64;
        assert_eq!(source.position(), position);
        if frames < wanted {
            break;
        }
    }
    assert_eq!(source.frames(), Some(position), "frames() is exact");
    Array2::from_shape_vec((samples.len() / channels, channels), samples).unwrap()
}

/// Everything that holds for every stage: `expected` in any blocks, from any seek, boxed and not, in every type.
fn check<T: Sample, S: Source + Send + 'static>(name: &str, make: impl Fn() -> S, expected: &Array2<T>, within: f64) {
    let mut random = SplitMix(7);
    let frames = expected.nrows() as u64;
    for _ in 0..3 {
        let mut stage = make();
        assert_eq!(stage.frames(), Some(frames), "{name}");
        assert_eq!((stage.position(), stage.spec().channels()), (0, expected.ncols()), "{name}");
        assert_eq!(read_randomly::<T>(&mut stage, &mut random), expected, "{name}");

        let mut boxed: Box<dyn DynSource> = Box::new(make());
        assert_eq!(read_randomly::<T>(&mut boxed, &mut random), expected, "{name}, boxed");
    }
    let mut stage = make();
    for round in 0..12 {
        let frame = match round {
            0 => frames,
            1 => 0,
            _ => random.below(expected.nrows() + 1) as u64,
        };
        stage.seek(frame).unwrap();
        assert_eq!(stage.position(), frame, "{name}");
        let len = random.below(3_000).min(expected.nrows() - frame as usize);
        let mut block = Array2::<T>::zeros((len, expected.ncols()));
        assert_eq!(stage.read_interleaved(block.as_slice_mut().unwrap()).unwrap(), len, "{name} from {frame}");
        let expected = expected.slice(s![frame as usize..frame as usize + len, ..]);
        for (found, expected) in block.iter().zip(&expected) {
            let difference = found.convert::<f64>() - expected.convert::<f64>();
            assert!(difference.abs() <= within, "{name} from {frame}: {found} for {expected}");
        }
    }
    let error = stage.seek(frames + 1).unwrap_err();
    let past_end = (frames + 1, frames);
    assert!(
        matches!(error.kind(), &ErrorKind::SeekPastEnd { frame, frames } if (frame, frames) == past_end),
        "{name}: {error:?}"
    );
    let mut stage = make();
    assert_eq!(stage.skip_frames(frames / 2).unwrap(), frames / 2, "{name}");
    assert_eq!(read_randomly::<T>(&mut stage, &mut random), expected.slice(s![expected.nrows() / 2.., ..]), "{name}");
    assert_eq!(stage.skip_frames(1).unwrap(), 0, "{name}");
}

fn highpass() -> Sos {
    filter::butterworth(3, Band::Highpass(800.0), RATE)
}

fn every_stage<T: Sample>() {
    let audio = noise(20_000, 3, 1);
    let whole = as_type::<T>(&audio);
    let make = || source::<T>(&audio);
    // Reading as another type than the source's is what `read_all` of that type gives.
    check("section", || make().section(1_000..17_001), &whole.slice(s![1_000..17_001, ..]).to_owned(), 0.0);
    check("section to the end", || make().section(5..), &whole.slice(s![5.., ..]).to_owned(), 0.0);
    check("section past the end", || make().section(19_000..=30_000), &whole.slice(s![19_000.., ..]).to_owned(), 0.0);
    check("limit", || make().limit(333), &whole.slice(s![..333, ..]).to_owned(), 0.0);
    check("limit past the end", || make().limit(u64::MAX), &whole, 0.0);
    let silence = Array2::zeros((4_321, 3));
    check("pad_to", || make().pad_to(24_321), &concatenate![Axis(0), whole, silence], 0.0);
    check("pad_to less", || make().pad_to(3), &whole, 0.0);
    check("select_channels", || make().select_channels([2, 0, 2]), &whole.select(Axis(1), &[2, 0, 2]), 0.0);
    check("mono", || make().mono(), &channels::downmix(&whole), 0.0);
    let mut louder = whole.clone();
    let clipped = gain::apply(&mut louder, 1.7);
    check("gain", || make().gain(1.7), &louder, 0.0);
    let mut stage = make().gain(1.7);
    stage.read_all::<T>().unwrap();
    assert_eq!(stage.clipped(), clipped);
    let within = if T::IS_FLOAT { 1e-7 } else { 1.0 / T::FULL_SCALE };
    check("filter", || make().filter(&highpass()), &filter::sosfilt(&highpass(), &whole), within);
    check("inspect", || make().inspect(|_| ()), &whole, 0.0);
    let again = as_type::<T>(&noise(500, 3, 2));
    let three = concatenate![Axis(0), whole, again, whole];
    let parts = || Concat::new([make(), source::<T>(&noise(500, 3, 2)), make()]).unwrap();
    check("concat", parts, &three, 0.0);
}

#[test]
fn stages_of_i16_are_what_arrays_give() {
    every_stage::<i16>();
}

#[test]
fn stages_of_i32_are_what_arrays_give() {
    every_stage::<i32>();
}

#[test]
fn stages_of_f32_are_what_arrays_give() {
    every_stage::<f32>();
}

#[test]
fn stages_of_f64_are_what_arrays_give() {
    every_stage::<f64>();
}

#[test]
fn a_filter_seeks_to_within_its_bound() {
    let audio = noise(60_000, 2, 3);
    let sos = filter::elliptic(6, 0.5, 80.0, Band::Bandpass(300.0, 3_400.0), RATE);
    check("filter", || source::<f64>(&audio).filter(&sos), &filter::sosfilt(&sos, &audio), 1e-10);
}

/// A part that was read before begins again at its own beginning.
#[test]
fn parts_are_read_again_from_their_beginnings() {
    let audio = noise(10, 1, 6);
    let mut parts = Concat::new([source::<f64>(&audio), source::<f64>(&audio)]).unwrap();
    parts.seek(15).unwrap();
    parts.read_interleaved(&mut [0.0_f64; 2]).unwrap();
    parts.seek(0).unwrap();
    assert_eq!(parts.read_all::<f64>().unwrap(), concatenate![Axis(0), audio, audio]);
    assert_eq!(parts.into_inner().iter().map(Source::position).collect::<Vec<_>>(), [10, 10]);
}

#[test]
fn a_seek_to_where_a_part_begins_leaves_the_one_before_it_alone() {
    let audio = noise(10, 1, 6);
    let mut parts = Concat::new([source::<f64>(&audio), source::<f64>(&audio)]).unwrap();
    parts.seek(10).unwrap();
    assert_eq!(parts.read_all::<f64>().unwrap(), audio);
    assert_eq!(parts.into_inner().iter().map(Source::position).collect::<Vec<_>>(), [0, 10]);
}

/// Values that round to either end of the range are not clipped, and those half a step further are.
#[test]
fn gain_counts_what_saturates_as_gain_of_arrays_does() {
    let audio = array![[i16::MIN], [-21_846], [21_845], [i16::MAX]];
    for factor in [1.0, -1.0, 1.5, 65_537.0 / 65_536.0, 65_538.0 / 65_536.0] {
        let mut expected = audio.clone();
        let clipped = gain::apply(&mut expected, factor);
        let mut stage = ArraySource::new(audio.view(), RATE).gain(factor);
        assert_eq!(stage.read_all::<i16>().unwrap(), expected, "{factor}");
        assert_eq!(stage.clipped(), clipped, "{factor}");
    }
}

/// In a file whose samples are lent, in an array whose samples are not, and boxed.
#[test]
fn gain_of_one_keeps_every_bit() {
    // A signalling NaN, which an operation would make quiet, and a quiet one with a payload.
    let words = [0x7F80_0001, 0xFFC1_2345, 0x8000_0000, 0x0000_0001, 0x7F80_0000, 0x3F80_0001];
    let audio = Array2::from_shape_fn((6_000, 1), |(frame, _)| f32::from_bits(words[frame % 6]));
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, &Spec::new(RATE, 1, Encoding::F32)).unwrap();
    writer.write(&audio).unwrap();
    writer.finalize().unwrap();
    let file = file.into_inner();
    let reader = || WavReader::new(&file[..]).unwrap().gain(1.0);
    let array = || ArraySource::new(audio.clone(), RATE).gain(1.0);
    let mut boxed: Box<dyn DynSource> = Box::new(array());
    let bits = |samples: Array2<f32>| samples.mapv(f32::to_bits);
    assert_eq!(bits(reader().read_all().unwrap()), bits(audio.clone()));
    assert_eq!(bits(array().read_all().unwrap()), bits(audio.clone()));
    assert_eq!(bits(boxed.read_all().unwrap()), bits(audio.clone()));
    for len in [1, 100, 6_000] {
        let mut stage = reader();
        let (mut blocks, mut at) = (stage.blocks::<f32>(len), 0);
        while let Some(block) = blocks.next().unwrap() {
            let expected = audio.slice(s![at..at + block.nrows(), ..]);
            assert_eq!(bits(block.to_owned()), bits(expected.to_owned()), "{at} in blocks of {len}");
            at += block.nrows();
        }
        assert_eq!((at, stage.position()), (6_000, 6_000), "{len}");
    }
    let wide = array![[f64::from_bits(0x7FF0_0000_0000_0001)], [f64::from_bits(1)]];
    let read: Array2<f64> = ArraySource::new(wide.view(), RATE).gain(1.0).read_all().unwrap();
    assert_eq!(read.mapv(f64::to_bits), wide.mapv(f64::to_bits));
    // Any other factor is multiplied by, and what saturates on the way to integers is counted by any.
    assert_eq!(ArraySource::new(array![[0.5_f32]], RATE).gain(0.5).read_all::<f32>().unwrap(), array![[0.25]]);
    let mut loud = ArraySource::new(array![[0.75_f32], [0.5]], RATE).gain(2.0).gain(1.0);
    assert_eq!((loud.read_all::<i16>().unwrap(), loud.clipped()), (array![[i16::MAX], [i16::MAX]], 2));
}

#[test]
fn stages_say_of_a_file_what_its_reader_says() {
    for path in ["data/bytes_crashed_zero_sizes.wav", "data/libsndfile_bext_pcm16_stereo.wav"] {
        let open = || WavReader::open(path).unwrap();
        let (anomalies, metadata) = (open().anomalies().to_vec(), format!("{:?}", open().metadata().unwrap()));
        let stages: Vec<Box<dyn DynSource>> = vec![
            Box::new(open().section(0..)),
            Box::new(open().limit(1)),
            Box::new(open().pad_to(0)),
            Box::new(open().select_channels([0])),
            Box::new(open().mono()),
            Box::new(open().gain(0.5)),
            Box::new(open().filter(&highpass())),
            Box::new(open().inspect(|_| ())),
            #[cfg(feature = "resample")]
            Box::new(open().resample(open().spec().sample_rate()).unwrap()),
        ];
        for mut stage in stages {
            assert_eq!(stage.anomalies(), anomalies, "{stage:?}");
            assert_eq!(format!("{:?}", stage.metadata().unwrap()), metadata, "{stage:?}");
        }
        let mut two = open().concat([open()]).unwrap();
        assert_eq!(two.anomalies(), [&anomalies[..], &anomalies].concat());
        assert_eq!(format!("{:?}", two.metadata().unwrap()), metadata);
    }
}

/// Small blocks of the stored type are lent from the reader's own buffer, through the stages that do not change samples.
#[test]
fn stages_lend_what_they_would_read() {
    fn check(mut stage: impl Source, expected: &Array2<i16>) {
        assert_eq!(stage.ready_to_lend::<i16>(100).unwrap(), Some(100));
        let mut blocks = Blocks::<_, i16>::new(stage, 100);
        let mut at = 0;
        while let Some(block) = blocks.next().unwrap() {
            assert_eq!(block, expected.slice(s![at..at + block.nrows(), ..]));
            at += block.nrows();
            assert_eq!(blocks.source().position(), at as u64);
        }
        assert_eq!(at, expected.nrows());
    }
    let open = || WavReader::open("data/music.wav").unwrap();
    let all = open().read_all::<i16>().unwrap();
    let part = |range| all.slice(s![range, ..]).to_owned();
    check(open(), &all);
    check(&mut open(), &all);
    check(Box::new(open()) as Box<dyn DynSource>, &all);
    check(open().limit(1_030), &part(0..1_030));
    check(open().section(17..1_020), &part(17..1_020));
    check(open().section(440_900..), &part(440_900..441_000));
}

/// A pipe of a file counts, so that a section knows where it stands.
#[test]
fn a_section_of_a_pipe_begins_after_what_was_read() {
    let audio = as_type::<i16>(&noise(100, 1, 6));
    let mut file = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(RATE, 1, Encoding::I16)).unwrap();
    file.write(&audio).unwrap();
    let file = file.finalize().unwrap().into_inner();
    let after_five = || {
        let mut pipe = WavReader::new(&file[..]).unwrap();
        pipe.skip_frames(5).unwrap();
        pipe
    };
    for start in [5, 10, 100] {
        let mut section = after_five().section(start as u64..);
        assert_eq!(section.read_all::<i16>().unwrap(), audio.slice(s![start.., ..]));
    }
    let error = after_five().section(4..).read_all::<i16>().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
    let error = after_five().section(101..).read_all::<i16>().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 101, frames: 100 }), "{error}");
}

#[test]
fn chains_round_once_at_their_end() {
    let audio = as_type::<f64>(&as_type::<i16>(&noise(9_000, 2, 4)));
    let chain = || source::<i16>(&audio).section(100..8_100).mono().filter(&highpass()).gain(0.5);
    let mut expected = channels::downmix(&audio.slice(s![100..8_100, ..]));
    expected = filter::sosfilt(&highpass(), &expected);
    gain::apply(&mut expected, 0.5);
    check("a chain", chain, &as_type::<i16>(&expected), 1.0 / 32_768.0);
}

#[test]
fn inspect_sees_every_frame_once() {
    let audio = as_type::<f64>(&as_type::<f32>(&noise(10_000, 2, 5)));
    let mut seen = Vec::new();
    let mut stage = source::<f32>(&audio).inspect(|block| seen.extend(block.iter().copied()));
    read_randomly::<f32>(&mut stage, &mut SplitMix(1));
    drop(stage);
    assert_eq!(seen, audio.iter().copied().collect::<Vec<_>>());
}

/// Counts nothing, cannot seek, and does not know its end.
struct Pipe(ArraySource<ndaudio::ndarray::OwnedRepr<f32>>);

impl Source for Pipe {
    fn spec(&self) -> &Spec {
        self.0.spec()
    }
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        self.0.read_interleaved(out)
    }
}

#[test]
fn what_cannot_seek_is_read_on() {
    let audio = noise(5_000, 1, 6);
    let whole = as_type::<f32>(&audio);
    let pipe = || Pipe(source::<f32>(&audio));
    let mut section = pipe().section(2_000..3_000);
    assert_eq!(section.frames(), None);
    assert_eq!(section.read_all::<f32>().unwrap(), whole.slice(s![2_000..3_000, ..]));
    assert!(matches!(section.seek(0).unwrap_err().kind(), ErrorKind::Unsupported { .. }));
    let error = pipe().section(5_001..).read_all::<f32>().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 5_001, frames: 5_000 }), "{error}");
    assert_eq!(pipe().pad_to(5_003).read_all::<f32>().unwrap().nrows(), 5_003);
    assert!(pipe().pad_to(5_003).seek(1).is_err());
    assert_eq!(pipe().limit(5).read_all::<f32>().unwrap(), whole.slice(s![..5, ..]));
    assert_eq!(Concat::new([pipe(), pipe()]).unwrap().read_all::<f32>().unwrap().nrows(), 10_000);
    assert!(matches!(pipe().filter(&highpass()).seek(9).unwrap_err().kind(), ErrorKind::Unsupported { .. }));
}

/// Promises more frames than it gives, as a file that is cut while it is read.
struct Cut(ArraySource<ndaudio::ndarray::OwnedRepr<f32>>, u64);

impl Source for Cut {
    fn spec(&self) -> &Spec {
        self.0.spec()
    }
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        self.0.read_interleaved(out)
    }
    fn frames(&self) -> Option<u64> {
        Some(self.1)
    }
    fn position(&self) -> u64 {
        self.0.position()
    }
    fn seek(&mut self, frame: u64) -> Result<()> {
        let end = self.0.frames().unwrap();
        self.0.seek(frame.min(end))
    }
}

/// The frames of each read of four, up to the first that is short.
fn read_by_fours(stage: &mut impl Source) -> Vec<Vec<f32>> {
    let mut reads = Vec::new();
    loop {
        let mut block = [f32::NAN; 4];
        let count = stage.read_interleaved(&mut block).unwrap();
        reads.push(block[..count].to_vec());
        if count < 4 {
            return reads;
        }
    }
}

#[test]
fn silence_follows_what_a_cut_file_still_gives() {
    let cut = || Cut(ArraySource::new(Array2::from_shape_fn((7, 1), |(frame, _)| frame as f32 + 1.0), RATE), 10);
    let mut padded = cut().pad_to(9);
    assert_eq!(read_by_fours(&mut padded), [&[1.0, 2.0, 3.0, 4.0][..], &[5.0, 6.0, 7.0, 0.0], &[0.0]]);
    assert_eq!(padded.position(), 9);
    // A frame that was promised is silent where it is missing.
    padded.seek(6).unwrap();
    assert_eq!(read_by_fours(&mut padded), [[7.0, 0.0, 0.0]]);
    padded.seek(8).unwrap();
    assert_eq!(read_by_fours(&mut padded), [[0.0]]);
    assert_eq!(padded.position(), 9);
    // No silence is due, so the end is where the file ends.
    let mut enough = cut().pad_to(7);
    assert_eq!(read_by_fours(&mut enough), [&[1.0, 2.0, 3.0, 4.0][..], &[5.0, 6.0, 7.0]]);
    assert_eq!(enough.position(), 7);
}

#[test]
fn the_next_part_follows_what_a_cut_file_still_gives() {
    let part = |first, promised| {
        Cut(ArraySource::new(Array2::from_shape_fn((7, 1), |(frame, _)| frame as f32 + first), RATE), promised)
    };
    let both = || Concat::new([part(1.0, 10), part(11.0, 7)]).unwrap();
    let mut parts = both();
    let expected = [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 11.0], [12.0, 13.0, 14.0, 15.0]];
    let last = vec![16.0, 17.0];
    assert_eq!(read_by_fours(&mut parts), [&expected.map(Vec::from)[..], &[last]].concat());
    assert_eq!((parts.position(), parts.frames()), (14, Some(17)));
    // Frames are counted as promised, and the second part begins again at its beginning.
    parts.seek(8).unwrap();
    let mut block = [0.0_f32; 2];
    assert_eq!((parts.read_interleaved(&mut block).unwrap(), block), (2, [11.0, 12.0]));
    parts.seek(10).unwrap();
    assert_eq!((parts.read_interleaved(&mut block).unwrap(), block), (2, [11.0, 12.0]));
    let mut parts = both();
    assert_eq!(parts.skip_frames(8).unwrap(), 8);
    assert_eq!((parts.read_interleaved(&mut block).unwrap(), block), (2, [12.0, 13.0]));
    assert_eq!((parts.skip_frames(9).unwrap(), parts.position()), (4, 14));
}

/// Goes anywhere, and has no end.
struct Endless(Spec);

impl Source for Endless {
    fn spec(&self) -> &Spec {
        &self.0
    }
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        out.fill(T::zero());
        Ok(out.len() / self.0.channels())
    }
    fn seek(&mut self, _: u64) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_section_of_unknown_length_is_sought_up_to_its_end() {
    let endless = || Endless(Spec::new(RATE, 1, Encoding::I16));
    let mut ten = endless().section(10..20);
    ten.seek(10).unwrap();
    let error = ten.seek(11).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 11, frames: 10 }), "{error:?}");
    let error = endless().section(u64::MAX - 3..).seek(4).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 4, frames: 3 }), "{error:?}");
}

#[test]
fn specs_say_what_comes_out() {
    let of = |encoding| ArraySource::new(Array2::<i16>::zeros((1, 6)), RATE).spec().with_encoding(encoding);
    for (encoding, computed) in [
        (Encoding::I16, Encoding::F32),
        (Encoding::I24, Encoding::F32),
        (Encoding::MuLaw, Encoding::F32),
        (Encoding::F32, Encoding::F32),
        (Encoding::I32, Encoding::F64),
        (Encoding::F64, Encoding::F64),
    ] {
        let source = || Endless(of(encoding));
        assert_eq!(source().filter(&highpass()).spec(), &of(computed));
        assert_eq!(source().gain(2.0).spec(), &of(encoding));
        assert_eq!(source().mono().spec(), &of(encoding).with_channels(1));
    }
    let surround = || Endless(of(Encoding::I16).with_channel_mask(0x3F));
    assert_eq!(surround().select_channels([0, 0]).spec().channel_mask(), None);
    assert_eq!(surround().select_channels([0, 3]).spec().channel_mask(), Some(0b1001));
    assert_eq!(surround().select_channels([3, 0]).spec().channel_mask(), None);
    assert_eq!(surround().mono().spec().channel_mask(), None);
    assert_eq!(surround().select_channels([9]).spec().channel_mask(), None);
}

#[test]
fn what_a_command_line_gets_wrong_is_an_error() {
    let audio = noise(100, 2, 8);
    let error = source::<f32>(&audio).select_channels([0, 2]).read_all::<f32>().unwrap_err();
    assert_eq!(error.to_string(), "channel 2 does not exist: the audio has 2 channels, numbered from 0");
    let error = source::<f32>(&audio).section(101..200).read_all::<f32>().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 101, frames: 100 }), "{error}");
    assert_eq!(source::<f32>(&audio).section(100..).read_all::<f32>().unwrap().nrows(), 0);
    let other = ArraySource::new(as_type::<f32>(&audio), 44_100);
    let error = source::<f32>(&audio).concat([other]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SpecMismatch { field: "sample rate", .. }), "{error}");
    assert!(Concat::new(std::iter::empty::<Pipe>()).is_err());
}

#[test]
#[should_panic(expected = "start (5) must not be past the end (3)")]
#[expect(clippy::reversed_empty_ranges, reason = "the mistake that is tested")]
fn a_range_goes_forward() {
    let _ = source::<f32>(&noise(10, 1, 9)).section(5..3);
}

#[cfg(feature = "resample")]
mod resampling {
    use super::*;
    use ndaudio::resample::{self, Quality};

    #[test]
    fn blocks_and_seeks_change_no_bit() {
        let audio = noise(30_000, 2, 10);
        for (to, quality) in [
            (16_000, Quality::VeryHigh),
            (44_100, Quality::High),
            (96_000, Quality::High),
            (48_000, Quality::High),
            (48_001, Quality::High),
            (11_025, Quality::VeryHigh),
        ] {
            let whole = resample::resample_with(&audio, RATE, to, quality).unwrap();
            let frames = (30_000_u64 * u64::from(to)).div_ceil(u64::from(RATE));
            assert_eq!(whole.nrows() as u64, frames);
            check("resample", || source::<f64>(&audio).resample_with(to, quality).unwrap(), &whole, 0.0);
        }
    }

    #[test]
    fn each_channel_is_resampled_as_if_alone() {
        let audio = noise(20_000, 3, 13);
        for to in [16_000, 44_100, 96_000] {
            let together = resample::resample_with(&audio, RATE, to, Quality::High).unwrap();
            for (channel, expected) in audio.axis_iter(Axis(1)).zip(together.axis_iter(Axis(1))) {
                let alone = channel.to_owned().insert_axis(Axis(1));
                assert_eq!(resample::resample_with(&alone, RATE, to, Quality::High).unwrap().column(0), expected);
            }
        }
    }

    #[test]
    fn lengths_are_rounded_up_exactly() {
        for frames in [0, 1, 2, 3, 146, 147, 148, 4_095, 4_096, 4_097] {
            for (from, to) in [(44_100, 48_000), (48_000, 44_100), (48_000, 16_000), (8_000, 48_000), (3, 2)] {
                let samples = noise(frames, 1, 11);
                let expected = (frames as u64 * u64::from(to)).div_ceil(u64::from(from));
                let resampled = resample::resample_with(&samples, from, to, Quality::High).unwrap();
                assert_eq!(resampled.nrows() as u64, expected, "{frames} frames from {from} to {to}");
                let none = Array2::<f32>::zeros((frames, 0));
                assert_eq!(resample::resample(&none, from, to).unwrap().dim(), (resampled.nrows(), 0));
            }
        }
        // The end is not known before it is read.
        let pipe = Pipe(source::<f32>(&noise(10_000, 1, 12)));
        let mut stage = pipe.resample(16_000).unwrap();
        assert_eq!(stage.frames(), None);
        assert_eq!(stage.read_all::<f32>().unwrap().nrows(), 3_334);
        assert_eq!(stage.frames(), Some(3_334));
    }

    /// A sine stays that sine, at its time: nothing is delayed, and nothing is lost below the stated edge.
    #[test]
    fn sines_stay_where_they_are() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (48_000, 16_000), (16_000, 48_000), (96_000, 44_100)] {
            let nyquist = f64::from(from.min(to)) / 2.0;
            for (quality, parts, within) in
                [(Quality::High, [0.01, 0.5, 0.9], 2e-6), (Quality::VeryHigh, [0.01, 0.5, 0.96], 1e-8)]
            {
                for part in parts {
                    let sine = |rate: u32, frame: usize| {
                        (std::f64::consts::TAU * part * nyquist * frame as f64 / f64::from(rate)).sin()
                    };
                    let input = Array2::from_shape_fn((from as usize, 1), |(frame, _)| sine(from, frame));
                    let output = resample::resample_with(&input, from, to, quality).unwrap();
                    assert_eq!(output.nrows(), to as usize);
                    // Away from the ends, where the sine begins and stops.
                    for frame in to as usize / 3..to as usize * 2 / 3 {
                        let difference = output[[frame, 0]] - sine(to, frame);
                        assert!(
                            difference.abs() < within,
                            "{from} to {to} Hz, {quality:?}, {part} of Nyquist, frame {frame}: {difference:e}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn rates_that_cannot_be_had_are_errors() {
        let make = |rate| ArraySource::new(Array2::<f32>::zeros((10, 1)), rate);
        for (from, to) in [(0, 48_000), (48_000, 0), (0, 0)] {
            assert!(matches!(make(from).resample(to).unwrap_err().kind(), ErrorKind::InvalidArgument { .. }));
        }
        // Two primes, as a header may claim: no memory is taken for them.
        let error = make(4_294_967_291).resample(4_294_967_279).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
        // One prime: its buffers alone would fit, the plans of its transforms do not.
        let error = make(2_000_003).resample(48_000).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
        let wide = ArraySource::new(Array2::<f32>::zeros((0, 65_535)), 44_101);
        assert!(matches!(wide.resample(48_000).unwrap_err().kind(), ErrorKind::TooLarge { .. }));
    }
}

/// Found by attack: positions overflowed.
#[test]
fn stages_longer_than_positions_count_go_on() {
    let padded = || ArraySource::new(array![1_i16, 2, 3], RATE).pad_to(u64::MAX);
    let twice = || padded().concat([padded()]).unwrap();
    let mut out = [7_i16; 10];

    let mut both = twice();
    both.seek(u64::MAX - 2).unwrap();
    assert_eq!(both.read_interleaved(&mut out).unwrap(), 10);
    assert_eq!((out, both.position()), ([0, 0, 1, 2, 3, 0, 0, 0, 0, 0], u64::MAX));
    both.seek(u64::MAX - 2).unwrap();
    assert_eq!((both.skip_frames(10).unwrap(), both.position()), (10, u64::MAX));

    let mut sought = twice();
    sought.seek(u64::MAX - 2).unwrap();
    let mut blocks = sought.blocks::<i16>(10);
    assert_eq!(blocks.next().unwrap().unwrap().column(0).to_vec(), [0, 0, 1, 2, 3, 0, 0, 0, 0, 0]);
    assert_eq!(blocks.next_position(), u64::MAX);
}

#[cfg(feature = "resample")]
#[test]
fn the_last_frame_that_can_be_counted_is_resampled() {
    for rate in [RATE, 2 * RATE, RATE / 2, 44_100] {
        let mut source = ArraySource::new(array![1_i16, 2, 3], RATE).pad_to(u64::MAX).resample(rate).unwrap();
        let frames = source.frames().unwrap();
        let mut out = [7.0_f32; 10];
        for (before, expected) in [(0, 0), (2, 2), (20, 10)] {
            source.seek(frames - before).unwrap();
            assert_eq!(source.read_interleaved(&mut out).unwrap(), expected, "{rate} Hz");
            assert_eq!(out[..expected], [0.0; 10][..expected]);
        }
    }
}

/// A source that counts more than it was asked for.
struct Boasting(Spec);

impl Source for Boasting {
    fn spec(&self) -> &Spec {
        &self.0
    }
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        Ok(out.len() + 5)
    }
    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        Ok(frames.saturating_add(7))
    }
}

/// Found by attack: the count was passed on, and subtracted from what was left.
#[test]
fn a_source_that_counts_wrong_is_named_by_every_stage_that_counts() {
    let boasting = || Boasting(Spec::new(RATE, 1, Encoding::I16));
    fn panics<S: Source>(make: impl Fn() -> S) {
        let message = |read: &dyn Fn(&mut S)| {
            let mut source = make();
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(&mut source)));
            *caught.unwrap_err().downcast::<String>().unwrap()
        };
        let read = message(&|source| drop(source.read_interleaved(&mut [0_i16; 10])));
        assert!(read.starts_with("the source counts"), "{read}");
        let skipped = message(&|source| drop(source.skip_frames(3)));
        assert!(skipped.starts_with("the source says that it skipped 10 frames, of 3"), "{skipped}");
    }
    panics(|| boasting().limit(100));
    panics(|| boasting().section(..100));
    panics(|| boasting().section(..));
    panics(|| boasting().concat([boasting()]).unwrap());
}

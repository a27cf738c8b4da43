//! Nanoseconds of every operation over one block that fits in the second-level cache, for each sample type and 1, 2 and 8 channels.
//!
//! `benches/numpy/compare.py` runs this and NumPy at the same work, and prints one table. By itself:
//! `cargo bench --bench operations [-- filter]`; each line is operation, type, channels, nanoseconds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ndarray::{Array1, Array2, ArrayRef2, ArrayView2, ArrayViewMut2, s};
use ndaudio::compat::SilenceDetect;
use ndaudio::gain::{self, Ramp, Rounding, Shape};
use ndaudio::histogram::Histogram;
use ndaudio::levels::{self, Measure};
use ndaudio::{Levels, Sample, channels, convert_into, dither};

/// Samples of a block.
const SAMPLES: usize = 32_768;

fn main() {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let bench = Bench { filter };
    for channels in [1, 2, 8] {
        of_type::<i16>(&bench, channels);
        of_type::<i32>(&bench, channels);
        of_type::<f32>(&bench, channels);
        of_type::<f64>(&bench, channels);
    }
    for channels in [3, 5, 6, 7, 9, 11, 33] {
        let block = noise::<i16>(channels, 10);
        let block = block.view();
        let mut total = Levels::new(channels);
        bench.time::<i16, _>("Levels", channels, || total.add(black_box(&block)));
        let mut block = noise::<i16>(channels, 1);
        let mut block = block.view_mut();
        bench.time::<i16, _>("apply_per_channel", channels, || {
            gain::apply_per_channel(&mut block, &vec![-0.99; channels])
        });
    }
}

struct Bench {
    filter: Option<String>,
}

impl Bench {
    /// Prints the shortest of many runs.
    fn time<T: Sample, R>(&self, name: &str, channels: usize, mut work: impl FnMut() -> R) {
        if self.filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            return;
        }
        black_box(work());
        let begin = Instant::now();
        let mut shortest = Duration::MAX;
        while begin.elapsed() < Duration::from_millis(15) {
            let begin = Instant::now();
            for _ in 0..4 {
                black_box(work());
            }
            shortest = shortest.min(begin.elapsed() / 4);
        }
        println!("{name}\t{}\t{channels}\t{}", T::TYPE, shortest.as_nanos());
    }
}

/// Frames × channels that begin at a cache line, as the arrays of `compare.py`. Where a `Vec` begins is chance, and decides a tenth of
/// the time of what is as fast as the cache.
struct Aligned<T> {
    memory: Vec<T>,
    begin: usize,
    shape: (usize, usize),
}

impl<T: Sample> Aligned<T> {
    const LINE: usize = 64;

    fn zeros(shape: (usize, usize)) -> Self {
        let memory = vec![T::default(); shape.0 * shape.1 + Self::LINE];
        let begin = memory.as_ptr().align_offset(Self::LINE);
        Aligned { memory, begin, shape }
    }

    fn of(array: &ArrayRef2<T>) -> Self {
        let mut aligned = Self::zeros(array.dim());
        aligned.view_mut().assign(array);
        aligned
    }

    fn view(&self) -> ArrayView2<'_, T> {
        ArrayView2::from_shape(self.shape, &self.memory[self.begin..][..self.shape.0 * self.shape.1]).expect("it fits")
    }

    fn view_mut(&mut self) -> ArrayViewMut2<'_, T> {
        let samples = &mut self.memory[self.begin..][..self.shape.0 * self.shape.1];
        ArrayViewMut2::from_shape(self.shape, samples).expect("it fits")
    }
}

/// Noise of full scale divided by `quiet`.
fn noise<T: Sample>(channels: usize, quiet: i32) -> Aligned<T> {
    let mut state = 1_u32;
    let mut noise = Aligned::zeros((SAMPLES / channels, channels));
    noise.view_mut().map_inplace(|sample| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = (state.cast_signed() / quiet).convert();
    });
    noise
}

fn of_type<T: Sample>(bench: &Bench, count: usize) {
    let block = noise::<T>(count, 10);
    let block = block.view();
    let mut changed = noise::<T>(count, 2);
    let mut changed = changed.view_mut();
    let frames = block.nrows();
    let time = |name: &str, work: &mut dyn FnMut()| bench.time::<T, _>(name, count, work);

    // Gain. Factors near −1, so that hundreds of rounds neither clip nor end in zeros.
    time("apply", &mut || {
        black_box(gain::apply(&mut changed, -0.999_99));
    });
    time("apply, −1", &mut || {
        black_box(gain::apply(&mut changed, -1.0));
    });
    for (name, rounding) in
        [("HalfUp", Rounding::HalfUp), ("Floor", Rounding::Floor), ("TowardZero", Rounding::TowardZero)]
    {
        time(&format!("apply_rounded {name}"), &mut || {
            black_box(gain::apply_rounded(&mut changed, -0.999_99, rounding));
        });
    }
    let factors = vec![-0.999_99; count];
    time("apply_per_channel", &mut || {
        black_box(gain::apply_per_channel(&mut changed, &factors));
    });
    let means = vec![1e-9; count];
    time("remove_mean", &mut || {
        black_box(gain::remove_mean(&mut changed, &means));
    });
    for (name, shape) in [("linear", Shape::Linear), ("decibel", Shape::Decibel), ("equal power", Shape::EqualPower)] {
        let ramp = Ramp::new(0, 2 * frames as u64, 0.999_9, 1.000_1, shape).expect("finite and above 0");
        time(&format!("ramp {name}"), &mut || {
            black_box(gain::ramp(&mut changed, 1, &ramp));
        });
    }
    time("apply to one channel", &mut || {
        black_box(gain::apply(&mut changed.slice_mut(s![.., ..1]), -0.999_99));
    });

    // Quantities.
    let mut quantized = Aligned::of(&block);
    let mut quantized = quantized.view_mut();
    time("quantize", &mut || {
        black_box(dither::quantize(&mut quantized, 0, 12, None).expect("12 bits"));
    });
    let tpdf = Some(dither::Tpdf::new(1));
    time("quantize, dither", &mut || {
        black_box(dither::quantize(&mut quantized, 0, 12, tpdf).expect("12 bits"));
    });
    converted::<T, i16>(bench, &block);
    converted::<T, i32>(bench, &block);
    converted::<T, f32>(bench, &block);
    converted::<T, f64>(bench, &block);

    // Channels.
    let mut one = Aligned::<T>::zeros((frames, 1));
    let mut one = one.view_mut();
    let mut all = Aligned::<T>::zeros((frames, count));
    let mut all = all.view_mut();
    time("select one", &mut || channels::select_into(black_box(&block), &[count - 1], &mut one).expect("it exists"));
    let reversed: Vec<usize> = (0..count).rev().collect();
    time("select all, reversed", &mut || {
        channels::select_into(black_box(&block), &reversed, &mut all).expect("they exist")
    });
    let monos: Vec<Aligned<T>> = channels::split(&block).map(|channel| Aligned::of(&channel)).collect();
    let parts: Vec<_> = monos.iter().map(|mono| mono.view()).collect();
    time("join", &mut || channels::join_into(black_box(&parts), &mut all).expect("of one length"));
    time("split + join", &mut || {
        let parts: Vec<_> = channels::split(black_box(&block)).collect();
        channels::join_into(&parts, &mut all).expect("of one length");
    });
    let mut planar = Aligned::<T>::zeros((count, frames));
    let mut planar = planar.view_mut();
    time("deinterleave", &mut || channels::deinterleave_into(black_box(&block), &mut planar));
    time("interleave", &mut || channels::interleave_into(black_box(&planar), &mut all));
    time("downmix", &mut || channels::downmix_into(black_box(&block), &mut one));
    let matrix = Array2::from_shape_fn((2, count), |(out, channel)| if out == channel % 2 { 0.4 } else { 0.1 });
    let mut two = Aligned::<T>::zeros((frames, 2));
    let mut two = two.view_mut();
    time("mix to 2", &mut || {
        black_box(channels::mix_into(black_box(&block), &matrix, &mut two));
    });

    // Measures.
    let mut out = Array1::zeros(count);
    time("rms", &mut || levels::rms_into(black_box(&block), &mut out));
    time("peak", &mut || levels::peak_into(black_box(&block), &mut out));
    time("mean", &mut || levels::mean_into(black_box(&block), &mut out));
    time("zero crossing rate", &mut || Measure::ZeroCrossingRate.measure_into(black_box(&block), &mut out));
    let mut of_one = Array1::zeros(1);
    time("rms of one channel", &mut || levels::rms_into(black_box(&block.slice(s![.., ..1])), &mut of_one));
    let mut total = Levels::new(count);
    time("Levels", &mut || total.add(black_box(&block)));
    let loud = noise::<T>(count, 1);
    let loud = loud.view();
    time("Levels, full scale", &mut || total.add(black_box(&loud)));
    let full: T = if T::IS_FLOAT { T::one() } else { i32::MAX.convert() };
    let mut clipped = Aligned::zeros((frames, count));
    let mut clipped = clipped.view_mut();
    clipped.fill(full);
    time("Levels, all clipped", &mut || total.add(black_box(&clipped)));
    let mut hard = Aligned::of(&loud);
    let mut hard = hard.view_mut();
    hard.iter_mut().enumerate().for_each(|(index, sample)| {
        if index / count % 100 < 30 {
            *sample = full
        }
    });
    time("Levels, clipped in runs", &mut || total.add(black_box(&hard)));
    let silent = Aligned::zeros((frames, count));
    for (name, audio) in [("loud", &loud), ("silent", &silent.view()), ("mixed", &block)] {
        let mut detector = SilenceDetect::new(-26.0, 4_800).expect("below 0 dB");
        time(&format!("SilenceDetect, {name}"), &mut || detector.add(black_box(audio), |_| {}));
    }
    if T::TYPE == ndaudio::SampleType::I16 {
        let audio: Array2<i16> = ndaudio::convert(&loud);
        let mut histogram = Histogram::new(count);
        // Beyond the samples that are kept as they are.
        (0..65_536 / frames + 1).for_each(|_| histogram.add(&audio));
        time("Histogram", &mut || histogram.add(black_box(&audio)));
    }
}

fn converted<S: Sample, T: Sample>(bench: &Bench, block: &ArrayRef2<S>) {
    let mut out = Aligned::<T>::zeros(block.dim());
    let mut out = out.view_mut();
    bench.time::<S, _>(&format!("convert to {}", T::TYPE), block.ncols(), || convert_into(black_box(block), &mut out));
}

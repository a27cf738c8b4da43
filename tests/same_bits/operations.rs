//! What is hashed: every operation over signals, layouts, types and numbers of channels.

use ndaudio::compat::{ExpRms, Librosa, SilenceDetect};
use ndaudio::curves;
use ndaudio::dither::{self, Tpdf};
use ndaudio::fade::Fade;
use ndaudio::gain::{self, Ramp, Rounding, Shape};
use ndaudio::histogram::Histogram;
use ndaudio::levels::{self, Level, Measure};
use ndaudio::ndarray::{Array1, Array2, ArrayRef2, Axis, s};
use ndaudio::segments::{self, Rule, Segment, Threshold};
use ndaudio::{Levels, Sample, SampleType, channels};

use super::signals::{KINDS, Kind, planar, scattered, signal};
use super::{Hash, Results};

/// One and two channels, the counts of surround formats, odd ones, and more than a kernel takes at once.
const CHANNELS: [usize; 9] = [1, 2, 3, 4, 5, 6, 8, 33, 70];

pub(crate) fn all(results: &mut Results) {
    of_type::<i16>(results);
    of_type::<i32>(results);
    of_type::<f32>(results);
    of_type::<f64>(results);
    histograms(results);
}

fn of_type<T: Sample>(results: &mut Results) {
    for count in CHANNELS {
        for kind in KINDS {
            // More than one block of 32 KiB, the last of them odd.
            let audio = signal::<T>(kind, 18_000 / count + 11, count);
            let name = |operation: &str| format!("{operation} {} {count} {kind:?}", T::TYPE);
            measures(results, &audio, &name);
            changes(results, &audio, &name);
            mixes(results, &audio, &name);
            quantities(results, &audio, &name);
            finders(results, &audio, kind, &name);
        }
    }
}

/// Hashes a result of arrays, as it is in memory of any layout.
fn array<T: Sample>(hash: &mut Hash, samples: &ArrayRef2<T>) {
    samples.iter().for_each(|&sample| hash.sample(sample));
}

fn values(hash: &mut Hash, values: &Array1<f64>) {
    values.iter().for_each(|&value| hash.f64(value));
}

fn measures<T: Sample>(results: &mut Results, audio: &Array2<T>, name: &dyn Fn(&str) -> String) {
    let scattered = scattered(audio);
    let views =
        [audio.view(), scattered.slice(s![..;2, ..;2]), audio.slice(s![..;-1, ..;-1]), audio.slice(s![1..7, ..])];
    results.add(name("levels of windows"), |hash| {
        for view in &views {
            values(hash, &levels::mean_square(view));
            values(hash, &levels::rms(view));
            values(hash, &levels::mean(view));
            values(hash, &levels::peak(view));
            values(hash, &levels::min(view));
            values(hash, &levels::max(view));
            values(hash, &levels::crest_factor(view));
        }
    });
    results.add(name("Levels"), |hash| {
        let count = audio.ncols();
        let mut by_blocks = Levels::new(count);
        audio.axis_chunks_iter(Axis(0), 1_000).for_each(|block| by_blocks.add(&block));
        let (mut first, mut rest, mut whole) = (Levels::new(count), Levels::new(count), Levels::new(count));
        first.add(&audio.slice(s![..77, ..]));
        rest.add(&audio.slice(s![77.., ..]));
        first.merge(&rest);
        whole.add(&views[1]);
        for levels in [&by_blocks, &first, &whole] {
            (0..count).for_each(|channel| level(hash, levels.channel(channel)));
            level(hash, &levels.overall());
        }
    });
}

fn level(hash: &mut Hash, level: &Level) {
    for value in [
        level.mean_square(),
        level.mean(),
        level.variance(),
        level.min(),
        level.max(),
        level.peak(),
        level.crest_factor(),
        level.zero_crossing_rate(),
    ] {
        hash.f64(value);
    }
    for count in [
        level.samples(),
        level.nan(),
        level.infinite(),
        level.clipped(),
        level.longest_clipped_run(),
        level.zero_crossings(),
    ] {
        hash.u64(count);
    }
}

/// Changes a block in three layouts, and hashes what comes of it and what was counted.
fn changed<T: Sample>(hash: &mut Hash, audio: &Array2<T>, change: impl Fn(&mut ArrayRef2<T>) -> u64) {
    let mut standard = audio.clone();
    hash.u64(change(&mut standard));
    array(hash, &standard);
    let mut columns = planar(audio);
    hash.u64(change(&mut columns));
    array(hash, &columns);
    let mut larger = scattered(audio);
    hash.u64(change(&mut larger.slice_mut(s![..;2, ..;2])));
    array(hash, &larger);
}

fn changes<T: Sample>(results: &mut Results, audio: &Array2<T>, name: &dyn Fn(&str) -> String) {
    const FACTORS: [f64; 10] = [0.0, -1.0, 0.5, 0.707_945_784_384_137_9, 1.5, 3.99, -0.25, 1e6, 70_000.5, 1.0];
    results.add(name("gain::apply"), |hash| {
        FACTORS.iter().for_each(|&factor| changed(hash, audio, |block| gain::apply(block, factor)));
    });
    results.add(name("gain::apply_rounded"), |hash| {
        for rounding in [Rounding::HalfEven, Rounding::HalfUp, Rounding::Floor, Rounding::TowardZero] {
            let factors = FACTORS.iter().skip(1).step_by(2);
            factors.for_each(|&factor| changed(hash, audio, |block| gain::apply_rounded(block, factor, rounding)));
        }
    });
    let factors: Vec<f64> = FACTORS.into_iter().cycle().skip(2).take(audio.ncols()).collect();
    results.add(name("gain::apply_per_channel"), |hash| {
        changed(hash, audio, |block| gain::apply_per_channel(block, &factors));
    });
    let means: Vec<f64> = (0..audio.ncols()).map(|channel| channel as f64 * 0.013 - 0.21).collect();
    results.add(name("gain::remove_mean"), |hash| changed(hash, audio, |block| gain::remove_mean(block, &means)));
    let frames = audio.nrows() as u64;
    results.add(name("gain::ramp, linear"), |hash| {
        for (from, to) in [(0.0, 1.0), (1.3, -0.4), (1.0, 1.0)] {
            let ramp = Ramp::new(1_100, frames - 50, from, to, Shape::Linear).unwrap();
            changed(hash, audio, |block| gain::ramp(block, 1_000, &ramp));
        }
    });
    // Powers and sines are the platform's, which may differ in the last bit of a double; integers do not show it.
    if !T::IS_FLOAT {
        results.add(name("gain::ramp, curved"), |hash| {
            for (from, to, shape) in [
                (0.01, 1.2, Shape::Decibel),
                (1.0, 1e-5, Shape::Decibel),
                (0.0, 1.0, Shape::EqualPower),
                (1.0, 0.0, Shape::EqualPower),
                (0.3, 1.4, Shape::EqualPower),
            ] {
                let ramp = Ramp::new(1_100, frames - 50, from, to, shape).unwrap();
                changed(hash, audio, |block| gain::ramp(block, 1_000, &ramp));
            }
        });
    }
    results.add(name("fade"), |hash| {
        let apart = Fade::new(Shape::Linear).fade_in(frames / 3).fade_out(frames / 2, frames).unwrap();
        let overlapping = Fade::new(Shape::Linear).fade_in(frames / 2 + 9).fade_out(frames / 2 + 7, frames).unwrap();
        for fade in [apart, overlapping] {
            changed(hash, audio, |block| {
                fade.apply(block, 0);
                0
            });
        }
    });
}

fn mixes<T: Sample>(results: &mut Results, audio: &Array2<T>, name: &dyn Fn(&str) -> String) {
    let count = audio.ncols();
    let (columns, larger) = (planar(audio), scattered(audio));
    let views = [audio.view(), columns.view(), larger.slice(s![..;2, ..;2])];
    results.add(name("channels::select"), |hash| {
        for view in &views {
            array(hash, &channels::select(view, &[count - 1]).unwrap());
            array(hash, &channels::select(view, &[count / 2, 0, count - 1]).unwrap());
            let reversed: Vec<usize> = (0..count).rev().collect();
            array(hash, &channels::select(view, &reversed).unwrap());
        }
    });
    results.add(name("channels::split and join"), |hash| {
        for view in &views {
            let parts: Vec<_> = channels::split(view).collect();
            array(hash, &channels::join(&parts).unwrap());
            array(hash, &channels::join(&[view.view(), parts[0].view()]).unwrap());
        }
    });
    results.add(name("channels::interleave"), |hash| {
        for view in &views {
            let planar = channels::deinterleave(view);
            array(hash, &planar);
            array(hash, &channels::interleave(&planar));
            array(hash, &channels::interleave(&view.t()));
        }
    });
    results.add(name("channels::downmix"), |hash| views.iter().for_each(|view| array(hash, &channels::downmix(view))));
    results.add(name("channels::mix"), |hash| {
        for outputs in [1, 2, 3, 6] {
            // Some coefficients are 0, one is beyond what clips.
            let matrix = Array2::from_shape_fn((outputs, count), |(out, channel)| {
                [0.5, -0.25, 0.0, 0.707_945_784, 1.7][(3 * out + channel) % 5]
            });
            for view in &views {
                let (mix, clipped) = channels::mix(view, &matrix);
                array(hash, &mix);
                hash.u64(clipped);
            }
        }
    });
}

fn quantities<T: Sample>(results: &mut Results, audio: &Array2<T>, name: &dyn Fn(&str) -> String) {
    results.add(name("dither::quantize"), |hash| {
        for bits in [4, 12, 16] {
            for dither in [None, Some(Tpdf::new(3))] {
                changed(hash, audio, |block| dither::quantize(block, 12_345, bits, dither).unwrap());
            }
        }
        if T::TYPE != SampleType::I16 {
            changed(hash, audio, |block| dither::quantize(block, 1 << 40, 24, Some(Tpdf::new(4))).unwrap());
        }
    });
    results.add(name("convert"), |hash| {
        converted::<T, i16>(hash, audio);
        converted::<T, i32>(hash, audio);
        converted::<T, f32>(hash, audio);
        converted::<T, f64>(hash, audio);
    });
}

fn converted<S: Sample, T: Sample>(hash: &mut Hash, audio: &Array2<S>) {
    array(hash, &audio.mapv(Sample::convert::<T>));
    let (mut out, mut columns) = (Array2::<T>::zeros(audio.dim()), planar(&Array2::<T>::zeros(audio.dim())));
    for dither in [None, Some(Tpdf::new(5))] {
        hash.u64(dither::convert_into(audio, 99, dither, &mut out));
        array(hash, &out);
        hash.u64(dither::convert_into(audio, 99, dither, &mut columns));
        array(hash, &columns);
    }
}

fn segments_of(hash: &mut Hash, found: &[Segment]) {
    hash.u64(found.len() as u64);
    for segment in found {
        hash.u64(segment.start_frame);
        hash.u64(segment.end_frame);
    }
}

fn finders<T: Sample>(results: &mut Results, audio: &Array2<T>, kind: Kind, name: &dyn Fn(&str) -> String) {
    let count = audio.ncols();
    results.add(name("curves"), |hash| {
        for (len, hop) in [(512, 128), (33, 50)] {
            array(hash, &curves::measure(audio, Measure::Rms, len, hop));
            array(hash, &curves::measure(audio, Measure::Peak, len, hop));
            array(hash, &curves::measure(audio, Measure::CrestFactor, len, hop));
            array(hash, &curves::measure(audio, Measure::ZeroCrossingRate, len, hop));
            array(hash, &curves::measure(&audio.slice(s![..;-1, ..]), Measure::ZeroCrossingRate, len, hop));
        }
    });
    results.add(name("ExpRms"), |hash| {
        let mut meter = ExpRms::new(0.05, 400, count).unwrap();
        audio.axis_chunks_iter(Axis(0), 333).for_each(|block| meter.add(&block));
        values(hash, &meter.now());
        values(hash, &meter.peak());
        values(hash, &meter.trough());
    });
    results.add(name("SilenceDetect"), |hash| {
        let scattered = scattered(audio);
        for (noise, duration) in [(-60.0, 200), (-20.0, 3), (-1.0, 1), (-12.0, 1), (0.0, 2)] {
            let mut found = Vec::new();
            let mut detector = SilenceDetect::new(noise, duration).unwrap();
            audio.axis_chunks_iter(Axis(0), 777).for_each(|block| detector.add(&block, |silence| found.push(silence)));
            detector.add(&scattered.slice(s![..;2, ..;2]), |silence| found.push(silence));
            detector.finish(|silence| found.push(silence));
            segments_of(hash, &found);
        }
    });
    results.add(name("segments::detect"), |hash| {
        for threshold in [Threshold::Absolute(-30.0), Threshold::Relative(12.0)] {
            let rule = Rule { threshold, window: 100, margin: 30, min_silence: 300, ..Rule::default() };
            segments_of(hash, &segments::detect(audio, &rule).unwrap());
        }
    });
    if kind != Kind::Corners {
        results.add(name("Librosa"), |hash| {
            let librosa = Librosa { top_db: 30.0, frame_length: 256, hop_length: 64 };
            segments_of(hash, &librosa.split(audio));
        });
    }
}

fn histograms(results: &mut Results) {
    for count in CHANNELS.into_iter().filter(|&count| count <= 8) {
        let audio = signal::<i16>(Kind::Loud, 18_000 / count, count);
        results.add(format!("Histogram {count}"), |hash| {
            let mut histogram = Histogram::new(count);
            audio.axis_chunks_iter(Axis(0), 999).for_each(|block| histogram.add(&block));
            histogram.add(&audio.slice(s![..;-1, ..]));
            for channel in 0..count {
                for value in (i16::MIN..=i16::MAX).step_by(7) {
                    hash.u64(histogram.count(channel, value));
                }
                for percent in [0.0, 1.0, 10.0, 33.3, 50.0, 90.0, 99.99, 100.0] {
                    hash.f64(histogram.percentile(channel, percent));
                }
            }
        });
    }
}

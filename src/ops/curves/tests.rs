use ndarray::{Array2, ArrayView1, ArrayView2, Axis, array, s};

use super::recorded::{LIBROSA, MONO, Signal};
use super::*;
use crate::ops::levels;
use crate::ops::signals::{bursts, noise};
use crate::pcm::Sample;
use crate::stream::{ArraySource, Padding, Source};

fn signal((frames, channels, table): Signal) -> Array2<i16> {
    bursts(frames, channels, table)
}

/// The curve of a stream, as it comes from windows that are centred or not.
fn streamed(audio: &Array2<i16>, what: Measure, len: usize, hop: usize, padding: Option<Padding>) -> Array2<f64> {
    let mut curve = Curve::new(what, audio.ncols());
    let mut source = ArraySource::new(audio.view(), 8_000);
    let mut windows = source.windows::<i16>(len, hop);
    if let Some(padding) = padding {
        windows = windows.centered_with(padding);
    }
    while let Some(window) = windows.next().unwrap() {
        curve.add(&window);
    }
    curve.finish()
}

fn close<'a>(left: impl IntoIterator<Item = &'a f64>, right: impl IntoIterator<Item = &'a f64>, max_relative: f64) {
    let (left, right): (Vec<_>, Vec<_>) = (left.into_iter().collect(), right.into_iter().collect());
    assert_eq!(left.len(), right.len());
    for (left, right) in left.into_iter().zip(right) {
        approx::assert_relative_eq!(left, right, max_relative = max_relative);
    }
}

#[test]
fn curves_are_those_of_librosa() {
    for &(name, len, hop, centered, expected_rms, expected_rate) in LIBROSA {
        let audio = signal(name);
        let padding = |padding| centered.then_some(padding);
        // librosa pads with zeros for the RMS, and with the first and last sample for the crossings.
        let rms_curve = streamed(&audio, Measure::Rms, len, hop, padding(Padding::Zero));
        let rates = streamed(&audio, Measure::ZeroCrossingRate, len, hop, padding(Padding::Edge));
        if !centered {
            assert_eq!(rms_curve, measure(&audio, Measure::Rms, len, hop));
            assert_eq!(rates, measure(&audio, Measure::ZeroCrossingRate, len, hop));
            let floats = audio.mapv(Sample::convert::<f32>);
            assert_eq!(rates, measure(&floats, Measure::ZeroCrossingRate, len, hop));
            close(rms_curve.iter(), measure(&floats, Measure::Rms, len, hop).iter(), 1e-14);
        }
        assert_eq!((rms_curve.nrows(), rates.nrows()), (expected_rms.len(), expected_rate.len()), "{len} {hop}");
        for ((ours, rates), (librosa, librosa_rates)) in
            rms_curve.rows().into_iter().zip(rates.rows()).zip(expected_rms.iter().zip(expected_rate.iter()))
        {
            close(ours, *librosa, 1e-13);
            // Both are a count; ours is divided by the pairs of samples, librosa's by the samples.
            let count = rates.mapv(|rate| (rate * (len - 1) as f64).round());
            let librosa_count = ArrayView1::from(*librosa_rates).mapv(|rate| (rate * len as f64).round());
            assert_eq!(count, librosa_count, "{len} {hop} {centered}");
            close(&rates.mapv(|rate| rate * (len - 1) as f64), &count, 1e-13);
        }
    }
}

/// Every curve is the measure of each window that ndarray cuts.
#[test]
fn curves_are_the_levels_of_each_window() {
    let audio = noise(300, 64);
    for view in [audio.view(), audio.slice(s![..;-2, ..;-1]), audio.slice(s![.., 5..6]), audio.t()] {
        for (len, hop) in [(1, 1), (2, 1), (10, 3), (10, 10), (10, 17), (60, 1), (1_000, 1)] {
            let windows: Vec<ArrayView2<'_, i16>> = match view.nrows() {
                frames if frames < len => Vec::new(),
                _ => view.axis_windows_with_stride(Axis(0), len, hop).into_iter().collect(),
            };
            let shape = (windows.len(), view.ncols());
            for (curve, level) in [
                (measure(&view, Measure::Rms, len, hop), levels::rms as fn(&_) -> _),
                (measure(&view, Measure::Peak, len, hop), levels::peak),
                (measure(&view, Measure::CrestFactor, len, hop), levels::crest_factor),
            ] {
                assert_eq!(curve.dim(), shape);
                for (row, window) in curve.rows().into_iter().zip(&windows) {
                    let expected: Array1<f64> = level(window);
                    assert_eq!(row.mapv(f64::to_bits), expected.mapv(f64::to_bits));
                }
            }
            let rates = measure(&view, Measure::ZeroCrossingRate, len, hop);
            assert_eq!(rates.dim(), shape);
            for (row, window) in rates.rows().into_iter().zip(&windows) {
                for (&rate, channel) in row.iter().zip(window.columns()) {
                    let crossings = (1..len).filter(|&i| (channel[i - 1] >= 0) != (channel[i] >= 0)).count();
                    if len == 1 {
                        assert!(rate.is_nan());
                    } else {
                        assert_eq!(rate, crossings as f64 / (len - 1) as f64);
                    }
                }
            }
        }
    }
}

#[test]
fn nan_and_signed_zero() {
    let audio = array![[-0.0_f32, 1.0], [0.0, f32::NAN], [-0.0, -1.0], [-1e-30, 1.0]];
    let rates = measure(&audio, Measure::ZeroCrossingRate, 4, 1);
    assert_eq!(rates[[0, 0]], 1.0 / 3.0);
    assert!(rates[[0, 1]].is_nan());
    assert!(
        measure(&audio, Measure::Rms, 4, 1)[[0, 1]].is_nan() && measure(&audio, Measure::Peak, 4, 1)[[0, 1]].is_nan()
    );
}

#[test]
fn nothing_has_no_windows() {
    for (shape, expected) in [((0, 2), (0, 2)), ((9, 2), (0, 2)), ((10, 0), (1, 0))] {
        let audio = Array2::<f32>::zeros(shape);
        assert_eq!(measure(&audio, Measure::Rms, 10, 1).dim(), expected);
        assert_eq!(measure(&audio, Measure::ZeroCrossingRate, 10, 1).dim(), expected);
    }
    let curve = Curve::new(Measure::Peak, 3);
    assert_eq!(curve.finish().dim(), (0, 3));
}

#[test]
fn times_are_where_the_windows_begin() {
    let audio = signal(MONO);
    let curve = measure(&audio, Measure::Peak, 100, 100);
    let loudest = curve.column(0).iter().position(|&level| level > 0.9).unwrap();
    assert_eq!(times(curve.nrows(), 100, 8_000)[loudest], 40_000.0 / 8_000.0);
}

#[test]
#[should_panic(expected = "len (0) and hop (1) must be above 0")]
fn windows_have_frames() {
    let _ = measure(&noise(1, 1), Measure::Rms, 0, 1);
}

#[test]
#[should_panic(expected = "the window must have 2 channels, but has 1")]
fn channels_stay() {
    Curve::new(Measure::Rms, 2).add(&noise(1, 1));
}

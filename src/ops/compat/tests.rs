use ndarray::{Array1, Array2, Axis, array, s};

use super::*;
use crate::ops::curves::recorded::SOX;
use crate::ops::segments::Segment;
use crate::ops::segments::recorded::{LIBROSA, MONO, SILENCEDETECT, STEREO};
use crate::ops::signals::bursts;
use crate::pcm::Sample;
use crate::stream::{ArraySource, Source};

fn signal((frames, channels, table): crate::ops::segments::recorded::Signal) -> Array2<i16> {
    bursts(frames, channels, table)
}

fn pairs(segments: &[Segment]) -> Vec<(u64, u64)> {
    segments.iter().map(|segment| (segment.start_frame, segment.end_frame)).collect()
}

fn silences<T: Sample>(audio: &Array2<T>, noise_db: f64, duration: u64, block: usize) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    let mut detector = SilenceDetect::new(noise_db, duration).unwrap();
    for part in audio.axis_chunks_iter(Axis(0), block) {
        detector.add(&part, |silence| found.push(silence));
    }
    detector.finish(|silence| found.push(silence));
    pairs(&found)
}

#[test]
fn silencedetect_is_that_of_ffmpeg() {
    for &(name, stored, noise_db, duration, expected) in SILENCEDETECT {
        let audio = signal(name);
        for block in [997, 1 << 20] {
            let found = match stored {
                "PCM_16" => silences(&audio, noise_db, duration, block),
                "PCM_24" => silences(&audio.mapv(Sample::convert::<i32>), noise_db, duration, block),
                "FLOAT" => silences(&audio.mapv(Sample::convert::<f32>), noise_db, duration, block),
                other => panic!("{other}"),
            };
            assert_eq!(found, expected, "{stored} {noise_db} dB {duration}");
        }
    }
}

#[test]
fn split_and_trim_are_those_of_librosa() {
    for &(name, top_db, frame_length, hop_length, split, trim) in LIBROSA {
        let librosa = Librosa { top_db, frame_length, hop_length };
        let audio = signal(name);
        assert_eq!(pairs(&librosa.split(&audio)), split, "{librosa:?}");
        assert_eq!(pairs(&[librosa.trim(&audio)]), [trim], "{librosa:?}");
        let planar = audio.t().as_standard_layout().into_owned();
        assert_eq!(pairs(&librosa.split(&planar.t())), split, "{librosa:?}");
    }
}

/// As for a recording larger than memory: one number per centred window.
#[test]
fn librosa_splits_a_stream_too() {
    for name in [MONO, STEREO] {
        let audio = signal(name);
        let librosa = Librosa { top_db: 40.0, ..Librosa::default() };
        let mut levels = Vec::new();
        let mut source = ArraySource::new(audio.view(), 8_000);
        let mut windows = source.windows::<i16>(librosa.frame_length, librosa.hop_length).centered();
        while let Some(window) = windows.next().unwrap() {
            levels.push(crate::ops::levels::rms(&window).into_iter().fold(0.0, f64::max));
        }
        let split = librosa.split_levels(&levels, audio.nrows() as u64);
        assert_eq!(split, librosa.split(&audio));
        assert!(split.len() > 1);
    }
}

#[test]
fn exponential_rms_is_that_of_sox() {
    for &(name, seconds, expected_peak, expected_trough) in SOX {
        let audio = signal(name);
        let mut whole = ExpRms::new(seconds, 8_000, audio.ncols()).unwrap();
        whole.add(&audio);
        for (ours, sox) in [(whole.peak(), expected_peak), (whole.trough(), expected_trough)] {
            let decibels = ours.mapv(|rms| 20.0 * rms.log10());
            // Half of the last digit that sox prints.
            for (ours, sox) in decibels.iter().zip(sox) {
                approx::assert_abs_diff_eq!(ours, sox, epsilon = 0.005_000_1);
            }
        }
        let mut parts = ExpRms::new(seconds, 8_000, audio.ncols()).unwrap();
        for block in audio.axis_chunks_iter(Axis(0), 333) {
            parts.add(&block);
        }
        assert_eq!((parts.peak(), parts.trough(), parts.now()), (whole.peak(), whole.trough(), whole.now()));
    }
}

#[test]
fn each_channel_is_averaged_as_if_alone() {
    // Channels are followed in groups of four, two and one.
    for count in 1..=9 {
        let audio = Array2::from_shape_fn((3_000, count), |(frame, channel)| {
            f64::from(u32::try_from((frame * frame + 977 * channel * frame) % 65_521).unwrap()) / 65_521.0 - 0.4
        });
        let mut together = ExpRms::new(0.05, 8_000, count).unwrap();
        together.add(&audio);
        for channel in 0..count {
            let mut alone = ExpRms::new(0.05, 8_000, 1).unwrap();
            alone.add(&audio.column(channel));
            let ours = (together.peak()[channel], together.trough()[channel], together.now()[channel]);
            assert_eq!(ours, (alone.peak()[0], alone.trough()[0], alone.now()[0]), "{channel} of {count}");
        }
    }
}

#[test]
fn the_exponential_average_is_a_sum_of_powers() {
    // After n samples of 1 the average is 1 − e^(−n/τ), and it counts from frame 5τ on.
    let mut meter = ExpRms::new(0.01, 1_000, 1).unwrap();
    meter.add(&Array2::from_elem((50, 1), 1.0_f64));
    assert_eq!((meter.peak()[0], meter.trough()[0]), (1.0, 1.0)); // too short: the plain RMS
    approx::assert_relative_eq!(meter.now()[0], (1.0 - (-5.0_f64).exp()).sqrt(), max_relative = 1e-14);
    meter.add(&Array2::from_elem((1, 1), 1.0_f64));
    approx::assert_relative_eq!(meter.trough()[0], (1.0 - (-5.1_f64).exp()).sqrt(), max_relative = 1e-14);
    meter.add(&Array2::from_elem((9, 1), 1.0_f64));
    approx::assert_relative_eq!(meter.trough()[0], (1.0 - (-5.1_f64).exp()).sqrt(), max_relative = 1e-14);
    approx::assert_relative_eq!(meter.peak()[0], (1.0 - (-6.0_f64).exp()).sqrt(), max_relative = 1e-14);
    assert!(ExpRms::new(0.05, 8_000, 1).unwrap().peak()[0].is_nan());
    for (seconds, rate) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1.0, 0)] {
        assert!(ExpRms::new(seconds, rate, 1).is_err(), "{seconds} {rate}");
    }
}

/// Also where the time constant is so short that nothing is kept of an average, and so long that nothing is added to it.
#[test]
fn an_infinite_average_stays_infinite() {
    let check = |seconds: f64, rate: u32, loud: f64, before: usize, channels: usize| {
        let what = format!("{seconds} s, {loud} after {before}");
        let mut audio = Array2::from_elem((before + 10, channels), 0.5);
        audio.row_mut(before).fill(loud);
        let mut meter = ExpRms::new(seconds, rate, channels).unwrap();
        meter.add(&audio);
        let infinite = Array1::from_elem(channels, f64::INFINITY);
        assert_eq!((meter.now(), meter.peak()), (infinite.clone(), infinite), "{what}");
        if seconds == 1e-9 && before > 0 {
            assert_eq!(meter.trough(), Array1::from_elem(channels, 0.5), "{what}: the averages before it count");
        }
        let mut parts = ExpRms::new(seconds, rate, channels).unwrap();
        audio.axis_chunks_iter(Axis(0), 3).for_each(|part| parts.add(&part));
        assert_eq!((parts.now(), parts.peak(), parts.trough()), (meter.now(), meter.peak(), meter.trough()), "{what}");
    };
    for (seconds, rate) in [(1e-9, 8_000), (1e-3, 8_000), (0.05, 8_000), (1e13, u32::MAX)] {
        for loud in [f64::INFINITY, f64::NEG_INFINITY, 1e200] {
            for (before, channels) in [(0, 1), (1, 2), (100, 3), (3_000, 5)] {
                check(seconds, rate, loud, before, channels);
            }
        }
    }
}

#[test]
fn nan_is_not_silent_for_silencedetect_and_0_for_the_meter() {
    let mut audio = Array2::from_elem((30, 2), 0.5_f32);
    audio.slice_mut(s![10..20, ..]).fill(f32::NAN);
    audio.slice_mut(s![..10, ..]).fill(0.0);
    assert_eq!(silences(&audio, -20.0, 5, 7), [(0, 10)]);
    let mut meter = ExpRms::new(1.0, 1, 1).unwrap();
    meter.add(&array![[1.0_f32], [f32::NAN], [-1.0], [1.0]]);
    assert_eq!(meter.peak()[0], (3.0_f64 / 4.0).sqrt());
}

#[test]
fn nothing_has_no_segments() {
    let nothing = Array2::<i16>::zeros((0, 2));
    assert_eq!(Librosa::default().split(&nothing), []);
    assert_eq!(Librosa::default().trim(&nothing), Segment::new(0, 0));
    assert_eq!(silences(&nothing, -60.0, 1, 9), []);
}

#[test]
fn silences_that_cannot_be_found_are_refused() {
    assert!(SilenceDetect::new(f64::NAN, 1).is_err());
    assert!(SilenceDetect::new(1.0, 1).is_err());
    assert!(SilenceDetect::new(-60.0, 0).is_err());
}

use ndarray::{Array2, Axis, s};

use super::recorded::{MONO, SILENT, STEREO, Signal};
use super::*;
use crate::ops::levels::Measure;
use crate::ops::signals::{bursts, noise};
use crate::pcm::Sample;

fn signal((frames, channels, table): Signal) -> Array2<i16> {
    bursts(frames, channels, table)
}

fn pairs(segments: &[Segment]) -> Vec<(u64, u64)> {
    segments.iter().map(|segment| (segment.start_frame, segment.end_frame)).collect()
}

/// The rule as its documentation says it, over whole vectors.
fn naive<T: Sample>(audio: &Array2<T>, rule: &Rule) -> Vec<Segment> {
    let frames = audio.nrows() as u64;
    let levels: Vec<f64> = audio
        .axis_chunks_iter(Axis(0), rule.window)
        .map(|window| {
            let channel = |samples: ndarray::ArrayView1<'_, T>| match rule.measure {
                Measure::Rms => samples.mapv(|x| x.to_f64_scale().powi(2)).mean().unwrap().sqrt(),
                Measure::Peak => samples.iter().fold(0.0, |peak: f64, x| peak.max(x.to_f64_scale().abs())),
                other => panic!("{other:?} is no level"),
            };
            window.columns().into_iter().map(channel).fold(0.0, f64::max)
        })
        .collect();
    let decibels = match rule.threshold {
        Threshold::Absolute(decibels) => decibels,
        Threshold::Relative(below) => 20.0 * levels.iter().copied().fold(0.0, f64::max).log10() - below,
    };
    let mut sound = false;
    let mut runs: Vec<Segment> = Vec::new();
    for (index, level) in (0..).zip(levels) {
        sound = 20.0 * level.log10() > decibels - if sound { rule.hysteresis_db } else { 0.0 };
        if sound {
            let start = index * rule.window as u64;
            runs.push(Segment::new(start, (start + rule.window as u64).min(frames)));
        }
    }
    let merge = |runs: Vec<Segment>, apart: &dyn Fn(u64) -> bool| {
        let mut merged: Vec<Segment> = Vec::new();
        for run in runs {
            match merged.last_mut() {
                Some(last) if run.start_frame <= last.end_frame || !apart(run.start_frame - last.end_frame) => {
                    last.end_frame = run.end_frame;
                }
                _ => merged.push(run),
            }
        }
        merged
    };
    let sounds = merge(runs, &|gap| gap >= rule.min_silence.max(1));
    let kept = sounds.into_iter().filter(|sound| sound.frames() >= rule.min_sound);
    let grown = kept.map(|sound| {
        let end = (sound.end_frame + rule.margin).min(frames);
        Segment::new(sound.start_frame.saturating_sub(rule.margin), end)
    });
    merge(grown.collect(), &|gap| gap > 0)
}

fn rules() -> Vec<Rule> {
    let mut rules = Vec::new();
    for measure in [Measure::Rms, Measure::Peak] {
        for threshold in [Threshold::Absolute(-41.3), Threshold::Relative(24.7), Threshold::Absolute(-89.9)] {
            for window in [1, 7, 100, 4_999] {
                for (min_silence, min_sound, margin, hysteresis_db) in [
                    (0, 0, 0, 0.0),
                    (600, 0, 0, 6.0),
                    (0, 150, 0, 20.0),
                    (0, 0, 333, 0.0),
                    (450, 90, 700, 3.0),
                    (450, 3_000, 5_000, 3.0),
                    (100, 100, 100, 10.0),
                ] {
                    rules.push(Rule { measure, threshold, window, min_silence, min_sound, margin, hysteresis_db });
                }
            }
        }
    }
    rules
}

#[test]
fn the_rule_is_applied_as_documented_however_the_blocks_are_cut() {
    for (third, name) in [MONO, STEREO, SILENT].into_iter().enumerate() {
        let audio = signal(name);
        for rule in rules().into_iter().skip(third).step_by(9) {
            let expected = naive(&audio, &rule);
            assert_eq!(detect(&audio, &rule).unwrap(), expected, "{rule:?}");
            let mut loudest = 0.0_f64;
            let mut meter = Meter::new(rule.measure, rule.window, audio.ncols());
            for block in audio.axis_chunks_iter(Axis(0), 777) {
                meter.add(&block, |level| loudest = loudest.max(level));
            }
            meter.finish(|level| loudest = loudest.max(level));
            let mut found = Vec::new();
            let mut detector = Detector::new(&rule, audio.ncols(), Some(loudest)).unwrap();
            for block in audio.axis_chunks_iter(Axis(0), 1_111) {
                detector.add(&block, |segment| found.push(segment));
            }
            detector.finish(|segment| found.push(segment));
            assert_eq!(found, expected, "in blocks, {rule:?}");
        }
    }
}

/// Random on and off per window, where every combination of gaps, margins and minima occurs.
#[test]
fn random_levels_are_judged_as_documented() {
    let levels = noise(4_000, 1).mapv(|sample| f32::from(u8::from(sample > 9_000)) * 0.5);
    let mut nonempty = 0;
    for seed in 0..400_usize {
        let from = seed * 9;
        let audio = levels.slice(s![from..from + 60 + seed % 11, ..]).to_owned();
        let by = |divisor: usize, modulus: usize| (seed / divisor % modulus) as u64;
        let rule = Rule {
            threshold: Threshold::Absolute(-20.0),
            window: 1 + seed % 3,
            min_silence: by(1, 5),
            min_sound: by(5, 6),
            margin: by(7, 5),
            ..Rule::default()
        };
        let expected = naive(&audio, &rule);
        nonempty += expected.len();
        assert_eq!(detect(&audio, &rule).unwrap(), expected, "{rule:?}");
    }
    assert!(nonempty > 1_000, "{nonempty}");
}

#[test]
fn segments_come_as_soon_as_they_are_settled() {
    let rule = Rule { window: 10, min_silence: 30, margin: 5, ..Rule::default() };
    let mut gate = Gate::new(&rule, None).unwrap();
    let mut found = Vec::new();
    for (index, level) in [1.0, 1.0, 0.0, 0.0].into_iter().enumerate() {
        gate.add(level, |segment| found.push(segment));
        assert!(found.is_empty(), "{index}");
    }
    gate.add(0.0, |segment| found.push(segment));
    assert_eq!(found, [Segment::new(0, 25)]);
}

#[test]
fn levels_and_blocks_do_the_same() {
    let audio = signal(MONO);
    let rule = Rule { window: 100, min_silence: 450, hysteresis_db: 6.0, ..Rule::default() };
    let mut levels = Vec::new();
    let mut meter = Meter::new(rule.measure, rule.window, 1);
    meter.add(&audio, |level| levels.push(level));
    let mut found = Vec::new();
    let mut gate = Gate::new(&rule, None).unwrap();
    for level in levels {
        gate.add(level, |segment| found.push(segment));
    }
    gate.finish(audio.nrows() as u64, |segment| found.push(segment));
    assert_eq!(found, detect(&audio, &rule).unwrap());
    assert!(found.len() > 1);
}

#[test]
fn nan_is_silence() {
    let mut audio = Array2::from_elem((30, 2), 0.5_f32);
    audio.slice_mut(s![10..20, ..]).fill(f32::NAN);
    let rule = Rule { window: 5, ..Rule::default() };
    assert_eq!(detect(&audio, &rule).unwrap(), [Segment::new(0, 10), Segment::new(20, 30)]);
}

#[test]
fn nothing_has_no_segments() {
    for audio in [Array2::<i16>::zeros((0, 2)), Array2::zeros((10, 0))] {
        assert_eq!(detect(&audio, &Rule::default()).unwrap(), []);
    }
    let relative = Rule { threshold: Threshold::Relative(30.0), ..Rule::default() };
    assert_eq!(detect(&Array2::<i16>::zeros((5_000, 1)), &relative).unwrap(), []);
}

#[test]
fn rules_that_cannot_be_applied_are_refused() {
    let audio = noise(10, 1);
    for rule in [
        Rule { threshold: Threshold::Absolute(f64::NAN), ..Rule::default() },
        Rule { threshold: Threshold::Absolute(f64::INFINITY), ..Rule::default() },
        Rule { threshold: Threshold::Relative(-1.0), ..Rule::default() },
        Rule { threshold: Threshold::Relative(f64::NAN), ..Rule::default() },
        Rule { hysteresis_db: -1.0, ..Rule::default() },
        Rule { hysteresis_db: f64::NAN, ..Rule::default() },
        Rule { window: 0, ..Rule::default() },
        Rule { measure: Measure::CrestFactor, ..Rule::default() },
        Rule { measure: Measure::ZeroCrossingRate, ..Rule::default() },
    ] {
        assert!(detect(&audio, &rule).is_err(), "{rule:?}");
    }
    let relative = Rule { threshold: Threshold::Relative(40.0), ..Rule::default() };
    assert_eq!(
        Gate::new(&relative, None).unwrap_err().to_string(),
        "the threshold is relative to the loudest window, whose level is not given: measure it in a first pass, or use an absolute \
         threshold"
    );
    assert!(Gate::new(&relative, Some(f64::NAN)).is_err());
}

#[test]
fn clips_cover_the_recording() {
    for (frames, len) in [(0, 1), (1, 1), (10, 3), (12, 3), (2, 5)] {
        let all: Vec<_> = clips(frames, len, Tail::Keep).collect();
        assert_eq!(complement(&all, frames), []);
        assert!(all.iter().rev().skip(1).all(|clip| clip.frames() == len));
        let whole = clips(frames, len, Tail::Drop).collect::<Vec<_>>();
        assert!(whole.iter().all(|clip| clip.frames() == len));
        assert_eq!(whole.len() as u64, frames / len);
    }
    // A day of 44.1 kHz in clips of 100.00001 s, 4,410,000.441 frames each: the last is where it should be, 381 frames later than
    // with clips of as many whole frames.
    let day = 86_400 * 44_100;
    let mut clips = clips_by_time(day, 44_100, 100.000_01, Tail::Keep).unwrap().skip(863);
    assert_eq!(clips.next(), Some(Segment::new(3_805_830_381, day)));
    assert_eq!(clips.next(), None);
    for seconds in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-5] {
        assert!(clips_by_time(10, 44_100, seconds, Tail::Keep).is_err(), "{seconds}");
    }
    let dropped: Vec<_> = clips_by_time(10, 2, 2.0, Tail::Drop).unwrap().collect();
    assert_eq!(pairs(&dropped), [(0, 4), (4, 8)]);
    assert_eq!(clips_by_time(0, 2, 2.0, Tail::Keep).unwrap().count(), 0);
    assert_eq!(clips_by_time(10, 2, 1e300, Tail::Keep).unwrap().collect::<Vec<_>>(), [Segment::new(0, 10)]);
}

#[test]
#[should_panic(expected = "end_frame (5) must be at most the number of frames (4)")]
fn a_segment_of_another_recording_is_a_bug() {
    let _ = Segment::new(3, 5).view(&noise(4, 1));
}

/// What a header can say: 65,535 channels and a window of 2^32 − 1 frames, which would be 1 PB.
#[test]
fn a_window_takes_memory_as_its_frames_come() {
    let (channels, window) = (65_535, usize::MAX);
    let memory = allocation_counter::measure(|| {
        let mut meter = Meter::<f64>::new(Measure::Peak, window, channels);
        meter.add(&Array2::from_elem((3, channels), 0.25), |_| panic!("the window is not complete"));
        let mut level = None;
        meter.finish(|peak| level = Some(peak));
        assert_eq!(level, Some(0.25));
    });
    // Twice what was read, as it grows by doubling, the frames themselves, and a level per channel.
    assert!(memory.bytes_max < 6 * 3 * 8 * 65_535, "{} bytes", memory.bytes_max);
}

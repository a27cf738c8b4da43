//! Loudness against the signals of EBU Tech 3341 and 3342, and against libebur128 and pyloudnorm.

use ndarray::{Array2, Axis, concatenate, s};
use ndaudio::normalize::OnClip;
use ndaudio::{ArraySource, Encoding, Loudness, Sample, Spec, db, gain, loudness};

use crate::common::SplitMix;

const RATE: u32 = 48_000;

/// Sines of 1000 Hz of so many dBFS (of the peak) for so many seconds each, one after the other, the same in every channel.
fn tones(parts: &[(f64, f64)], channels: usize) -> Array2<f64> {
    let mut samples = Vec::new();
    for &(decibels, seconds) in parts {
        let (amplitude, frames) = (db::to_amplitude(decibels), (seconds * f64::from(RATE)).round() as usize);
        samples.extend(
            (0..frames)
                .map(|frame| amplitude * (std::f64::consts::TAU * 1_000.0 * frame as f64 / f64::from(RATE)).sin()),
        );
    }
    Array2::from_shape_fn((samples.len(), channels), |(frame, _)| samples[frame])
}

fn spec(channels: usize) -> Spec {
    Spec::new(RATE, channels, Encoding::F64)
}

fn measure(samples: &Array2<f64>) -> Loudness {
    let mut loudness = Loudness::new(&spec(samples.ncols())).unwrap();
    loudness.add(samples);
    loudness
}

fn assert_within(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected} ± {tolerance}");
}

/// EBU Tech 3341 version 4, table 1, signals 1 to 6: −23.0 ± 0.1 LUFS (signal 2: −33.0).
#[test]
fn integrated_loudness_is_that_of_tech_3341() {
    let cases: [(&str, &[(f64, f64)], f64); 5] = [
        ("1", &[(-23.0, 20.0)], -23.0),
        ("2", &[(-33.0, 20.0)], -33.0),
        ("3", &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
        ("4", &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
        ("5", &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
    ];
    for (name, parts, expected) in cases {
        let loudness = measure(&tones(parts, 2));
        assert_within(loudness.integrated(), expected, 0.1, name);
        if parts.len() == 1 {
            assert_within(loudness.momentary(), expected, 0.1, name);
            assert_within(loudness.short_term(), expected, 0.1, name);
        }
    }
    // 6: 5.0 channels, −28 dBFS left and right, −24 center, −30 surround.
    let mut surround = tones(&[(0.0, 20.0)], 5);
    for (mut channel, decibels) in surround.columns_mut().into_iter().zip([-28.0, -28.0, -24.0, -30.0, -30.0]) {
        channel *= db::to_amplitude(decibels);
    }
    assert_within(measure(&surround).integrated(), -23.0, 0.1, "6");
    let mut masked = Loudness::new(&spec(5).with_channel_mask(0x37)).unwrap();
    masked.add(&surround);
    assert_within(masked.integrated(), -23.0, 0.1, "6, by its mask");
}

/// Tech 3341, signals 9 to 14: short-term and momentary loudness in motion.
#[test]
fn short_term_and_momentary_loudness_are_those_of_tech_3341() {
    // 9: constant −23.0 ± 0.1 after 3 s.
    let signal = tones(&[(-20.0, 1.34), (-30.0, 1.66)].repeat(5), 2);
    each_100_ms(&signal, |seconds, loudness| {
        if seconds >= 3.0 {
            assert_within(loudness.short_term(), -23.0, 0.1, "9");
        }
    });
    // 12: constant −23.0 ± 0.1 after 1 s.
    let signal = tones(&[(-20.0, 0.18), (-30.0, 0.22)].repeat(25), 2);
    each_100_ms(&signal, |seconds, loudness| {
        if seconds >= 1.0 {
            assert_within(loudness.momentary(), -23.0, 0.1, "12");
        }
    });
    for index in 0..20 {
        let index = f64::from(index);
        // 10 and 13: a tone of −23 dBFS that begins anywhere: its maximum is −23.0 ± 0.1.
        let signal = tones(&[(-200.0, index * 0.15), (-23.0, 3.0), (-200.0, 1.0)], 2);
        assert_within(maximum(&signal, Loudness::short_term), -23.0, 0.1, "10");
        let signal = tones(&[(-200.0, index * 0.02), (-23.0, 0.4), (-200.0, 1.0)], 2);
        assert_within(maximum(&signal, Loudness::momentary), -23.0, 0.1, "13");
    }
    // 11 and 14: tones of −38, −37, … −19 dBFS in one stream, each with its own maximum.
    let (mut long, mut short) = (Vec::new(), Vec::new());
    for index in 0..20 {
        let (decibels, index) = (f64::from(index) - 38.0, f64::from(index));
        long.extend([(-200.0, index * 0.15), (decibels, 3.0), (-200.0, 3.0 - index * 0.15)]);
        short.extend([(-200.0, index * 0.02), (decibels, 0.4), (-200.0, 0.4 - index * 0.02)]);
    }
    for (parts, seconds, of) in
        [(long, 6.0, Loudness::short_term as fn(&Loudness) -> f64), (short, 0.8, Loudness::momentary)]
    {
        let mut maxima = [f64::NEG_INFINITY; 20];
        let signal = tones(&parts, 2);
        each_10_ms(&signal, |at, loudness| {
            let segment = (((at - 1e-6) / seconds) as usize).min(19);
            maxima[segment] = maxima[segment].max(of(loudness));
        });
        for (maximum, expected) in maxima.iter().zip((-38..).map(f64::from)) {
            assert_within(*maximum, expected, 0.1, "11 or 14");
        }
    }
}

fn each(signal: &Array2<f64>, step: usize, mut look: impl FnMut(f64, &Loudness)) {
    let mut loudness = Loudness::new(&spec(signal.ncols())).unwrap();
    for block in signal.axis_chunks_iter(Axis(0), step) {
        loudness.add(&block);
        look(loudness.frames() as f64 / f64::from(RATE), &loudness);
    }
}

fn each_100_ms(signal: &Array2<f64>, look: impl FnMut(f64, &Loudness)) {
    each(signal, 4_800, look);
}

fn each_10_ms(signal: &Array2<f64>, look: impl FnMut(f64, &Loudness)) {
    each(signal, 480, look);
}

fn maximum(signal: &Array2<f64>, of: impl Fn(&Loudness) -> f64) -> f64 {
    let mut maximum = f64::NEG_INFINITY;
    each_10_ms(signal, |_, loudness| maximum = maximum.max(of(loudness)));
    maximum
}

/// Tech 3341, signals 15 to 19: sines whose samples miss their peaks. −6.0 (19: +3.0) dBTP, +0.2 −0.4 dB.
#[test]
fn true_peaks_are_those_of_tech_3341() {
    let cases = [("15", 4.0, 0.0, 0.5, -6.0), ("16", 4.0, 45.0, 0.5, -6.0), ("17", 6.0, 60.0, 0.5, -6.0)];
    let more = [("18", 8.0, 67.5, 0.5, -6.0), ("19", 4.0, 45.0, 1.41, 3.0)];
    for (name, period, degrees, amplitude, expected) in cases.into_iter().chain(more) {
        let frames = 48_000;
        let signal = Array2::from_shape_fn((frames, 1), |(frame, _)| {
            // Faded at both ends, where a sudden sine would have peaks of its own.
            let fade = (frame.min(frames - 1 - frame) as f64 / 2_400.0).min(1.0);
            fade * amplitude * (std::f64::consts::TAU * frame as f64 / period + f64::to_radians(degrees)).sin()
        });
        let loudness = measure(&signal);
        let dbtp = db::from_amplitude(loudness.true_peak()[0]);
        assert!((-0.4..=0.2).contains(&(dbtp - expected)), "{name}: {dbtp} dBTP for {expected}");
        let largest = signal.iter().fold(0.0_f64, |largest, sample| largest.max(sample.abs()));
        assert_within(loudness.sample_peak()[0], largest, 1e-7, name);
    }
}

/// EBU Tech 3342 version 3, table 1, signals 1 to 4, ± 1 LU.
#[test]
fn ranges_are_those_of_tech_3342() {
    let cases: [(&[(f64, f64)], f64); 4] = [
        (&[(-20.0, 20.0), (-30.0, 20.0)], 10.0),
        (&[(-20.0, 20.0), (-15.0, 20.0)], 5.0),
        (&[(-40.0, 20.0), (-20.0, 20.0)], 20.0),
        (&[(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
    ];
    for (parts, expected) in cases {
        assert_within(measure(&tones(parts, 2)).range(), expected, 1.0, &format!("{parts:?}"));
    }
}

fn noise(frames: usize, channels: usize, seed: u64) -> Array2<f64> {
    let mut random = SplitMix(seed);
    Array2::from_shape_simple_fn((frames, channels), || ((random.next() >> 40) as f64 - 8_388_608.0) / 8_388_608.0)
}

fn steps(mut samples: Array2<f64>, rate: usize, levels: &[f64]) -> Array2<f64> {
    for (frame, mut row) in samples.rows_mut().into_iter().enumerate() {
        row *= levels[frame / rate % levels.len()];
    }
    samples
}

/// Recorded by `python tests/peers/loudness.py`.
#[test]
fn loudness_is_that_of_libebur128_and_pyloudnorm() {
    let table = std::fs::read_to_string("tests/peers/loudness.tsv").unwrap();
    let mut largest = [0.0_f64; 7];
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (samples, rate) = match fields[0] {
            "music" => (ndaudio::read::<f64>("data/music.wav").unwrap().0, 44_100),
            "stereo" => (noise(480_000, 2, 1) * 0.1, 48_000),
            "mono" => (steps(noise(720_000, 1, 2), 24_000, &[0.5, 0.25, 0.03125, 0.001953125]), 24_000),
            "five" => (steps(noise(960_000, 5, 3), 48_000, &[0.125, 0.0625, 0.03125]), 48_000),
            "quiet" => (noise(192_000, 2, 4) * 2_f64.powi(-14), 48_000),
            "high" => (steps(noise(960_000, 2, 5), 96_000, &[0.5, 0.0625]), 96_000),
            other => panic!("no signal {other}"),
        };
        let mut loudness = Loudness::new(&Spec::new(rate, samples.ncols(), Encoding::F64)).unwrap();
        loudness.add(&samples);
        let peak = |peaks: ndarray::Array1<f64>| peaks.iter().copied().fold(0.0, f64::max);
        let found = [
            loudness.integrated(),
            loudness.integrated(),
            loudness.momentary(),
            loudness.short_term(),
            loudness.range(),
            peak(loudness.true_peak()),
            peak(loudness.sample_peak()),
        ];
        for (index, (found, expected)) in found.into_iter().zip(&fields[1..]).enumerate() {
            let expected: f64 = expected.parse().unwrap();
            let difference = if found == expected { 0.0 } else { (found - expected).abs() };
            // LU of both tools; then the range; then peaks.
            let tolerance = [1e-3, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-7][index];
            assert!(difference <= tolerance, "{}, {index}: {found} for {expected}", fields[0]);
            largest[index] = largest[index].max(difference);
        }
    }
    println!("largest differences from pyloudnorm {:e}, from libebur128 {:?}", largest[0], &largest[1..]);
}

#[test]
fn blocks_types_and_strides_do_not_matter() {
    let samples = noise(150_000, 2, 6).map(|sample| (sample * 0.25).convert::<i16>());
    let mut whole = Loudness::new(&spec(2)).unwrap();
    whole.add(&samples);
    let mut by_blocks = Loudness::new(&spec(2)).unwrap();
    let (mut from, mut random) = (0, SplitMix(3));
    while from < samples.nrows() {
        let to = (from + 1 + random.below(10_000)).min(samples.nrows());
        by_blocks.add(&samples.slice(s![from..to, ..]));
        from = to;
    }
    let mut planar = Array2::zeros((2, samples.nrows())).reversed_axes();
    planar.assign(&samples);
    let mut strided = Loudness::new(&spec(2)).unwrap();
    strided.add(&planar);
    for other in [&by_blocks, &strided] {
        assert_eq!(other.integrated(), whole.integrated());
        assert_eq!(other.short_term(), whole.short_term());
        assert_eq!(other.range(), whole.range());
        assert_eq!(other.true_peak(), whole.true_peak());
    }
    let measured = |source: &mut dyn FnMut() -> Loudness| source();
    let as_f32 = measured(&mut || {
        loudness::of_source(&mut ArraySource::new(samples.map(|s| s.convert::<f32>()), RATE)).unwrap()
    });
    let as_f64 = measured(&mut || {
        loudness::of_source(&mut ArraySource::new(samples.map(|s| s.convert::<f64>()), RATE)).unwrap()
    });
    let as_i32 = measured(&mut || {
        loudness::of_source(&mut ArraySource::new(samples.map(|s| s.convert::<i32>()), RATE)).unwrap()
    });
    for other in [as_f32, as_f64, as_i32] {
        assert_within(other.integrated(), whole.integrated(), 1e-9, "another type");
        assert_eq!(other.sample_peak(), whole.sample_peak());
        assert_eq!(other.frames(), 150_000);
    }
}

#[test]
fn recordings_are_merged_by_their_blocks() {
    let (loud, soft) = (noise(240_000, 2, 7) * 0.2, noise(480_000, 2, 8) * 0.1);
    let mut merged = measure(&loud);
    merged.merge(measure(&soft));
    // Whole tenths of a second, so that only the three blocks across the seam differ.
    let joined = measure(&concatenate![Axis(0), loud, soft]);
    assert_within(merged.integrated(), joined.integrated(), 0.05, "merged");
    assert_eq!(merged.sample_peak(), joined.sample_peak());
    assert_within(merged.true_peak()[0], joined.true_peak()[0], 1e-6, "merged");
    assert!(measure(&loud).integrated() > merged.integrated() && merged.integrated() > measure(&soft).integrated());
    assert_eq!(merged.short_term(), measure(&loud).short_term());
    let mut three = measure(&soft);
    three.merge(merged);
    three.merge(measure(&loud));
    assert!(three.range() > 0.0);
}

#[test]
fn normalizing_reaches_the_target_or_says_why_not() {
    let quiet = noise(240_000, 2, 9) * 0.05;
    let measured = measure(&quiet);
    let plan = measured.plan(-23.0, db::to_amplitude(-1.0), OnClip::Refuse).unwrap();
    let mut louder = quiet.clone();
    gain::apply(&mut louder, plan.factor);
    let again = measure(&louder);
    assert_within(again.integrated(), -23.0, 1e-6, "normalized");
    assert_within(again.true_peak().iter().copied().fold(0.0, f64::max), plan.peak, 1e-6, "normalized");
    let error = measured.plan(0.0, db::to_amplitude(-1.0), OnClip::Refuse).unwrap_err().to_string();
    assert!(error.contains("above the ceiling"), "{error}");
    let limited = measured.plan(0.0, 0.5, OnClip::Limit).unwrap();
    assert!(limited.limited && limited.peak == 0.5);
    assert!(measured.plan(0.0, 0.5, OnClip::Clip).unwrap().clips);
    for (target, ceiling) in [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (-23.0, 0.0), (-23.0, f64::NAN)] {
        assert!(measured.plan(target, ceiling, OnClip::Clip).is_err());
    }
    let silence = measure(&Array2::zeros((96_000, 2)));
    assert_eq!(silence.integrated(), f64::NEG_INFINITY);
    assert_eq!(silence.plan(-23.0, 1.0, OnClip::Refuse).unwrap().factor, 1.0);
}

#[test]
fn what_cannot_be_measured_is_said() {
    assert!(Loudness::new(&Spec::new(48_000, 65, Encoding::I16)).is_err());
    assert!(Loudness::new(&Spec::new(15, 2, Encoding::I16)).is_err());
    assert!(Loudness::new(&Spec::new(u32::MAX, 2, Encoding::I16)).is_err());
    let mut samples = noise(96_000, 2, 10) * 0.1;
    assert!(measure(&samples.slice(s![..19_199, ..]).to_owned()).integrated() == f64::NEG_INFINITY);
    samples[[10, 1]] = f64::NAN;
    let loudness = measure(&samples);
    assert!(loudness.integrated().is_nan() && loudness.range().is_nan() && loudness.short_term().is_nan());
    assert!(loudness.true_peak()[1].is_nan() && loudness.true_peak()[0] > 0.09);
    assert!(loudness.plan(-23.0, 1.0, OnClip::Clip).is_err());
}

#[test]
fn dual_mono_is_as_loud_as_stereo() {
    let mono = noise(96_000, 1, 11) * 0.1;
    let stereo = Array2::from_shape_fn((96_000, 2), |(frame, _)| mono[[frame, 0]]);
    let mut dual = Loudness::new(&spec(1)).unwrap().dual_mono();
    dual.add(&mono);
    assert_within(dual.integrated(), measure(&stereo).integrated(), 1e-9, "dual mono");
}

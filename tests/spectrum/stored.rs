//! States out and in: stored, loaded and merged as if they had never left.

use ndaudio::ndarray::{Array2, Axis, s};
use ndaudio::spectrum::bands;
use ndaudio::{Average, Csd, Detrend, Ltsa, Psd, Spectrum, Taper};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::signals::noise;

fn again<M: Serialize + DeserializeOwned>(measure: &M) -> M {
    serde_json::from_str(&serde_json::to_string(measure).unwrap()).unwrap()
}

fn windows(samples: &Array2<f64>) -> impl Iterator<Item = ndaudio::ndarray::ArrayView2<'_, f64>> {
    samples.axis_windows_with_stride(Axis(0), 64, 24).into_iter()
}

fn plans() -> [Spectrum<f64>; 5] {
    let plan = Spectrum::<f64>::new(64);
    [
        plan.clone(),
        plan.clone().taper(Taper::Kaiser(0.1 + 0.2)).fft_len(80),
        plan.clone().taper(Taper::Tukey(1.0 / 3.0)).symmetric().detrend(Detrend::Linear),
        plan.clone().weights(&Taper::Hann.symmetric(64).mapv(|weight| weight / 3.0).to_vec()).two_sided(),
        plan.detrend(Detrend::Constant),
    ]
}

#[test]
fn densities_are_stored_with_all_bits() {
    let samples = noise(2000, 2);
    for plan in plans() {
        for average in [Average::Mean, Average::Median] {
            let new = || Psd::new(plan.clone(), 44_100.1).average(average);
            let (mut whole, mut first, mut second) = (new(), new(), new());
            for (index, window) in windows(&samples).enumerate() {
                whole.add(&window);
                if index < 13 { first.add(&window) } else { second.add(&window) }
            }
            let (mut first, second) = (again(&first), again(&second));
            first.merge(&second);
            assert_eq!(first.density(), whole.density());
            assert_eq!(first.windows(), whole.windows());
            first.add(&samples.slice(s![..64, ..]));
            whole.add(&samples.slice(s![..64, ..]));
            assert_eq!(first.density(), whole.density());
            let mut empty = again(&new());
            empty.merge(&again(&whole));
            assert_eq!(empty.density(), whole.density());
        }
    }
}

#[test]
fn cross_spectra_are_stored_with_all_bits() {
    let samples = noise(2000, 3);
    for plan in plans() {
        let mut csd = Csd::new(plan, 8000, [2, 0]);
        windows(&samples).for_each(|window| csd.add(&window));
        let mut loaded = again(&csd);
        assert_eq!(loaded.density(), csd.density());
        assert_eq!(loaded.coherence(), csd.coherence());
        loaded.merge(&csd);
        assert_eq!(loaded.windows(), 2 * csd.windows());
    }
}

#[test]
fn rows_are_stored_with_all_bits() {
    let samples = noise(5000, 2);
    let new =
        || Ltsa::new(Spectrum::<f32>::new(100), 8000, 1000).hop(50).bands(bands::octave(8000, 100, 500.0..2000.0));
    let mut whole = new();
    whole.add(&samples);
    let mut first = new();
    first.add(&samples.slice(s![..2000, ..]));
    let mut second = new().starting_at(2000);
    second.add(&samples.slice(s![2000.., ..]));
    let mut loaded = again(&second);
    loaded.merge(&again(&first)).unwrap();
    whole.end();
    assert_eq!(loaded.values(), whole.values());
    // What was loaded goes on after its last row.
    let mut longer = again(&first);
    longer.add(&samples.slice(s![2000.., ..]));
    longer.end();
    assert_eq!(longer.values(), whole.values());
}

#[test]
fn damaged_and_foreign_states_are_refused() {
    let mut psd = Psd::new(Spectrum::<f64>::new(4), 8000);
    psd.add(&noise(4, 1));
    let text = serde_json::to_string(&psd).unwrap();
    let refused = |from: &str, to: &str, why: &str| {
        assert!(text.contains(from), "{text} has no {from}");
        let error = serde_json::from_str::<Psd<f64>>(&text.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    };
    refused("\"version\":1", "\"version\":2", "version 2");
    refused("\"len\":4,\"fft_len\":4", "\"len\":4,\"fft_len\":3", "no transform of 3");
    refused("\"len\":4,\"fft_len\":4", "\"len\":0,\"fft_len\":4", "windows of 0 frames");
    refused("\"fft_len\":4", "\"fft_len\":4611686018427387904", "too long");
    refused("\"windows\":1", "\"windows\":281474976710657", "too many");
    refused("\"channels\":1", "\"channels\":2", "where 6 are due");
    refused("\"channels\":1", "\"channels\":null", "without channels");
    refused("\"f64\"", "\"f32\"", "in f32, not in f64");
    let error = serde_json::from_str::<Psd<f32>>(&text).unwrap_err().to_string();
    assert!(error.contains("in f64, not in f32"), "{error}");
}

const NAN: &str = "7ff8000000000000";
const NEGATIVE: &str = "bff0000000000000";

/// Why a state is refused; `text` with what follows `after` up to the next quote replaced by `with`.
fn refused<M: DeserializeOwned>(text: &str, after: &str, with: &str, why: &str) {
    let at = text.find(after).unwrap() + after.len();
    let end = at + text[at..].find('"').unwrap();
    refused_text::<M>(&format!("{}{with}{}", &text[..at], &text[end..]), why);
}

fn refused_text<M: DeserializeOwned>(text: &str, why: &str) {
    let Err(error) = serde_json::from_str::<M>(text) else { panic!("accepted: {text}") };
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn sums_that_no_squares_have_are_refused() {
    let plan = Spectrum::<f64>::new(4);
    let (mut psd, mut csd) = (Psd::new(plan.clone(), 8000), Csd::new(plan.clone(), 8000, [0, 1]));
    let mut median = Psd::new(plan, 8000).average(Average::Median);
    let samples = noise(4, 2);
    psd.add(&samples);
    csd.add(&samples);
    median.add(&samples);
    let text = serde_json::to_string(&psd).unwrap();
    refused::<Psd<f64>>(&text, "\"Sums\":[[\"", NEGATIVE, "no squares have");
    let first = text.find("\"Sums\":[[\"").unwrap();
    refused::<Psd<f64>>(&text, &text[first..first + 29], NEGATIVE, "no squares have");
    refused::<Psd<f64>>(&text, &text[first..first + 29], NAN, "no squares have");
    refused_text::<Psd<f64>>(&text.replace("\"windows\":1", "\"windows\":0"), "of 0 windows");
    refused::<Psd<f64>>(&serde_json::to_string(&median).unwrap(), "\"All\":[\"", NEGATIVE, "negative power");
    let text = serde_json::to_string(&csd).unwrap();
    refused::<Csd<f64>>(&text, "\"sums\":[[\"", NEGATIVE, "no squares have");
    refused_text::<Csd<f64>>(&text.replace("\"windows\":1", "\"windows\":0"), "of 0 windows");
}

#[test]
fn rows_that_cannot_be_are_refused() {
    let mut ltsa = Ltsa::new(Spectrum::<f64>::new(4), 8000, 4);
    ltsa.add(&noise(4, 1));
    let text = serde_json::to_string(&ltsa).unwrap();
    refused::<Ltsa<f64>>(&text, "\"rows\":[[0,1,[\"", NEGATIVE, "negative density");
    let head = &text[..text.find("\"channels\"").unwrap()];
    for channels in ["null", "0"] {
        let text = format!("{head}\"channels\":{channels},\"rows\":[[0,1,[]],[5,1,[]]]}}");
        refused_text::<Ltsa<f64>>(&text, "rows of no channels");
    }
    let banked = Ltsa::new(Spectrum::<f64>::new(4), 8000, 4).bands(bands::octave(8000, 4, 1000.0..2000.0));
    let text = serde_json::to_string(&banked).unwrap();
    refused::<Ltsa<f64>>(&text, "\"bands\":{\"bins\":3,\"bands\":[[[\"", NAN, "not a number");
}

#[test]
fn tapers_that_are_not_numbers_are_refused() {
    let text = serde_json::to_string(&Psd::new(Spectrum::<f64>::new(1), 8000)).unwrap();
    for taper in ["{\"Kaiser\":\"X\"}", "{\"Tukey\":\"X\"}", "{\"Weights\":[\"X\"]}"] {
        refused_text::<Psd<f64>>(&text.replace("\"Hann\"", &taper.replace('X', NAN)), "not a number");
        // Tapers that constructors take.
        for number in [NEGATIVE, "0000000000000000"] {
            serde_json::from_str::<Psd<f64>>(&text.replace("\"Hann\"", &taper.replace('X', number))).unwrap();
        }
    }
}

/// NaN, infinities and overflowing samples are audio, too.
#[test]
fn what_is_not_finite_is_stored_and_loaded() {
    for special in [f64::NAN, f64::INFINITY, 1e200, -1e160, 1e-170, 0.0] {
        let mut samples = noise(64, 2) * 1e-3;
        samples.column_mut(1).fill(special);
        for plan in plans() {
            let (mut psd, mut csd) = (Psd::new(plan.clone(), 8000), Csd::new(plan.clone(), 8000, [0, 1]));
            let mut median = Psd::new(plan.clone(), 8000).average(Average::Median);
            let mut ltsa = Ltsa::new(plan, 8000, 64);
            for _ in 0..2 {
                psd.add(&samples);
                csd.add(&samples);
                median.add(&samples);
                ltsa.add(&samples);
            }
            psd.merge(&again(&psd));
            let bits = |numbers: Array2<f64>| numbers.mapv(f64::to_bits);
            assert_eq!(bits(again(&psd).density()), bits(psd.density()));
            assert_eq!(bits(again(&median).density()), bits(median.density()));
            assert_eq!(again(&csd).coherence().mapv(f64::to_bits), csd.coherence().mapv(f64::to_bits));
            assert_eq!(again(&ltsa).values().mapv(f64::to_bits), ltsa.clone().values().mapv(f64::to_bits));
        }
    }
}

/// 220 bytes took 1 GB, and 54 s in debug.
#[test]
fn plans_that_cost_too_much_are_refused() {
    let text = serde_json::to_string(&Psd::new(Spectrum::<f32>::new(1), 8000)).unwrap();
    let with = |fft_len: usize| text.replace("\"fft_len\":1,", &format!("\"fft_len\":{fft_len},"));
    for fft_len in [(1 << 22) - 3, 1021 * 4093, 1_100_009, (1 << 23) + 1, 1 << 24, usize::MAX] {
        refused_text::<Psd<f32>>(&with(fft_len), "too long");
    }
    for fft_len in [1, 2, 441, 44_100, 96_000, 104_729, 960_000, 1 << 22] {
        serde_json::from_str::<Psd<f32>>(&with(fft_len)).unwrap();
    }
}

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

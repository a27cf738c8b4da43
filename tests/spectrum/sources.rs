//! Streaming gives the same bits as the whole.

use ndaudio::ndarray::{Axis, s};
use ndaudio::{ArraySource, Encoding, Ltsa, Psd, Scaling, Sequence, Source, Spec, Spectrum, WavReader, spectrum};

use crate::signals::{assert_close, integers, noise};

#[test]
fn windows_of_a_file_have_the_spectra_of_the_array() {
    let (samples, spec) = ndaudio::read::<f32>("data/music.wav").unwrap();
    for (len, hop) in [(2048, 512), (1000, 999), (512, 700)] {
        let mut plan = Spectrum::<f32>::new(len).scaling(Scaling::Density(f64::from(spec.sample_rate())));
        let stft = spectrum::stft(&samples, &mut plan, hop);
        let powers = spectrum::spectrogram(&samples, &mut plan, hop);
        assert_eq!(stft.len_of(Axis(0)), (441_000 - len) / hop + 1);

        let mut reader = WavReader::open("data/music.wav").unwrap();
        let mut windows = reader.windows::<f32>(len, hop);
        let mut count = 0;
        while let Some(window) = windows.next().unwrap() {
            assert_eq!(plan.complex(&window), stft.index_axis(Axis(0), count));
            assert_eq!(plan.power(&window), powers.index_axis(Axis(0), count));
            count += 1;
        }
        assert_eq!(count, stft.len_of(Axis(0)));

        let mut reader = WavReader::open("data/music.wav").unwrap();
        assert_eq!(spectrum::stft_of_windows(reader.windows::<i16>(len, hop), &mut plan).unwrap(), stft);
        let mut reader = WavReader::open("data/music.wav").unwrap();
        assert_eq!(spectrum::spectrogram_of_windows(reader.windows::<i16>(len, hop), &mut plan).unwrap(), powers);
    }
}

#[test]
fn centred_windows_have_the_spectra_of_a_padded_array() {
    let samples = noise(1000, 2);
    let mut padded = ndaudio::ndarray::Array2::zeros((1064, 2));
    padded.slice_mut(s![32..1032, ..]).assign(&samples);
    let mut plan = Spectrum::<f64>::new(64);
    let mut source = ArraySource::new(samples.view(), 8_000);
    let centred = spectrum::stft_of_windows(source.windows::<f64>(64, 16).centered(), &mut plan).unwrap();
    assert_eq!(centred, spectrum::stft(&padded, &mut plan, 16));
    // And come back, to the first frame.
    let back = spectrum::istft(&centred, &plan, 16).unwrap();
    assert_close(&back.slice(s![32..1000, ..]), &samples.slice(s![..968, ..]), 1e-13);
}

#[test]
fn the_mean_density_of_a_file_is_that_of_the_array() {
    let (samples, spec) = ndaudio::read::<f64>("data/music.wav").unwrap();
    let mut psd = Psd::new(Spectrum::<f64>::new(4096), spec.sample_rate());
    let mut reader = WavReader::open("data/music.wav").unwrap();
    psd.add_windows(reader.windows::<i16>(4096, 2048)).unwrap();
    assert_eq!(psd.density(), spectrum::welch(&samples, spec.sample_rate(), 4096, 2048));
    assert_eq!(psd.windows(), (441_000 - 4096) / 2048 + 1);
    assert_eq!(psd.frequencies()[2048], 22_050.0);
}

#[test]
fn windows_run_on_from_file_to_file() {
    let folder = tempfile::tempdir().unwrap();
    let samples = integers(10_000, 2);
    // Boundaries inside windows, between them, and one file shorter than any.
    let ends = [0, 1777, 1800, 4096, 10_000];
    let files = ends.windows(2).enumerate().map(|(index, pair)| {
        let path = folder.path().join(format!("{index}.wav"));
        let part = samples.slice(s![pair[0]..pair[1], ..]);
        ndaudio::write(&path, &part, &Spec::new(8000, 2, Encoding::I16)).unwrap();
        path
    });
    let files: Vec<_> = files.collect();
    for (len, hop) in [(256, 100), (256, 256), (200, 300)] {
        let mut plan = Spectrum::<f64>::new(len);
        let windows = Sequence::open(&files).unwrap();
        let stft = spectrum::stft_of_windows(ndaudio::Windows::<_, i16>::new(windows, len, hop), &mut plan).unwrap();
        assert_eq!(stft, spectrum::stft(&samples, &mut plan, hop));

        let mut rows = Ltsa::new(plan.clone(), 8000, 1000).hop(hop);
        rows.add_source(&mut Sequence::open(&files).unwrap()).unwrap();
        let mut whole = Ltsa::new(plan, 8000, 1000).hop(hop);
        whole.add(&samples);
        assert_eq!(rows.values(), whole.values());
        assert_eq!(rows.values().dim().0, 10);
    }
}

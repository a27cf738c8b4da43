//! All cores have the bits of one.

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array2;
use ndaudio::{Encoding, Ltsa, Psd, Spec, Spectrum, WavReader, parallel};

use crate::signals::integers;

/// Three parts of 16 MiB, the last one not full.
#[test]
fn all_cores_have_the_bits_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    ndaudio::write(&path, &integers(10_000_003, 2), &Spec::new(8000, 2, Encoding::I16)).unwrap();

    // Hops beyond the window, and windows that the parts share.
    for (len, hop) in [(1024, 1500), (1024, 999)] {
        let plan = Spectrum::<f32>::new(len);
        let mut one_pass = Psd::new(plan.clone(), 8000);
        one_pass.add_windows(WavReader::open(&path).unwrap().windows::<f32>(len, hop)).unwrap();
        let all = parallel::psd_of_file(&path, &plan, hop).unwrap();
        assert_eq!(all.windows(), (10_000_003 - len as u64) / hop as u64 + 1);
        assert_eq!(all.density(), one_pass.density());
    }

    let mut one_pass = Ltsa::new(Spectrum::<f32>::new(1000), 8000, 480_001).hop(2000);
    let all = parallel::ltsa_of_file(&path, &one_pass).unwrap();
    one_pass.add_source(&mut WavReader::open(&path).unwrap()).unwrap();
    one_pass.end();
    let heads = |ltsa: &Ltsa<f32>| ltsa.rows().map(|row| (row.index(), row.windows())).collect::<Vec<_>>();
    assert_eq!(heads(&all), heads(&one_pass));
    assert_eq!(all.rows().count(), 21);
    assert_eq!(all.values(), one_pass.values());
}

#[test]
fn files_shorter_than_a_window_have_no_densities() {
    let psd = parallel::psd_of_file("data/wave_pcm16_stereo_one_frame.wav", &Spectrum::<f64>::new(2), 1).unwrap();
    assert_eq!((psd.windows(), psd.density().dim()), (0, (2, 2)));
    let ltsa = Ltsa::new(Spectrum::<f64>::new(2), 8000, 2);
    let ltsa = parallel::ltsa_of_file("data/wave_pcm16_stereo_no_frames.wav", &ltsa).unwrap();
    assert_eq!(ltsa.rows().count(), 0);
    assert!(parallel::psd_of_file("data/no such file.wav", &Spectrum::<f64>::new(2), 1).is_err());
}

/// A file that is replaced again and again while it is measured: by one with other channels, and by one of the same shape.
#[test]
fn spectra_are_of_one_file_even_if_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("now.wav");
    // More than one part of either: 16 MiB of windows, 4 MiB of rows.
    let audio = |channels: usize, value: f64| {
        let alternating = |(frame, _): (usize, usize)| if frame % 2 == 0 { value } else { -value };
        Array2::from_shape_fn(((17 << 20) / 8 / channels, channels), alternating)
    };
    let plan = Spectrum::<f64>::new(16);
    let settings = Ltsa::new(plan.clone(), 1 << 18, 48_000);
    let psd = |path: &Path| parallel::psd_of_file(path, &plan, 1 << 12).map(|psd| psd.density());
    let ltsa = |path: &Path| parallel::ltsa_of_file(path, &settings).map(|rows| rows.values().to_owned());
    for (channels, value) in [(7, 0.5), (8, 0.25)] {
        let files = [folder.path().join("a.wav"), folder.path().join("b.wav")];
        for (file, audio) in files.iter().zip([audio(8, 1.0), audio(channels, value)]) {
            ndaudio::write(file, &audio, &Spec::new(48_000, audio.ncols(), Encoding::F64)).unwrap();
        }
        let expected =
            (files.each_ref().map(|file| psd(file).unwrap()), files.each_ref().map(|file| ltsa(file).unwrap()));
        std::fs::hard_link(&files[0], &path).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let next = folder.path().join("next.wav");
                // Bounded, so that a failed assertion below ends the test as well.
                for file in files.iter().cycle().take(1_000_000) {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    std::fs::hard_link(file, &next).unwrap();
                    std::fs::rename(&next, &path).unwrap();
                    // A rename onto a link to the same file does nothing.
                    let _ = std::fs::remove_file(&next);
                    std::thread::yield_now();
                }
            });
            let explained = |error: ndaudio::Error| {
                let why = error.source().map(ToString::to_string).unwrap_or_default();
                assert!(why.contains("replaced or changed"), "{error}: {why}");
            };
            for round in 0..200 {
                match psd(&path) {
                    Ok(density) => assert!(expected.0.contains(&density), "windows of two files"),
                    Err(error) => explained(error),
                }
                if round % 20 == 0 {
                    match ltsa(&path) {
                        Ok(rows) => assert!(expected.1.contains(&rows), "rows of two files"),
                        Err(error) => explained(error),
                    }
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        std::fs::remove_file(&path).unwrap();
    }
}

//! All cores have the bits of one.

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

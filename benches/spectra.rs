//! Spectra of 10 minutes of stereo at 44.1 kHz, from a file of 16 bits in the page cache; the items are windows, or for long-term averages
//! seconds of audio.
//!
//! `cargo bench --features spectrum,rayon --bench spectra`. Beside realfft, librosa and scipy: `benches/peers/run.py --rows 12`.

use std::fs::File;
use std::sync::LazyLock;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use ndaudio::ndarray::Array2;
use ndaudio::{Encoding, Ltsa, Psd, Sample, Spec, Spectrum, WavReader, parallel};
use tempfile::TempDir;

const RATE: u32 = 44_100;
const FRAMES: usize = 600 * 44_100;
const LEN: usize = 2048;
const HOP: usize = 512;
const WINDOWS: usize = (FRAMES - LEN) / HOP + 1;
const FILE: &str = "stereo.wav";

/// The file, in `$TMPDIR`; as statics are not dropped, `main` removes it.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut state = 1_u32;
    let samples = Array2::from_shape_simple_fn((FRAMES, 2), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state.cast_signed() / 2).convert::<i16>()
    });
    ndaudio::write(folder.path().join(FILE), &samples, &Spec::new(RATE, 2, Encoding::I16)).expect("room for the file");
    folder
});

fn main() {
    let folder = FOLDER.path();
    divan::main();
    std::fs::remove_dir_all(folder).expect("the folder is ours");
}

fn open() -> WavReader<File> {
    WavReader::open(FOLDER.path().join(FILE)).expect("as written")
}

fn windows(bencher: Bencher, work: impl Fn() + Sync) {
    bencher.counter(ItemsCount::new(WINDOWS)).bench(work);
}

fn power<S: Sample>(bencher: Bencher) {
    windows(bencher, || {
        let mut plan = Spectrum::<f32>::new(LEN);
        let mut reader = open();
        let mut windows = reader.windows::<S>(LEN, HOP);
        while let Some(window) = windows.next().expect("a file that can be read") {
            black_box(plan.power(&window));
        }
    });
}

/// File to power spectra, read as `f32`.
#[divan::bench]
fn power_from_file(bencher: Bencher) {
    power::<f32>(bencher);
}

/// File to power spectra, read as it is stored.
#[divan::bench]
fn power_from_file_as_i16(bencher: Bencher) {
    power::<i16>(bencher);
}

/// File to one mean density, on one core.
#[divan::bench]
fn psd_from_file(bencher: Bencher) {
    windows(bencher, || {
        let mut psd = Psd::new(Spectrum::<f32>::new(LEN), RATE);
        psd.add_windows(open().windows::<f32>(LEN, HOP)).expect("a file that can be read");
        black_box(psd.density());
    });
}

/// File to one mean density, on all cores.
#[divan::bench]
fn psd_from_file_on_all_cores(bencher: Bencher) {
    let path = FOLDER.path().join(FILE);
    windows(bencher, || {
        let psd = parallel::psd_of_file(&path, &Spectrum::<f32>::new(LEN), HOP).expect("a file that can be read");
        black_box(psd.density());
    });
}

/// Rows of a minute at 1 Hz, half overlapping: 1200 seconds of one channel.
#[divan::bench]
fn ltsa_from_file(bencher: Bencher) {
    bencher.counter(ItemsCount::new(2 * FRAMES / RATE as usize)).bench(|| {
        let mut ltsa =
            Ltsa::new(Spectrum::<f32>::new(RATE as usize), RATE, 60 * u64::from(RATE)).hop(RATE as usize / 2);
        let count = |row: ndaudio::LtsaRow<'_>| {
            black_box(row.values());
            Ok(())
        };
        ltsa.stream(&mut open(), count).expect("a file that can be read");
    });
}

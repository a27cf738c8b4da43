//! Spectra of a file, for `spectra.py`: `spectra WHAT FILE [THREADS]` prints the seconds that it took, and a number that others find too.

use std::hint::black_box;
use std::time::Instant;

use ndaudio::{Ltsa, LtsaRow, Spectrum, WavReader, parallel};

const LEN: usize = 2048;
const HOP: usize = 512;
/// The bin whose power is summed over all windows of both channels.
const BIN: usize = 100;

type Outcome = Result<f64, Box<dyn std::error::Error>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, path, threads @ ..] = arguments.as_slice() else { return Err("usage: spectra WHAT FILE [THREADS]".into()) };
    let threads = threads.first().map_or(Ok(1), |threads| threads.parse())?;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let started = Instant::now();
    let (path, one) = (path.as_str(), threads == 1);
    let answer = match what.as_str() {
        "bare" => bare(path),
        "power" => power(path),
        "psd" => psd(path),
        "ltsa" if one => ltsa(path),
        "ltsa" => ltsa_on_all(path),
        _ => Err(format!("{what} is not known").into()),
    }?;
    println!("{:.6} {answer:.9e}", started.elapsed().as_secs_f64());
    Ok(())
}

/// A buffer, and where in it a cache line begins: elsewhere realfft takes twice as long.
fn aligned<N: Clone>(mut buffer: Vec<N>, value: N) -> (Vec<N>, usize) {
    buffer.resize(buffer.len() + 64, value);
    let start = buffer.as_ptr().align_offset(64);
    (buffer, start)
}

/// The transforms of as many windows alone, by realfft, from one buffer to one buffer.
fn bare(path: &str) -> Outcome {
    let reader = WavReader::open(path)?;
    let windows = (reader.frames().ok_or("a header says how many")? - LEN as u64) / HOP as u64 + 1;
    let fft = realfft::RealFftPlanner::<f32>::new().plan_fft_forward(LEN);
    let window: Vec<f32> = (0..LEN).map(|frame| (frame as f32).sin()).collect();
    let zero = realfft::num_complex::Complex::new(0.0, 0.0);
    let (bins, scratch_len) = (LEN / 2 + 1, fft.get_scratch_len());
    let (window, at) = aligned(window, 0.0);
    let window = &window[at..at + LEN];
    let (mut input, at) = aligned(window.to_vec(), 0.0);
    let input = &mut input[at..at + LEN];
    let (mut output, at) = aligned(fft.make_output_vec(), zero);
    let output = &mut output[at..at + bins];
    let (mut scratch, at) = aligned(fft.make_scratch_vec(), zero);
    let scratch = &mut scratch[at..at + scratch_len];
    for _ in 0..windows * reader.spec().channels() as u64 {
        // The transform leaves rubbish behind, which would grow without end.
        input.copy_from_slice(black_box(window));
        fft.process_with_scratch(input, output, scratch)?;
        black_box(&*output);
    }
    Ok(0.0)
}

/// Power spectra of all windows, one after the other.
fn power(path: &str) -> Outcome {
    let mut reader = WavReader::open(path)?;
    let mut plan = Spectrum::<f32>::new(LEN);
    let mut sum = 0.0;
    let mut windows = reader.windows::<i16>(LEN, HOP);
    while let Some(window) = windows.next()? {
        sum += plan.power(&window).row(BIN).iter().map(|&power| f64::from(power)).sum::<f64>();
    }
    Ok(sum)
}

/// One mean density, on as many threads as there are.
fn psd(path: &str) -> Outcome {
    let psd = parallel::psd_of_file(path, &Spectrum::<f32>::new(LEN), HOP)?;
    let taper = ndaudio::Taper::Hann.periodic(LEN).mapv(|weight| weight * weight).sum();
    // Back to the sum of powers: the density is one-sided.
    let rate = f64::from(WavReader::open(path)?.spec().sample_rate());
    Ok(psd.density().row(BIN).sum() * psd.windows() as f64 * rate * taper / 2.0)
}

/// Rows of a minute at 1 Hz, windows of a second that overlap by half.
fn minutes(path: &str) -> Result<(WavReader<std::fs::File>, Ltsa<f32>), Box<dyn std::error::Error>> {
    let reader = WavReader::open(path)?;
    let rate = reader.spec().sample_rate();
    let ltsa = Ltsa::new(Spectrum::<f32>::new(rate as usize), rate, 60 * u64::from(rate)).hop(rate as usize / 2);
    Ok((reader, ltsa))
}

/// Rows handed out as they are finished, none kept.
fn ltsa(path: &str) -> Outcome {
    let (mut reader, mut ltsa) = minutes(path)?;
    let mut sum = 0.0;
    ltsa.stream(&mut reader, |row: LtsaRow<'_>| {
        sum += row.values().row(BIN).sum();
        Ok(())
    })?;
    Ok(sum)
}

fn ltsa_on_all(path: &str) -> Outcome {
    let rows = parallel::ltsa_of_file(path, &minutes(path)?.1)?;
    Ok(rows.rows().map(|row| row.values().row(BIN).sum()).sum())
}

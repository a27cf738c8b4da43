//! FLAC → RMS of windows, for `media.py`: `media windows|windows-without-md5|levels FILE`.

use std::time::Instant;

use ndaudio::ndarray::Array1;
use ndaudio::{MediaReader, Source, levels, parallel};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, path] = arguments.as_slice() else { return Err("usage: media WHAT FILE".into()) };
    let started = Instant::now();
    let sum = if what == "levels" {
        parallel::levels_of_file(path)?.frames() as f64
    } else {
        let mut reader = MediaReader::open(path)?;
        if what == "windows-without-md5" {
            reader = reader.without_md5();
        }
        let mut rms = Array1::zeros(reader.spec().channels());
        let mut windows = reader.windows::<i16>(2048, 2048);
        let mut sum = 0.0;
        while let Some(window) = windows.next()? {
            levels::rms_into(&window, &mut rms);
            sum += rms[0];
        }
        sum
    };
    println!("{:.6} {sum:.6}", started.elapsed().as_secs_f64());
    Ok(())
}

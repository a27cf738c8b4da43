//! Measures many files apart, and puts the results together: the same numbers as of one long file, to the last bit.
//!
//! ```console
//! $ cargo run --release --example merge_levels -- night/*.wav
//! ```

use ndaudio::{Levels, WavReader, db, levels};

fn main() -> ndaudio::Result<()> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        paths = vec!["data/music.wav".to_owned(); 3];
    }

    // Each could as well be measured by another thread, process or machine.
    let mut total: Option<Levels> = None;
    for path in &paths {
        let of_file = levels::of_source(&mut WavReader::open(path)?)?;
        println!("{path}: {:.2} dBFS", db::from_amplitude(of_file.overall().rms()));
        match &mut total {
            Some(total) => total.merge(&of_file),
            None => total = Some(of_file),
        }
    }
    if let Some(total) = total {
        let all = total.overall();
        println!("together: {:.2} dBFS, {} frames", db::from_amplitude(all.rms()), total.frames());
    }
    Ok(())
}

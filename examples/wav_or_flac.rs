//! Reads a recording of any kind in one variable, and prints its level and when it began.
//!
//! ```console
//! $ cargo run --release --example wav_or_flac --features media -- take.flac
//! ```

use ndaudio::{DynSource, Source, db, levels};

fn main() -> ndaudio::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "data/music.wav".to_owned());
    // WAV, FLAC, Ogg, MP3 …: decided by what the file contains, not by its name.
    let mut source: Box<dyn DynSource> = ndaudio::open(&path)?;
    let rate = source.spec().sample_rate();
    println!("{path}: {}", source.spec());

    let mut blocks = source.blocks::<f32>(rate.max(1) as usize);
    while let Some((position, block)) = blocks.next_with_position()? {
        let level = levels::rms(&block).mapv(db::from_amplitude);
        println!("{:>8.1} s  {level:.1} dBFS", position as f64 / f64::from(rate.max(1)));
    }
    Ok(())
}

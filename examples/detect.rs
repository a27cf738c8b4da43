//! Finds the moments at which a recording becomes much louder than it was: a loop over overlapping windows with their positions.
//!
//! ```console
//! $ cargo run --release --example detect -- take.wav
//! ```

use ndaudio::{WavReader, levels};

/// How many times louder than the average so far, in power: 6 dB.
const RATIO: f64 = 4.0;

fn main() -> ndaudio::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "data/music.wav".to_owned());
    let mut reader = WavReader::open(&path)?;
    let rate = f64::from(reader.spec().sample_rate());

    let mut average = f64::INFINITY;
    let mut loud = false;
    // 2,048 frames every 512. The window is a view of one buffer; only a full one is lent.
    let mut windows = reader.windows::<f32>(2_048, 512);
    while let Some((position, window)) = windows.next_with_position()? {
        let power = levels::mean_square(&window).mean().unwrap_or(0.0);
        let louder = power > RATIO * average;
        if louder && !loud {
            println!("{:>10.3} s", position as f64 / rate);
        }
        loud = louder;
        average = if average.is_finite() { 0.98 * average + 0.02 * power } else { power };
    }
    Ok(())
}

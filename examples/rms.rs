//! Prints the RMS and peak of every second of a recording.
//!
//! ```console
//! $ cargo run --release --example rms                  # ten seconds of music, data/music.wav
//! $ cargo run --release --example rms -- take.wav
//! ```

use ndaudio::{Levels, WavReader, db, levels};

fn main() -> ndaudio::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "data/music.wav".to_owned());
    let mut reader = WavReader::open(&path)?;
    println!("{path}: {}", reader.spec());

    let rate = reader.spec().sample_rate() as usize;
    let mut total = Levels::new(reader.spec().channels());
    // One buffer is read into again and again: the memory is that of one second, however long the file.
    let mut blocks = reader.blocks::<f32>(rate.max(1));
    while let Some((position, block)) = blocks.next_with_position()? {
        let second = position / rate.max(1) as u64;
        // One number per channel.
        let rms = levels::rms(&block).mapv(db::from_amplitude);
        let peak = levels::peak(&block).mapv(db::from_amplitude);
        println!("{second:>6} s  RMS {rms:>7.2} dBFS  peak {peak:>7.2} dBFS");
        total.add(&block);
    }

    let all = total.overall();
    let (rms, peak) = (db::from_amplitude(all.rms()), db::from_amplitude(all.peak()));
    println!("all channels: RMS {rms:.2} dBFS, peak {peak:.2} dBFS, {} clipped", all.clipped());
    Ok(())
}

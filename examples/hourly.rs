//! Reads the files of a recorder that begins a new one every hour as if they were one, and prints the level of each minute.
//!
//! ```console
//! $ cargo run --release --example hourly -- night/*.wav
//! ```

use ndaudio::{Sequence, Source, db, levels};

fn main() -> ndaudio::Result<()> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        paths = vec!["data/music.wav".to_owned(); 2];
    }
    paths.sort();

    // One file is open at a time; a block may begin in one and end in the next.
    let mut night = Sequence::open(&paths)?;
    let minute = 60 * night.spec().sample_rate() as usize;
    let mut blocks = night.blocks::<i16>(minute.max(1));
    while let Some((position, block)) = blocks.next_with_position()? {
        let minutes = position / minute.max(1) as u64;
        let level = levels::rms(&block).mapv(db::from_amplitude);
        println!("{:>3}:{:02}  {level:.1} dBFS", minutes / 60, minutes % 60);
    }
    Ok(())
}

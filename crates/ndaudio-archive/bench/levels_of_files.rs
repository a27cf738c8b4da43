//! Levels of whole files on all cores, by the library alone: what `bench/run.py` compares with.
//!
//! `cargo run --release --example levels_of_files -- FOLDER` prints seconds and the sum of squares of all samples.

use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("FOLDER")?;
    let mut paths = Vec::new();
    for site in std::fs::read_dir(folder)? {
        for file in std::fs::read_dir(site?.path())? {
            paths.push(file?.path());
        }
    }
    let begun = Instant::now();
    let mut squares = 0_u128;
    for levels in ndaudio::parallel::levels_of_files(&paths) {
        let levels = levels?;
        squares += (0..levels.channels())
            .filter_map(|channel| levels.channel(channel).integer_sums())
            .map(|(_, squares)| squares >> 32)
            .sum::<u128>();
    }
    println!("{:.3},{squares}", begun.elapsed().as_secs_f64());
    Ok(())
}

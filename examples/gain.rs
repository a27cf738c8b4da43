//! Makes a recording louder or softer, in the memory of one block.
//!
//! ```console
//! $ cargo run --release --example gain -- take.wav softer.wav -6
//! ```

use ndaudio::{WavReader, WavWriter, gain};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, decibels] = &arguments[..] else {
        return Err("usage: gain IN OUT DECIBELS".into());
    };
    let decibels: f64 = decibels.parse()?;

    let mut reader = WavReader::open(input)?;
    let mut writer = WavWriter::create(output, reader.spec())?;
    writer.copy_metadata(&mut reader)?;

    let mut clipped = 0;
    // Integers are rounded to the nearest and clipped at full scale; `i32` holds what any integer encoding stores.
    let frames = ndaudio::process::<i32, _, _>(&mut reader, &mut writer, 65_536, |block, _position| {
        clipped += gain::apply_db(block, decibels);
        Ok(())
    })?;
    writer.finalize()?;

    println!("{output}: {frames} frames, {clipped} samples clipped");
    Ok(())
}

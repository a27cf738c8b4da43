//! Makes a mono file of any recording: the mean of its channels, rounded once.
//!
//! ```console
//! $ cargo run --release --example mono -- data/music.wav mono.wav
//! ```

use ndaudio::{WavReader, WavWriter, channels};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = &arguments[..] else {
        return Err("usage: mono IN OUT".into());
    };
    let mut reader = WavReader::open(input)?;
    let mut writer = WavWriter::create(output, &reader.spec().with_channels(1))?;

    let mut blocks = reader.blocks::<i32>(65_536);
    while let Some(block) = blocks.next()? {
        // frames × channels becomes frames × 1.
        writer.write(&channels::downmix(&block))?;
    }
    let frames = writer.frames_written();
    writer.finalize()?;
    println!("{output}: {frames} frames");
    Ok(())
}

//! Changes the sample rate of a WAV file of any length, in the memory of a few blocks.
//!
//! `cargo run --release --features resample --example resample -- IN.wav OUT.wav 16000 [high|very-high]`

use std::env;

use ndaudio::resample::Quality;
use ndaudio::{Source, WavReader, WavWriter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (input, output, sample_rate, quality) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [input, output, sample_rate] | [input, output, sample_rate, "very-high"] => {
            (input, output, sample_rate, Quality::VeryHigh)
        }
        [input, output, sample_rate, "high"] => (input, output, sample_rate, Quality::High),
        _ => return Err("usage: resample IN.wav OUT.wav SAMPLE_RATE [high|very-high]".into()),
    };

    let mut source = WavReader::open(input)?.resample_with(sample_rate.parse()?, quality)?;
    let mut writer = WavWriter::create(output, source.spec())?;
    let frames = ndaudio::process::<f64, _, _>(&mut source, &mut writer, 16_384, |_, _| Ok(()))?;
    writer.finalize()?;
    println!("{frames} frames at {} Hz", source.spec().sample_rate());
    Ok(())
}

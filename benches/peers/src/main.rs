//! Does one piece of work on one file with one program, and prints one line of JSON: seconds, and the answer.
//!
//! `peers PROGRAM WORK FILE [OUT]`. Which work is which row of the table is in `run.py`, which calls this.

mod answer;
mod bare;
mod beyond;
mod ours;
mod peers;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use answer::Result;
use ndaudio::resample::Quality;
use peers::{audio_samples_io, bwavfile, hound, symphonia, waveadapter, wavers};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(measured) => {
            println!("{}", measured.to_json());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", args.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result {
    let [program, work, file, ref rest @ ..] = *args else {
        return Err("usage: peers PROGRAM WORK FILE [OUT]".into());
    };
    let file = Path::new(file);
    let out = || rest.first().map(Path::new).ok_or("an output file is missing");
    let number = |what| rest.first().and_then(|n| n.parse().ok()).filter(|&n| n > 0).ok_or(what);
    let threads = || number("a number of threads is missing");
    match (program, work) {
        ("bare", "read") => bare::read(file),
        ("bare", "read-f32") => bare::read_and_write_f32(file),
        ("bare", "copy") => bare::copy(file, out()?),
        ("bare", "read-all") => bare::std_read(file),
        ("bare", "check-i16") => bare::check_i16(file),
        ("bare", "check-raw-f32") => bare::check_raw_f32(file),

        ("ndaudio", "rms") => ours::rms(file, 1024),
        ("ndaudio", "levels") => ours::levels(file, 65_536),
        ("ndaudio", "windows") => ours::windows(file, 2048, 512),
        ("ndaudio", "windows-in-memory") => ours::windows_in_memory(file, 2048, 512),
        ("ndaudio", "f32") => ours::f32(file, 4096),
        ("ndaudio", "gain") => ours::gain(file, out()?),
        ("ndaudio", "read-all") => ours::read_all(file),
        ("ndaudio", "levels-file") => ours::levels_of_file(file, threads()?),
        ("ndaudio", "levels-files") => ours::levels_of_files(file, threads()?),

        ("ndaudio", "flac-rms") => beyond::flac_rms(file, true),
        ("ndaudio", "flac-rms-without-md5") => beyond::flac_rms(file, false),
        ("ndaudio", "flac-levels") => beyond::flac_levels(file, threads()?),
        ("ndaudio", "flac-curve") => beyond::flac_curve(file, threads()?),
        ("ndaudio", "power") => beyond::power(file),
        ("ndaudio", "welch") => beyond::welch(file, threads()?),
        ("ndaudio", "ltsa") => beyond::ltsa(file, threads()?),
        ("bare", "transforms") => beyond::transforms(file),
        ("ndaudio", "resample") => {
            let [from, to, quality] = *rest else {
                return Err("usage: peers ndaudio resample FILE FROM TO HQ|VHQ".into());
            };
            let quality = if quality == "HQ" { Quality::High } else { Quality::VeryHigh };
            beyond::resample(file, from.parse()?, to.parse()?, quality)
        }
        ("ndaudio", "mono-16k") => beyond::mono_16k(file),
        ("ndaudio", "sosfilt") => beyond::sosfilt(file, number("a number of channels is missing")?),
        ("ndaudio", "loudness") => beyond::loudness(file),

        ("hound", "rms") => hound::rms(file, 1024),
        ("hound", "f32") => hound::f32(file, 4096),
        ("hound", "gain") => hound::gain(file, out()?),
        ("hound", "read-all") => hound::read_all(file),

        ("wavers", "rms") => wavers::rms(file, 1024),
        ("wavers", "f32") => wavers::f32(file, 4096),
        ("wavers", "gain") => wavers::gain(file, out()?),
        ("wavers", "read-all") => wavers::read_all(file),

        ("audio_samples_io", "rms") => audio_samples_io::rms(file, 1024),
        ("audio_samples_io", "f32") => audio_samples_io::f32(file, 4096),
        ("audio_samples_io", "gain") => audio_samples_io::gain(file, out()?),
        ("audio_samples_io", "read-all") => audio_samples_io::read_all(file),

        ("symphonia", "rms") => symphonia::rms(file, 1024),
        ("symphonia", "f32") => symphonia::f32(file, 4096),
        ("symphonia", "read-all") => symphonia::read_all(file),

        ("waveadapter", "rms") => waveadapter::rms(file, 1024),
        ("waveadapter", "f32") => waveadapter::f32(file, 4096),
        ("waveadapter", "gain") => waveadapter::gain(file, out()?),
        ("waveadapter", "read-all") => waveadapter::read_all(file),

        ("bwavfile", "rms") => bwavfile::rms(file, 1024),
        ("bwavfile", "f32") => bwavfile::f32(file, 4096),
        ("bwavfile", "gain") => bwavfile::gain(file, out()?),
        ("bwavfile", "read-all") => bwavfile::read_all(file),

        _ => Err(format!("no work {work:?} for {program:?}").into()),
    }
}

//! Formats: whatever the library opens, every subcommand reads; what a name asks for is what is written.

use std::fs;

use serde_json::Value;

use crate::files::{chunk, data, folder, run_plain, samples, succeed, text, write};

#[test]
fn a_flac_file_there_and_back_has_every_bit() {
    let folder = folder();
    let (flac, back) = (folder.path().join("m.flac"), folder.path().join("back.wav"));
    let ran = succeed("convert", [text(&data("music.wav")), text(&flac)]);
    assert!(ran.err.contains("FLAC"), "{}", ran.err);
    assert!(fs::read(&flac).unwrap().starts_with(b"fLaC"));
    succeed("convert", [text(&flac), text(&back)]);
    let audio = |path: &std::path::Path| chunk(&fs::read(path).unwrap(), b"data").unwrap();
    assert!(audio(&back) == audio(&data("music.wav")));
    // Floats keep 24 bits.
    succeed("convert", [text(&data("ffmpeg_f32_stereo_48000.wav")), text(&flac)]);
    assert!(succeed("info", [text(&flac)]).out.contains("24-bit PCM"));
    let ran = run_plain("convert", [text(&data("music.wav")), text(&flac), "--overwrite", "--container", "rf64"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
}

#[test]
fn every_subcommand_reads_what_the_library_opens() {
    let folder = folder();
    let flac = folder.path().join("in.flac");
    let of = |name: &str| folder.path().join(name);
    succeed("convert", [text(&data("music.wav")), text(&flac)]);
    let json: Value = serde_json::from_str(&succeed("levels", [text(&flac), "--json"]).out).unwrap();
    let same: Value = serde_json::from_str(&succeed("levels", [text(&data("music.wav")), "--json"]).out).unwrap();
    assert_eq!((&json["overall"], &json["channels"]), (&same["overall"], &same["channels"]));
    for arguments in [
        &["info", text(&flac)][..],
        &["rms", text(&flac), "--from", "2", "--to", "3"],
        &["gain", text(&flac), text(&of("gain.wav")), "--db", "-6"],
        &["normalize", text(&flac), text(&of("normalize.flac")), "--peak", "-6"],
        &["fade", text(&flac), text(&of("fade.wav")), "--out", "1"],
        &["remix", text(&flac), text(&of("remix.flac")), "--mono"],
        &["split", text(&flac), text(&of("pieces")), "--every", "4"],
        &["trim", text(&flac), text(&of("trim.w64")), "--from", "1", "--to", "2"],
        &["concat", text(&flac), text(&flac), text(&of("concat.flac"))],
        &["spectrogram", text(&flac), "-o", text(&of("s.png"))],
        &["ltsa", text(&flac), "-o", text(&of("l.png"))],
        &["report", text(&flac), "-o", text(&of("r.html"))],
    ] {
        succeed(arguments[0], &arguments[1..]);
    }
    let whole = samples(&data("music.wav"));
    succeed("convert", [text(&of("pieces/in-002.flac")), text(&of("piece.wav"))]);
    assert!(samples(&of("piece.wav")) == whole[2 * 4 * 44_100..2 * 8 * 44_100]);
    let ran = run_plain("repair", [text(&flac)]);
    assert!(ran.code == Some(1) && ran.err.contains("only those are repaired"), "{}", ran.err);
}

/// A sine of 1 kHz keeps its level and its frequency at another rate: 16,000 frames a second, of which it crosses zero 2,000 times.
#[test]
fn another_rate_keeps_time_level_and_pitch() {
    let folder = folder();
    let (input, out) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    let sine = |frame: usize| 16_384.0 * (std::f64::consts::TAU * frame as f64 / 48.0).sin();
    let audio: Vec<i16> = (0..96_000).flat_map(|frame| [sine(frame).round() as i16; 2]).collect();
    write(&input, 48_000, 2, &audio);
    succeed("convert", [text(&input), text(&out), "--rate", "16000", "--channels", "1"]);
    let made = samples(&out);
    assert_eq!(made.len(), 32_000);
    let middle = &made[8000..24_000];
    let crossings = middle.windows(2).filter(|pair| (pair[0] >= 0) != (pair[1] >= 0)).count();
    assert!((1999..=2001).contains(&crossings), "{crossings}");
    let power = middle.iter().map(|&x| (f64::from(x) / 32_768.0).powi(2)).sum::<f64>() / middle.len() as f64;
    // 0.5² / 2.
    assert!((10.0 * (power / 0.125).log10()).abs() < 0.01, "{power}");
    // One channel becomes two of the same.
    succeed("convert", [text(&out), text(&input), "--channels", "2"]);
    assert!(samples(&input).chunks(2).zip(&made).all(|(frame, sample)| frame == [*sample; 2]));
    let ran = run_plain(
        "convert",
        [text(&data("libsndfile_wavex_pcm24_8ch.wav")), text(&out), "--overwrite", "--channels", "2"],
    );
    assert!(ran.code == Some(1) && ran.err.contains("ndaudio remix"), "{}", ran.err);
}

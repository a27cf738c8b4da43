//! `rms`: the table that comparison scripts rely on.

use crate::files::{data, folder, run, samples, succeed, text, write};

#[test]
fn the_music_of_the_repository_is_measured() {
    let ran = succeed("rms", ["data/music.wav"]);
    // As `sox data/music.wav -n stats` has it (tests/peers/sox_stats.tsv).
    let line = ran.out.lines().find(|line| line.contains("whole file")).unwrap();
    let values: Vec<&str> = line.split_whitespace().skip(2).collect();
    assert_eq!(values, ["-21.90", "-23.74", "-22.72", "-3.00", "-3.04", "-3.00"]);
    assert_eq!(ran.out.lines().filter(|line| line.contains(" s ")).count(), 10, "{}", ran.out);
}

#[test]
fn csv_has_a_row_for_each_window_and_channel_and_for_the_whole_file() {
    let folder = folder();
    let path = folder.path().join("a,b.wav");
    // 2.5 windows of 4 frames, at 8 frames a second.
    let audio: Vec<i16> = (1..=10).flat_map(|frame| [frame * 3000, -16_384]).collect();
    write(&path, 8, 2, &audio);
    let ran = succeed("rms", [text(&path), "--csv", "--window", "0.5"]);
    let mut lines = ran.out.lines();
    assert_eq!(lines.next(), Some("file,start_seconds,start_frame,frames,channel,rms_dbfs,peak_dbfs"));
    let name = format!("\"{}\"", text(&path));
    let level = |squares: f64, count: f64| 10.0 * (squares / count / 1_073_741_824.0).log10();
    let mut expected = Vec::new();
    for (start, frames) in [(Some(0), 4), (Some(4), 4), (Some(8), 2), (None, 10)] {
        let from = start.unwrap_or(0_usize);
        let left: Vec<f64> = (from..from + frames).map(|frame| (frame as f64 + 1.0) * 3000.0).collect();
        let squares: f64 = left.iter().map(|sample| sample * sample).sum();
        let other = 16_384.0_f64.powi(2) * frames as f64;
        let peak = 20.0 * (left.last().unwrap() / 32_768.0).log10();
        let head = start.map_or_else(|| "total,0".to_owned(), |start| format!("{:.6},{start}", start as f64 / 8.0));
        let half = 20.0 * 0.5_f64.log10();
        for (channel, rms, peak) in [
            ("1", level(squares, frames as f64), peak),
            ("2", level(other, frames as f64), half),
            ("all", level(squares + other, 2.0 * frames as f64), peak.max(half)),
        ] {
            expected.push(format!("{name},{head},{frames},{channel},{rms:.6},{peak:.6}"));
        }
    }
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

#[test]
fn windows_overlap_or_skip_and_the_whole_file_is_the_same() {
    let total = |hop: &str| {
        let ran = succeed("rms", [text(&data("music.wav")), "--csv", "--window", "0.5", "--hop", hop]);
        let rows: Vec<String> = ran.out.lines().filter(|line| line.contains(",total,")).map(str::to_owned).collect();
        (ran.out.lines().filter(|line| line.contains(",all,")).count() - 1, rows)
    };
    let (overlapping, rows) = total("0.25");
    let (skipping, same) = total("3");
    // 0, 0.25 … 9.5 s; 0, 3, 6 and 9 s.
    assert_eq!((overlapping, skipping), (39, 4));
    assert_eq!(rows.len(), 3);
    assert_eq!(rows, same);
}

#[test]
fn silence_is_minus_infinity_and_no_audio_is_not_a_number() {
    let folder = folder();
    let path = folder.path().join("silence.wav");
    write(&path, 8000, 1, &[0; 100]);
    let ran = succeed("rms", [text(&path), "--csv"]);
    assert!(ran.out.ends_with(",total,0,100,1,-inf,-inf\n"), "{}", ran.out);
    let ran = succeed("rms", [text(&data("wave_pcm16_stereo_no_frames.wav")), "--csv"]);
    assert!(ran.out.ends_with(",total,0,0,all,nan,nan\n"), "{}", ran.out);
}

#[test]
fn a_window_longer_than_the_file_is_the_file() {
    let path = data("music.wav");
    let ran = succeed("rms", [text(&path), "--csv", "--window", "9000"]);
    let rows: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(rows.len(), 6);
    let tail = |row: &str| row.rsplit(',').take(4).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(tail(rows[0]), tail(rows[3]));
    assert_eq!(samples(&path).len(), 882_000);
    // Frames that no memory holds are refused before any is asked for.
    assert_eq!(run("rms", [text(&path), "--window", "999999h"]).code, Some(1));
    assert_eq!(run("rms", [text(&path), "--window", "-1"]).code, Some(2));
    assert_eq!(run("rms", [text(&path), "--window", "0.000000001"]).code, Some(1));
    assert_eq!(run("rms", [text(&path), "--window", "0"]).code, Some(2));
}

//! `levels` and `info`: what they say, in text, CSV, JSON and pictures.

use std::fs;

use serde_json::Value;

use crate::files::{data, folder, succeed, text, write};

fn json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// As `sox FILE -n stats` has it (tests/peers/sox_stats.tsv), and `Crest factor`, `RMS Pk dB`, `RMS Tr dB` of the same.
#[test]
fn levels_of_the_music_are_those_of_sox() {
    let ran = succeed("levels", [text(&data("music.wav")), "--json"]);
    let [file] = &json(&ran.out)[..] else { panic!("{}", ran.out) };
    let printed = |value: &Value, name: &str, digits: usize| format!("{:.digits$}", value[name].as_f64().unwrap());
    for (value, [rms, peak, short_peak, trough, crest, mean, min, max]) in [
        (&file["channels"][0], ["-21.90", "-3.00", "-15.77", "-87.41", "8.81", "-0.001710", "-0.682098", "0.707947"]),
        (&file["channels"][1], ["-23.74", "-3.04", "-16.76", "-87.37", "10.84", "0.000121", "-0.662079", "0.704712"]),
    ] {
        assert_eq!(printed(value, "rms_dbfs", 2), rms);
        assert_eq!(printed(value, "peak_dbfs", 2), peak);
        assert_eq!(printed(value, "rms_peak_dbfs", 2), short_peak);
        assert_eq!(printed(value, "rms_trough_dbfs", 2), trough);
        assert_eq!(printed(value, "crest_factor", 2), crest);
        assert_eq!(printed(value, "mean", 6), mean);
        assert_eq!(printed(value, "min", 6), min);
        assert_eq!(printed(value, "max", 6), max);
    }
    assert_eq!(printed(&file["overall"], "rms_dbfs", 2), "-22.72");
    assert_eq!(file["frames"], 441_000);
}

#[test]
fn text_and_csv_say_the_same_as_json() {
    let path = data("wave_pcm24_stereo_96000.wav");
    let file = &json(&succeed("levels", [text(&path), "--json"]).out)[0];
    let csv = succeed("levels", [text(&path), "--csv"]).out;
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 4);
    let column = lines[0].iter().position(|&name| name == "rms_dbfs").unwrap();
    for (line, value) in lines[1..].iter().zip([&file["overall"], &file["channels"][0], &file["channels"][1]]) {
        assert_eq!(line[column].parse::<f64>().unwrap(), value["rms_dbfs"].as_f64().unwrap());
    }
    let table = succeed("levels", [text(&path)]).out;
    let line = table.lines().find(|line| line.starts_with("RMS, dBFS")).unwrap();
    assert!(line.contains(&format!("{:.2}", file["overall"]["rms_dbfs"].as_f64().unwrap())), "{line}");
}

/// In each encoding the first and the last of its values, and their neighbours inside.
#[test]
fn clipped_samples_are_counted_at_both_ends_of_every_encoding() {
    let folder = folder();
    let path = folder.path().join("clipped.wav");
    let three =
        |values: [i32; 6]| values.iter().flat_map(|value| value.to_le_bytes()[..3].to_vec()).collect::<Vec<u8>>();
    for (encoding, audio) in [
        (ndaudio::Encoding::U8, vec![255, 255, 0, 254, 1, 255]),
        (ndaudio::Encoding::I24, three([8_388_607, 8_388_607, -8_388_608, 8_388_606, -8_388_607, 8_388_607])),
        // 20 bits at the top of 24.
        (ndaudio::Encoding::I20In24, three([8_388_592, 8_388_592, -8_388_608, 8_388_576, -8_388_592, 8_388_592])),
        // The codes of the largest values, ITU-T G.711, positive and negative, and of those one smaller.
        (ndaudio::Encoding::MuLaw, vec![0x80, 0x80, 0x00, 0x81, 0x01, 0x80]),
        (ndaudio::Encoding::ALaw, vec![0xAA, 0xAA, 0x2A, 0xAB, 0x2B, 0xAA]),
    ] {
        fs::write(&path, crate::common::riff(encoding, 1, 8000, &audio)).unwrap();
        let file = &json(&succeed("levels", [text(&path), "--json"]).out)[0];
        assert_eq!(
            (&file["overall"]["clipped"], &file["overall"]["longest_clipped_run"]),
            (&4.into(), &3.into()),
            "{encoding}"
        );
    }
}

#[test]
fn a_picture_has_axes_channels_levels_and_sounds() {
    let folder = folder();
    let (svg, png) = (folder.path().join("music.svg"), folder.path().join("music.png"));
    for picture in [&svg, &png] {
        succeed("levels", [text(&data("music.wav")), "--plot", text(picture), "--threshold", "-30"]);
    }
    let svg = fs::read_to_string(&svg).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    for words in [
        "channel 1",
        "channel 2",
        ">10<",
        "time, s",
        "level, dBFS",
        "threshold",
        "2 sounds above \u{2212}30 dBFS",
        "RMS \u{2212}22.72 dBFS",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    let png = fs::read(&png).unwrap();
    // PNG, third edition, 5.2 and 11.2.1: the signature, then the width.
    assert_eq!(png[..8], [0x89, b'P', b'N', b'G', 13, 10, 26, 10]);
    assert_eq!(png[16..20], 1200_u32.to_be_bytes());
}

/// A click in each tenth of a file, and nothing else: in the picture each stands at its place, whatever the blocks.
#[test]
fn columns_of_a_picture_are_equal_shares_of_the_file() {
    let folder = folder();
    let (path, svg) = (folder.path().join("clicks.wav"), folder.path().join("clicks.svg"));
    // Many frames a column; and one or two.
    for tenth_frames in [100_000, 225] {
        let mut audio = vec![0; 10 * tenth_frames];
        for tenth in 0..10 {
            audio[tenth * tenth_frames + tenth_frames / 2] = 32_767;
        }
        write(&path, 8000, 1, &audio);
        succeed("levels", [text(&path), "--plot", text(&svg)]);
        let mut tall = tall_bars(&fs::read_to_string(&svg).unwrap());
        // A click that has a column for itself is touched by the next one.
        tall.dedup_by(|x, before| *x - *before < 1.5);
        assert_eq!(tall.len(), 10, "{tall:?}");
        for (tenth, x) in tall.iter().enumerate() {
            let expected = 70.0 + 1100.0 * (tenth as f64 + 0.5) / 10.0;
            assert!((x - expected).abs() <= 1.5, "{tenth}: {x} for {expected}");
        }
    }
}

/// Where the envelope of a picture is more than 100 pixels high.
fn tall_bars(svg: &str) -> Vec<f64> {
    let bars = svg.lines().find(|line| line.starts_with("<path")).unwrap();
    let tall = bars.split(['M', '"']).filter_map(|bar| {
        let (place, bottom) = bar.split_once('V')?;
        let (x, top) = place.split_once(' ')?;
        let height = bottom.parse::<f64>().ok()? - top.parse::<f64>().ok()?;
        (height > 100.0).then(|| x.parse().unwrap())
    });
    tall.collect()
}

#[test]
fn info_says_what_a_file_is_in_words_and_in_json() {
    let ran = succeed("info", [text(&data("libsndfile_bext_pcm16_stereo.wav"))]);
    for words in
        ["RIFF/WAVE", "16-bit PCM", "48,000 Hz", "2,000", "\"bext\"", "bext originator: make.py", "anomalies    none"]
    {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let ran = succeed("info", [text(&data("ffmpeg_pipe_unknown_sizes.wav"))]);
    assert!(ran.out.contains("anomalies    the size of the audio was never filled in"), "{}", ran.out);
    let file = &json(&succeed("info", [text(&data("ffmpeg_pipe_unknown_sizes.wav")), "--json"]).out)[0];
    assert_eq!((&file["frames"], &file["channels"], &file["sample_rate"]), (&2001.into(), &2.into(), &44_100.into()));
    assert_eq!(file["anomalies"][0]["offset"], 40);
    assert_eq!(file["anomalies"][0]["severity"], "defect");
    assert_eq!(file["chunks"][0]["id"], "fmt ");
    let ran = succeed("info", [text(&data("ffmpeg_pipe_unknown_sizes.wav"))]);
    assert!(ran.out.contains("anomalies    the size of the audio was never filled in"), "{}", ran.out);
}

#[test]
fn what_is_harmless_is_said_by_info_alone() {
    let folder = folder();
    let path = folder.path().join("unpadded.wav");
    let fmt = [1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0];
    fs::write(&path, [&b"RIFF\x2B\0\0\0WAVEfmt \x10\0\0\0"[..], &fmt, b"data\x07\0\0\0", &[1; 7]].concat()).unwrap();
    let ran = succeed("info", [text(&path)]);
    assert!(
        ran.out.contains("no padding byte after the odd chunk \"data\"") && ran.out.contains("(harmless)"),
        "{}",
        ran.out
    );
    assert_eq!(json(&succeed("info", [text(&path), "--json"]).out)[0]["anomalies"][0]["severity"], "note");
    for program in ["levels", "rms"] {
        assert_eq!(succeed(program, [text(&path)]).err, "", "{program}");
    }
}

/// Of two texts with one id the library gives the first, and so does JSON.
#[test]
fn of_two_equal_ids_the_first_counts_in_json() {
    let folder = folder();
    let path = folder.path().join("twice.wav");
    let mut list = b"INFO".to_vec();
    crate::common::chunk(&mut list, b"INAM", b"first\0");
    crate::common::chunk(&mut list, b"INAM", b"second\0");
    let mut file = crate::common::riff(ndaudio::Encoding::I16, 1, 8000, &[0; 16]);
    crate::common::chunk(&mut file, b"LIST", &list);
    let size = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&size.to_le_bytes());
    fs::write(&path, &file).unwrap();
    let said = &json(&succeed("info", [text(&path), "--json"]).out)[0];
    assert_eq!(said["metadata"]["info"]["INAM"], "first");
    let words = succeed("info", [text(&path)]).out;
    assert!(words.contains("first") && words.contains("second"), "{words}");
}

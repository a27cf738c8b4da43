//! Programs that make one file into another: every sample as its definition has it, everything else as it was.

use std::fs;
use std::path::Path;

use crate::files::{chunk, data, fail, folder, names, samples, succeed, text, write};

/// Half to even, saturating.
fn to_i16(value: f64) -> i16 {
    value.round_ties_even().clamp(-32_768.0, 32_767.0) as i16
}

#[test]
fn gain_multiplies_rounds_clips_and_counts() {
    let folder = folder();
    let (input, out) = (data("music.wav"), folder.path().join("out.wav"));
    let ran = succeed("gain", [text(&input), text(&out), "--db", "9.5"]);
    let factor = 10.0_f64.powf(9.5 / 20.0);
    let before = samples(&input);
    let expected: Vec<i16> = before.iter().map(|&sample| to_i16(f64::from(sample) * factor)).collect();
    assert_eq!(samples(&out), expected);
    let beyond = |&&sample: &&i16| !(-32_768.0..=32_767.0).contains(&(f64::from(sample) * factor).round_ties_even());
    let clipped = before.iter().filter(beyond).count();
    assert_eq!(clipped, 2415);
    assert!(ran.err.contains("2,415 samples clipped"), "{}", ran.err);
}

#[test]
fn gain_of_0_db_keeps_every_byte_of_audio_in_every_encoding() {
    let folder = folder();
    let out = folder.path().join("out.wav");
    for input in [
        "music.wav",
        "wave_u8_all_values_mono_8000.wav",
        "sox_alaw_all_codes_mono_8000.wav",
        "wave_pcm24_stereo_96000.wav",
        "wave_pcm32_mono_22050.wav",
        "scipy_f32_nan_infinity_stereo.wav",
        "scipy_f64_stereo_44100.wav",
    ] {
        succeed("gain", [text(&data(input)), text(&out), "--db", "0"]);
        let audio = |bytes: Vec<u8>| chunk(&bytes, b"data").unwrap();
        assert_eq!(audio(fs::read(&out).unwrap()), audio(fs::read(data(input)).unwrap()), "{input}");
    }
}

#[test]
fn gain_of_24_bits_rounds_to_the_nearest_and_not_downwards() {
    let folder = folder();
    let (input, out) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    let audio: Vec<u8> =
        [3_i32, -3, 8_388_607, -8_388_608, 1].iter().flat_map(|x| x.to_le_bytes()[..3].to_vec()).collect();
    fs::write(&input, crate::common::riff(ndaudio::Encoding::I24, 1, 8000, &audio)).unwrap();
    // × 0.5011872: 1.5036, −1.5036, 4204262.5, …, 0.501.
    succeed("gain", [text(&input), text(&out), "--db", "-6"]);
    let factor = 10.0_f64.powf(-0.3);
    let expected: Vec<u8> = [3.0, -3.0, 8_388_607.0, -8_388_608.0, 1.0]
        .iter()
        .flat_map(|x: &f64| ((x * factor).round_ties_even() as i32).to_le_bytes()[..3].to_vec())
        .collect();
    assert_eq!(chunk(&fs::read(&out).unwrap(), b"data").unwrap(), expected);
    let ran = succeed("gain", [text(&input), text(&out), "--db", "6"]);
    assert!(ran.err.contains("2 samples clipped"), "{}", ran.err);
}

#[test]
fn metadata_goes_with_the_audio_byte_for_byte() {
    let folder = folder();
    let (input, out) = (data("libsndfile_bext_pcm16_stereo.wav"), folder.path().join("out.wav"));
    let before = fs::read(&input).unwrap();
    for (name, more) in [("convert", &["--encoding", "f32"][..]), ("gain", &["--db", "-6"])] {
        succeed(name, [&[text(&input), text(&out)], more].concat());
        let after = fs::read(&out).unwrap();
        for id in [b"bext", b"LIST"] {
            let expected = chunk(&before, id);
            assert!(expected.is_some());
            let mut found = chunk(&after, id);
            if name == "gain" && id == b"bext" {
                // The loudness in it (EBU Tech 3285 v2: five fields from byte 412) holds no longer, and says so: 0x7FFF.
                let (found, expected) = (found.as_mut().unwrap(), expected.as_ref().unwrap());
                assert_eq!(found[412..422], [0xFF, 0x7F].repeat(5));
                found[412..422].copy_from_slice(&expected[412..422]);
            }
            assert_eq!(found, expected, "{name} {}", id.escape_ascii());
        }
    }
}

/// Of other channels, or of more than the first recording, the loudness is another one.
#[test]
fn a_loudness_that_holds_no_longer_is_not_carried_over() {
    let folder = folder();
    let (input, out) = (data("libsndfile_bext_pcm16_stereo.wav"), folder.path().join("out.wav"));
    // EBU Tech 3285 v2: five fields from byte 412; 0x7FFF is for one that is not known.
    let loudness = |path: &Path| chunk(&fs::read(path).unwrap(), b"bext").unwrap()[412..422].to_vec();
    let unknown = [0xFF, 0x7F].repeat(5);
    assert_ne!(loudness(&input), unknown);
    succeed("convert", [text(&input), text(&out), "--channels", "1"]);
    assert_eq!(loudness(&out), unknown);
    succeed("concat", [text(&input), text(&input), text(&out)]);
    assert_eq!(loudness(&out), unknown);
    succeed("concat", [text(&input), text(&out)]);
    assert_eq!(loudness(&out), loudness(&input));
}

#[test]
fn convert_there_and_back_is_the_same_through_every_wider_encoding_and_container() {
    let folder = folder();
    let (input, back) = (data("music.wav"), folder.path().join("back.wav"));
    let before = chunk(&fs::read(&input).unwrap(), b"data");
    for encoding in ["i16", "i20", "i24", "i24-in-32-lsb", "i24-in-32-msb", "i32", "f32", "f64"] {
        for container in ["riff", "rf64", "bw64", "wave64"] {
            let there = folder.path().join("there.wav");
            succeed("convert", [text(&input), text(&there), "--encoding", encoding, "--container", container]);
            let magic: &[u8] = match container {
                "riff" => b"RIFF",
                "rf64" => b"RF64",
                "bw64" => b"BW64",
                _ => b"riff",
            };
            assert!(fs::read(&there).unwrap().starts_with(magic));
            succeed("convert", [text(&there), text(&back), "--encoding", "i16", "--container", "riff"]);
            assert!(chunk(&fs::read(&back).unwrap(), b"data") == before, "{encoding} {container}");
        }
    }
}

#[test]
fn convert_to_fewer_bits_shifts_and_with_dither_is_right_on_average() {
    let folder = folder();
    let (input, out) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    // A quarter of a step of 8 bits above a step, which is 256 here.
    write(&input, 8000, 1, &[256 + 64; 40_000]);
    succeed("convert", [text(&input), text(&out), "--encoding", "u8"]);
    assert_eq!(chunk(&fs::read(&out).unwrap(), b"data").unwrap(), vec![129; 40_000]);
    let dithered = |seed: &str| {
        succeed("convert", [text(&input), text(&out), "--encoding", "u8", "--dither", seed]);
        chunk(&fs::read(&out).unwrap(), b"data").unwrap()
    };
    let (first, again, other) = (dithered("1"), dithered("1"), dithered("2"));
    assert!(first == again && first != other);
    let mean = first.iter().map(|&code| f64::from(code) - 128.0).sum::<f64>() / 40_000.0;
    // Rounding and triangular noise have a variance of 1/4 of a step² together; three sigma of the mean are 0.0075.
    assert!((mean - 1.25).abs() < 0.0075, "{mean}");
    fail("convert", [text(&input), text(&out), "--encoding", "alaw", "--dither"], std::path::Path::new("A-law"));
}

#[test]
fn normalize_reaches_its_target_or_says_why_not() {
    let folder = folder();
    let (input, out) = (data("music.wav"), folder.path().join("out.wav"));
    succeed("normalize", [text(&input), text(&out), "--peak", "-1"]);
    let peak = samples(&out).iter().map(|sample| i32::from(*sample).abs()).max().unwrap();
    assert_eq!(peak, (32_768.0 * 10.0_f64.powf(-1.0 / 20.0)).round() as i32);
    succeed("normalize", [text(&input), text(&out), "--rms", "-26"]);
    let after = samples(&out);
    let power = after.iter().map(|&sample| (f64::from(sample) / 32_768.0).powi(2)).sum::<f64>() / after.len() as f64;
    assert!((10.0 * power.log10() + 26.0).abs() < 0.001, "{power}");

    fs::write(&out, "precious").unwrap();
    fail("normalize", [text(&input), text(&out), "--rms", "-10"], &input);
    assert_eq!(fs::read(&out).unwrap(), b"precious");
    succeed("normalize", [text(&input), text(&out), "--rms", "-10", "--on-clip", "limit"]);
    assert_eq!(samples(&out).iter().map(|sample| i32::from(*sample).abs()).max(), Some(32_767));
    let ran = succeed("normalize", [text(&input), text(&out), "--rms", "-10", "--on-clip", "clip"]);
    assert!(ran.err.contains("samples clipped"), "{}", ran.err);
}

#[test]
fn remix_selects_averages_and_mixes() {
    let folder = folder();
    let (input, out) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    write(&input, 8000, 2, &[1, 2, -1, -2, 32_767, -32_768, 100, 50]);
    let remix = |more: &[&str]| {
        let ran = succeed("remix", [&[text(&input), text(&out)], more].concat());
        (samples(&out), ran.err)
    };
    assert_eq!(remix(&["--select", "2,1"]).0, [2, 1, -2, -1, -32_768, 32_767, 50, 100]);
    assert_eq!(remix(&["--select", "2"]).0, [2, -2, -32_768, 50]);
    assert_eq!(remix(&["--select", "1,1,2"]).0[..3], [1, 1, 2]);
    // Means of 1.5, −1.5, −0.5 and 75, ties to the even integer.
    assert_eq!(remix(&["--mono"]).0, [2, -2, 0, 75]);
    let (mixed, said) = remix(&["--matrix", "1,-1; 0.5, 0.5"]);
    assert_eq!(mixed, [-1, 2, 1, -2, 32_767, 0, 50, 75]);
    assert!(said.contains("1 sample clipped"), "{said}");
    fail("remix", [text(&input), text(&out), "--select", "3"], &input);
    fail("remix", [text(&input), text(&out), "--select", "0"], &input);
    fail("remix", [text(&input), text(&out), "--matrix", "1,2,3"], &input);
}

#[test]
fn fade_is_a_straight_line_at_both_ends() {
    let folder = folder();
    let (input, out) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    // Within a block, and over several of them. The only ties are at half the gain, which is exact.
    for (rate, frames) in [(1000, 300), (2_000_000, 600_000)] {
        write(&input, rate, 1, &vec![9973; frames]);
        succeed("fade", [text(&input), text(&out), "--in", "0.1", "--out", "0.05"]);
        let (up, down) = (f64::from(rate) * 0.1, f64::from(rate) * 0.05);
        let gain = |frame: usize| (frame as f64 / up).min((frames - frame) as f64 / down).min(1.0);
        let expected: Vec<i16> = (0..frames).map(|frame| to_i16(9973.0 * gain(frame))).collect();
        assert!(samples(&out) == expected, "{frames}");
    }
    fail("fade", [text(&input), text(&out), "--out", "0.4"], &input);
}

#[test]
fn split_cuts_out_the_sounds_bit_for_bit() {
    let folder = folder();
    let (input, pieces) = (folder.path().join("take.wav"), folder.path().join("pieces"));
    // A second each of silence, sound, silence, sound and sound again behind a gap of 0.1 s.
    let mut audio = Vec::new();
    for (seconds, loud) in
        [(1.0, false), (1.0, true), (1.0, false), (0.5, true), (0.1, false), (0.4, true), (1.0, false)]
    {
        let frames = (seconds * 1000.0) as i16;
        audio.extend((0..frames).map(|frame| if loud { 8000 + frame } else { frame % 3 }));
    }
    write(&input, 1000, 1, &audio);
    let options = [text(&input), text(&pieces), "--threshold", "-40", "--margin", "0", "--min-silence", "0.3"];
    let ran = succeed("split", [&options[..], &["--dry-run"]].concat());
    assert!(!pieces.exists());
    assert_eq!(succeed("split", options).out, ran.out);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert_eq!(names(&pieces), ["take-001.wav", "take-002.wav"]);
    assert_eq!(samples(&pieces.join("take-001.wav")), audio[1000..2000]);
    assert_eq!(samples(&pieces.join("take-002.wav")), audio[3000..4000]);
    // With margins of 50 ms.
    succeed("split", [text(&input), text(&pieces), "--threshold", "-40", "--min-silence", "0.05", "--margin", "0.04"]);
    assert_eq!(names(&pieces).len(), 3);
    assert_eq!(samples(&pieces.join("take-003.wav")), audio[3560..4040]);
}

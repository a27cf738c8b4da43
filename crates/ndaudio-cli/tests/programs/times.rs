//! Times: of rows, of parts, and of the pieces that recordings are cut into.

use std::fs;

use ndaudio::metadata::{Bext, Guano, Info};
use ndaudio::{Encoding, Spec, WavReader, WavWriter};
use serde_json::Value;

use crate::files::{folder, names, run_plain, samples, succeed, text, write};

/// Two sounds of a second at 1 and 4 seconds, recorded just before midnight, with every kind of metadata that has a time.
fn night(path: &std::path::Path) -> Vec<i16> {
    let loud = |second: usize| second == 1 || second == 4;
    let audio: Vec<i16> =
        (0..6000).map(|frame| if loud(frame / 1000) { 8000 + (frame % 7) as i16 } else { 0 }).collect();
    let mut bext = Bext::new();
    bext.set_origination("2023-06-30", "23:59:57").unwrap();
    bext.set_time_reference((86_400 - 3) * 1000);
    let mut guano = Guano::new();
    guano.set("Timestamp", "2023-06-30T23:59:57+02:00").unwrap();
    let mut info = Info::new();
    info.set(*b"ICMT", "Recorded at 23:59:57 30/06/2023 (UTC+2) by AudioMoth 24E144085F1B6FAC").unwrap();
    let mut writer = WavWriter::create(path, &Spec::new(1000, 1, Encoding::I16)).unwrap();
    for (id, content) in [(*b"bext", bext.to_bytes()), (*b"LIST", info.to_bytes()), (*b"guan", guano.to_bytes())] {
        writer.add_chunk(id, &content).unwrap();
    }
    writer.write_interleaved(&audio).unwrap();
    writer.finalize().unwrap();
    audio
}

#[test]
fn pieces_say_when_they_began() {
    let folder = folder();
    let (path, pieces) = (folder.path().join("night.wav"), folder.path().join("pieces"));
    let audio = night(&path);
    let trimmed = folder.path().join("trimmed.wav");
    succeed("split", [text(&path), text(&pieces), "--margin", "0"]);
    succeed("trim", [text(&path), text(&trimmed), "--from", "4", "--to", "5"]);
    assert_eq!(names(&pieces), ["night-001.wav", "night-002.wav"]);
    for (piece, first, date, time, day) in [
        (pieces.join("night-001.wav"), 1000_u64, "2023-06-30", "23:59:58", "30/06/2023"),
        (pieces.join("night-002.wav"), 4000, "2023-07-01", "00:00:01", "01/07/2023"),
        (trimmed, 4000, "2023-07-01", "00:00:01", "01/07/2023"),
    ] {
        let name = piece.display().to_string();
        assert_eq!(samples(&piece), audio[first as usize..first as usize + 1000], "{name}");
        let metadata = WavReader::open(&piece).unwrap().metadata().unwrap();
        let (bext, guano, info) = (metadata.bext.unwrap(), metadata.guano.unwrap(), metadata.info.unwrap());
        assert_eq!((bext.origination_date(), bext.origination_time()), (date.into(), time.into()), "{name}");
        let since_midnight = ((86_400 - 3) * 1000 + first) % 86_400_000;
        assert_eq!(bext.time_reference(), Some(since_midnight), "{name}");
        assert_eq!(guano.get("Timestamp").unwrap(), format!("{date}T{time}+02:00"), "{name}");
        let comment = format!("Recorded at {time} {day} (UTC+2) by AudioMoth 24E144085F1B6FAC");
        assert_eq!(info.get(*b"ICMT").unwrap(), comment, "{name}");
    }
}

#[test]
fn lists_of_sounds_are_what_other_programs_read() {
    let folder = folder();
    let path = folder.path().join("night.wav");
    night(&path);
    let list = |format: &str| {
        let option = format!("--list={format}");
        succeed("split", [text(&path), "--margin", "0", &option]).out
    };
    let name = text(&path);
    assert_eq!(
        list("raven"),
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tBegin File\tAnnotation\n\
         1\tSpectrogram 1\t1\t1.000000\t2.000000\t0.0\t500.0\tnight.wav\tsound\n\
         2\tSpectrogram 1\t1\t4.000000\t5.000000\t0.0\t500.0\tnight.wav\tsound\n"
    );
    assert_eq!(list("audacity"), "1.000000\t2.000000\tsound 1\n4.000000\t5.000000\tsound 2\n");
    assert!(list("csv").ends_with(&format!("{name},4.000000,5.000000,4000,5000,2023-07-01T00:00:01+02:00,\n")));
    let json: Value = serde_json::from_str(list("json").lines().nth(1).unwrap()).unwrap();
    assert_eq!((&json["start_seconds"], &json["timestamp"]), (&4.0.into(), &"2023-07-01T00:00:01+02:00".into()));
    // Levels write the same to a file, by its name.
    for (file, format) in [("s.selections.txt", "raven"), ("s.txt", "audacity"), ("s.csv", "csv"), ("s.json", "json")] {
        let out = folder.path().join(file);
        succeed("levels", [text(&path), "--margin", "0", "--segments", text(&out)]);
        assert_eq!(fs::read_to_string(&out).unwrap(), list(format), "{file}");
    }
}

#[test]
fn a_part_is_what_it_is_in_the_whole() {
    let folder = folder();
    let path = folder.path().join("20230630_235957.wav");
    let audio: Vec<i16> = (0..6000).map(|frame| frame as i16).collect();
    write(&path, 1000, 1, &audio);
    let ran = succeed("rms", [text(&path), "--from", "0:02", "--to", "0:04", "--window", "1", "--csv", "--clock"]);
    let rows: Vec<&str> = ran.out.lines().collect();
    assert_eq!(rows.len(), 4, "{}", ran.out);
    assert!(rows[1].contains(",2.000000,2000,2023-06-30T23:59:59,1000,1,"), "{}", rows[1]);
    assert!(rows[2].contains(",3.000000,3000,2023-07-01T00:00:00,1000,1,"), "{}", rows[2]);
    assert!(rows[3].contains(",total,2000,2023-06-30T23:59:59,2000,1,"), "{}", rows[3]);
    let rms = (audio[2000..3000].iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / 1000.0).sqrt() / 32_768.0;
    let printed: f64 = rows[1].split(',').nth(6).unwrap().parse().unwrap();
    assert!((printed - 20.0 * rms.log10()).abs() < 1e-6);
    for wrong in [["--from", "7"], ["--to", "0"]] {
        assert_eq!(run_plain("rms", [&[text(&path)][..], &wrong].concat()).code, Some(1), "{wrong:?}");
    }
}

#[test]
fn pieces_of_an_earlier_run_stay_and_are_named() {
    let folder = folder();
    let (path, pieces) = (folder.path().join("night.wav"), folder.path().join("pieces"));
    night(&path);
    succeed("split", [text(&path), text(&pieces), "--every", "1"]);
    assert_eq!(names(&pieces).len(), 6);
    let ran = run_plain("split", [text(&path), text(&pieces), "--every", "3"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert_eq!(names(&pieces).len(), 6);
    let ran = succeed("split", [text(&path), text(&pieces), "--every", "3"]);
    assert_eq!(names(&pieces).len(), 6);
    let left = "4 files named like pieces, but not of this run; they stay";
    assert!(ran.err.contains("night-003.wav to ") && ran.err.contains(left), "{}", ran.err);
}

#[test]
fn joined_recordings_have_all_samples_and_the_cues_where_they_belong() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let mut all = Vec::new();
    for (name, start) in [("a.wav", 0_i16), ("b.wav", 5000)] {
        let audio: Vec<i16> = (start..start + 1000).collect();
        let mut writer = WavWriter::create(of(name), &Spec::new(8000, 1, Encoding::I16)).unwrap();
        for (id, content) in ndaudio::metadata::Cue::to_chunks(&[ndaudio::metadata::Cue::new(1, 10)]).unwrap() {
            writer.add_chunk(id, &content).unwrap();
        }
        writer.write_interleaved(&audio).unwrap();
        writer.finalize().unwrap();
        all.extend(audio);
    }
    succeed("concat", [text(&of("a.wav")), text(&of("b.wav")), text(&of("ab.wav"))]);
    assert_eq!(samples(&of("ab.wav")), all);
    let cues = WavReader::open(of("ab.wav")).unwrap().metadata().unwrap().cues;
    assert_eq!(cues.iter().map(|cue| cue.frame).collect::<Vec<_>>(), [10, 1010]);
    write(&of("c.wav"), 44_100, 1, &[1; 10]);
    let ran = run_plain("concat", [text(&of("a.wav")), text(&of("c.wav")), text(&of("ac.wav"))]);
    assert!(ran.code == Some(1) && ran.err.contains("has 44,100 Hz"), "{}", ran.err);
    assert!(!of("ac.wav").exists());
}

/// Where the raster of a picture shows that nothing was recorded: the first column of each gap, and the first after it.
fn grey_columns(svg: &str) -> Vec<(usize, usize)> {
    use base64::Engine as _;
    let data = svg.split("data:image/png;base64,").nth(1).unwrap().split('"').next().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    assert_eq!(pixels.len(), width * height, "a byte a pixel, of a palette");
    // The last colour of the palette is "nothing was recorded".
    let nothing = |x: &usize| (0..height).all(|y| pixels[y * width + x] == 255);
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    for x in (0..width).filter(nothing) {
        match gaps.last_mut() {
            Some((_, end)) if *end == x => *end = x + 1,
            _ => gaps.push((x, x + 1)),
        }
    }
    gaps
}

/// Recordings on a clock: a gap of an hour in four hours is a quarter of the picture, wherever their names sort.
#[test]
fn a_long_term_average_shows_gaps_where_they_were() {
    let folder = folder();
    let night = folder.path().join("night");
    fs::create_dir(&night).unwrap();
    // An hour each, at a low rate; from 22:00 to 02:00 without the one from midnight. The names sort otherwise.
    for (site, name) in [("C", "20230630_220000"), ("B", "20230630_230000"), ("A", "20230701_010000")] {
        write(&night.join(format!("{site}_{name}.wav")), 100, 1, &vec![100; 360_000]);
    }
    let picture = folder.path().join("night.svg");
    let ran = succeed("ltsa", [text(&night), "-o", text(&picture)]);
    assert!(ran.err.contains("3 recordings in 4:00:00"), "{}", ran.err);
    let svg = fs::read_to_string(&picture).unwrap();
    let gaps = grey_columns(&svg);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    // Of 1,100 columns the third quarter, a window at its edges apart.
    assert!(gaps[0].0.abs_diff(550) <= 2 && gaps[0].1.abs_diff(825) <= 2, "{gaps:?}");
    for words in ["time of day, 2023-06-30 to 2023-07-01", ">22:00<", ">1 Jul<", "dBFS/Hz", "frequency, Hz"] {
        assert!(svg.contains(words), "{words}");
    }
    // One after the other there is no gap, and no time of day.
    succeed("ltsa", [text(&night), "-o", text(&picture), "--no-clock"]);
    let svg = fs::read_to_string(&picture).unwrap();
    assert_eq!(grey_columns(&svg), []);
    assert!(svg.contains("time, h:min") && !svg.contains("time of day"));
}

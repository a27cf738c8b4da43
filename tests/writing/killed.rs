//! A process that is killed while it writes loses no frame that it had made safe.
//!
//! `cargo test` kills ten; `NDAUDIO_KILLS=200 cargo test --release --test killed` more, and `NDAUDIO_KILLED_DIR=…` leaves the files
//! there for other programs, each with the frames that were safe in its name (`tests/peers/killed.sh`).

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Cursor, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ndarray::{Array2, s};
use ndaudio::{Anomaly, Container, Encoding, Spec, WavReader, WavWriter, WriteOptions};

const CONTAINERS: [Container; 4] = [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64];
/// Odd frames, frames that straddle pages, native and converted ones.
const FORMATS: [(Encoding, usize); 5] =
    [(Encoding::U8, 1), (Encoding::I16, 2), (Encoding::I24, 1), (Encoding::MuLaw, 3), (Encoding::I32, 1)];
/// The case beside them: a file that passes 4 GiB as it is appended to.
const PASSING_4_GIB: usize = CONTAINERS.len() * FORMATS.len();

fn case(number: usize) -> (Container, Spec) {
    let (encoding, channels) = FORMATS[number % FORMATS.len()];
    (CONTAINERS[number / FORMATS.len() % CONTAINERS.len()], Spec::new(48_000, channels, encoding))
}

/// Numbers that look random: SplitMix64.
fn random(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % below
}

/// What stands in a frame, in 8 bits that every encoding keeps, and never silence.
fn sample(frame: u64, channel: usize) -> i16 {
    let value = i16::try_from((frame * 31 + channel as u64 * 7) % 251).unwrap();
    (value - 125) * 256 + 128
}

fn block(first: u64, frames: usize, channels: usize) -> Array2<i16> {
    Array2::from_shape_fn((frames, channels), |(frame, channel)| sample(first + frame as u64, channel))
}

/// The process that is killed: says how many frames are safe, after each checkpoint.
#[test]
fn writes_until_it_is_killed() {
    let Ok(path) = std::env::var("NDAUDIO_KILLED_PATH") else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (case_number, seed) = (usize::try_from(number("NDAUDIO_KILLED_CASE")).unwrap(), number("NDAUDIO_KILLED_SEED"));
    let mut state = seed;
    let every = 1 + random(&mut state, [200, 20_000, 500_000][usize::try_from(seed % 3).unwrap()]);
    let mut writer = if case_number == PASSING_4_GIB {
        WriteOptions::new(&case(1).1).checkpoint_every(every).append(&path).unwrap()
    } else {
        let (container, spec) = case(case_number);
        WriteOptions::new(&spec).container(container).checkpoint_every(every).create(&path).unwrap()
    };
    // Samples repeat after 251 frames.
    let pattern = block(0, 251 * 26, writer.spec().channels());
    let mut said = writer.frames_safe();
    let begin = said;
    // Past libtest's capture, and in one piece.
    let mut out = File::options().append(true).open("/dev/stderr").unwrap();
    out.write_all(format!("safe {said}\n").as_bytes()).unwrap();
    // The killer comes; if not, nobody waits for ever.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) && writer.frames_written() < begin + 50_000_000 {
        let frames = usize::try_from(1 + random(&mut state, 6_000)).unwrap();
        let at = usize::try_from(writer.frames_written() % 251).unwrap();
        writer.write(&pattern.slice(s![at..at + frames, ..])).unwrap();
        if writer.frames_safe() > said {
            said = writer.frames_safe();
            out.write_all(format!("safe {said}\n").as_bytes()).unwrap();
        }
    }
    // Not to be finalized by anybody.
    std::mem::forget(writer);
    std::thread::sleep(Duration::from_secs(20));
}

/// Nearly 4 GiB, of which nearly all is a hole.
fn make_long_file(path: &Path) {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &case(1).1).unwrap();
    writer.write(&block(0, 1, 2)).unwrap();
    let mut head = writer.finalize().unwrap().into_inner();
    head.truncate(80);
    let len = 0xFFFF_FFFF_u64 - 7 - 40_000;
    head[4..8].copy_from_slice(&u32::try_from(len - 8).unwrap().to_le_bytes());
    head[76..80].copy_from_slice(&u32::try_from(len - 80).unwrap().to_le_bytes());
    let mut file = File::create(path).unwrap();
    file.write_all(&head).unwrap();
    file.set_len(len).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
}

/// Starts a writer, kills it at a random moment, and says how many frames it had made safe.
fn kill(path: &Path, case_number: usize, seed: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed::writes_until_it_is_killed", "--exact", "--nocapture"])
        .env("NDAUDIO_KILLED_PATH", path)
        .env("NDAUDIO_KILLED_CASE", case_number.to_string())
        .env("NDAUDIO_KILLED_SEED", seed.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    // Read beside it, so that the pipe never stops the writer.
    let first =
        lines.by_ref().find_map(|line| line.strip_prefix("safe ").map(str::to_owned)).expect("the child begins");
    let reader =
        std::thread::spawn(move || lines.filter_map(|line| line.strip_prefix("safe ").map(str::to_owned)).last());
    let mut state = seed;
    std::thread::sleep(Duration::from_micros(random(&mut state, 30_000)));
    child.kill().unwrap();
    child.wait().unwrap();
    let last = reader.join().unwrap().unwrap_or(first);
    last.parse().unwrap()
}

/// Reads the file from `from` on, and checks every frame. Returns the frames.
fn check(path: &Path, from: u64, context: &str) -> (u64, Vec<Anomaly>) {
    let mut reader = WavReader::open(path).unwrap_or_else(|error| panic!("{context}: {error}"));
    let channels = reader.spec().channels();
    reader.seek(from).unwrap();
    let samples = reader.read_all::<i16>().unwrap();
    // As the encoding keeps them, by writing them alone; they repeat after 251 frames.
    let mut alone = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    alone.write(&block(from, 251, channels)).unwrap();
    let alone = alone.finalize().unwrap();
    let expected = WavReader::new(&alone.get_ref()[..]).unwrap().read_all::<i16>().unwrap();
    if let Some(at) = samples.iter().zip(expected.iter().cycle()).position(|(sample, expected)| sample != expected) {
        panic!("{context}: sample {at} of {} differs", samples.len());
    }
    (from + samples.nrows() as u64, reader.anomalies().to_vec())
}

#[test]
fn killed_at_any_moment_no_safe_frame_is_lost() {
    let kills: usize = std::env::var("NDAUDIO_KILLS").map_or(10, |kills| kills.parse().unwrap());
    let kept = std::env::var_os("NDAUDIO_KILLED_DIR").map(PathBuf::from);
    let directory =
        kept.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("ndaudio-killed-{}", std::process::id())));
    fs::create_dir_all(&directory).unwrap();
    let seed = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let (mut unfinished, mut beyond) = (0, 0);
    for round in 0..kills {
        // All cases in their turn, in another order each.
        let case_number = (round * 8 + round / (PASSING_4_GIB + 1)) % (PASSING_4_GIB + 1);
        let seed = seed * 1000 + round as u64;
        let (container, spec) =
            if case_number == PASSING_4_GIB { (Container::Riff, case(1).1) } else { case(case_number) };
        let path = directory.join("killed.wav");
        let mut base = 0;
        if case_number == PASSING_4_GIB {
            make_long_file(&path);
            base = WavReader::open(&path).unwrap().frames().unwrap();
        }
        let safe = kill(&path, case_number, seed);
        let context = format!("round {round}, seed {seed}, {container}, {spec}, {safe} frames safe");
        let (frames, anomalies) = check(&path, base, &context);
        assert!(frames >= safe, "{context}: {frames} frames are left");
        for anomaly in &anomalies {
            let expected = matches!(
                anomaly,
                Anomaly::Unfinished { .. }
                    | Anomaly::DataSizeZero { .. }
                    | Anomaly::PartialFrame { .. }
                    // Killed after the header, and before the padding that it counts.
                    | Anomaly::MissingFinalPad { .. }
            );
            assert!(expected, "{context}: {anomaly}");
        }
        unfinished += usize::from(!anomalies.is_empty());
        beyond += frames - safe;

        // A power cut that took what came after the last checkpoint: no anomaly is left.
        let reader = WavReader::open(&path).unwrap();
        let data = *reader.chunks().iter().find(|chunk| chunk.id == *b"data").unwrap();
        drop(reader);
        let mut vouched = safe;
        let frame_bytes = spec.frame_bytes() as u64;
        let alignment = if container == Container::Wave64 { 8 } else { 2 };
        // The checkpoint after the last that was told may have been made, before the kill.
        let declared = anomalies.iter().find_map(|anomaly| match anomaly {
            Anomaly::Unfinished { declared, .. } => Some(*declared / frame_bytes),
            Anomaly::DataSizeZero { .. } => Some(0),
            _ => None,
        });
        vouched = declared.unwrap_or(frames).max(vouched);
        assert!(declared.is_none_or(|declared| declared >= safe), "{context}");
        let cut = directory.join("cut.wav");
        fs::rename(&path, &cut).unwrap();
        if let (Some(kept), true) = (&kept, case_number < PASSING_4_GIB) {
            fs::copy(&cut, kept.join(format!("{round:03}_case{case_number}_safe{safe}.wav"))).unwrap();
        }
        let end = (data.content_offset + vouched * frame_bytes).next_multiple_of(alignment);
        let file = File::options().write(true).open(&cut).unwrap();
        if file.metadata().unwrap().len() > end {
            file.set_len(end).unwrap();
        }
        let (frames, anomalies) = check(&cut, base, &context);
        let unpadded = matches!(anomalies[..], [Anomaly::MissingFinalPad { .. }]);
        assert!(anomalies.is_empty() || unpadded, "{context}: {anomalies:?}");
        assert_eq!(frames, vouched, "{context}");
    }
    if kept.is_none() {
        fs::remove_dir_all(&directory).unwrap();
    }
    println!("{kills} killed, {unfinished} of them between checkpoints, {beyond} frames read beyond the safe ones");
    assert!(kills < 10 || unfinished > 0, "every single one was killed at a checkpoint");
}

//! A sequence is the concatenation of its files: read on, sought in, and placed in time.

#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "numbers that are known to be small")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ndarray::{Array2, Axis, concatenate, s};
use ndaudio::{Anomaly, Encoding, ErrorKind, Sequence, Source, Spec};

fn spec() -> Spec {
    Spec::new(1_000, 2, Encoding::I16)
}

/// Files of these lengths with one counting ramp through all of them, under these names.
fn files(folder: &std::path::Path, lens: &[(usize, &str)]) -> (Vec<PathBuf>, Array2<i16>) {
    let (mut paths, mut parts, mut next) = (Vec::new(), Vec::new(), 0);
    for &(len, name) in lens {
        let part = Array2::from_shape_fn((len, 2), |(frame, channel)| (next + frame * 2 + channel) as i16);
        next += len * 2;
        let path = folder.join(name);
        ndaudio::write(&path, &part, &spec()).unwrap();
        paths.push(path);
        parts.push(part);
    }
    let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
    (paths, concatenate(Axis(0), &views).unwrap())
}

#[test]
fn every_frame_is_found_in_its_file_and_sought() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, all) = files(folder.path(), &[(5, "a.wav"), (0, "b.wav"), (7, "c.wav"), (1, "d.wav")]);
    let mut sequence = Sequence::open(&paths).unwrap();
    assert_eq!(sequence.frames(), Some(13));
    // Backwards and forwards, so that files are opened again and kept open.
    for frame in (0..13).rev().chain(0..13) {
        let (file, within) = sequence.locate(frame).unwrap();
        let expected =
            [(0, 0..5), (2, 5..12), (3, 12..13)].into_iter().find(|(_, range)| range.contains(&frame)).unwrap();
        assert_eq!((file, within), (expected.0, frame - expected.1.start));
        sequence.seek(frame).unwrap();
        assert_eq!(sequence.position(), frame);
        assert_eq!(sequence.read_all::<i16>().unwrap(), all.slice(s![frame as usize.., ..]), "from frame {frame}");
        assert_eq!(sequence.position(), 13);
    }
    assert_eq!(sequence.locate(13), None);
    sequence.seek(13).unwrap();
    assert_eq!(sequence.read_all::<i16>().unwrap().nrows(), 0);
    let error = sequence.seek(14).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SeekPastEnd { frame: 14, frames: 13 }), "{error}");
    sequence.seek(2).unwrap();
    assert_eq!(sequence.skip_frames(9).unwrap(), 9);
    assert_eq!(sequence.read_all::<i16>().unwrap(), all.slice(s![11.., ..]));
}

#[test]
fn a_file_that_was_replaced_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, _) = files(folder.path(), &[(5, "a.wav"), (6, "b.wav")]);
    let mut sequence = Sequence::open(&paths).unwrap();
    ndaudio::write(&paths[1], &Array2::<i16>::zeros((7, 2)), &spec()).unwrap();
    let error = sequence.read_all::<i16>().unwrap_err();
    assert_eq!(error.path(), Some(paths[1].as_path()));
    assert!(error.to_string().ends_with("it had 6 frames, and has 7 now"), "{error}");

    let mut sequence = Sequence::open(&paths).unwrap();
    ndaudio::write(&paths[1], &Array2::<i16>::zeros((7, 1)), &spec().with_channels(1)).unwrap();
    let error = sequence.seek(6).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SpecMismatch { field: "number of channels", .. }), "{error}");
}

/// Found by attack: after a seek that failed it read frames of the other file, and said that they were its own.
#[test]
fn a_seek_that_fails_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, all) = files(folder.path(), &[(5, "a.wav"), (4, "b.wav"), (6, "c.wav")]);
    let mut sequence = Sequence::open(&paths).unwrap();
    let mut out = [0_i16; 2 * 2];
    sequence.read_interleaved(&mut out).unwrap();
    let away = folder.path().join("away");
    for from in [2, 5, 7, 15] {
        sequence.seek(from).unwrap();
        for (path, to) in [(&paths[1], 6), (&paths[2], 10)] {
            std::fs::rename(path, &away).unwrap();
            let sought = sequence.seek(to);
            std::fs::rename(&away, path).unwrap();
            // The file that is open already is still there.
            if sought.is_ok() {
                sequence.seek(from).unwrap();
            }
            assert_eq!(sequence.position(), from);
        }
        assert_eq!(sequence.read_all::<i16>().unwrap(), all.slice(s![from as usize.., ..]), "from {from}");
    }
}

#[test]
fn a_file_that_was_replaced_by_one_of_the_same_shape_is_refused_and_the_position_stays_right() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, all) = files(folder.path(), &[(5, "a.wav"), (6, "b.wav")]);
    let away = folder.path().join("away.wav");
    let replace = || {
        std::fs::rename(&paths[1], &away).unwrap();
        ndaudio::write(&paths[1], &Array2::<i16>::ones((6, 2)), &spec()).unwrap();
    };
    let refused = |error: ndaudio::Error| {
        assert_eq!(error.path(), Some(paths[1].as_path()));
        assert!(error.to_string().contains("was replaced or written to"), "{error}");
    };

    let mut sequence = Sequence::open(&paths).unwrap();
    replace();
    refused(sequence.read_interleaved(&mut [0_i16; 22]).unwrap_err());
    // The first file was read, and the second goes on where it is back in its place.
    assert_eq!(sequence.position(), 5);
    std::fs::rename(&away, &paths[1]).unwrap();
    assert_eq!(sequence.read_all::<i16>().unwrap(), all.slice(s![5.., ..]));
    assert_eq!(sequence.position(), 11);

    sequence.seek(0).unwrap();
    replace();
    refused(sequence.skip_frames(11).unwrap_err());
    assert_eq!(sequence.position(), 5);
    refused(sequence.seek(5).unwrap_err());
    std::fs::rename(&away, &paths[1]).unwrap();

    // In its place, and to the same length.
    let mut bytes = std::fs::read(&paths[1]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let before = std::fs::metadata(&paths[1]).unwrap().modified().unwrap();
    std::fs::write(&paths[1], bytes).unwrap();
    let file = std::fs::File::options().write(true).open(&paths[1]).unwrap();
    file.set_modified(before + std::time::Duration::from_secs(2)).unwrap();
    refused(sequence.seek(5).unwrap_err());
}

#[cfg(feature = "time")]
#[test]
fn gaps_and_overlaps_are_known_by_the_files_names() {
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let (paths, _) = files(
        folder.path(),
        &[
            (2000, "20260501_120000.WAV"),
            (2000, "20260501_120002.WAV"), // at once
            (2000, "20260501_120010.WAV"), // after 6 s
            (1000, "20260501_120011.WAV"), // 1 s early
            (1000, "notes.wav"),           // nobody knows
        ],
    );
    let sequence = Sequence::open(&paths).unwrap();
    let gaps = |tolerance| -> Vec<_> {
        let gaps = sequence.gaps(Duration::from_millis(tolerance));
        gaps.iter().map(|gap| (gap.file, gap.frame, gap.length.as_secs())).collect()
    };
    assert_eq!(gaps(500), [(2, 4000, 6), (3, 6000, -1)]);
    assert_eq!(gaps(1000), [(2, 4000, 6)]);
    assert_eq!(gaps(6000), []);
    assert_eq!(sequence.time_of(4500).unwrap().to_string(), "2026-05-01T12:00:10.5");
    assert_eq!(sequence.time_of(7500), None);
    assert_eq!(sequence.files()[3].first_frame(), Some(6000));
}

#[test]
fn a_file_that_is_missing_is_named() {
    let error = Sequence::open(["no such file.wav"]).unwrap_err();
    assert_eq!(error.to_string(), "no such file.wav: cannot be opened");
}

#[test]
fn a_file_of_many_anomalies_is_left_in_linear_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, samples: &[u8]| {
        let fmt = b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x0C\0";
        let size = (samples.len() as u32).to_le_bytes();
        let body = [fmt, &b"fact\x02\0\0\0ab".repeat(30_000)[..], b"data", &size, samples].concat();
        let path = folder.path().join(name);
        std::fs::write(&path, [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()).unwrap();
        path
    };
    // After the part of it that is looked at first, one has bits that 12 of 16 do not use, which only reading shows.
    let late = [vec![0; 100_000], vec![1, 0]].concat();
    let paths = [file("a.wav", &[0, 0]), file("b.wav", &late), file("a.wav", &[0, 0])];
    let mut sequence = Sequence::open(&paths).unwrap();
    assert_eq!(sequence.file_anomalies().len(), 90_000);
    let begun = Instant::now();
    for _ in 0..2 {
        sequence.seek(0).unwrap();
        assert_eq!(sequence.read_all::<i16>().unwrap().nrows(), 50_003);
        assert_eq!(sequence.file_anomalies().len(), 90_001);
        let (path, anomaly) = &sequence.file_anomalies()[90_000];
        assert!(*path == paths[1] && matches!(anomaly, Anomaly::UnusedBits { .. }), "{anomaly}");
    }
    // 0.2 s; minutes when each anomaly was looked for among all.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

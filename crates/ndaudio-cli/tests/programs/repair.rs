//! `repair`: whole again, nothing lost, and a way back.

use std::fs;
use std::path::Path;

use ndaudio::{ReadOptions, WavReader};

use crate::files::{Ran, data, fail, folder, names, run, succeed, text};

/// A file that something is wrong with, and the frames that can be had of it.
struct Broken {
    name: &'static str,
    bytes: Vec<u8>,
    frames: usize,
    /// What it takes to repair it in place, if it can be.
    options: Option<&'static [&'static str]>,
}

fn broken() -> Vec<Broken> {
    let music = fs::read(data("music.wav")).unwrap();
    assert_eq!(&music[36..40], b"data");
    let with = |at: usize, bytes: &[u8]| {
        let mut file = music.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let sizes = |riff: u32, data: u32| {
        let mut file = with(4, &riff.to_le_bytes());
        file[40..44].copy_from_slice(&data.to_le_bytes());
        file
    };
    let plain: Option<&[&str]> = Some(&[]);
    let cut: Option<&[&str]> = Some(&["--cut"]);
    let case = |name, bytes, frames, options| Broken { name, bytes, frames, options };
    let wave64 = fs::read(data("ffmpeg_w64_s24_stereo.w64")).unwrap();
    let rf64 = fs::read(data("ffmpeg_rf64_pcm16_stereo.wav")).unwrap();
    let rifx = fs::read(data("sox_rifx_pcm16_stereo_44100.wav")).unwrap();
    let mut odd = music[..36].to_vec();
    // An odd chunk without its padding byte stands before the audio: everything after it would have to move.
    odd.extend_from_slice(b"note\x03\0\0\0abc");
    odd.extend_from_slice(&music[36..]);
    odd[4..8].copy_from_slice(&(music.len() as u32 + 11 - 8).to_le_bytes());
    vec![
        case("crashed.wav", sizes(0, 0), 441_000, plain),
        case("piped.wav", sizes(u32::MAX, u32::MAX), 441_000, plain),
        case("riff_size.wav", with(4, &[1, 2, 3, 0]), 441_000, plain),
        case("byte_rate.wav", with(28, &[1, 2, 3, 4]), 441_000, plain),
        case("block_align.wav", with(32, &[3, 0]), 441_000, plain),
        case("rate_0.wav", with(24, &[0; 4]), 441_000, Some(&["--sample-rate", "44100"])),
        case("cut_at_a_frame.wav", music[..44 + 4000].to_vec(), 1000, plain),
        case("cut_in_a_frame.wav", music[..44 + 4003].to_vec(), 1000, cut),
        case("trailing.wav", [&music[..], b"?!?!?!?!?"].concat(), 441_000, cut),
        case("cut.w64", wave64[..wave64.len() - 601].to_vec(), (wave64.len() - 601 - 128) / 6, cut),
        case("cut_rf64.wav", rf64[..rf64.len() - 600].to_vec(), 2000 - 150, plain),
        case("cut_rifx.wav", rifx[..rifx.len() - 600].to_vec(), 2000 - 150, plain),
        case("odd.wav", odd, 441_000, None),
    ]
}

/// The samples of the original, by any reader: of the first frames.
fn first_samples(path: &Path, frames: usize) -> Vec<i32> {
    let all = WavReader::open(path).unwrap().read_all::<i32>().unwrap();
    all.slice(ndaudio::ndarray::s![..frames, ..]).iter().copied().collect()
}

fn original(name: &str) -> &'static str {
    match name {
        "cut.w64" => "ffmpeg_w64_s24_stereo.w64",
        "cut_rf64.wav" => "ffmpeg_rf64_pcm16_stereo.wav",
        "cut_rifx.wav" => "sox_rifx_pcm16_stereo_44100.wav",
        _ => "music.wav",
    }
}

#[test]
fn in_place_the_header_is_corrected_and_can_be_put_back() {
    for Broken { name, bytes, frames, options } in broken() {
        let folder = folder();
        let path = folder.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let Some(options) = options else {
            fail("repair", [text(&path)], &path);
            assert_eq!(fs::read(&path).unwrap(), bytes);
            continue;
        };
        if !options.is_empty() {
            fail("repair", [text(&path)], &path);
        }
        succeed("repair", [&[text(&path), "--dry-run"], options].concat());
        assert!(fs::read(&path).unwrap() == bytes && names(folder.path()) == [name], "{name}: a dry run is dry");

        succeed("repair", [&[text(&path)], options].concat());
        let strict = ReadOptions::new().strict().open(&path).unwrap();
        assert_eq!(strict.frames(), Some(frames as u64), "{name}");
        assert!(first_samples(&path, frames) == first_samples(&data(original(name)), frames), "{name}");
        let again = succeed("repair", [text(&path)]);
        assert!(again.err.contains("is whole, nothing to do"), "{name}: {}", again.err);

        // The backups, put where they were, make the file that was.
        let mut restored = fs::read(&path).unwrap();
        if let Ok(header) = fs::read(folder.path().join(format!("{name}.header-backup"))) {
            restored[..header.len()].copy_from_slice(&header);
        }
        if let Ok(tail) = fs::read(folder.path().join(format!("{name}.tail-backup"))) {
            restored.truncate(bytes.len() - tail.len());
            restored.extend(tail);
        }
        assert!(restored == bytes, "{name}");
    }
}

#[test]
fn a_new_file_has_all_that_can_be_read_and_the_old_one_stays() {
    for Broken { name, bytes, frames, .. } in broken() {
        let folder = folder();
        let (path, new) = (folder.path().join(name), folder.path().join(format!("new_{name}")));
        fs::write(&path, &bytes).unwrap();
        let rate = (name == "rate_0.wav").then_some(["--sample-rate", "44100"]);
        succeed("repair", [text(&path), "--output", text(&new)].into_iter().chain(rate.into_iter().flatten()));
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
        assert_eq!(ReadOptions::new().strict().open(&new).unwrap().frames(), Some(frames as u64), "{name}");
        assert!(first_samples(&new, frames) == first_samples(&data(original(name)), frames), "{name}");
        assert_eq!(names(folder.path()).len(), 2, "{name}");
    }
}

#[test]
fn an_older_backup_is_never_overwritten() {
    let folder = folder();
    let path = folder.path().join("take.wav");
    let bytes = [&fs::read(data("music.wav")).unwrap()[..4], &[0; 4]].concat();
    let bytes = [&bytes[..], &fs::read(data("music.wav")).unwrap()[8..]].concat();
    fs::write(&path, &bytes).unwrap();
    let backup = folder.path().join("take.wav.header-backup");
    fs::write(&backup, "older").unwrap();
    let ran: Ran = run("repair", [text(&path)]);
    // RIFF sizes of 0 may be read without complaint; then there is nothing to repair.
    if ran.err.contains("nothing to do") {
        panic!("{}", ran.err);
    }
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert_eq!(fs::read(&backup).unwrap(), b"older");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// A writer that was interrupted between two checkpoints.
#[test]
fn a_file_that_its_writer_did_not_finish_has_everything_after_repair() {
    let folder = folder();
    let path = folder.path().join("unfinished.wav");
    let spec = ndaudio::Spec::new(8000, 1, ndaudio::Encoding::I16);
    let mut writer = ndaudio::WavWriter::create(&path, &spec).unwrap();
    writer.write_interleaved(&[1_i16; 1000]).unwrap();
    writer.checkpoint().unwrap();
    writer.write_interleaved(&vec![2_i16; 500_000]).unwrap();
    // As the file is now, when the process is killed; what was still in its memory is lost.
    let bytes = fs::read(&path).unwrap();
    drop(writer);
    fs::write(&path, &bytes).unwrap();
    let before = WavReader::open(&path).unwrap();
    assert_eq!(before.anomalies().len(), 1, "{:?}", before.anomalies());
    let frames = before.frames().unwrap();
    assert!(frames > 1000);
    succeed("repair", [text(&path)]);
    assert_eq!(ReadOptions::new().strict().open(&path).unwrap().frames(), Some(frames));
    assert!(!fs::read(&path).unwrap().windows(7).any(|bytes| bytes == b"ndaudio"), "the mark is gone");
}

/// It looks like one whose writer was killed. The writer would write over what was repaired, and lose frames to a cut.
#[cfg(unix)]
#[test]
fn a_file_to_which_frames_are_appended_is_left_to_its_writer() {
    let folder = folder();
    let path = folder.path().join("growing.wav");
    let spec = ndaudio::Spec::new(8000, 1, ndaudio::Encoding::I16);
    ndaudio::write(&path, &ndaudio::ndarray::Array2::<i16>::ones((10, 1)), &spec).unwrap();
    let mut writer = ndaudio::WavWriter::append(&path).unwrap();
    writer.write_interleaved(&vec![2_i16; 500_000]).unwrap();
    let bytes = fs::read(&path).unwrap();
    for options in [&[][..], &["--cut"]] {
        let ran = run("repair", [&[text(&path)], options].concat());
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains("appending"), "{}", ran.err);
        assert!(fs::read(&path).unwrap() == bytes, "it was changed");
        assert_eq!(names(folder.path()), ["growing.wav"]);
    }
    // Looking does no harm.
    succeed("repair", [text(&path), "--dry-run"]);
    writer.finalize().unwrap();
    assert_eq!(ReadOptions::new().strict().open(&path).unwrap().frames(), Some(500_010));
}

/// As on a disk that is full after so many blocks of 512 bytes: files may not grow further. That needs no rights, unlike a small file system.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_backup_that_is_in_the_way_of_the_next_attempt() {
    let mut music = fs::read(data("music.wav")).unwrap();
    music[4..8].copy_from_slice(&[1, 2, 3, 0]);
    let mut cut = music.clone();
    // More than a block that belongs to nothing.
    cut.extend([b'?'; 3001]);
    // Not even the header finds room; the header does, and then the tail does not.
    for (blocks, bytes, options) in [("0", music, &[][..]), ("1", cut, &["--cut"][..])] {
        let folder = folder();
        let path = folder.path().join("take.wav");
        fs::write(&path, &bytes).unwrap();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "ulimit -f \"$0\"; exec \"$@\"", blocks]);
        shell.arg(env!("CARGO_BIN_EXE_ndaudio")).args([&["repair", text(&path)], options].concat());
        let ran = Ran::from(shell.output().unwrap());
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains("-backup") && ran.err.to_lowercase().contains("file too large"), "{}", ran.err);
        assert_eq!(names(folder.path()), ["take.wav"]);
        assert!(fs::read(&path).unwrap() == bytes, "nothing was changed without a way back");
        succeed("repair", [&[text(&path)], options].concat());
        assert_eq!(ReadOptions::new().strict().open(&path).unwrap().frames(), Some(441_000));
    }
}

/// A file without a name is not the file named `-`.
#[cfg(unix)]
#[test]
fn standard_input_is_repaired_into_a_new_file_only() {
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let crashed = fs::read(data("bytes_crashed_zero_sizes.wav")).unwrap();
    fs::write(of("crashed.wav"), &crashed).unwrap();
    fs::write(of("-"), &crashed).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = crate::files::program("repair");
        command.args(arguments).current_dir(folder.path()).stdin(fs::File::open(of("crashed.wav")).unwrap());
        Ran::from(command.output().unwrap())
    };
    for arguments in [&["-"][..], &["-", "--dry-run"]] {
        let ran = run(arguments);
        assert!(
            ran.code == Some(1) && ran.err.contains("standard input") && ran.err.contains("to do: "),
            "{}",
            ran.err
        );
        assert_eq!(names(folder.path()), ["-", "crashed.wav"]);
        assert_eq!(fs::read(of("-")).unwrap(), crashed);
    }
    assert_eq!(run(&["-", "-o", "whole.wav"]).code, Some(0));
    assert_eq!(run(&["./-"]).code, Some(0));
    assert_ne!(fs::read(of("-")).unwrap(), crashed);
}

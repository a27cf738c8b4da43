//! Programs that need not change a sample keep every stored bit of it, also those that no number has: bits below the valid ones, both
//! zeros of µ-law, the payload of NaN.

use std::fs;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::{Command, Stdio};

use ndaudio::{Encoding, Spec, WavView, WavWriter};

#[cfg(unix)]
use crate::files::{Ran, program};
use crate::files::{folder, names, succeed, text};

const RATE: u32 = 8000;
const FRAMES: usize = 3000;

/// Bytes in all combinations, in stereo; and the format of a file for them.
fn all_bits(encoding: Encoding) -> Vec<u8> {
    let count = FRAMES * 2 * encoding.bytes();
    let bytes = crate::common::SplitMix(u64::from(encoding.bits())).bytes(count - 4);
    // Both zeros of µ-law and the lowest bits of everything, at the very beginning.
    [&[0x7F, 0xFF, 0x01, 0x80], &bytes[..]].concat()
}

/// A file in which `audio` stands as it is.
fn store(path: &Path, encoding: Encoding, audio: &[u8]) {
    let spec = Spec::new(RATE, 2, encoding);
    let mut writer = WavWriter::create(path, &spec).unwrap();
    writer.write_interleaved(&vec![0_i16; audio.len() / encoding.bytes()]).unwrap();
    writer.finalize().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let at = bytes.windows(4).position(|id| id == b"data").unwrap() + 8;
    bytes[at..at + audio.len()].copy_from_slice(audio);
    fs::write(path, bytes).unwrap();
}

fn stored(path: &Path) -> Vec<u8> {
    WavView::parse(&fs::read(path).unwrap()).unwrap().data().to_vec()
}

/// Every encoding, its audio, and a folder with `in.wav`.
fn every_encoding(check: impl Fn(Encoding, &[u8], &Path, &Path)) {
    for encoding in Encoding::ALL {
        let folder = folder();
        let audio = all_bits(encoding);
        let input = folder.path().join("in.wav");
        store(&input, encoding, &audio);
        assert!(stored(&input) == audio, "{encoding}");
        check(encoding, &audio, folder.path(), &input);
    }
}

#[test]
fn convert_gain_of_0_db_and_repair_keep_every_stored_bit() {
    every_encoding(|encoding, audio, folder, input| {
        let commands: [(&str, &str, &[&str]); 5] = [
            ("gain", "gain.wav", &["--db", "0"]),
            ("convert", "convert.wav", &[]),
            ("convert", "convert.w64", &[]),
            ("convert", "convert.rf64", &[]),
            ("repair", "repair.wav", &[]),
        ];
        for (name, out, more) in commands {
            let out = folder.join(out);
            let arguments = match name {
                "repair" => vec![text(input), "--output", text(&out)],
                _ => vec![text(input), text(&out)],
            };
            let ran = succeed(name, [&arguments[..], more].concat());
            let clipped =
                name == "gain" && !["no sample clipped", "nothing clipped"].iter().any(|no| ran.err.contains(no));
            assert!(!clipped, "{name} of {encoding}: {}", ran.err);
            assert!(stored(&out) == audio, "{name} of {encoding} to {}", out.display());
        }
    });
}

/// The output of a program whose standard input and output are pipes.
#[cfg(unix)]
fn piped(name: &str, arguments: &[&str], input: &Path, folder: &Path) -> PathBuf {
    let mut feeder = Command::new("cat").arg(input).stdout(Stdio::piped()).spawn().unwrap();
    let mut command = program(name);
    let out = command.args(arguments).stdin(feeder.stdout.take().unwrap()).output().unwrap();
    feeder.wait().unwrap();
    let path = folder.join("piped.wav");
    fs::write(&path, &out.stdout).unwrap();
    let ran = Ran::from(out);
    assert_eq!(ran.code, Some(0), "{name}: {}", ran.err);
    path
}

#[cfg(unix)]
#[test]
fn through_a_pipe_every_stored_bit_is_kept_too() {
    every_encoding(|encoding, audio, folder, input| {
        let cut = 1000 * 2 * encoding.bytes();
        let commands: [(&str, &[&str], &[u8]); 6] = [
            ("gain", &["-", "-", "--db", "0"], audio),
            ("convert", &["-", "-"], audio),
            ("convert", &["-", "-", "--from", "0.125"], &audio[cut..]),
            ("trim", &["-", "-", "--from", "0.125"], &audio[cut..]),
            ("trim", &["-", "-", "--to", "0.125"], &audio[..cut]),
            ("concat", &["-", "-"], audio),
        ];
        for (name, arguments, expected) in commands {
            let out = piped(name, arguments, input, folder);
            assert!(stored(&out) == expected, "{name} {arguments:?} of {encoding}");
        }
    });
}

#[test]
fn selected_channels_keep_every_stored_bit() {
    every_encoding(|encoding, audio, folder, input| {
        let width = encoding.bytes();
        let expected: Vec<u8> = audio
            .chunks_exact(2 * width)
            .flat_map(|frame| [&frame[width..], &frame[..width], &frame[width..]].concat())
            .collect();
        let out = folder.join("out.wav");
        succeed("remix", [text(input), text(&out), "--select", "2,1,2"]);
        assert!(stored(&out) == expected, "{encoding}");
        #[cfg(unix)]
        assert!(stored(&piped("remix", &["-", "-", "--select", "2,1,2"], input, folder)) == expected, "{encoding}");
    });
}

#[test]
fn repair_of_a_broken_header_keeps_every_stored_bit() {
    every_encoding(|encoding, audio, folder, input| {
        let mut bytes = fs::read(input).unwrap();
        let at = bytes.windows(4).position(|id| id == b"data").unwrap() + 4;
        bytes[at..at + 4].copy_from_slice(&[0; 4]);
        fs::write(input, bytes).unwrap();
        let out = folder.join("out.wav");
        succeed("repair", [text(input), "--output", text(&out)]);
        assert!(stored(&out) == audio, "{encoding}");
        // In place only the header changes.
        succeed("repair", [text(input)]);
        assert!(stored(input) == audio, "{encoding}");
    });
}

#[test]
fn trim_and_concat_keep_every_stored_bit() {
    every_encoding(|encoding, audio, folder, input| {
        let frame = 2 * encoding.bytes();
        let cut = 1000 * frame;
        let (front, back, both) = (folder.join("front.wav"), folder.join("back.wav"), folder.join("both.wav"));
        succeed("trim", [text(input), text(&front), "--to", "0.125"]);
        succeed("trim", [text(input), text(&back), "--from", "0.125"]);
        assert!(stored(&front) == audio[..cut], "front of {encoding}");
        assert!(stored(&back) == audio[cut..], "back of {encoding}");
        succeed("concat", [text(&front), text(&back), text(&both)]);
        assert!(stored(&both) == audio, "{encoding}");
    });
}

#[test]
fn split_keeps_every_stored_bit() {
    every_encoding(|encoding, audio, folder, input| {
        // Noise of all bits is loud from the first frame to the last, so cutting every tenth of a second cuts up the whole.
        let pieces = folder.join("pieces");
        let ran = succeed("split", [text(input), text(&pieces), "--every", "0.1"]);
        let pieces: Vec<PathBuf> = names(&pieces).iter().map(|name| pieces.join(name)).collect();
        assert_eq!(pieces.len(), 4, "{encoding}: {}", ran.out);
        assert!(pieces.iter().flat_map(|piece| stored(piece)).collect::<Vec<_>>() == audio, "{encoding}");
    });
}

fn samples(path: &Path) -> Vec<i32> {
    ndaudio::read::<i32>(path).unwrap().0.into_iter().collect()
}

/// Stereo under a header that has 24 bits at the bottom of 4 bytes: silence, and then a quiet and a loud channel at the top of them.
fn silence_then_top(path: &Path, silence: usize, frames: i32) {
    let frame = |index: i32| [(index % 100 + 1) << 8, (100_000 + index * 7_919 % 8_000_000) << 8];
    let words = std::iter::repeat_n(0, 2 * silence).chain((0..frames).flat_map(frame));
    store(path, Encoding::I24In32Lsb, &words.flat_map(i32::to_le_bytes).collect::<Vec<u8>>());
}

#[cfg(unix)]
#[test]
fn a_quiet_channel_of_a_pipe_stays_quiet() {
    let folder = folder();
    let input = folder.path().join("in.wav");
    silence_then_top(&input, 20_000, 30_000);
    let out = piped("remix", &["--select", "1", "-", "-"], &input, folder.path());
    assert!(samples(&out).iter().copied().eq(samples(&input).into_iter().step_by(2)));
}

#[test]
fn silent_recordings_are_joined_to_those_at_either_end_of_4_bytes() {
    let folder = folder();
    let [silent, loud, out] = ["silent.wav", "loud.wav", "out.wav"].map(|name| folder.path().join(name));
    silence_then_top(&silent, 100, 0);
    silence_then_top(&loud, 0, 100);
    for inputs in [[&silent, &loud, &silent], [&loud, &silent, &loud]] {
        succeed("concat", [&inputs.map(|path| text(path))[..], &[text(&out)]].concat());
        assert_eq!(samples(&out), inputs.map(|path| samples(path)).concat());
        assert_eq!(WavView::parse(&fs::read(&out).unwrap()).unwrap().spec().encoding(), Encoding::I24In32Msb);
    }
}

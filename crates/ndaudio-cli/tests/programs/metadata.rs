//! What recorders and editors write beside the audio goes through the programs that change it.

use std::fs;

use ndaudio::{Chunk, WavView};

use crate::files::{folder, succeed, text};
use crate::layouts;

/// What a new file has of its own: structure, room to grow, and measures of the old samples.
const LEFT: [&[u8; 4]; 9] = [b"fmt ", b"data", b"fact", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK", b"MD5 "];

fn metadata(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let view = WavView::parse(file).unwrap();
    let content = |chunk: &Chunk| (chunk.id, view.chunk_bytes(chunk).to_vec());
    view.chunks().iter().map(content).filter(|(id, _)| !LEFT.contains(&id)).collect()
}

#[test]
fn every_chunk_of_real_layouts_survives_gain_and_convert() {
    let folder = folder();
    let (input, out) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    let layouts = layouts::all();
    assert!(layouts.len() >= 10);
    for layout in layouts {
        let bytes = layout.bytes();
        fs::write(&input, &bytes).unwrap();
        let before = metadata(&bytes);
        for (name, more) in [("gain", ["--db", "-6"]), ("convert", ["--encoding", "f32"])] {
            succeed(name, [&[text(&input), text(&out)], &more[..]].concat());
            let mut after = metadata(&fs::read(&out).unwrap());
            let mut expected = before.clone();
            if name == "gain" {
                // Loudness that was measured before holds no longer: bytes 412 to 421 of bext, EBU Tech 3285 v2.
                for (_, content) in after.iter_mut().chain(&mut expected).filter(|(id, _)| id == b"bext") {
                    content[412..422].fill(0);
                }
            }
            assert_eq!(after, expected, "{} through {name}", layout.name);
        }
    }
}

/// Also in what takes no metadata after the audio.
#[cfg(unix)]
#[test]
fn cues_of_joined_recordings_go_into_every_output() {
    use std::process::Stdio;

    use ndaudio::Source as _;
    let folder = folder();
    let of = |name: &str| folder.path().join(name);
    let (take, flac) = (of("take.wav"), of("both.flac"));
    let spec = ndaudio::Spec::new(8000, 1, ndaudio::Encoding::I16);
    let mut writer = ndaudio::WavWriter::create(&take, &spec).unwrap();
    let mut metadata = ndaudio::metadata::Metadata::default();
    metadata.cues.push(ndaudio::metadata::Cue::new(1, 20));
    writer.add_metadata(&metadata).unwrap();
    writer.write_interleaved(&[1000_i16; 100]).unwrap();
    writer.finalize().unwrap();
    let (take, flac) = (text(&take), text(&flac));
    let frames = |mut recording: Box<dyn ndaudio::DynSource>| -> Vec<u64> {
        recording.metadata().unwrap().cues.iter().map(|cue| cue.frame).collect()
    };
    succeed("concat", [take, take, flac]);
    assert_eq!(frames(ndaudio::open(flac).unwrap()), [20, 120]);
    let mut command = crate::files::program("concat");
    let open = || std::fs::File::open(take).unwrap();
    let output = command.args([take, "-", take, "-"]).stdin(open()).stdout(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(of("piped.wav"), output.stdout).unwrap();
    assert_eq!(frames(ndaudio::open(of("piped.wav")).unwrap()), [20, 120, 220]);
    // Of what does not say how long it is nobody knows where the next begins.
    let mut endless = std::fs::read(take).unwrap();
    let at = endless.windows(4).rposition(|id| id == b"data").unwrap() + 4;
    endless[at..at + 4].fill(0xFF);
    std::fs::write(of("endless.wav"), endless).unwrap();
    let mut cat = std::process::Command::new("cat").arg(of("endless.wav")).stdout(Stdio::piped()).spawn().unwrap();
    let mut command = crate::files::program("concat");
    let output = command.args(["-", take, flac, "--overwrite"]).stdin(cat.stdout.take().unwrap()).output().unwrap();
    cat.wait().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && err.contains("standard input does not say how long it is"), "{err}");
}

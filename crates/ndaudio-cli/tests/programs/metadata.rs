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

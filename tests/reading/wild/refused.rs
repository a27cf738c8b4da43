//! What nothing can be read from, and what is wrong with it: byte, field, value.

use ndaudio::{FormatError, Unsupported};

use crate::wild::build::{A_LAW, FLOAT, Fmt, GUID_TAIL, Kind, PCM, Wav};
use crate::wild::case::{Case, Refused};
use crate::wild::sizes::{FIVE, mono};

pub(crate) fn cases() -> Vec<Case> {
    [not_wave(), missing(), fields(), codecs(), widths()].into_iter().flatten().collect()
}

fn not_wave() -> Vec<Case> {
    let refused = |name: &str, bytes: &[u8]| Case::refused(name, bytes.to_vec(), 0, Refused::NotWave);
    let wave64 = Wav::new(Kind::Wave64).bytes;
    let truncated = |name: &str, bytes: &[u8]| Case::refused(name, bytes.to_vec(), None, Refused::Truncated);
    vec![
        refused("an empty file", b""),
        refused("Ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        refused("MP3", b"\xFF\xFB\x90\x44\0\0\0\0\0\0\0\0\0\0\0\0"),
        refused("FLAC", b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0"),
        refused("AVI", b"RIFF\x24\0\0\0AVI LIST\x10\0\0\0hdrlavih"),
        refused("AIFF", b"FORM\0\0\0\x24AIFFCOMM\0\0\0\x12"),
        refused("zeros", &[0; 64]),
        refused("RIFF in lower case", b"riff\x24\0\0\0WAVEfmt \x10\0\0\0"),
        refused("Wave64 with another form", &[&wave64[..24], b"WAVE", &wave64[28..]].concat()),
        truncated("RIFF and nothing more", b"RIFF"),
        truncated("RIFF cut before its form", b"RIFF\x24\0\0\0WAV"),
        truncated("Wave64 cut before its form", &wave64[..39]),
    ]
}

fn missing() -> Vec<Case> {
    let chunk = |id: &[u8; 4]| Refused::Format(FormatError::MissingChunk { id: *id });
    let mut cases = vec![];
    for kind in Kind::ALL {
        let name = |what: &str| format!("{kind:?} without {what}");
        let empty = Wav::new(kind).done();
        cases.push(Case::refused(name("anything"), empty.clone(), empty.len() as u64, chunk(b"fmt ")));
        let no_data = Fmt::pcm(1, 16).file(kind).done();
        cases.push(Case::refused(name("audio"), no_data.clone(), no_data.len() as u64, chunk(b"data")));
        // A pipe knows it at the audio, a file at its end.
        cases.push(Case::refused(name("format"), Wav::new(kind).data(&FIVE).done(), None, chunk(b"fmt ")));
    }
    // What claims to go on after the end hides what it hides.
    let swallowed = mono().header(b"LIST", 0xFFFF_FFFF).raw(b"INFO").data(&FIVE).done();
    cases.push(Case::refused(
        "a LIST that claims 4 GiB before the audio",
        swallowed.clone(),
        swallowed.len() as u64,
        chunk(b"data"),
    ));
    cases
}

fn fields() -> Vec<Case> {
    let file = |fmt: &[u8]| Wav::new(Kind::Riff).chunk(b"fmt ", fmt).data(&FIVE).done();
    let field = |name: &str, fmt: Fmt, offset: u64, field, value| {
        Case::refused(name, fmt.riff().data(&FIVE).done(), offset, Refused::Field(*b"fmt ", field, value))
    };
    let whole = Fmt::pcm(1, 16).bytes(Kind::Riff);
    let no_bits = |align: u16| [&whole[..12], &align.to_le_bytes()].concat();
    let extensible = Fmt::pcm(1, 16).extensible(Kind::Riff, 16, 0).bytes(Kind::Riff);
    let mut cases = vec![
        field("no channels", Fmt { channels: 0, ..Fmt::pcm(1, 16) }, 22, "nChannels", 0),
        field("no bits", Fmt { bits: 0, ..Fmt::pcm(1, 16) }, 34, "wBitsPerSample", 0),
        field(
            "no bits, extensible",
            Fmt { bits: 0, ..Fmt::pcm(1, 16).extensible(Kind::Riff, 16, 0) },
            34,
            "wBitsPerSample",
            0,
        ),
        field("no channels, float", Fmt { channels: 0, ..Fmt::new(FLOAT, 1, 8000, 32, 4) }, 22, "nChannels", 0),
        field("no bits, A-law", Fmt { bits: 0, ..Fmt::new(A_LAW, 1, 8000, 8, 1) }, 34, "wBitsPerSample", 0),
        Case::refused(
            "fmt of 14 with block align 0",
            file(&no_bits(0)),
            32,
            Refused::Field(*b"fmt ", "nBlockAlign", 0),
        ),
        Case::refused("fmt of 14 with block align 65535", file(&no_bits(65_535)), None, Refused::AnyWidth),
        Case::refused("fmt of 14 with block align 8192", file(&no_bits(8192)), None, Refused::AnyWidth),
    ];
    // Too short a chunk: its size is what is wrong, and the file goes on after it.
    for len in [0, 1, 2, 12, 13] {
        let size = Refused::Field(*b"fmt ", "ckSize", len as u64);
        cases.push(Case::refused(format!("fmt of {len}"), file(&whole[..len]), 16, size));
    }
    // 18 bytes of an extensible format do not say what it is.
    for len in [16, 18, 24, 25] {
        let size = Refused::Field(*b"fmt ", "ckSize", len as u64);
        cases.push(Case::refused(format!("extensible fmt of {len}"), file(&extensible[..len]), 16, size));
    }
    // Here it is the file that ends.
    for len in [0, 1, 13] {
        let cut = Wav::new(Kind::Riff).header(b"fmt ", 16).raw(&whole[..len]).done();
        cases.push(Case::refused(format!("cut {len} bytes into fmt"), cut, None, Refused::Truncated));
    }
    cases
}

fn codecs() -> Vec<Case> {
    let mut cases = vec![];
    // Tags of RFC 2361 and mmreg.h.
    for (tag, bits, name) in [
        (0x0002, 4, "ADPCM"),
        (0x0010, 4, "OKI"),
        (0x0011, 4, "IMA"),
        (0x0014, 4, "G.723"),
        (0x0016, 4, "G.726"),
        (0x0022, 1, "TrueSpeech"),
        (0x0031, 0, "GSM"),
        (0x0040, 4, "G.721"),
        (0x0042, 0, "G.723.1"),
        (0x0045, 4, "G.726"),
        (0x0050, 16, "MPEG"),
        (0x0055, 0, "MP3"),
        (0x0064, 4, "G.726"),
        (0x0065, 4, "G.722"),
        (0x0083, 0, "G.729"),
        (0x0092, 16, "AC-3"),
        (0x00FF, 16, "AAC"),
        (0x0161, 16, "Windows Media"),
        (0x0162, 16, "Professional"),
        (0x0163, 16, "lossless"),
        (0x0165, 16, "XMA"),
        (0x0166, 16, "XMA2"),
        (0x0270, 4, "ATRAC3"),
        (0x1610, 16, "AAC"),
        (0x2000, 16, "AC-3"),
        (0x2001, 16, "DTS"),
        (0x566F, 16, "Vorbis"),
        (0x6750, 16, "Vorbis"),
        (0x6771, 16, "Vorbis"),
        (0x704F, 16, "Opus"),
        (0xF1AC, 16, "FLAC"),
        (0x0000, 16, "unknown"),
        (0x1234, 16, "no name"),
        (0x5670, 16, "no name"),
        (0xFFFF, 16, "no name"),
    ] {
        let fmt = Fmt::new(tag, 2, 8000, bits, 1).tail(&[0, 0]);
        for kind in [Kind::Riff, Kind::Rifx, Kind::Wave64] {
            let offset = kind.first() + kind.header();
            let file = fmt.file(kind).data(&FIVE).done();
            cases.push(Case::refused(
                format!("{kind:?} codec {tag:04X} {name}"),
                file,
                offset,
                Refused::Codec(tag, name),
            ));
        }
    }
    let by_guid = Fmt::pcm(1, 16).with_guid(Kind::Riff, 16, 0, 0x0092, GUID_TAIL).riff().data(&FIVE).done();
    cases.push(Case::refused("extensible codec 0092", by_guid, 44, Refused::Codec(0x0092, "AC-3")));
    let guid = [0xEF, 0xBE, 0, 0, 1, 0, 2, 0, 3, 4, 5, 6, 7, 8, 9, 10];
    let alien = Fmt::pcm(1, 16).with_guid(Kind::Riff, 16, 0, 0xBEEF, ([1, 2], [3, 4, 5, 6, 7, 8, 9, 10]));
    let alien = alien.riff().data(&FIVE).done();
    cases.push(Case::refused("a GUID of its own", alien, 44, Refused::Unsupported(Unsupported::SubFormat { guid })));
    // The first group has 32 bits: 0x00010001 is not PCM.
    let high = Fmt::pcm(1, 16).extensible(Kind::Riff, 16, 0).riff().set(46, 2, 1).data(&FIVE).done();
    let guid = [1, 0, 1, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
    cases.push(Case::refused("a GUID like PCM's", high, 44, Refused::Unsupported(Unsupported::SubFormat { guid })));
    cases
}

fn widths() -> Vec<Case> {
    let width = |tag, bits: u16, container_bytes: u16, kind| {
        let file = Fmt::new(tag, 2, 8000, bits, container_bytes).riff().data(&[0; 32]).done();
        let what = Unsupported::Bits { bits, container_bytes, kind };
        Case::refused(format!("{kind} of {bits} bits in {container_bytes} bytes"), file, 34, Refused::Unsupported(what))
    };
    vec![
        // At either end of their bytes.
        width(PCM, 17, 4, "integer"),
        width(PCM, 20, 4, "integer"),
        width(PCM, 23, 4, "integer"),
        width(PCM, 33, 5, "integer"),
        width(PCM, 40, 5, "integer"),
        width(PCM, 48, 6, "integer"),
        width(PCM, 64, 8, "integer"),
        width(PCM, 65_535, 8192, "integer"),
        width(FLOAT, 8, 1, "float"),
        width(FLOAT, 16, 2, "float"),
        width(FLOAT, 24, 3, "float"),
        width(FLOAT, 80, 10, "float"),
        width(FLOAT, 128, 16, "float"),
    ]
}

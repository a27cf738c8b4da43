//! Chunks before, after and twice; padded or not; unknown, cut, and out of order.
//!
//! The audio of a plain file is at 44: `fmt ` at 12, `data` at 36. A chunk of `n` bytes between them moves it by 8 + n.

use ndaudio::{Anomaly, Encoding, FormatError};

use crate::wild::build::{FLOAT, Fmt, Kind, Wav};
use crate::wild::case::{Case, Refused};
use crate::wild::sizes::{FIVE, FIVE_VALUES, MONO, five, mono};

const LIST: [u8; 16] = *b"INFOINAM\x04\0\0\0abc\0";
/// The same with a text of three bytes, so that the chunk is odd.
const ODD_LIST: [u8; 15] = *b"INFOINAM\x03\0\0\0abc";
const IXML: [u8; 5] = *b"<a/>\n";

pub(crate) fn cases() -> Vec<Case> {
    [before_audio(), behind_audio(), fact(), order(), ds64(), wave64()].into_iter().flatten().collect()
}

fn before_audio() -> Vec<Case> {
    let with = |id: &[u8; 4], payload: &[u8]| mono().chunk(id, payload).data(&FIVE).done();
    let first = |id: &[u8; 4], payload: &[u8]| {
        Wav::new(Kind::Riff).chunk(id, payload).chunk(b"fmt ", &Fmt::pcm(1, 16).bytes(Kind::Riff)).data(&FIVE).done()
    };
    let missing = |offset, chunk: &[u8; 4]| Anomaly::MissingPad { offset, chunk: *chunk };
    vec![
        // The tag after it is not known, but is one only where it stands without padding.
        five(
            "odd iXML, not padded, before an unknown chunk",
            mono().unpadded(b"iXML", &IXML).chunk(b"abcd", b"1234").data(&FIVE).done(),
        )
        .but(&[missing(36 + 8 + 5, b"iXML")]),
        five("odd iXML before the audio, padded", with(b"iXML", &IXML)).chunks(&[
            (b"fmt ", 12, 16),
            (b"iXML", 36, 5),
            (b"data", 50, 10),
        ]),
        five("odd iXML before the audio, not padded", mono().unpadded(b"iXML", &IXML).data(&FIVE).done())
            .but(&[missing(49, b"iXML")])
            .chunks(&[(b"fmt ", 12, 16), (b"iXML", 36, 5), (b"data", 49, 10)]),
        five("odd LIST before the audio, not padded", mono().unpadded(b"LIST", &ODD_LIST).data(&FIVE).done())
            .but(&[missing(59, b"LIST")])
            .chunks(&[(b"fmt ", 12, 16), (b"LIST", 36, 15), (b"data", 59, 10)]),
        five("odd GUANO first, not padded", {
            let fmt = Fmt::pcm(1, 16).bytes(Kind::Riff);
            Wav::new(Kind::Riff).unpadded(b"guan", b"GUANO|Version: 1.0\n").chunk(b"fmt ", &fmt).data(&FIVE).done()
        })
        .but(&[missing(39, b"guan")])
        .chunks(&[(b"guan", 12, 19), (b"fmt ", 39, 16), (b"data", 63, 10)]),
        five("two odd chunks, one padded and one not", {
            mono()
                .unpadded(b"iXML", &IXML)
                .chunk(b"guan", b"GUANO|")
                .unpadded(b"LIST", &ODD_LIST)
                .raw(&[0])
                .data(&FIVE)
                .done()
        })
        .but(&[missing(49, b"iXML")])
        .chunks(&[
            (b"fmt ", 12, 16),
            (b"iXML", 36, 5),
            (b"guan", 49, 6),
            (b"LIST", 63, 15),
            (b"data", 87, 10),
        ]),
        five("odd chunk of an unknown kind, padded", with(b"qwer", &[1, 2, 3])).chunks(&[
            (b"fmt ", 12, 16),
            (b"qwer", 36, 3),
            (b"data", 48, 10),
        ]),
        five("odd chunk padded with other than zero", mono().unpadded(b"iXML", &IXML).raw(b"x").data(&FIVE).done())
            .chunks(&[(b"fmt ", 12, 16), (b"iXML", 36, 5), (b"data", 50, 10)]),
        five("empty chunk", with(b"LIST", &[])).chunks(&[(b"fmt ", 12, 16), (b"LIST", 36, 0), (b"data", 44, 10)]),
        five("chunk whose id is not text", with(&[0xFF, 1, 0x80, 0], &LIST)),
        five("JUNK first, as ffmpeg reserves it", first(b"JUNK", &[0; 28])),
        five("JUNK first, as AudioMoth aligns it", first(b"JUNK", &[0; 4096])),
        five("bext first, as field recorders", first(b"bext", &[b' '; 602])),
        five("a megabyte before the audio", with(b"junk", &vec![0; 1 << 20])),
        five("audio inside a chunk that is not it", with(b"LIST", b"adtldata\xFF\xFF\xFF\xFFfmt \xFF\xFF\xFF\xFF")),
        // As Zoom's recorders leave them after LIST (libsndfile #370, #542).
        five("four zeros between chunks", mono().chunk(b"LIST", &LIST).raw(&[0; 4]).data(&FIVE).done())
            .but(&[Anomaly::StrayZeros { offset: 60, count: 4 }]),
        five("eight zeros between chunks", mono().chunk(b"LIST", &LIST).raw(&[0; 8]).data(&FIVE).done())
            .but(&[Anomaly::StrayZeros { offset: 60, count: 8 }]),
        five("two zeros between chunks", mono().chunk(b"LIST", &LIST).raw(&[0; 2]).data(&FIVE).done())
            .but(&[Anomaly::StrayZeros { offset: 60, count: 2 }]),
    ]
}

fn behind_audio() -> Vec<Case> {
    let cut = |declared, found| Anomaly::ChunkPastEnd { offset: 54, chunk: *b"LIST", declared, found };
    vec![
        five("LIST after the audio", mono().data(&FIVE).chunk(b"LIST", &LIST).done()).chunks(&[
            (b"fmt ", 12, 16),
            (b"data", 36, 10),
            (b"LIST", 54, 16),
        ]),
        five("odd id3 at the end, padded", mono().data(&FIVE).chunk(b"id3 ", b"ID3").done()).chunks(&[
            (b"fmt ", 12, 16),
            (b"data", 36, 10),
            (b"id3 ", 54, 3),
        ]),
        five("odd id3 at the end, not padded", mono().data(&FIVE).unpadded(b"id3 ", b"ID3").done())
            .but_unseen(&[], &[Anomaly::MissingFinalPad { offset: 65, chunk: *b"id3 " }]),
        five("LIST cut by the end of the file", mono().data(&FIVE).header(b"LIST", 100).raw(&LIST).done())
            .but_unseen(&[], &[cut(100, 16)])
            .chunks(&[(b"fmt ", 12, 16), (b"data", 36, 10), (b"LIST", 54, 16)]),
        five("LIST that claims 4 GiB", mono().data(&FIVE).header(b"LIST", 0xFFFF_FFFF).raw(&LIST).done())
            .but_unseen(&[], &[cut(0xFFFF_FFFF, 16)]),
        five("LIST of which only the header is there", mono().data(&FIVE).header(b"LIST", 16).done())
            .but_unseen(&[], &[cut(16, 0)]),
        five("second audio", mono().data(&FIVE).chunk(b"data", &[9; 20]).done())
            .but_unseen(&[], &[Anomaly::SecondChunk { offset: 54, chunk: *b"data" }])
            .chunks(&[(b"fmt ", 12, 16), (b"data", 36, 10), (b"data", 54, 20)]),
        five("second format after the audio", {
            mono().data(&FIVE).chunk(b"fmt ", &Fmt::pcm(2, 8).bytes(Kind::Riff)).done()
        })
        .but_unseen(&[], &[Anomaly::SecondChunk { offset: 54, chunk: *b"fmt " }]),
        five("second format before the audio", {
            mono().chunk(b"fmt ", &Fmt::pcm(2, 8).bytes(Kind::Riff)).data(&FIVE).done()
        })
        .but(&[Anomaly::SecondChunk { offset: 36, chunk: *b"fmt " }]),
    ]
}

fn fact() -> Vec<Case> {
    let with = |payload: &[u8]| mono().chunk(b"fact", payload).data(&FIVE).done();
    let size = |declared| Anomaly::FactSize { offset: 40, declared };
    vec![
        five("fact of 4", with(&[5, 0, 0, 0])),
        five("fact of 4 that is wrong", with(&[0xFF; 4])),
        five("fact of 12", with(&[5; 12])).but(&[size(12)]),
        five("fact of 0", with(&[])).but(&[size(0)]),
        five("fact of 3", with(&[5, 0, 0])).but(&[size(3)]),
    ]
}

/// `fmt ` where nobody expects it.
fn order() -> Vec<Case> {
    let missing = || Refused::Format(ndaudio::FormatError::MissingChunk { id: *b"fmt " });
    let mut cases = vec![];
    for kind in Kind::ALL {
        let fmt = Fmt::pcm(1, 16).bytes(kind);
        let data = kind.first();
        // The audio is 10 bytes, padded to 16 in Wave64.
        let after = data + kind.header() + if kind == Kind::Wave64 { 16 } else { 10 };
        let mut samples = FIVE;
        if kind == Kind::Rifx {
            samples.as_chunks_mut::<2>().0.iter_mut().for_each(|sample| sample.reverse());
        }
        let bytes = Wav::new(kind).data(&samples).chunk(b"fmt ", &fmt).done();
        cases.push(
            five(&format!("{kind:?} format after the audio"), bytes)
                .but(&[Anomaly::FmtAfterData { offset: after }])
                .pipe_refused(data, missing()),
        );
    }
    let bytes = Wav::new(Kind::Riff)
        .data_claiming(3, &[0x00, 0x40, 0x81])
        .chunk(b"fmt ", &Fmt::pcm(1, 8).bytes(Kind::Riff))
        .done();
    cases.push(
        Case::reads(
            "odd audio, not padded, the format after it",
            bytes,
            (1, Encoding::U8),
            3,
            &[-1.0, -0.5, 1.0 / 128.0],
        )
        .but(&[Anomaly::MissingPad { offset: 23, chunk: *b"data" }, Anomaly::FmtAfterData { offset: 23 }])
        .pipe_refused(12, missing()),
    );
    cases
}

/// `ds64` of RF64 and BW64: the size of the whole, of the audio, the frames, and a table of other long chunks.
fn ds64() -> Vec<Case> {
    let fmt = Fmt::pcm(1, 16).bytes(Kind::Rf64);
    let sizes = |riff: u64, data: u64| [riff.to_le_bytes(), data.to_le_bytes(), 5_u64.to_le_bytes()].concat();
    let file = |id: &[u8; 4], ds64: &[u8]| {
        let head =
            [&id[..], b"\xFF\xFF\xFF\xFFWAVEds64", &[u8::try_from(ds64.len()).unwrap_or(0), 0, 0, 0], ds64].concat();
        [&head[..], b"fmt \x10\0\0\0", &fmt, b"data\xFF\xFF\xFF\xFF", &FIVE].concat()
    };
    // WAVE 4, ds64 8 + its own, fmt 24, audio 18.
    let twenty_four = sizes(4 + 32 + 24 + 18, 10);
    let table = [&sizes(4 + 48 + 24 + 18, 10)[..], &[1, 0, 0, 0], b"LIST", &[0; 8]].concat();
    let no_ds64 = [b"RF64\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0", &fmt[..], b"data\xFF\xFF\xFF\xFF", &FIVE].concat();
    let own_size = [b"RF64\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0", &fmt[..], b"data\x0A\0\0\0", &FIVE].concat();
    // The entry that counts is the last one.
    let long = |entries: u8| {
        let len = 28 + 12 * u64::from(entries);
        let others = [&b"free"[..], &[0; 8]].concat().repeat(usize::from(entries) - 1);
        let table = [&[entries, 0, 0, 0][..], &others, b"LIST", &16_u64.to_le_bytes()].concat();
        let audio = [&b"LIST\xFF\xFF\xFF\xFF"[..], &LIST, b"data\xFF\xFF\xFF\xFF", &FIVE].concat();
        let head = [&b"BW64\xFF\xFF\xFF\xFFWAVEds64"[..], &len.to_le_bytes()[..4]].concat();
        [&head[..], &sizes(4 + 8 + len + 24 + 24 + 18, 10), &table, b"fmt \x10\0\0\0", &fmt, &audio].concat()
    };
    let short =
        [&b"RF64\xFF\xFF\xFF\xFFWAVEds64\x10\0\0\0"[..], &[0; 16], b"fmt \x10\0\0\0", &fmt, b"data\x0A\0\0\0", &FIVE]
            .concat();
    let boastful = [&sizes(4 + 36 + 24 + 18, 10)[..], &[0xFF; 4]].concat();
    let direct = Fmt::pcm(1, 16).file(Kind::Rf64).set(28, 8, 999).set(36, 8, 5).header(b"data", 10).raw(&FIVE).done();
    vec![
        five("RF64 with ds64 of 24", file(b"RF64", &twenty_four)),
        five("BW64 with ds64 of 24", file(b"BW64", &twenty_four)),
        five("RF64 with a table in ds64", file(b"RF64", &table)),
        // Only a size of 0xFFFFFFFF means the one in ds64 (EBU Tech 3306 § 3.5).
        five("RF64 with the size in the data chunk", direct),
        five("BW64 with a LIST whose size is in the table", long(1)).chunks(&[
            (b"ds64", 12, 40),
            (b"fmt ", 60, 16),
            (b"LIST", 84, 16),
            (b"data", 108, 10),
        ]),
        five("BW64 with a LIST whose size is the last of 64 in the table", long(64)).chunks(&[
            (b"ds64", 12, 796),
            (b"fmt ", 816, 16),
            (b"LIST", 840, 16),
            (b"data", 864, 10),
        ]),
        Case::refused(
            "BW64 with a LIST whose size is the 65th in the table, which is not read",
            long(65),
            894,
            Refused::Format(FormatError::MissingChunk { id: *b"data" }),
        ),
        five("RF64 with a second ds64", {
            Fmt::pcm(1, 16).file(Kind::Rf64).chunk(b"ds64", &[9; 28]).data(&FIVE).done()
        })
        .but(&[Anomaly::SecondChunk { offset: 72, chunk: *b"ds64" }]),
        five("RIFF with a ds64", mono().chunk(b"ds64", &[9; 28]).data(&FIVE).done())
            .but(&[Anomaly::StrayDs64 { offset: 36 }]),
        five("RF64 whose table claims 4 G entries", file(b"RF64", &boastful)),
        five("RF64 without ds64", no_ds64)
            .but(&[Anomaly::MissingDs64 { offset: 12 }, Anomaly::DataSizeUnknown { offset: 40, declared: 0xFFFF_FFFF }])
            .pipe_frames(crate::wild::case::Frames::Unknown),
        five("RF64 without ds64 but with the size", own_size).but_unseen(
            &[Anomaly::MissingDs64 { offset: 12 }],
            &[Anomaly::RiffSize { offset: 4, declared: 0xFFFF_FFFF, found: 46 }],
        ),
        five("RF64 whose ds64 has 16 bytes", short).but_unseen(
            &[Anomaly::MissingDs64 { offset: 12 }],
            &[Anomaly::RiffSize { offset: 4, declared: 0xFFFF_FFFF, found: 70 }],
        ),
    ]
}

fn wave64() -> Vec<Case> {
    let fmt = || Fmt::pcm(1, 16).file(Kind::Wave64);
    let float = Fmt::new(FLOAT, 1, 8000, 32, 4).tail(&[0, 0]).file(Kind::Wave64);
    vec![
        Case::reads(
            "Wave64 with chunks before and after",
            fmt().chunk(b"junk", &[0; 5]).data(&FIVE).chunk(b"levl", &[1; 8]).done(),
            MONO,
            5,
            &FIVE_VALUES,
        )
        .chunks(&[(b"fmt ", 40, 16), (b"junk", 80, 5), (b"data", 112, 10), (b"levl", 152, 8)]),
        // As libsndfile writes it: fact of 8 bytes, the frames in 64 bits.
        Case::reads(
            "Wave64 with fact of 8",
            float.chunk(b"fact", &[1, 0, 0, 0, 0, 0, 0, 0]).data(&[0, 0, 0, 0xBF]).done(),
            (1, Encoding::F32),
            1,
            &[-0.5],
        ),
        five("Wave64 with a damaged GUID", {
            let mut bytes = fmt().data(&FIVE).done();
            // The last byte of that of `fmt `, which begins at 40.
            bytes[55] ^= 1;
            bytes
        })
        .but(&[Anomaly::Guid { offset: 40, chunk: *b"fmt " }]),
        five("Wave64 whose format and audio have GUIDs that end as a list's", {
            let mut bytes = fmt().data(&FIVE).done();
            for at in [40, 80] {
                bytes[at + 4..at + 16].copy_from_slice(b"\x2F\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\0\0");
            }
            bytes
        })
        .but(&[Anomaly::Guid { offset: 40, chunk: *b"fmt " }, Anomaly::Guid { offset: 80, chunk: *b"data" }]),
        // As ffmpeg writes it: no padding after the last chunk.
        five("Wave64 not padded at the end", fmt().unpadded(b"data", &FIVE).done()),
    ]
}

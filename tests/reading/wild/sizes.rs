//! Sizes that are not so: crashes, pipes, cuts, and what a checkpoint leaves.
//!
//! Unless said otherwise 16-bit mono in RIFF: the size of the whole stands at byte 4, that of the audio at 40, the audio at 44.

use ndaudio::{Anomaly, Encoding};

use crate::wild::build::{Fmt, Kind, PCM, Wav};
use crate::wild::case::{Case, Frames};

/// Five samples, least significant byte first.
pub(crate) const FIVE: [u8; 10] = [0x01, 0x00, 0xFE, 0xFF, 0x03, 0x00, 0x00, 0x40, 0x00, 0x80];
/// Their values.
pub(crate) const FIVE_VALUES: [f64; 5] = [1.0 / 32_768.0, -2.0 / 32_768.0, 3.0 / 32_768.0, 0.5, -1.0];

pub(crate) const MONO: (usize, Encoding) = (1, Encoding::I16);

pub(crate) fn mono() -> Wav {
    Fmt::pcm(1, 16).riff()
}

pub(crate) fn five(name: &str, bytes: Vec<u8>) -> Case {
    Case::reads(name, bytes, MONO, 5, &FIVE_VALUES)
}

/// Samples of 8 bits 0x00, 0x40, 0x81.
const THREE: [u8; 3] = [0x00, 0x40, 0x81];
const THREE_VALUES: [f64; 3] = [-1.0, -0.5, 1.0 / 128.0];

fn three(name: &str, bytes: Vec<u8>) -> Case {
    Case::reads(name, bytes, (1, Encoding::U8), 3, &THREE_VALUES)
}

pub(crate) fn cases() -> Vec<Case> {
    [claims_too_much(), claims_nothing(), partial_frames(), whole_file(), sixty_four_bits()]
        .into_iter()
        .flatten()
        .collect()
}

/// The data chunk claims more than there is.
fn claims_too_much() -> Vec<Case> {
    let past_end = |declared| Anomaly::DataPastEnd { offset: 40, declared, found: 10 };
    let unknown = |declared| Anomaly::DataSizeUnknown { offset: 40, declared };
    let mut cases = vec![
        five("size past the end, size of the whole right", mono().data_claiming(100, &FIVE).done())
            .but(&[past_end(100)])
            .pipe_frames(Frames::Says(50))
            // As long as the end is unknown, the size of the whole may be what is wrong.
            .pipe_first(Anomaly::RiffSize { offset: 4, declared: 46, found: 136 }),
        five("cut between two frames", mono().data_claiming(100, &FIVE).claiming(136))
            .but(&[past_end(100)])
            .pipe_frames(Frames::Says(50)),
        five("one frame missing", mono().data_claiming(12, &FIVE).claiming(48))
            .but(&[past_end(12)])
            .pipe_frames(Frames::Says(6)),
        five("cut inside a frame", mono().data_claiming(100, &[&FIVE[..], &[0x77]].concat()).claiming(136))
            .but(&[
                Anomaly::DataPastEnd { offset: 40, declared: 100, found: 11 },
                Anomaly::PartialFrame { offset: 54, bytes: 1, frame_bytes: 2 },
            ])
            .pipe_frames(Frames::Says(50)),
        // The header's own partial frame is not the one that there is.
        five("claims a partial frame and is cut before it", mono().data_claiming(15, &FIVE).claiming(51))
            .but(&[past_end(15)])
            .pipe_frames(Frames::Says(7))
            .pipe_first(Anomaly::PartialFrame { offset: 58, bytes: 1, frame_bytes: 2 }),
        Case::reads("cut right after the header", mono().header(b"data", 8).claiming(44), MONO, 0, &[])
            .but(&[Anomaly::DataPastEnd { offset: 40, declared: 8, found: 0 }])
            .pipe_frames(Frames::Says(4)),
        Case::reads(
            "a placeholder and nothing after it",
            mono().header(b"data", 0xFFFF_FFFF).claiming(0xFFFF_FFFF),
            MONO,
            0,
            &[],
        )
        .but(&[unknown(0xFFFF_FFFF)])
        .pipe_frames(Frames::Unknown),
    ];
    // Who leaves them: ffmpeg; sox; programs that count in signed 32 bits; arecord.
    for (placeholder, whole, who) in [
        (0xFFFF_FFFF, 0xFFFF_FFFF, "ffmpeg to a pipe"),
        (0x7FFF_F000, 0x7FFF_F024, "sox to a pipe"),
        (0x7FFF_FFFF, 0x7FFF_FFFF, "the largest signed number"),
        (0x8000_0000, 0x8000_0024, "arecord to a pipe"),
    ] {
        cases.push(
            five(
                &format!("unknown size {placeholder:08X}, as {who}"),
                mono().data_claiming(placeholder, &FIVE).claiming(whole),
            )
            .but(&[unknown(placeholder)])
            .pipe_frames(Frames::Unknown),
        );
    }
    // As ffmpeg does it in full: LIST before the audio.
    let list = *b"INFOISFT\x0E\0\0\0Lavf59.27.100\0";
    let piped = mono().chunk(b"LIST", &list).data_claiming(0xFFFF_FFFF, &FIVE).claiming(0xFFFF_FFFF);
    cases.push(
        five("ffmpeg's pipe with its LIST", piped)
            .but(&[Anomaly::DataSizeUnknown { offset: 36 + 8 + 26 + 4, declared: 0xFFFF_FFFF }])
            .pipe_frames(Frames::Unknown),
    );
    cases
}

/// The data chunk claims no audio.
fn claims_nothing() -> Vec<Case> {
    let zero = Anomaly::DataSizeZero { offset: 40 };
    let list = *b"INFOINAM\x04\0\0\0abc\0";
    // 16 samples that are no chunk: 0x0101, 0x0202, …
    let noise: Vec<u8> = (1..=16_u8).flat_map(|byte| [byte, byte]).collect();
    let noise_values: Vec<f64> = (1..=16).map(|step| f64::from(step * 257) / 32_768.0).collect();
    vec![
        five("crash: both sizes 0", mono().data_claiming(0, &FIVE).claiming(0))
            .but(std::slice::from_ref(&zero))
            .pipe_frames(Frames::Unknown),
        five("crash: sizes of an empty file", mono().data_claiming(0, &FIVE).claiming(36))
            .but(std::slice::from_ref(&zero))
            .pipe_frames(Frames::Unknown),
        Case::reads("crash: size of the whole known", mono().data_claiming(0, &noise).done(), MONO, 16, &noise_values)
            .but(std::slice::from_ref(&zero))
            .pipe_frames(Frames::Unknown),
        five("crash inside a frame", mono().data_claiming(0, &[&FIVE[..], &[0x77]].concat()).claiming(0))
            .but(&[zero, Anomaly::PartialFrame { offset: 54, bytes: 1, frame_bytes: 2 }])
            .pipe_frames(Frames::Unknown),
        // Found by fuzzing: printable audio, to a pipe as to a file.
        Case::reads(
            "crash: sizes too small, audio that is printable",
            mono().data_claiming(0, b"AAAABBBBCCCC").claiming(60),
            MONO,
            6,
            &[0x4141, 0x4141, 0x4242, 0x4242, 0x4343, 0x4343].map(|sample| f64::from(sample) / 32_768.0),
        )
        .but(&[Anomaly::DataSizeZero { offset: 40 }])
        .pipe_frames(Frames::Unknown),
        // A size of four spaces is text as likely as a number; the largest below it is not.
        Case::reads(
            "no audio, a size of the whole of four spaces, and a printable tag",
            mono().data_claiming(0, b"abcd\x02\0\0\0\x01\x02").claiming(0x2020_2020),
            MONO,
            5,
            &[0x6261, 0x6463, 2, 0, 0x0201].map(|sample| f64::from(sample) / 32_768.0),
        )
        .but(&[Anomaly::DataSizeZero { offset: 40 }])
        .pipe_frames(Frames::Unknown),
        Case::reads(
            "no audio, a size of the whole just below four spaces, and a printable tag",
            mono().data_claiming(0, b"abcd\x02\0\0\0\x01\x02").claiming(0x2020_201F),
            MONO,
            0,
            &[],
        )
        .but_unseen(&[], &[Anomaly::RiffSize { offset: 4, declared: 0x2020_201F, found: 46 }]),
        Case::reads("no frames", mono().data(&[]).done(), MONO, 0, &[]),
        Case::reads("no frames, but a chunk after them", mono().data(&[]).chunk(b"LIST", &list).done(), MONO, 0, &[])
            .chunks(&[(b"fmt ", 12, 16), (b"data", 36, 0), (b"LIST", 44, 16)]),
        Case::reads(
            "no frames, but an unknown chunk after them",
            mono().data(&[]).chunk(b"abcd", &[1; 20]).done(),
            MONO,
            0,
            &[],
        )
        .chunks(&[(b"fmt ", 12, 16), (b"data", 36, 0), (b"abcd", 44, 20)]),
        // Found by fuzzing: a pipe does not see whether a chunk follows, and reads what is declared.
        five("size of the whole 0, that of the audio too small", mono().data_claiming(4, &FIVE).claiming(0))
            .but(&[Anomaly::Unfinished { offset: 40, declared: 4 }])
            .pipe_reads(2, &[Anomaly::RiffSize { offset: 4, declared: 0, found: 40 }]),
        five("size of the whole 0, that of the audio right", mono().data(&FIVE).claiming(0))
            .but(&[Anomaly::RiffSize { offset: 4, declared: 0, found: 46 }]),
    ]
}

/// Bytes that are no whole frame, and odd chunks.
fn partial_frames() -> Vec<Case> {
    let stereo = || Fmt::pcm(2, 16).riff();
    let eight = || Fmt::pcm(1, 8).riff();
    let list = *b"INFOINAM\x04\0\0\0abc\0";
    let missing = |offset| Anomaly::MissingPad { offset, chunk: *b"data" };
    let missing_at_the_end = |offset| Anomaly::MissingFinalPad { offset, chunk: *b"data" };
    vec![
        Case::reads("half a frame too many", stereo().data(&FIVE).done(), (2, Encoding::I16), 2, &FIVE_VALUES[..4])
            .but(&[Anomaly::PartialFrame { offset: 52, bytes: 2, frame_bytes: 4 }]),
        Case::reads("less than a frame", stereo().data(&FIVE[..2]).done(), (2, Encoding::I16), 0, &[])
            .but(&[Anomaly::PartialFrame { offset: 44, bytes: 2, frame_bytes: 4 }]),
        Case::reads(
            "a byte too many, padded",
            mono().data(&[&FIVE[..], &[0x77]].concat()).done(),
            MONO,
            5,
            &FIVE_VALUES,
        )
        .but(&[Anomaly::PartialFrame { offset: 54, bytes: 1, frame_bytes: 2 }]),
        three("odd audio, padded", eight().data(&THREE).done()),
        three("odd audio at the end, not padded", eight().data_claiming(3, &THREE).done())
            .but_unseen(&[], &[missing_at_the_end(47)]),
        three("odd audio, not padded but counted so", eight().data_claiming(3, &THREE).claiming(40))
            .but_unseen(&[], &[missing_at_the_end(47)]),
        three(
            "odd audio, not padded, a chunk after it",
            eight().unpadded(b"data", &THREE).chunk(b"LIST", &list).done(),
        )
        .but_unseen(&[], &[missing(47)])
        .chunks(&[(b"fmt ", 12, 16), (b"data", 36, 3), (b"LIST", 47, 16)]),
        three("odd audio, padded, a chunk after it", eight().data(&THREE).chunk(b"LIST", &list).done()).chunks(&[
            (b"fmt ", 12, 16),
            (b"data", 36, 3),
            (b"LIST", 48, 16),
        ]),
        three(
            "odd audio, padded with other than zero",
            eight().unpadded(b"data", &THREE).raw(&[0xAB]).chunk(b"LIST", &list).done(),
        )
        .chunks(&[(b"fmt ", 12, 16), (b"data", 36, 3), (b"LIST", 48, 16)]),
        // Three bytes each, so one of two frames is odd.
        Case::reads(
            "one frame of 24 bits",
            Fmt::pcm(1, 24).riff().data(&[0x03, 0x02, 0x01]).done(),
            (1, Encoding::I24),
            1,
            &[66_051.0 / 8_388_608.0],
        ),
    ]
}

/// The size of the whole file, and bytes after the last chunk.
fn whole_file() -> Vec<Case> {
    let riff = |declared, found| Anomaly::RiffSize { offset: 4, declared, found };
    let trailing = |count| Anomaly::TrailingBytes { offset: 54, count };
    let tag = [&b"TAG"[..], &[b'x'; 125]].concat();
    vec![
        // A pipe sees that the audio goes on past the end of the whole.
        five("size of the whole too small", mono().data(&FIVE).claiming(40)).but(&[riff(40, 46)]),
        five("size of the whole too large", mono().data(&FIVE).claiming(50)).but_unseen(&[], &[riff(50, 46)]),
        // One byte too many is a note, which strict reading tolerates.
        five("size of the whole one byte too large", mono().data(&FIVE).claiming(47)).but_unseen(&[], &[riff(47, 46)]),
        five("size of the whole that of the file", mono().data(&FIVE).claiming(54)).but_unseen(&[], &[riff(54, 46)]),
        five("size of the whole a placeholder", mono().data(&FIVE).claiming(0xFFFF_FFFF))
            .but_unseen(&[], &[riff(0xFFFF_FFFF, 46)]),
        five("three bytes after the end", [mono().data(&FIVE).done(), vec![1, 2, 3]].concat())
            .but_unseen(&[], &[trailing(3)]),
        five("zeros after the end", [mono().data(&FIVE).done(), vec![0; 4096]].concat())
            .but_unseen(&[], &[trailing(4096)]),
        five("a megabyte of zeros after the end", [mono().data(&FIVE).done(), vec![0; 1 << 20]].concat())
            .but_unseen(&[], &[trailing(1 << 20)]),
        five("an ID3v1 tag after the end", [mono().data(&FIVE).done(), tag].concat()).but_unseen(&[], &[trailing(128)]),
    ]
}

/// The containers whose sizes have 64 bits.
fn sixty_four_bits() -> Vec<Case> {
    let mut cases = vec![];
    for kind in [Kind::Rf64, Kind::Bw64, Kind::Wave64] {
        let file = || Fmt::pcm(1, 16).file(kind);
        let (size, data) = match kind {
            // The data size in `ds64`: after its header and the size of the whole.
            Kind::Rf64 | Kind::Bw64 => (28, 48 + 8 + 16 + 8),
            _ => (40 + 24 + 16 + 16, 40 + 24 + 16 + 24),
        };
        // Wave64 counts a chunk's header in.
        for declared in [12, 1 << 32, 1 << 40, (1 << 62) + 2] {
            let whole = declared + data - if kind == Kind::Wave64 { 0 } else { 8 };
            let bytes = file().data_claiming(declared, &FIVE).claiming(whole);
            cases.push(
                five(&format!("{kind:?} claims {declared} bytes of audio"), bytes)
                    .but(&[Anomaly::DataPastEnd { offset: size, declared, found: 10 }])
                    .pipe_frames(Frames::Says(declared / 2)),
            );
        }
        for declared in [1 << 63, u64::MAX - 24] {
            cases.push(
                five(
                    &format!("{kind:?} claims {declared} bytes of audio"),
                    file().data_claiming(declared, &FIVE).done(),
                )
                .but(&[Anomaly::DataSizeUnknown { offset: size, declared }])
                .pipe_frames(Frames::Unknown),
            );
        }
        cases.push(
            five(&format!("{kind:?} crash: no audio claimed"), file().data_claiming(0, &FIVE).claiming(0))
                .but(&[Anomaly::DataSizeZero { offset: size }])
                .pipe_frames(Frames::Unknown),
        );
        let cut = file().data_claiming(4000, &[&FIVE[..], &[0x77]].concat());
        cases.push(
            five(&format!("{kind:?} cut inside a frame"), cut.claiming(5000))
                .but(&[
                    Anomaly::DataPastEnd { offset: size, declared: 4000, found: 11 },
                    Anomaly::PartialFrame { offset: data + 10, bytes: 1, frame_bytes: 2 },
                ])
                .pipe_frames(Frames::Says(2000)),
        );
        cases.push(Case::reads(format!("{kind:?} no frames"), file().data(&[]).done(), MONO, 0, &[]));
    }
    // Without a count of frames in ds64, which some leave out, nothing but the end of a pipe says whether its size is right.
    for kind in [Kind::Rf64, Kind::Bw64] {
        let uncounted = Fmt::pcm(1, 16).file(kind).data(&FIVE).set(36, 8, 0);
        cases.push(five(&format!("{kind:?} without a count of frames"), uncounted.done()));
        let uncounted = Fmt::pcm(1, 16).file(kind).data_claiming(1 << 63, &FIVE).set(36, 8, 0);
        cases.push(
            five(&format!("{kind:?} without a count of frames, size unknown"), uncounted.claiming(1 << 63))
                .but(&[Anomaly::DataSizeUnknown { offset: 28, declared: 1 << 63 }])
                .pipe_frames(Frames::Unknown),
        );
    }
    // A size field of 0 in Wave64 does not even count its own header.
    let zero = Fmt::pcm(1, 16).file(Kind::Wave64).data_claiming(24_u64.wrapping_neg(), &FIVE).claiming(0);
    cases.push(
        five("Wave64 crash: sizes 0", zero).but(&[Anomaly::DataSizeZero { offset: 96 }]).pipe_frames(Frames::Unknown),
    );
    let too_large = Fmt::pcm(1, 16).file(Kind::Wave64).data(&FIVE).claiming(200);
    cases.push(
        five("Wave64 size of the whole too large", too_large)
            // Header 40, fmt 40, audio 24 + 10 + 6 of padding.
            .but_unseen(&[], &[Anomaly::RiffSize { offset: 16, declared: 200, found: 120 }]),
    );
    let too_large = Fmt::pcm(1, 16).file(Kind::Rf64).data(&FIVE).claiming(200);
    cases.push(
        five("Rf64 size of the whole too large", too_large)
            // WAVE 4, ds64 36, fmt 24, audio 18.
            .but_unseen(&[], &[Anomaly::RiffSize { offset: 20, declared: 200, found: 82 }]),
    );
    // RIFX has its sizes the other way round, too.
    let fmt = Fmt::new(PCM, 1, 8000, 8, 1);
    cases.push(
        three("Rifx crash: both sizes 0", fmt.file(Kind::Rifx).data_claiming(0, &THREE).claiming(0))
            .but(&[Anomaly::DataSizeZero { offset: 40 }])
            .pipe_frames(Frames::Unknown),
    );
    cases.push(
        three("Rifx claims 256 bytes of audio", fmt.file(Kind::Rifx).data_claiming(256, &THREE).claiming(292))
            .but(&[Anomaly::DataPastEnd { offset: 40, declared: 256, found: 3 }])
            .pipe_frames(Frames::Says(256)),
    );
    cases
}

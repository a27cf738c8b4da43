//! The `fmt ` chunk: sizes, extensions, and fields that contradict each other.
//!
//! In RIFF its header stands at 12, its size at 16, and its fields at: tag 20, channels 22, rate 24, byte rate 28, block align 32,
//! bits 34, `cbSize` 36, valid bits 38, channel mask 40, GUID 44.

use ndaudio::{Anomaly, Encoding};

use crate::wild::build::{A_LAW, AMBISONIC_TAIL, FLOAT, Fmt, Kind, MU_LAW, PCM};
use crate::wild::case::Case;
use crate::wild::sizes::{FIVE, FIVE_VALUES, MONO, five};

/// 1.0 and −0.5.
const TWO_FLOATS: [u8; 8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xBF];
const TWO_VALUES: [f64; 2] = [1.0, -0.5];

pub(crate) fn cases() -> Vec<Case> {
    [regular(), lengths(), contradictions(), valid_bits(), extensible(), channels()].into_iter().flatten().collect()
}

fn floats(name: &str, fmt: &Fmt) -> Case {
    Case::reads(name, fmt.riff().data(&TWO_FLOATS).done(), (1, Encoding::F32), 2, &TWO_VALUES)
}

/// 22 bytes of extension after a `cbSize` of `declared`.
fn extension(declared: u8) -> Vec<u8> {
    [&[declared, 0][..], &[0; 22]].concat()
}

/// Unusual, but in order.
fn regular() -> Vec<Case> {
    let float = || Fmt::new(FLOAT, 1, 8000, 32, 4);
    let wide = [0_u8, 0, 0, 0x40];
    let double = 0.1_f64.to_le_bytes();
    let fact = [2, 0, 0, 0];
    vec![
        five("16 bits, fmt of 18", Fmt::pcm(1, 16).tail(&[0, 0]).riff().data(&FIVE).done()),
        Case::reads(
            "32 bits, fmt of 18",
            Fmt::pcm(1, 32).tail(&[0, 0]).riff().data(&wide).done(),
            (1, Encoding::I32),
            1,
            &[0.5],
        ),
        floats("float, fmt of 16", &float()),
        floats("float, fmt of 18", &float().tail(&[0, 0])),
        floats("float, fmt of 40, as Pro Tools", &float().tail(&extension(22))),
        Case::reads(
            "float, fmt of 18 and fact, as sox",
            float().tail(&[0, 0]).riff().chunk(b"fact", &fact).data(&TWO_FLOATS).done(),
            (1, Encoding::F32),
            2,
            &TWO_VALUES,
        ),
        Case::reads(
            "64-bit float, fmt of 18",
            Fmt::new(FLOAT, 1, 8000, 64, 8).tail(&[0, 0]).riff().data(&double).done(),
            (1, Encoding::F64),
            1,
            &[0.1],
        ),
        // 14 bits at the top of 16, as some loggers write, are read as the 16 that they stand in.
        five("14 bits of 16", Fmt::new(PCM, 1, 8000, 14, 2).riff().data(&FIVE).done()),
        five("highest sample rate", {
            let fmt = Fmt { rate: u32::MAX / 2, byte_rate: u32::MAX - 1, ..Fmt::pcm(1, 16) };
            fmt.riff().data(&FIVE).done()
        })
        .spec(|spec| spec.with_sample_rate(u32::MAX / 2)),
        five("sample rate 0", Fmt { rate: 0, byte_rate: 0, ..Fmt::pcm(1, 16) }.riff().data(&FIVE).done())
            .spec(|spec| spec.with_sample_rate(0))
            .but(&[Anomaly::SampleRateZero { offset: 24 }]),
    ]
}

/// Chunks of other sizes than 16, 18 and 40.
fn lengths() -> Vec<Case> {
    let size = |declared| Anomaly::FmtSize { offset: 16, declared };
    let short = Fmt::pcm(1, 16).bytes(Kind::Riff)[..14].to_vec();
    let stereo = Fmt::pcm(2, 16).bytes(Kind::Riff)[..14].to_vec();
    let file = |fmt: &[u8]| crate::wild::build::Wav::new(Kind::Riff).chunk(b"fmt ", fmt).data(&FIVE).done();
    let wave64 = crate::wild::build::Wav::new(Kind::Wave64)
        .chunk(b"fmt ", &Fmt::pcm(1, 16).tail(&[0, 0, 0, 0]).bytes(Kind::Wave64))
        .data(&FIVE)
        .done();
    let fifty = Fmt::pcm(2, 16).extensible(Kind::Riff, 16, 3).bytes(Kind::Riff);
    let fifty = [&fifty[..16], &[32, 0], &fifty[18..], &[0; 10]].concat();
    vec![
        five("fmt of 14", file(&short)).but(&[size(14)]),
        Case::reads("fmt of 14 for two channels", file(&stereo), (2, Encoding::I16), 2, &FIVE_VALUES[..4])
            .but(&[size(14), Anomaly::PartialFrame { offset: 50, bytes: 2, frame_bytes: 4 }]),
        five("plain fmt of 40 that ends in zeros", file(&Fmt::pcm(1, 16).tail(&[0; 24]).bytes(Kind::Riff))),
        five("fmt of 17", file(&Fmt::pcm(1, 16).tail(&[0]).bytes(Kind::Riff))).but(&[size(17)]),
        five("fmt of 20", file(&Fmt::pcm(1, 16).tail(&[0, 0, 0, 0]).bytes(Kind::Riff))).but(&[size(20)]),
        five("fmt of 19, odd and padded", file(&Fmt::pcm(1, 16).tail(&[0, 0, 0]).bytes(Kind::Riff))).but(&[size(19)]),
        five("fmt of 1000", file(&Fmt::pcm(1, 16).tail(&[0; 984]).bytes(Kind::Riff))).but(&[size(1000)]),
        // Wave64: the size stands 16 bytes into the header, and counts it.
        five("Wave64 fmt of 20", wave64).but(&[Anomaly::FmtSize { offset: 56, declared: 20 }]),
        Case::reads("extensible fmt of 50", file(&fifty), (2, Encoding::I16), 2, &FIVE_VALUES[..4])
            .spec(|spec| spec.with_channel_mask(3))
            .but(&[
                size(50),
                Anomaly::ExtensionSize { offset: 36, declared: 32, expected: 22 },
                Anomaly::PartialFrame { offset: 20 + 50 + 8 + 8, bytes: 2, frame_bytes: 4 },
            ]),
        // 18 and what cbSize says, as some writers of G.711 have it: nothing is wrong.
        Case::reads(
            "A-law, fmt of 22 with cbSize 4",
            file(&Fmt::new(A_LAW, 1, 8000, 8, 1).tail(&[4, 0, 1, 2, 3, 4]).bytes(Kind::Riff)),
            (1, Encoding::ALaw),
            10,
            &[],
        ),
        five("cbSize 7 in a fmt of 18", file(&Fmt::pcm(1, 16).tail(&[7, 0]).bytes(Kind::Riff)))
            .but(&[Anomaly::ExtensionSize { offset: 36, declared: 7, expected: 0 }]),
    ]
}

/// Fields that must follow from others.
fn contradictions() -> Vec<Case> {
    let pcm = || Fmt::pcm(1, 16);
    let read = |name: &str, fmt: Fmt| five(name, fmt.riff().data(&FIVE).done());
    let rate = |declared| Anomaly::ByteRate { offset: 28, declared, expected: 16_000 };
    let align = |declared| Anomaly::BlockAlign { offset: 32, declared, used: 2 };
    let law = |tag, bits| Fmt { bits, ..Fmt::new(tag, 1, 8000, 8, 1) };
    let laws = |name: &str, fmt: Fmt, encoding, values: &[f64; 2]| {
        Case::reads(name, fmt.riff().data(&[0xD5, 0x80]).done(), (1, encoding), 2, values)
    };
    vec![
        read("byte rate 0", Fmt { byte_rate: 0, ..pcm() }).but(&[rate(0)]),
        read("byte rate of half", Fmt { byte_rate: 8000, ..pcm() }).but(&[rate(8000)]),
        read("byte rate in bits", Fmt { byte_rate: 128_000, ..pcm() }).but(&[rate(128_000)]),
        read("block align 0", Fmt { align: 0, ..pcm() }).but(&[align(0)]),
        read("block align 1", Fmt { align: 1, ..pcm() }).but(&[align(1)]),
        read("block align 4", Fmt { align: 4, ..pcm() }).but(&[align(4)]),
        read("block align 65535", Fmt { align: 65_535, ..pcm() }).but(&[align(65_535)]),
        read("block align of one channel for two", Fmt { align: 2, ..Fmt::pcm(2, 16) })
            .spec(|spec| spec.with_channels(2))
            .but(&[Anomaly::BlockAlign { offset: 32, declared: 2, used: 4 }])
            .frames(2, &[Anomaly::PartialFrame { offset: 52, bytes: 2, frame_bytes: 4 }]),
        // G.711 has 8 bits whatever the header says.
        laws("A-law of 16 bits", law(A_LAW, 16), Encoding::ALaw, &[8.0 / 32_768.0, A_LAW_80]).but(&[Anomaly::Bits {
            offset: 34,
            declared: 16,
            used: 8,
        }]),
        laws("\u{b5}-law of 16 bits", law(MU_LAW, 16), Encoding::MuLaw, &[MU_LAW_D5, 32_124.0 / 32_768.0])
            .but(&[Anomaly::Bits { offset: 34, declared: 16, used: 8 }]),
    ]
}

/// A-law 0x80: inverted 0xD5, positive, segment 5, step 5: (16·5 + 8 + 256)·2^4 = 5504 of 32768.
const A_LAW_80: f64 = 5504.0 / 32_768.0;
/// µ-law 0xD5: inverted 0x2A, positive, segment 2, step 10: ((2·10 + 33)·2^2 − 33)·4 = 716 of 32768.
const MU_LAW_D5: f64 = 716.0 / 32_768.0;

/// `wValidBitsPerSample`.
fn valid_bits() -> Vec<Case> {
    let file = |bits: u16, valid: u16, data: &[u8]| {
        Fmt::pcm(1, bits).extensible(Kind::Riff, valid, 0).riff().data(data).done()
    };
    let five = |name: &str, valid| five(name, file(16, valid, &FIVE));
    let used = |declared| Anomaly::ValidBits { offset: 38, declared, used: 16 };
    let one = |name: &str, (bits, valid), data: &[u8], encoding, value| {
        Case::reads(name, file(bits, valid, data), (1, encoding), 1, &[value])
    };
    vec![
        five("0 valid bits", 0).but(&[used(0)]),
        five("20 valid bits of 16", 20).but(&[used(20)]),
        five("65535 valid bits of 16", 65_535).but(&[used(65_535)]),
        five("10 valid bits of 16", 10),
        one("20 valid bits of 32", (32, 20), &[0x00, 0xF0, 0xFF, 0x7F], Encoding::I32, 524_287.0 / 524_288.0),
        one("16 valid bits of 24", (24, 16), &[0x00, 0x01, 0x80], Encoding::I24, -32_767.0 / 32_768.0),
        one(
            "24 valid bits of 32",
            (32, 24),
            &[0x00, 0x01, 0x00, 0x80],
            Encoding::I24In32Msb,
            -8_388_607.0 / 8_388_608.0,
        ),
        // What stands below the valid bits is read, and reported.
        Case::reads(
            "12 bits of 16, the fourth below in use",
            Fmt::new(PCM, 1, 8000, 12, 2).riff().data(&[0x30, 0x12, 0x38, 0x12]).done(),
            (1, Encoding::I12In16),
            2,
            &[4656.0 / 32_768.0, 4664.0 / 32_768.0],
        )
        .but(&[Anomaly::UnusedBits { offset: 46 }]),
        // The top byte is no sign, and the lowest is empty: 24 bits at the top, though the format says at the bottom.
        Case::reads(
            "24 bits at the top of 4 bytes under a plain tag",
            Fmt::new(PCM, 1, 8000, 24, 4).riff().data(&[0, 1, 0, 0x80, 0, 0, 0, 0x40, 0, 0x80, 0, 0]).done(),
            (1, Encoding::I24In32Msb),
            3,
            &[-8_388_607.0 / 8_388_608.0, 0.5, 128.0 / 8_388_608.0],
        )
        .but(&[Anomaly::Justification { offset: 34 }]),
        Case::reads(
            "24 bits in 4 bytes that use all 32",
            Fmt::new(PCM, 1, 8000, 24, 4).riff().data(&[0, 0, 0, 0, 1, 0, 0, 0x80]).done(),
            (1, Encoding::I24In32Lsb),
            2,
            &[0.0, 1.0 / 8_388_608.0],
        )
        .but(&[Anomaly::UnusedBits { offset: 48 }]),
        one("24 valid bits of 32, more set", (32, 24), &[0x01, 0, 0, 0], Encoding::I24In32Msb, 1.0 / 2_147_483_648.0)
            .but(&[Anomaly::UnusedBits { offset: 20 + 40 + 8 }]),
        // The sign above 24 bits at the bottom of 32 is not looked at.
        Case::reads(
            "arecord's 24 bits without a sign above",
            Fmt::new(PCM, 1, 8000, 24, 4).riff().data(&[0, 0, 0x80, 0, 0xFF, 0xFF, 0xFF, 0]).done(),
            (1, Encoding::I24In32Lsb),
            2,
            &[-1.0, -1.0 / 8_388_608.0],
        ),
    ]
}

/// `WAVE_FORMAT_EXTENSIBLE`.
fn extensible() -> Vec<Case> {
    let pcm = Fmt::pcm(1, 16).extensible(Kind::Riff, 16, 4);
    let without_size = [&[0, 0][..], &pcm.tail[2..]].concat();
    let read = |name: &str, fmt: &Fmt| five(name, fmt.riff().data(&FIVE).done());
    let surround = Fmt::pcm(6, 16).extensible(Kind::Riff, 16, 0x3F).riff().data(&[&FIVE[..], &[7, 0]].concat()).done();
    let surround_values = [&FIVE_VALUES[..], &[7.0 / 32_768.0]].concat();
    vec![
        read("channel mask for the front center", &pcm).spec(|spec| spec.with_channel_mask(4)),
        read("no channel mask", &Fmt::pcm(1, 16).extensible(Kind::Riff, 16, 0)),
        Case::reads("six channels, 5.1", surround, (6, Encoding::I16), 1, &surround_values)
            .spec(|spec| spec.with_channel_mask(0x3F)),
        read("extensible with cbSize 0", &pcm.clone().tail(&without_size))
            .spec(|spec| spec.with_channel_mask(4))
            .but(&[Anomaly::ExtensionSize { offset: 36, declared: 0, expected: 22 }]),
        read("ambisonic B-format, PCM", &Fmt::pcm(1, 16).with_guid(Kind::Riff, 16, 0, PCM, AMBISONIC_TAIL)),
        floats(
            "ambisonic B-format, float",
            &Fmt::new(FLOAT, 1, 8000, 32, 4).with_guid(Kind::Riff, 32, 0, FLOAT, AMBISONIC_TAIL),
        ),
    ]
}

/// Few and many of them.
fn channels() -> Vec<Case> {
    let ramp = |channels: u16| (0..channels).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    // The first few: the ramp, read as signed.
    let first = [0.0, 1.0 / 32_768.0, 2.0 / 32_768.0, 3.0 / 32_768.0];
    let sixty_four = Fmt::pcm(64, 16).riff().data(&ramp(64)).done();
    let eighteen = Fmt::pcm(18, 16).extensible(Kind::Riff, 16, 0x3FFFF).riff().data(&ramp(18)).done();
    // 65535 × 8 bytes do not fit nBlockAlign, which keeps the low 16 bits of them, 65528.
    let most = Fmt { rate: 8000, byte_rate: 65_535 * 8 * 8000, ..Fmt::new(FLOAT, 65_535, 8000, 64, 8) };
    let doubles: Vec<u8> = (0..65_535_u16).flat_map(|index| f64::from(index).to_le_bytes()).collect();
    vec![
        Case::reads("64 channels", sixty_four, (64, Encoding::I16), 1, &first),
        Case::reads("all 18 loudspeakers", eighteen, (18, Encoding::I16), 1, &first)
            .spec(|spec| spec.with_channel_mask(0x3FFFF)),
        Case::reads(
            "65535 channels of 64-bit float",
            most.riff().data(&doubles).done(),
            (65_535, Encoding::F64),
            1,
            &[0.0, 1.0, 2.0, 3.0],
        ),
        Case::reads(
            "65535 channels, less than a frame",
            Fmt::pcm(65_535, 8).riff().data(&FIVE).done(),
            (65_535, Encoding::U8),
            0,
            &[],
        )
        .but(&[Anomaly::PartialFrame { offset: 44, bytes: 10, frame_bytes: 65_535 }]),
        // Mono, so that MONO's spec is the one of a plain file, too.
        Case::reads("one channel", Fmt::pcm(1, 16).riff().data(&FIVE).done(), MONO, 5, &FIVE_VALUES),
    ]
}

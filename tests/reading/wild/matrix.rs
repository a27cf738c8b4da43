//! Every container with every encoding it can hold, plain and as `WAVE_FORMAT_EXTENSIBLE`.

use ndaudio::Encoding;

use crate::wild::build::{A_LAW, FLOAT, Fmt, Kind, MU_LAW, PCM};
use crate::wild::case::Case;

/// A way to store a sample, with four codes and what they are worth.
struct Stored {
    encoding: Encoding,
    tag: u16,
    /// Bytes of a sample.
    bytes: u16,
    /// `wBitsPerSample` of the plain format, where there is one.
    plain: Option<u16>,
    /// `wBitsPerSample` and `wValidBitsPerSample`, where it can be `WAVE_FORMAT_EXTENSIBLE`.
    extensible: Option<(u16, u16)>,
    /// From the definition: two's complement (8 bits: offset binary) at the top of the container over 2^(bits−1), IEEE 754, or
    /// ITU-T G.711 tables 1 and 2 in 16 bits over 2^15.
    codes: [(u64, f64); 4],
}

const fn stored(
    (encoding, tag, bytes): (Encoding, u16, u16),
    plain: Option<u16>,
    extensible: Option<(u16, u16)>,
    codes: [(u64, f64); 4],
) -> Stored {
    Stored { encoding, tag, bytes, plain, extensible, codes }
}

const STORED: [Stored; 12] = [
    stored(
        (Encoding::U8, PCM, 1),
        Some(8),
        Some((8, 8)),
        [(0x00, -1.0), (0x40, -0.5), (0x81, 1.0 / 128.0), (0xFF, 127.0 / 128.0)],
    ),
    stored(
        (Encoding::I12In16, PCM, 2),
        Some(12),
        Some((16, 12)),
        [(0x8000, -1.0), (0xFFF0, -1.0 / 2048.0), (0x0010, 1.0 / 2048.0), (0x7FF0, 2047.0 / 2048.0)],
    ),
    stored(
        (Encoding::I16, PCM, 2),
        Some(16),
        Some((16, 16)),
        [(0x8000, -1.0), (0xFFFE, -2.0 / 32_768.0), (0x0102, 258.0 / 32_768.0), (0x7FFF, 32_767.0 / 32_768.0)],
    ),
    stored(
        (Encoding::I20In24, PCM, 3),
        Some(20),
        Some((24, 20)),
        [
            (0x80_0000, -1.0),
            (0xFF_FFF0, -1.0 / 524_288.0),
            (0x00_0010, 1.0 / 524_288.0),
            (0x7F_FFF0, 524_287.0 / 524_288.0),
        ],
    ),
    stored(
        (Encoding::I24, PCM, 3),
        Some(24),
        Some((24, 24)),
        [
            (0x80_0000, -1.0),
            (0xFF_FFFE, -2.0 / 8_388_608.0),
            (0x01_0203, 66_051.0 / 8_388_608.0),
            (0x7F_FFFF, 8_388_607.0 / 8_388_608.0),
        ],
    ),
    // `arecord -f S24_LE`: the sample at the bottom, its sign above.
    stored(
        (Encoding::I24In32Lsb, PCM, 4),
        Some(24),
        None,
        [
            (0xFF80_0000, -1.0),
            (0xFFFF_FFFE, -2.0 / 8_388_608.0),
            (0x0001_0203, 66_051.0 / 8_388_608.0),
            (0x007F_FFFF, 8_388_607.0 / 8_388_608.0),
        ],
    ),
    // Microsoft's: the sample at the top.
    stored(
        (Encoding::I24In32Msb, PCM, 4),
        None,
        Some((32, 24)),
        [
            (0x8000_0000, -1.0),
            (0xFFFF_FE00, -2.0 / 8_388_608.0),
            (0x0102_0300, 66_051.0 / 8_388_608.0),
            (0x7FFF_FF00, 8_388_607.0 / 8_388_608.0),
        ],
    ),
    stored(
        (Encoding::I32, PCM, 4),
        Some(32),
        Some((32, 32)),
        [
            (0x8000_0000, -1.0),
            (0xFFFF_FFFE, -2.0 / 2_147_483_648.0),
            (0x0102_0304, 16_909_060.0 / 2_147_483_648.0),
            (0x7FFF_FFFF, 2_147_483_647.0 / 2_147_483_648.0),
        ],
    ),
    stored(
        (Encoding::F32, FLOAT, 4),
        Some(32),
        Some((32, 32)),
        [(0x3F80_0000, 1.0), (0xBF00_0000, -0.5), (0x0000_0000, 0.0), (0x4040_0000, 3.0)],
    ),
    stored(
        (Encoding::F64, FLOAT, 8),
        Some(64),
        Some((64, 64)),
        [
            (0x3FF0_0000_0000_0000, 1.0),
            (0xBFB9_9999_9999_999A, -0.1),
            (0x8000_0000_0000_0000, -0.0),
            (0x4008_0000_0000_0000, 3.0),
        ],
    ),
    stored(
        (Encoding::ALaw, A_LAW, 1),
        Some(8),
        Some((8, 8)),
        [(0xD5, 8.0 / 32_768.0), (0x55, -8.0 / 32_768.0), (0xAA, 32_256.0 / 32_768.0), (0x2A, -32_256.0 / 32_768.0)],
    ),
    stored(
        (Encoding::MuLaw, MU_LAW, 1),
        Some(8),
        Some((8, 8)),
        [(0xFF, 0.0), (0xFE, 8.0 / 32_768.0), (0x80, 32_124.0 / 32_768.0), (0x00, -32_124.0 / 32_768.0)],
    ),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![];
    for kind in Kind::ALL {
        for stored in &STORED {
            let samples = stored.codes.map(|(_, value)| value);
            let data: Vec<u8> =
                stored.codes.iter().flat_map(|&(code, _)| kind.number(code, usize::from(stored.bytes))).collect();
            let fmt = |bits| Fmt::new(stored.tag, 2, 8000, bits, stored.bytes);
            let plain = stored.plain.map(|bits| ("plain", fmt(bits)));
            let extensible =
                stored.extensible.map(|(bits, valid)| ("extensible", fmt(bits).extensible(kind, valid, 3)));
            for (form, fmt) in plain.into_iter().chain(extensible) {
                let mask = (form == "extensible").then_some(3);
                let name = format!("{kind:?} {:?} {form}", stored.encoding);
                let bytes = fmt.file(kind).data(&data).done();
                let case = Case::reads(name, bytes, (2, stored.encoding), 2, &samples);
                cases.push(case.spec(|spec| spec.with_channel_mask(mask)));
            }
        }
    }
    cases
}

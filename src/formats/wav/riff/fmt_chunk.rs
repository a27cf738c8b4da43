//! The `fmt ` chunk ⇄ what the samples are.
//!
//! Sources: Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001) and `mmreg.h`; RIFF MCI (1991) for `WAVEFORMAT`.

use crate::error::Anomaly;
use crate::error::{Error, FormatError, Result, Unsupported};
use crate::spec::{ByteOrder, Encoding, Spec};

pub(crate) const TAG_PCM: u16 = 1;
pub(crate) const TAG_FLOAT: u16 = 3;
pub(crate) const TAG_A_LAW: u16 = 6;
pub(crate) const TAG_MU_LAW: u16 = 7;
pub(crate) const TAG_EXTENSIBLE: u16 = 0xFFFE;

/// Bytes 2..16 of the sub-formats that stand for plain format tags: `KSDATAFORMAT_SUBTYPE_*`.
pub(crate) const SUB_FORMAT_TAIL: [u8; 14] =
    [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];
/// The same of the ambisonic B-format ones, whose tags mean the same.
const AMBISONIC_TAIL: [u8; 14] = [0x00, 0x00, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0x00, 0x00, 0x00];

/// Bytes of a `fmt ` chunk that mean something to anybody.
pub(crate) const LONGEST: usize = 40;
/// `WAVEFORMAT`, which ends before the bits per sample.
const SHORTEST: usize = 14;

/// Reads numbers at offsets of the chunk, in its byte order.
struct Fields<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
    /// Of the chunk's content in the file.
    offset: u64,
    /// Where the file has the chunk's size.
    size_at: u64,
}

impl Fields<'_> {
    fn u16(&self, at: usize) -> u16 {
        let bytes = [self.bytes[at], self.bytes[at + 1]];
        match self.order {
            ByteOrder::Little => u16::from_le_bytes(bytes),
            ByteOrder::Big => u16::from_be_bytes(bytes),
        }
    }

    fn u32(&self, at: usize) -> u32 {
        let [low, high] = match self.order {
            ByteOrder::Little => [at, at + 2],
            ByteOrder::Big => [at + 2, at],
        };
        u32::from(self.u16(low)) | u32::from(self.u16(high)) << 16
    }

    /// Refuses a chunk that ends before `needed` bytes of it: as it is made, or because the file ends there.
    fn need(&self, needed: usize, len: u64, what: &'static str, expected: &'static str) -> Result<()> {
        let (needed, found) = (needed as u64, self.bytes.len() as u64);
        if found >= needed {
            return Ok(());
        }
        if len >= needed {
            return Err(Error::format(self.offset, FormatError::Truncated { what, needed, found }));
        }
        let kind = FormatError::Field { chunk: *b"fmt ", field: "ckSize", value: len, expected };
        Err(Error::format(self.size_at, kind))
    }

    fn error(&self, at: usize, field: &'static str, value: impl Into<u64>, expected: &'static str) -> Error {
        let kind = FormatError::Field { chunk: *b"fmt ", field, value: value.into(), expected };
        Error::format(self.offset + at as u64, kind)
    }

    fn at(&self, at: usize) -> u64 {
        self.offset + at as u64
    }
}

/// Understands the content of a `fmt ` chunk: `len` bytes at `offset` of the file, whose header has that length at `size_at`, and of
/// which `bytes` are the first [`LONGEST`] at the most.
pub(crate) fn parse(
    bytes: &[u8],
    len: u64,
    (size_at, offset): (u64, u64),
    order: ByteOrder,
    anomalies: &mut Vec<Anomaly>,
) -> Result<Spec> {
    let fields = Fields { bytes, order, offset, size_at };
    fields.need(SHORTEST, len, "the \"fmt \" chunk", "at least 14")?;
    let channels = fields.u16(2);
    if channels == 0 {
        return Err(fields.error(2, "nChannels", channels, "1 to 65535"));
    }
    let sample_rate = fields.u32(4);
    if sample_rate == 0 {
        anomalies.push(Anomaly::SampleRateZero { offset: fields.at(4) });
    }
    let tag = fields.u16(0);
    check_size(&fields, tag, len, anomalies);

    // Before the bits, which are 0 where a codec has no such thing: GSM, MPEG.
    if !matches!(tag, TAG_PCM | TAG_FLOAT | TAG_A_LAW | TAG_MU_LAW | TAG_EXTENSIBLE) {
        return Err(Error::unsupported(fields.at(0), Unsupported::Codec { tag, name: codec_name(tag) }));
    }
    let stated_bits = if bytes.len() >= 16 {
        match fields.u16(14) {
            0 => return Err(fields.error(14, "wBitsPerSample", 0_u16, "at least 1")),
            bits => bits,
        }
    } else {
        // WAVEFORMAT has no bits: what the frame's size leaves for each channel.
        match (fields.u16(12) / channels).saturating_mul(8) {
            0 => return Err(fields.error(12, "nBlockAlign", fields.u16(12), "at least a byte for each channel")),
            bits => bits,
        }
    };
    let extensible = tag == TAG_EXTENSIBLE;
    let (tag, valid_bits) =
        if extensible { extension(&fields, len, stated_bits, anomalies)? } else { (tag, stated_bits) };
    let encoding = match tag {
        TAG_PCM => integer(&fields, channels, stated_bits, valid_bits, extensible)?,
        TAG_FLOAT => match stated_bits {
            32 => Encoding::F32,
            64 => Encoding::F64,
            bits => return Err(unsupported_bits(&fields, bits, channels, "float")),
        },
        TAG_A_LAW | TAG_MU_LAW => {
            if stated_bits != 8 {
                anomalies.push(Anomaly::Bits { offset: fields.at(14), declared: stated_bits, used: 8 });
            }
            if tag == TAG_A_LAW { Encoding::ALaw } else { Encoding::MuLaw }
        }
        tag => {
            let at = if extensible { 24 } else { 0 };
            return Err(Error::unsupported(fields.at(at), Unsupported::Codec { tag, name: codec_name(tag) }));
        }
    };
    let mask = (extensible && bytes.len() >= 24).then(|| fields.u32(20));
    let spec = Spec::new(sample_rate, usize::from(channels), encoding).with_channel_mask(mask);
    check_products(&fields, &spec, anomalies);
    Ok(spec)
}

/// Sizes that the standards give: 16, 18 + cbSize, and for the extensible format 40 with cbSize 22.
fn check_size(fields: &Fields, tag: u16, len: u64, anomalies: &mut Vec<Anomaly>) {
    let extensible = tag == TAG_EXTENSIBLE;
    let regular = if extensible { len == 40 } else { matches!(len, 16 | 18 | 40) };
    if !regular {
        anomalies.push(Anomaly::FmtSize { offset: fields.size_at, declared: len });
    }
    if fields.bytes.len() < 18 {
        return;
    }
    let declared = fields.u16(16);
    let expected = if extensible || len == 40 { 22 } else { 0 };
    // An odd size of the chunk itself is said already, and the extension then has what the chunk leaves it.
    let follows_chunk = u64::from(declared) + 18 == len;
    // 40 bytes with a plain tag and an extension of zero is how some editors leave room.
    let unused = !extensible && declared == 0;
    if declared != expected && !follows_chunk && !unused || extensible && declared != 22 {
        anomalies.push(Anomaly::ExtensionSize { offset: fields.at(16), declared, expected });
    }
}

/// The format tag and the valid bits of an extensible format.
fn extension(fields: &Fields, len: u64, bits: u16, anomalies: &mut Vec<Anomaly>) -> Result<(u16, u16)> {
    fields.need(
        26,
        len,
        "the sub-format of an extensible format",
        "at least 26, where an extensible format has its sub-format",
    )?;
    let found = fields.bytes.len();
    if found >= 40 {
        let tail = &fields.bytes[26..40];
        // RIFX files carry GUIDs in either order; the last eight bytes are the same in both.
        let known = |expected: &[u8; 14]| {
            tail[6..] == expected[6..] && (fields.order == ByteOrder::Big || tail[..6] == expected[..6])
        };
        if !known(&SUB_FORMAT_TAIL) && !known(&AMBISONIC_TAIL) {
            let mut guid = [0; 16];
            guid.copy_from_slice(&fields.bytes[24..40]);
            return Err(Error::unsupported(fields.at(24), Unsupported::SubFormat { guid }));
        }
    }
    let tag = fields.u32_or_u16(24);
    let valid = fields.u16(18);
    if valid == 0 || valid > bits {
        anomalies.push(Anomaly::ValidBits { offset: fields.at(18), declared: valid, used: bits });
        return Ok((tag, bits));
    }
    Ok((tag, valid))
}

impl Fields<'_> {
    /// The first number of a GUID, of 32 bits, cut to 16; chunks may end after its first two bytes.
    #[expect(clippy::cast_possible_truncation, reason = "format tags have 16 bits")]
    fn u32_or_u16(&self, at: usize) -> u16 {
        if self.bytes.len() < at + 4 {
            return self.u16(at);
        }
        match (self.u32(at), self.order) {
            // sox writes the tag of RIFX as a number of 16 bits, and the others behind it.
            (number, ByteOrder::Big) if number & 0xFFFF == 0 => (number >> 16) as u16,
            (number, _) => number as u16,
        }
    }
}

/// Which integer encoding it is: a container of whole bytes, and in it some valid bits.
fn integer(fields: &Fields, channels: u16, bits: u16, valid: u16, extensible: bool) -> Result<Encoding> {
    // Frames of 65,535 channels do not fit the 16 bits of nBlockAlign, which then hold what is left of them.
    let align_for = |bytes: u16| channels.wrapping_mul(bytes);
    let four_bytes = fields.u16(12) == align_for(4) && align_for(4) != align_for(bits.div_ceil(8));
    match (bits, valid) {
        // Microsoft wants samples at the top of their bytes; arecord's S24_LE, the one format that has three bytes of four, is not.
        (24, _) if four_bytes => Ok(Encoding::I24In32Lsb),
        // At which end the bits are is anybody's guess.
        (17..=23, _) if four_bytes => Err(unsupported_bits(fields, bits, channels, "integer")),
        (1..=8, _) => Ok(Encoding::U8),
        (9..=16, 12) => Ok(Encoding::I12In16),
        (9..=16, _) => Ok(Encoding::I16),
        (17..=24, 20) => Ok(Encoding::I20In24),
        (17..=24, _) => Ok(Encoding::I24),
        (25..=32, 24) if extensible => Ok(Encoding::I24In32Msb),
        (25..=32, _) => Ok(Encoding::I32),
        _ => Err(unsupported_bits(fields, bits, channels, "integer")),
    }
}

fn unsupported_bits(fields: &Fields, bits: u16, channels: u16, kind: &'static str) -> Error {
    let align = fields.u16(12);
    let container_bytes = if align.is_multiple_of(channels) { align / channels } else { 0 };
    Error::unsupported(fields.at(14), Unsupported::Bits { bits, container_bytes, kind })
}

/// The fields that follow from others.
#[expect(clippy::cast_possible_truncation, reason = "what does not fit keeps its low bits")]
fn check_products(fields: &Fields, spec: &Spec, anomalies: &mut Vec<Anomaly>) {
    let frame_bytes = spec.frame_bytes() as u64;
    let align = fields.u16(12);
    if align != frame_bytes as u16 {
        anomalies.push(Anomaly::BlockAlign { offset: fields.at(12), declared: align, used: frame_bytes });
    }
    let expected = u64::from(spec.sample_rate()) * frame_bytes;
    let declared = fields.u32(8);
    // Where 32 bits are too few, some writers keep the low ones and some the greatest number there is.
    if declared != expected as u32 && u64::from(declared) != expected.min(u64::from(u32::MAX)) {
        anomalies.push(Anomaly::ByteRate { offset: fields.at(8), declared, expected });
    }
}

/// Names of format tags. Source: RFC 2361 and `mmreg.h`.
fn codec_name(tag: u16) -> &'static str {
    match tag {
        0x0000 => "unknown",
        0x0002 => "Microsoft ADPCM",
        0x0010 => "OKI ADPCM",
        0x0011 => "IMA ADPCM",
        0x0014 => "G.723 ADPCM",
        0x0016 => "G.726 ADPCM",
        0x0022 => "DSP Group TrueSpeech",
        0x0031 => "GSM 6.10",
        0x0040 => "G.721 ADPCM",
        0x0042 => "G.723.1",
        0x0045 => "G.726 ADPCM",
        0x0050 => "MPEG layer 1 or 2",
        0x0055 => "MP3",
        0x0064 => "G.726 ADPCM",
        0x0065 => "G.722 ADPCM",
        0x0083 => "G.729",
        0x0092 => "AC-3 over S/PDIF",
        0x00FF => "AAC",
        0x0160 | 0x0161 => "Windows Media Audio",
        0x0162 => "Windows Media Audio Professional",
        0x0163 => "Windows Media Audio lossless",
        0x1600 | 0x1602 | 0x1610 => "AAC",
        0x2000 => "AC-3",
        0x2001 => "DTS",
        0x566F..=0x6771 if matches!(tag, 0x566F | 0x674F..=0x6751 | 0x676F..=0x6771) => "Ogg Vorbis",
        0x704F => "Opus",
        0xF1AC => "FLAC",
        _ => "no name registered here",
    }
}

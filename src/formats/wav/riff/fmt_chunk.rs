//! The `fmt ` chunk, read and written.
//!
//! Sources: Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001) and `mmreg.h`; RIFF MCI (1991) for `WAVEFORMAT`.

use super::container::{Container, number};
use crate::error::{Anomaly, Error, FormatError, Result, Unsupported};
use crate::spec::{ByteOrder, Encoding, Spec};

const TAG_PCM: u16 = 1;
const TAG_FLOAT: u16 = 3;
const TAG_A_LAW: u16 = 6;
const TAG_MU_LAW: u16 = 7;
const TAG_EXTENSIBLE: u16 = 0xFFFE;

/// Bytes 2..16 of the sub-formats that stand for plain format tags: `KSDATAFORMAT_SUBTYPE_*`.
const SUB_FORMAT_TAIL: [u8; 14] = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];
/// The same for ambisonic B-format, where the tags mean the same.
const AMBISONIC_TAIL: [u8; 14] = [0x00, 0x00, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0x00, 0x00, 0x00];

/// Bytes of a `fmt ` chunk that any format here uses.
pub(crate) const LONGEST: usize = 40;
/// `WAVEFORMAT`, which ends before the bits per sample.
const SHORTEST: usize = 14;

/// Where a `fmt ` chunk is in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Where its size is.
    pub(crate) size_at: u64,
    /// Where its content begins.
    pub(crate) content_at: u64,
    /// Bytes of content that its header claims.
    pub(crate) len: u64,
}

/// The fields of a chunk, by their offsets in it.
struct Fields<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
    place: Place,
}

impl Fields<'_> {
    #[expect(clippy::cast_possible_truncation, reason = "a number of two bytes")]
    fn u16(&self, at: usize) -> u16 {
        number(&self.bytes[at..at + 2], self.order) as u16
    }

    #[expect(clippy::cast_possible_truncation, reason = "a number of four bytes")]
    fn u32(&self, at: usize) -> u32 {
        number(&self.bytes[at..at + 4], self.order) as u32
    }

    /// Refuses a chunk that ends before `needed` bytes of it, either by its own size or because the file ends there.
    fn need(&self, needed: usize, what: &'static str, expected: &'static str) -> Result<()> {
        let (needed, found, len) = (needed as u64, self.bytes.len() as u64, self.place.len);
        if found >= needed {
            return Ok(());
        }
        if len >= needed {
            return Err(Error::format(self.place.content_at, FormatError::Truncated { what, needed, found }));
        }
        let what = FormatError::Field { chunk: *b"fmt ", field: "ckSize", value: len, expected };
        Err(Error::format(self.place.size_at, what))
    }

    fn error(&self, at: usize, field: &'static str, value: impl Into<u64>, expected: &'static str) -> Error {
        let what = FormatError::Field { chunk: *b"fmt ", field, value: value.into(), expected };
        Error::format(self.at(at), what)
    }

    /// Where a field stands in the file.
    fn at(&self, at: usize) -> u64 {
        self.place.content_at + at as u64
    }
}

/// Reads the content of a `fmt ` chunk, of which `bytes` are the first [`LONGEST`] at most.
pub(crate) fn parse(bytes: &[u8], place: Place, order: ByteOrder, anomalies: &mut Vec<Anomaly>) -> Result<Spec> {
    let fields = Fields { bytes, order, place };
    fields.need(SHORTEST, "the \"fmt \" chunk", "at least 14")?;
    let channels = fields.u16(2);
    if channels == 0 {
        return Err(fields.error(2, "nChannels", channels, "1 to 65535"));
    }
    let sample_rate = fields.u32(4);
    if sample_rate == 0 {
        anomalies.push(Anomaly::SampleRateZero { offset: fields.at(4) });
    }
    let tag = fields.u16(0);
    check_size(&fields, tag, anomalies);

    // Before the bits, which are 0 for codecs that have none, such as GSM and MPEG.
    if !matches!(tag, TAG_PCM | TAG_FLOAT | TAG_A_LAW | TAG_MU_LAW | TAG_EXTENSIBLE) {
        return Err(Error::unsupported(fields.at(0), Unsupported::Codec { tag, name: codec_name(tag) }));
    }
    let stated_bits = if bytes.len() >= 16 {
        match fields.u16(14) {
            0 => return Err(fields.error(14, "wBitsPerSample", 0_u16, "at least 1")),
            bits => bits,
        }
    } else {
        // WAVEFORMAT does not say the bits: as many as the size of a frame leaves for each channel.
        match (fields.u16(12) / channels).saturating_mul(8) {
            0 => return Err(fields.error(12, "nBlockAlign", fields.u16(12), "at least a byte for each channel")),
            bits => bits,
        }
    };
    let extensible = tag == TAG_EXTENSIBLE;
    let (tag, valid_bits) = if extensible { extension(&fields, stated_bits, anomalies)? } else { (tag, stated_bits) };
    let encoding = match tag {
        TAG_PCM => integer(&fields, channels, stated_bits, valid_bits)?,
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
    let mask = extensible.then(|| fields.u32(20));
    let spec = Spec::new(sample_rate, usize::from(channels), encoding).with_channel_mask(mask);
    check_products(&fields, &spec, anomalies);
    Ok(spec)
}

/// Checks the size of the chunk and of its extension: 16, 18, 18 + cbSize, and for the extensible format 40 with cbSize 22.
fn check_size(fields: &Fields, tag: u16, anomalies: &mut Vec<Anomaly>) {
    let (extensible, len) = (tag == TAG_EXTENSIBLE, fields.place.len);
    let extension = (fields.bytes.len() >= 18).then(|| fields.u16(16));
    let follows_extension = extension.is_some_and(|declared| u64::from(declared) + 18 == len);
    let regular = if extensible { len == 40 } else { matches!(len, 16 | 18 | 40) || follows_extension };
    if !regular {
        anomalies.push(Anomaly::FmtSize { offset: fields.place.size_at, declared: len });
    }
    let Some(declared) = extension else { return };
    let expected = if extensible || len == 40 { 22 } else { 0 };
    // Some editors leave room after a plain format, and an extension of 0 bytes in it.
    let unused = declared == 0;
    if declared != expected && !follows_extension && !unused || extensible && declared != 22 {
        anomalies.push(Anomaly::ExtensionSize { offset: fields.at(16), declared, expected });
    }
}

/// The format tag and the valid bits of an extensible format.
fn extension(fields: &Fields, bits: u16, anomalies: &mut Vec<Anomaly>) -> Result<(u16, u16)> {
    let expected = "at least 26, where an extensible format has its sub-format";
    fields.need(26, "the sub-format of an extensible format", expected)?;
    if fields.bytes.len() >= 40 {
        let tail = &fields.bytes[26..40];
        // RIFX files have GUIDs in either order; the last eight bytes are the same in both.
        let known = |expected: &[u8; 14]| {
            tail[6..] == expected[6..] && (fields.order == ByteOrder::Big || tail[..6] == expected[..6])
        };
        if !known(&SUB_FORMAT_TAIL) && !known(&AMBISONIC_TAIL) {
            let mut guid = [0; 16];
            guid.copy_from_slice(&fields.bytes[24..40]);
            return Err(Error::unsupported(fields.at(24), Unsupported::SubFormat { guid }));
        }
    }
    let tag = fields.sub_format_tag();
    let valid = fields.u16(18);
    if valid == 0 || valid > bits {
        anomalies.push(Anomaly::ValidBits { offset: fields.at(18), declared: valid, used: bits });
        return Ok((tag, bits));
    }
    Ok((tag, valid))
}

impl Fields<'_> {
    /// The first number of the sub-format's GUID, of 32 bits, cut to 16. The chunk may end after its first two bytes.
    #[expect(clippy::cast_possible_truncation, reason = "format tags have 16 bits")]
    fn sub_format_tag(&self) -> u16 {
        if self.bytes.len() < 28 {
            return self.u16(24);
        }
        match (self.u32(24), self.order) {
            // sox writes the tag of RIFX as a number of 16 bits, and the rest of the 32 after it.
            (number, ByteOrder::Big) if number & 0xFFFF == 0 => (number >> 16) as u16,
            (number, _) => number as u16,
        }
    }
}

/// The integer encoding that stores samples in whole bytes, of which some bits are valid.
fn integer(fields: &Fields, channels: u16, bits: u16, valid: u16) -> Result<Encoding> {
    // The frames of 65,535 channels are too long for the 16 bits of nBlockAlign, which then hold the low ones.
    let align_for = |bytes: u16| channels.wrapping_mul(bytes);
    let four_bytes = fields.u16(12) == align_for(4) && align_for(4) != align_for(bits.div_ceil(8));
    match (bits, valid) {
        // Microsoft puts samples at the top of their bytes, arecord's S24_LE puts them at the bottom. The audio decides: see `look`.
        (24, _) if four_bytes => Ok(Encoding::I24In32Lsb),
        // Nobody can tell at which end the bits are.
        (17..=23, _) if four_bytes => Err(unsupported_bits(fields, bits, channels, "integer")),
        (1..=8, _) => Ok(Encoding::U8),
        (9..=16, 12) => Ok(Encoding::I12In16),
        (9..=16, _) => Ok(Encoding::I16),
        (17..=24, 20) => Ok(Encoding::I20In24),
        (17..=24, _) => Ok(Encoding::I24),
        // Of a format that is not extensible all bits are valid.
        (25..=32, 24) => Ok(Encoding::I24In32Msb),
        (25..=32, _) => Ok(Encoding::I32),
        _ => Err(unsupported_bits(fields, bits, channels, "integer")),
    }
}

fn unsupported_bits(fields: &Fields, bits: u16, channels: u16, kind: &'static str) -> Error {
    let align = fields.u16(12);
    let container_bytes = if align.is_multiple_of(channels) { align / channels } else { 0 };
    Error::unsupported(fields.at(14), Unsupported::Bits { bits, container_bytes, kind })
}

/// Checks the fields that follow from other fields.
#[expect(clippy::cast_possible_truncation, reason = "what does not fit keeps its low bits")]
fn check_products(fields: &Fields, spec: &Spec, anomalies: &mut Vec<Anomaly>) {
    let frame_bytes = spec.frame_bytes() as u64;
    let align = fields.u16(12);
    if align != frame_bytes as u16 {
        anomalies.push(Anomaly::BlockAlign { offset: fields.at(12), declared: align, used: frame_bytes });
    }
    let expected = u64::from(spec.sample_rate()) * frame_bytes;
    let declared = fields.u32(8);
    // Where 32 bits are too few, some writers keep the low ones and some write the largest number.
    if declared != expected as u32 && u64::from(declared) != expected.min(u64::from(u32::MAX)) {
        anomalies.push(Anomaly::ByteRate { offset: fields.at(8), declared, expected });
    }
}

/// The names of format tags. Sources: RFC 2361; `mmreg.h`; `xma2defs.h` for XMA; Sony for ATRAC3.
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
        0x0165 => "XMA",
        0x0166 => "XMA2",
        0x0270 => "ATRAC3",
        0x1600 | 0x1602 | 0x1610 => "AAC",
        0x2000 => "AC-3",
        0x2001 => "DTS",
        0x566F..=0x6771 if matches!(tag, 0x566F | 0x674F..=0x6751 | 0x676F..=0x6771) => "Ogg Vorbis",
        0x704F => "Opus",
        0xF1AC => "FLAC",
        _ => "no name registered here",
    }
}

/// The content of the `fmt ` chunk for a spec: 16, 18 or 40 bytes.
///
/// `nBlockAlign` and `nAvgBytesPerSec` are 16 and 32 bits wide. Of a longer frame the low bits are kept, as readers that
/// multiply in 16 bits expect; a higher rate is written as the largest number.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a channel mask with 24 bits at the bottom of 4 bytes: the plain format is the only one that can say
/// where those bits are, and it has no room for a mask.
pub(crate) fn content(container: Container, spec: &Spec) -> Result<Vec<u8>> {
    let encoding = spec.encoding();
    if encoding == Encoding::I24In32Lsb && spec.channel_mask().is_some() {
        let what = "24 bits at the bottom of 4 bytes cannot be written with a channel mask; use 24-bit PCM or no mask";
        return Err(Error::unsupported_operation(what));
    }
    let extensible = is_extensible(container, spec);
    let tag = plain_tag(encoding);
    let container_bits = 8 * encoding.bytes() as u64;
    // 24 bits at the bottom of 4 bytes are told from 24 at the top by the stated bits: 24 here, 32 there.
    let bits = if encoding == Encoding::I24In32Lsb { 24 } else { container_bits };

    let mut content = Vec::with_capacity(40);
    push_u16(&mut content, if extensible { TAG_EXTENSIBLE } else { tag });
    push_u16(&mut content, low_16(spec.channels() as u64));
    content.extend(spec.sample_rate().to_le_bytes());
    let byte_rate = u64::from(spec.sample_rate()) * spec.frame_bytes() as u64;
    content.extend(u32::try_from(byte_rate).unwrap_or(u32::MAX).to_le_bytes());
    push_u16(&mut content, low_16(spec.frame_bytes() as u64));
    push_u16(&mut content, low_16(bits));
    if extensible {
        push_u16(&mut content, 22);
        push_u16(&mut content, low_16(u64::from(encoding.bits())));
        content.extend(spec.channel_mask().unwrap_or(0).to_le_bytes());
        push_u16(&mut content, tag);
        content.extend(SUB_FORMAT_TAIL);
    } else if tag != TAG_PCM {
        push_u16(&mut content, 0);
    }
    Ok(content)
}

/// Returns whether a `fact` chunk belongs to the encoding: RIFF MCI asks for one with everything but PCM.
pub(crate) fn wants_fact(encoding: Encoding) -> bool {
    plain_tag(encoding) != TAG_PCM
}

/// Returns whether to write `WAVE_FORMAT_EXTENSIBLE`. Microsoft asks for it with more than 2 channels, more than 16 bits of PCM, bits that do
/// not fill their bytes, and a channel mask. In Wave64 libsndfile 1.2.2 takes every extensible format for PCM, so there only PCM and
/// channel masks use it.
fn is_extensible(container: Container, spec: &Spec) -> bool {
    let encoding = spec.encoding();
    let many = spec.channels() > 2 && (container != Container::Wave64 || plain_tag(encoding) == TAG_PCM);
    let narrow = match encoding {
        Encoding::I24In32Lsb => return false,
        Encoding::U8 | Encoding::I16 | Encoding::F32 | Encoding::F64 | Encoding::ALaw | Encoding::MuLaw => true,
        Encoding::I12In16 | Encoding::I20In24 | Encoding::I24 | Encoding::I24In32Msb | Encoding::I32 => false,
    };
    many || !narrow || spec.channel_mask().is_some()
}

fn plain_tag(encoding: Encoding) -> u16 {
    match encoding {
        Encoding::F32 | Encoding::F64 => TAG_FLOAT,
        Encoding::ALaw => TAG_A_LAW,
        Encoding::MuLaw => TAG_MU_LAW,
        _ => TAG_PCM,
    }
}

fn push_u16(content: &mut Vec<u8>, value: u16) {
    content.extend(value.to_le_bytes());
}

#[expect(clippy::cast_possible_truncation, reason = "keeps the low bits")]
fn low_16(value: u64) -> u16 {
    value as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RIFX the tag is in the first two bytes of the sub-format as sox writes it, and in the next two as a number of 32 bits has it.
    #[test]
    fn the_sub_format_is_read_as_far_as_the_chunk_has_it() {
        let chunk = |sub_format: &[u8]| {
            let extensible =
                [0xFF, 0xFE, 0, 1, 0, 0, 0x1F, 0x40, 0, 0, 0x3E, 0x80, 0, 2, 0, 16, 0, 22, 0, 16, 0, 0, 0, 0];
            let bytes = [&extensible, sub_format].concat();
            let place = Place { size_at: 16, content_at: 20, len: bytes.len() as u64 };
            parse(&bytes, place, ByteOrder::Big, &mut Vec::new()).map(|spec| spec.encoding())
        };
        for sub_format in [&[0, 1][..], &[0, 1, 0], &[0, 1, 0, 0], &[0, 0, 0, 1]] {
            assert_eq!(chunk(sub_format).unwrap(), Encoding::I16, "{sub_format:?}");
        }
        assert!(chunk(&[0, 0]).is_err());
    }
}

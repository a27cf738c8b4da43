//! What the samples are → the content of a `fmt ` chunk.
//!
//! Sources: Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001) and `mmreg.h`; RIFF MCI (1991) for `WAVEFORMAT`.

use super::container::Container;
use super::fmt_chunk::{SUB_FORMAT_TAIL, TAG_A_LAW, TAG_EXTENSIBLE, TAG_FLOAT, TAG_MU_LAW, TAG_PCM};
use crate::error::{Error, Result};
use crate::spec::{Encoding, Spec};

/// The content of the `fmt ` chunk, of 16, 18 or 40 bytes.
///
/// `nBlockAlign` and `nAvgBytesPerSec` are 16 and 32 bits wide: of a frame that is longer the low bits are kept, as readers that
/// multiply in 16 bits expect, and a rate that is higher is written as the highest.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for loudspeakers together with 24 bits at the bottom of 4 bytes: the plain format, which alone can say
/// where those bits are, has no room for a channel mask.
pub(in crate::formats::wav) fn fmt_content(container: Container, spec: &Spec) -> Result<Vec<u8>> {
    let encoding = spec.encoding();
    if encoding == Encoding::I24In32Lsb && spec.channel_mask().is_some() {
        let what = "24 bits at the bottom of 4 bytes cannot be written with a channel mask; use 24-bit PCM or no mask";
        return Err(Error::unsupported_operation(what));
    }
    let extensible = is_extensible(container, spec);
    let tag = plain_tag(encoding);
    let container_bits = 8 * encoding.bytes() as u64;
    // 24 bits at the bottom of 4 bytes are told from 24 at the top by the bits: here 24, there 32.
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

/// Whether a `fact` chunk belongs to it: RIFF MCI wants one for everything but PCM.
pub(in crate::formats::wav) fn wants_fact(encoding: Encoding) -> bool {
    plain_tag(encoding) != TAG_PCM
}

/// Microsoft wants `WAVE_FORMAT_EXTENSIBLE` for more than 2 channels, more than 16 bits of PCM, bits that do not fill their bytes,
/// and a channel mask. In Wave64 libsndfile 1.2.2 takes whatever is extensible for PCM, so there only PCM and channel masks are.
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

#[expect(clippy::cast_possible_truncation, reason = "the low bits are what is asked for")]
fn low_16(value: u64) -> u16 {
    value as u16
}

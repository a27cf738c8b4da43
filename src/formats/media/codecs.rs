//! symphonia's names for formats and codecs in ours.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, well_known as codec};

use crate::error::{Error, Result};
use crate::formats::flac;
use crate::spec::{Encoding, MAX_CHANNELS, Spec};

/// A container as people call it.
pub(super) fn format_name(short_name: &str) -> &'static str {
    match short_name {
        "flac" => "FLAC",
        "ogg" => "Ogg",
        "mp1" => "MP1",
        "mp2" => "MP2",
        "mp3" => "MP3",
        "aac" => "AAC",
        "aiff" => "AIFF",
        "caf" => "CAF",
        "isomp4" => "MP4",
        "matroska" => "Matroska",
        _ => "symphonia",
    }
}

/// A codec as people call it.
pub(super) fn codec_name(id: AudioCodecId) -> &'static str {
    match id {
        codec::CODEC_ID_FLAC => "FLAC",
        codec::CODEC_ID_ALAC => "ALAC",
        codec::CODEC_ID_VORBIS => "Vorbis",
        codec::CODEC_ID_MP1 => "MP1",
        codec::CODEC_ID_MP2 => "MP2",
        codec::CODEC_ID_MP3 => "MP3",
        codec::CODEC_ID_AAC => "AAC",
        codec::CODEC_ID_PCM_ALAW => "A-law",
        codec::CODEC_ID_PCM_MULAW => "µ-law",
        id if pcm(id).is_some() => "PCM",
        _ => "ADPCM",
    }
}

/// The encoding of a codec of plain numbers.
fn pcm(id: AudioCodecId) -> Option<Encoding> {
    Some(match id {
        codec::CODEC_ID_PCM_S32LE
        | codec::CODEC_ID_PCM_S32LE_PLANAR
        | codec::CODEC_ID_PCM_S32BE
        | codec::CODEC_ID_PCM_S32BE_PLANAR
        | codec::CODEC_ID_PCM_U32LE
        | codec::CODEC_ID_PCM_U32LE_PLANAR
        | codec::CODEC_ID_PCM_U32BE
        | codec::CODEC_ID_PCM_U32BE_PLANAR => Encoding::I32,
        codec::CODEC_ID_PCM_S24LE
        | codec::CODEC_ID_PCM_S24LE_PLANAR
        | codec::CODEC_ID_PCM_S24BE
        | codec::CODEC_ID_PCM_S24BE_PLANAR
        | codec::CODEC_ID_PCM_U24LE
        | codec::CODEC_ID_PCM_U24LE_PLANAR
        | codec::CODEC_ID_PCM_U24BE
        | codec::CODEC_ID_PCM_U24BE_PLANAR => Encoding::I24,
        codec::CODEC_ID_PCM_S16LE
        | codec::CODEC_ID_PCM_S16LE_PLANAR
        | codec::CODEC_ID_PCM_S16BE
        | codec::CODEC_ID_PCM_S16BE_PLANAR
        | codec::CODEC_ID_PCM_U16LE
        | codec::CODEC_ID_PCM_U16LE_PLANAR
        | codec::CODEC_ID_PCM_U16BE
        | codec::CODEC_ID_PCM_U16BE_PLANAR => Encoding::I16,
        codec::CODEC_ID_PCM_S8
        | codec::CODEC_ID_PCM_S8_PLANAR
        | codec::CODEC_ID_PCM_U8
        | codec::CODEC_ID_PCM_U8_PLANAR => Encoding::U8,
        codec::CODEC_ID_PCM_F32LE
        | codec::CODEC_ID_PCM_F32LE_PLANAR
        | codec::CODEC_ID_PCM_F32BE
        | codec::CODEC_ID_PCM_F32BE_PLANAR => Encoding::F32,
        codec::CODEC_ID_PCM_F64LE
        | codec::CODEC_ID_PCM_F64LE_PLANAR
        | codec::CODEC_ID_PCM_F64BE
        | codec::CODEC_ID_PCM_F64BE_PLANAR => Encoding::F64,
        codec::CODEC_ID_PCM_ALAW => Encoding::ALaw,
        codec::CODEC_ID_PCM_MULAW => Encoding::MuLaw,
        _ => return None,
    })
}

/// Whether decoding gives back what was encoded, and every packet stands for itself.
pub(super) fn is_exact(id: AudioCodecId) -> bool {
    matches!(id, codec::CODEC_ID_FLAC | codec::CODEC_ID_ALAC) || pcm(id).is_some()
}

/// The encoding of a codec; 32-bit float for those that store no samples.
pub(super) fn encoding(parameters: &AudioCodecParameters) -> Encoding {
    let extra = parameters.extra_data.as_deref().unwrap_or_default();
    match parameters.codec {
        codec::CODEC_ID_FLAC => parameters.bits_per_sample.map_or(Encoding::I32, flac::encoding),
        codec::CODEC_ID_ALAC => {
            // The cookie may stand in two atoms of 12 bytes each.
            let cookie = if extra.get(4..8) == Some(b"frma") { extra.get(24..).unwrap_or_default() } else { extra };
            // `bitDepth` of the `ALACSpecificConfig`.
            cookie.get(5).map_or(Encoding::I32, |&bits| flac::encoding(u32::from(bits)))
        }
        id => pcm(id).unwrap_or(Encoding::F32),
    }
}

/// The spec of a file, if there can be one.
pub(super) fn spec(format: &'static str, rate: u32, channels: Option<&Channels>, encoding: Encoding) -> Result<Spec> {
    let count = channels.map_or(0, Channels::count);
    if count == 0 || count > MAX_CHANNELS {
        return Err(Error::decoder(
            format,
            format!("the file has {count} channels, where 1 to {MAX_CHANNELS} can be read"),
        ));
    }
    let mask = match channels {
        // The bits are those of `dwChannelMask`; one and two channels are as anywhere.
        Some(Channels::Positioned(positions)) if count > 2 => {
            u32::try_from(positions.bits()).ok().filter(|mask| *mask < 1 << 18)
        }
        _ => None,
    };
    Ok(Spec::new(rate, count, encoding).with_channel_mask(mask))
}

//! hound's reader as a source, and its specs and errors as ours.

use std::io::Read;

use crate::error::{Error, ErrorKind, Result, Unsupported};
use crate::pcm::Sample;
use crate::spec::{Encoding, Spec};
use crate::stream::Source;
use crate::stream::source::whole_frames;

/// Reads frames through a [`hound::WavReader`], sample by sample as hound does.
///
/// [`WavReader`](crate::WavReader) is faster and reads more files; this is for code that has a hound reader already.
///
/// # Examples
/// ```
/// use ndaudio::{HoundSource, Source, hound};
///
/// let mut source = HoundSource::new(hound::WavReader::open("data/music.wav")?)?;
/// let (expected, _) = ndaudio::read::<f32>("data/music.wav")?;
/// assert_eq!(source.read_all::<f32>()?, expected);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct HoundSource<R> {
    reader: hound::WavReader<R>,
    spec: Spec,
    position: u64,
}

impl<R: Read> HoundSource<R> {
    /// Takes over a reader that nothing has been read from.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for bits per sample that hound opens but does not read, [`ErrorKind::InvalidArgument`] for zero channels.
    pub fn new(reader: hound::WavReader<R>) -> Result<Self> {
        let spec = Spec::try_from(reader.spec())?;
        Ok(HoundSource { reader, spec, position: 0 })
    }

    /// Returns the reader.
    pub fn into_inner(self) -> hound::WavReader<R> {
        self.reader
    }
}

impl<R: Read> Source for HoundSource<R> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let channels = self.spec.channels();
        whole_frames(out.len(), channels);
        let filled = if self.spec.encoding().is_float() {
            fill(out, self.reader.samples::<f32>(), T::from_f32_scale)?
        } else {
            let shift = 32 - self.spec.encoding().bits();
            fill(out, self.reader.samples::<i32>(), |sample| T::from_i32_scale(sample << shift))?
        };
        let frames = filled / channels;
        self.position += frames as u64;
        Ok(frames)
    }

    fn frames(&self) -> Option<u64> {
        Some(u64::from(self.reader.duration()))
    }

    fn position(&self) -> u64 {
        self.position
    }
}

fn fill<T, S>(
    out: &mut [T],
    samples: impl Iterator<Item = hound::Result<S>>,
    convert: impl Fn(S) -> T,
) -> Result<usize> {
    let mut filled = 0;
    for (out, sample) in out.iter_mut().zip(samples) {
        *out = convert(sample?);
        filled += 1;
    }
    Ok(filled)
}

impl<R> std::fmt::Debug for HoundSource<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let HoundSource { spec, position, .. } = self;
        f.debug_struct("HoundSource").field("spec", spec).field("position", position).finish_non_exhaustive()
    }
}

/// # Errors
/// [`ErrorKind::Unsupported`] for a width that hound cannot mean (other than 8, 16, 24 and 32 bits, or float of other than 32 and 64);
/// [`ErrorKind::InvalidArgument`] for zero channels.
impl TryFrom<hound::WavSpec> for Spec {
    type Error = Error;

    fn try_from(spec: hound::WavSpec) -> Result<Self, Error> {
        let encoding = match (spec.sample_format, spec.bits_per_sample) {
            (hound::SampleFormat::Int, 8) => Encoding::U8,
            (hound::SampleFormat::Int, 16) => Encoding::I16,
            (hound::SampleFormat::Int, 24) => Encoding::I24,
            (hound::SampleFormat::Int, 32) => Encoding::I32,
            (hound::SampleFormat::Float, 32) => Encoding::F32,
            (hound::SampleFormat::Float, 64) => Encoding::F64,
            (format, bits) => {
                let kind = match format {
                    hound::SampleFormat::Int => "integer",
                    hound::SampleFormat::Float => "float",
                };
                let what = Unsupported::Bits { bits, container_bytes: bits.div_ceil(8), kind };
                return Err(Error::new(ErrorKind::Unsupported { offset: None, what }));
            }
        };
        if spec.channels == 0 {
            return Err(Error::invalid(
                "channels",
                "a hound spec of 0 channels describes no audio: 1 to 65535 are needed",
            ));
        }
        Ok(Spec::new(spec.sample_rate, usize::from(spec.channels), encoding))
    }
}

/// # Errors
/// [`ErrorKind::Unsupported`] for A-law, µ-law, 64-bit float and integers that do not fill their bytes, none of which hound writes.
impl TryFrom<&Spec> for hound::WavSpec {
    type Error = Error;

    fn try_from(spec: &Spec) -> Result<Self, Error> {
        let (sample_format, bits_per_sample) = match spec.encoding() {
            Encoding::U8 => (hound::SampleFormat::Int, 8),
            Encoding::I16 => (hound::SampleFormat::Int, 16),
            Encoding::I24 => (hound::SampleFormat::Int, 24),
            Encoding::I32 => (hound::SampleFormat::Int, 32),
            Encoding::F32 => (hound::SampleFormat::Float, 32),
            _ => {
                return Err(Error::unsupported_operation(
                    "hound has no A-law, µ-law, 64-bit float or integers that do not fill their bytes",
                ));
            }
        };
        // A `Spec` has at most 65,535 channels.
        let channels = u16::try_from(spec.channels()).unwrap_or(u16::MAX);
        Ok(hound::WavSpec { channels, sample_rate: spec.sample_rate(), bits_per_sample, sample_format })
    }
}

/// hound's I/O error as it is; anything else becomes [`ErrorKind::Decoder`].
impl From<hound::Error> for Error {
    fn from(error: hound::Error) -> Self {
        match error {
            hound::Error::IoError(source) => Error::from(source),
            other => Error::decoder("hound", other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hound_specs_survive_the_way_there_and_back() {
        for encoding in [Encoding::U8, Encoding::I16, Encoding::I24, Encoding::I32, Encoding::F32] {
            let spec = Spec::new(44_100, 3, encoding);
            let hound = hound::WavSpec::try_from(&spec).unwrap();
            assert_eq!(u32::from(hound.bits_per_sample), encoding.bits());
            assert_eq!(Spec::try_from(hound).unwrap(), spec);
        }
        for encoding in [Encoding::F64, Encoding::ALaw, Encoding::I24In32Lsb, Encoding::I12In16] {
            assert!(hound::WavSpec::try_from(&Spec::new(8_000, 1, encoding)).is_err());
        }
    }
}

//! hound's reader as a source.

use std::io::Read;

use crate::error::Result;
use crate::pcm::Sample;
use crate::spec::Spec;
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
    /// [`Error::Unsupported`](crate::Error::Unsupported) for bits per sample that hound opens but does not read, [`Error::InvalidArgument`](crate::Error::InvalidArgument) for zero channels.
    pub fn new(reader: hound::WavReader<R>) -> Result<Self> {
        let spec = Spec::try_from(reader.spec())?;
        Ok(HoundSource { reader, spec, position: 0 })
    }

    /// Gives the reader back.
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

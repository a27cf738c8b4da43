//! Some channels, in any order.

use std::fmt;

use super::scratch::Scratch;
use crate::error::{Error, Result};
use crate::pcm::Sample;
use crate::spec::Spec;
use crate::stream::Source;
use crate::stream::stored::StoredSource;

/// Bytes of whole frames that are read at a time to choose from, about.
const SCRATCH_BYTES: usize = 64 << 10;

/// Chosen channels of a source; from [`Source::select_channels`].
pub struct SelectChannels<S> {
    source: S,
    spec: Spec,
    channels: Vec<usize>,
    scratch: Scratch,
}

impl<S: Source> SelectChannels<S> {
    pub(crate) fn new(source: S, channels: impl IntoIterator<Item = usize>) -> Self {
        let channels: Vec<usize> = channels.into_iter().collect();
        assert!(!channels.is_empty(), "channels must name at least one channel");
        let mask = selected_mask(source.spec(), &channels);
        let spec = source.spec().with_channels(channels.len()).with_channel_mask(mask);
        let scratch = Scratch::new(source.spec().channels());
        SelectChannels { source, spec, channels, scratch }
    }

    /// Returns the source.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.source
    }

    fn check(&self) -> Result<()> {
        let available = self.source.spec().channels();
        let Some(channel) = self.channels.iter().find(|&&channel| channel >= available) else { return Ok(()) };
        let plural = if available == 1 { "" } else { "s" };
        let message =
            format!("channel {channel} does not exist: the audio has {available} channel{plural}, numbered from 0");
        Err(Error::invalid("channels", message))
    }
}

/// The loudspeakers of the chosen channels, if a mask can say so: it lists them in one order only.
fn selected_mask(spec: &Spec, channels: &[usize]) -> Option<u32> {
    let mask = spec.channel_mask()?;
    let speakers: Vec<u32> = (0..32).filter(|bit| mask & (1 << bit) != 0).collect();
    let chosen = channels.iter().map(|&channel| speakers.get(channel).copied()).collect::<Option<Vec<u32>>>()?;
    chosen.is_sorted_by(|a, b| a < b).then(|| chosen.iter().fold(0, |mask, bit| mask | (1 << bit)))
}

impl<S: Source> Source for SelectChannels<S> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        self.check()?;
        let available = self.source.spec().channels();
        let channels = &self.channels;
        self.scratch.fill(&mut self.source, out, channels.len(), |samples: &mut [T], out| {
            for (out, frame) in out.chunks_exact_mut(channels.len()).zip(samples.chunks_exact(available)) {
                out.iter_mut().zip(channels).for_each(|(out, &channel)| *out = frame[channel]);
            }
        })
    }

    frame_for_frame!();
}

impl<S: StoredSource> StoredSource for SelectChannels<S> {
    fn read_stored(&mut self, out: &mut [u8]) -> Result<usize> {
        self.check()?;
        let width = self.spec.encoding().bytes();
        let (from, to) = (self.source.spec().frame_bytes(), self.spec.frame_bytes());
        // Not as many frames as fit into `out`: they may be far larger before the choice.
        let mut frames = vec![0; from * (SCRATCH_BYTES / from).min(out.len() / to).max(1)];
        let mut filled = 0;
        while filled < out.len() {
            let wanted = (frames.len() / from).min((out.len() - filled) / to);
            let read = self.source.read_stored(&mut frames[..wanted * from])? / from;
            let chosen = out[filled..].chunks_exact_mut(to).take(read);
            for (chosen, frame) in chosen.zip(frames.chunks_exact(from)) {
                for (sample, &channel) in chosen.chunks_exact_mut(width).zip(&self.channels) {
                    sample.copy_from_slice(&frame[channel * width..][..width]);
                }
            }
            filled += read * to;
            if read == 0 || read < wanted {
                break;
            }
        }
        Ok(filled)
    }

    fn with_name(&self, error: Error) -> Error {
        self.source.with_name(error)
    }
}

impl<S: fmt::Debug> fmt::Debug for SelectChannels<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SelectChannels { source, channels, .. } = self;
        f.debug_struct("SelectChannels").field("source", source).field("channels", channels).finish_non_exhaustive()
    }
}

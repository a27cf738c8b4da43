//! Read → change → write, block by block.

use std::ops::ControlFlow;

use ndarray::ArrayViewMut2;

use super::blocks::Blocks;
use super::sink::Sink;
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::pcm::Sample;

/// How far a [`process_with_progress`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Frames read, changed and written.
    pub frames: u64,
    /// Frames that there will be in all, where the source knows.
    pub total: Option<u64>,
}

/// Reads blocks of `block_len` frames, lets `change` edit each in place, and writes it; returns the number of frames.
///
/// `change` gets the block and the position of its first frame, counted as the source counts. An error that it returns stops the
/// work, and is returned; wrap one of another crate by [`Error::other`].
///
/// **Memory** one block. The sink is not finalized.
///
/// # Errors
/// [`ErrorKind::ChannelMismatch`] if source and sink differ in channels, the error of `change`, and whatever reading and writing
/// can meet.
///
/// # Panics
/// Unless `block_len >= 1`.
///
/// # Examples
/// ```
/// use ndaudio::{WavReader, WavWriter, gain};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), reader.spec())?;
/// let ramp = gain::Ramp::new(0, 44_100, 0.0, 1.0, gain::Shape::Linear)?;
/// let frames = ndaudio::process::<i16, _, _>(&mut reader, &mut writer, 65_536, |block, position| {
///     gain::ramp(block, position, &ramp);
///     Ok(())
/// })?;
/// assert_eq!(frames, 441_000);
/// writer.finalize()?;
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn process<T: Sample, S: Source, K: Sink>(
    source: &mut S,
    sink: &mut K,
    block_len: usize,
    change: impl FnMut(&mut ArrayViewMut2<'_, T>, u64) -> Result<()>,
) -> Result<u64> {
    process_with_progress(source, sink, block_len, change, |_| ControlFlow::Continue(()))
}

/// As [`process`], and reports after each block how far it has come; `ControlFlow::Break` stops it there.
///
/// # Errors
/// As [`process`].
///
/// # Panics
/// Unless `block_len >= 1`.
///
/// # Examples
/// ```
/// use std::ops::ControlFlow;
/// use ndaudio::{WavReader, WavWriter};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut writer = WavWriter::new(std::io::Cursor::new(Vec::new()), reader.spec())?;
/// let frames = ndaudio::process_with_progress::<i16, _, _>(&mut reader, &mut writer, 1000, |_, _| Ok(()), |progress| {
///     assert_eq!(progress.total, Some(441_000));
///     if progress.frames < 5000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
/// })?;
/// assert_eq!(frames, 5000);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn process_with_progress<T: Sample, S: Source, K: Sink>(
    source: &mut S,
    sink: &mut K,
    block_len: usize,
    mut change: impl FnMut(&mut ArrayViewMut2<'_, T>, u64) -> Result<()>,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<u64> {
    let (expected, found) = (sink.spec().channels(), source.spec().channels());
    if expected != found {
        return Err(Error::new(ErrorKind::ChannelMismatch { expected, found }));
    }
    let position = source.position();
    let total = source.frames().map(|frames| frames.saturating_sub(position));
    let mut blocks = Blocks::<_, T>::new(source, block_len);
    let mut frames = 0;
    while let Some((position, mut block)) = blocks.next_with_position()? {
        change(&mut block, position)?;
        sink.write_block(&block)?;
        frames += block.nrows() as u64;
        if progress(Progress { frames, total }).is_break() {
            break;
        }
    }
    Ok(frames)
}

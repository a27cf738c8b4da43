//! Spectra of one long recording on all cores.

use std::fs::File;
use std::path::Path;

use rayon::prelude::*;

use super::{Identity, has_parts, one_by_one, part_frames};
use crate::error::Result;
use crate::formats::wav::WavReader;
use crate::ops::spectrum::{Ltsa, Psd, Real, Spectrum};
use crate::stream::{Blocks, Windows};

/// Samples that are read at a time, to stay in the cache.
const BLOCK_SAMPLES: usize = 64 << 10;

/// Accumulates the density of a file's windows, each part through a reader of its own.
///
/// The parts are merged in their order, so that the result is that of [`Psd::add_windows`], under the conditions that [`Psd`] names to the bit.
///
/// **Memory** a window and two sums a thread, and two sums a part of 16 MiB.
///
/// # Errors
/// As [`levels_of_file`](super::levels_of_file), and whatever reading can meet; what cannot seek is read by one thread.
///
/// # Panics
/// Unless `hop >= 1`.
///
/// # Examples
/// ```
/// use ndaudio::{Psd, Source, Spectrum, WavReader, parallel};
///
/// let plan = Spectrum::<f32>::new(2048);
/// let psd = parallel::psd_of_file("data/music.wav", &plan, 512)?;
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut one_pass = Psd::new(plan, reader.spec().sample_rate());
/// one_pass.add_windows(reader.windows::<i16>(2048, 512))?;
/// assert_eq!(psd.density(), one_pass.density());
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn psd_of_file<T: Real>(path: impl AsRef<Path>, plan: &Spectrum<T>, hop: usize) -> Result<Psd<T>> {
    assert!(hop >= 1, "hop (0) must be at least 1");
    let path = path.as_ref();
    let mut whole = WavReader::open(path)?;
    let (len, step) = (plan.window_len(), hop as u64);
    let mut psd = Psd::new(plan.clone(), whole.spec().sample_rate()).channels(whole.spec().channels());
    let Some(frames) = whole.frames().filter(|_| has_parts(&whole)) else {
        psd.add_windows(whole.windows::<T>(len, hop))?;
        return Ok(psd);
    };
    let identity = Identity::of(&whole)?;
    let windows = frames.checked_sub(len as u64).map_or(0, |room| room / step + 1);
    let part_windows = (part_frames(whole.spec().frame_bytes()) / step).max(1);
    let parts: Vec<Psd<T>> = one_by_one(windows.div_ceil(part_windows))
        .map(|part| {
            let mut reader = identity.open(path)?;
            reader.seek(part * part_windows * step)?;
            let mut psd = psd.clone();
            let mut windows = Windows::<_, T>::new(&mut reader, len, hop);
            for _ in 0..part_windows {
                let Some(window) = windows.next()? else { break };
                psd.add(&window);
            }
            identity.require(&reader)?;
            Ok(psd)
        })
        .collect::<Result<_>>()?;
    parts.iter().for_each(|part| psd.merge(part));
    Ok(psd)
}

/// Averages the rows of a file, each part through a reader of its own, with the settings of `ltsa`, which must have no audio yet.
///
/// The result is that of [`Ltsa::add_source`] and [`Ltsa::end`], to the bit: rows are the parts.
///
/// **Memory** the rows.
///
/// # Errors
/// As [`levels_of_file`](super::levels_of_file), and whatever reading can meet; what cannot seek is read by one thread.
///
/// # Panics
/// If audio was added to `ltsa`.
///
/// # Examples
/// ```
/// use ndaudio::{Ltsa, Spectrum, WavReader, parallel};
///
/// let settings = Ltsa::new(Spectrum::<f32>::new(441), 44_100, 44_100);
/// let rows = parallel::ltsa_of_file("data/music.wav", &settings)?;
///
/// let mut one_pass = settings;
/// one_pass.add_source(&mut WavReader::open("data/music.wav")?)?;
/// one_pass.end();
/// assert_eq!(rows.values(), one_pass.values());
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn ltsa_of_file<T: Real>(path: impl AsRef<Path>, ltsa: &Ltsa<T>) -> Result<Ltsa<T>> {
    let path = path.as_ref();
    let mut whole = WavReader::open(path)?;
    let mut rows = ltsa.clone().starting_at(0);
    let Some(frames) = whole.frames().filter(|_| has_parts(&whole)) else {
        rows.add_source(&mut whole)?;
        rows.end();
        return Ok(rows);
    };
    let identity = Identity::of(&whole)?;
    let row_frames = ltsa.row_frames();
    // A quarter of a part of levels: transforms take longer, and the rows are kept in any case.
    let part = (part_frames(whole.spec().frame_bytes()) / 4 / row_frames).max(1).saturating_mul(row_frames);
    let parts: Vec<Ltsa<T>> = one_by_one(frames.div_ceil(part))
        .map(|index| {
            let mut reader = identity.open(path)?;
            let rows = part_of_file(&mut reader, ltsa.clone(), index * part, part)?;
            identity.require(&reader)?;
            Ok(rows)
        })
        .collect::<Result<_>>()?;
    parts.iter().try_for_each(|part| rows.merge(part))?;
    Ok(rows)
}

/// The rows of the next `frames` frames from `first` on.
fn part_of_file<T: Real>(reader: &mut WavReader<File>, ltsa: Ltsa<T>, first: u64, frames: u64) -> Result<Ltsa<T>> {
    reader.seek(first)?;
    let mut ltsa = ltsa.starting_at(first);
    let block_len = (BLOCK_SAMPLES / reader.spec().channels()).max(1);
    let mut left = frames;
    let mut blocks = Blocks::<_, T>::new(reader, block_len);
    while left > 0 {
        let Some(block) = blocks.next()? else { break };
        let rows = usize::try_from(left).unwrap_or(usize::MAX).min(block.nrows());
        ltsa.add(&block.slice(ndarray::s![..rows, ..]));
        left -= rows as u64;
    }
    ltsa.end();
    Ok(ltsa)
}

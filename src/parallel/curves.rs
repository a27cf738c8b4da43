//! Short-time curves of a recording, parts of it on all cores.

use std::path::Path;

use ndarray::Array2;
use rayon::prelude::*;

use super::{Identity, has_parts, is_file, one_by_one, part_frames};
use crate::error::Result;
use crate::formats::wav::WavReader;
use crate::ops::curves::Curve;
use crate::ops::levels::Measure;
use crate::pcm::Sample;
use crate::spec::SampleType;
use crate::stream::{Source, Windows};

/// Measures each window of a file, each part through a reader of its own. It reads whatever [`open`](crate::open) opens; of compressed
/// files, FLAC is measured on all cores, and its MD5 is not compared.
///
/// The windows are those of `windows(len, hop)` in the type that the file stores, so that the curve is that of
/// [`curves::measure`](crate::curves::measure) over the whole recording, to the bit.
///
/// **Shape** windows × channels. **Unit** that of the [`Measure`]. **Memory** twice the result, and a window a thread.
///
/// # Errors
/// As [`levels_of_file`](super::levels_of_file).
///
/// # Panics
/// Unless `len > 0` and `hop > 0`.
///
/// # Examples
/// ```
/// use ndaudio::levels::Measure;
/// use ndaudio::{curves, parallel};
///
/// let curve = parallel::curve_of_file("data/music.wav", Measure::Rms, 2048, 512)?;
/// let (samples, _) = ndaudio::read::<i16>("data/music.wav")?;
/// assert_eq!(curve, curves::measure(&samples, Measure::Rms, 2048, 512));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[track_caller]
pub fn curve_of_file(path: impl AsRef<Path>, measure: Measure, len: usize, hop: usize) -> Result<Array2<f64>> {
    assert!(len > 0 && hop > 0, "len ({len}) and hop ({hop}) must be above 0");
    let (path, windows) = (path.as_ref(), Slide { measure, len, hop });
    if !is_file(path) {
        return windows.next(&mut crate::formats::open(path)?, u64::MAX);
    }
    #[cfg(any(feature = "media", feature = "flac"))]
    if let Some(curve) = super::media::curve(path, windows)? {
        return Ok(curve);
    }
    let whole = WavReader::open(path)?;
    let identity = Identity::of(&whole)?;
    let open = || identity.open(path);
    let part = has_parts(&whole).then(|| part_frames(whole.spec().frame_bytes()));
    let curve = windows.of_parts(whole, part, open)?;
    // Before the curve counts, so that no part is of a file that was written to while it was read.
    open()?;
    Ok(curve)
}

/// What is measured of which windows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slide {
    measure: Measure,
    len: usize,
    hop: usize,
}

impl Slide {
    /// Measures all windows, those that begin in one part by one reader; all by the first reader where there are no parts.
    pub(super) fn of_parts<S: Source>(
        self,
        mut whole: S,
        part_frames: Option<u64>,
        open: impl Fn() -> Result<S> + Sync + Send,
    ) -> Result<Array2<f64>> {
        let channels = whole.spec().channels();
        let (Some(part_frames), Some(frames)) = (part_frames, whole.frames()) else {
            return self.next(&mut whole, u64::MAX);
        };
        let (len, hop) = (self.len as u64, self.hop as u64);
        let windows = frames.checked_sub(len).map_or(0, |room| room / hop + 1);
        let part = (part_frames / hop).max(1);
        let measure = |index: u64| -> Result<Array2<f64>> {
            let mut reader = open()?;
            reader.seek(index * part * hop)?;
            self.next(&mut reader, part)
        };
        let parts: Vec<Array2<f64>> = one_by_one(windows.div_ceil(part)).map(measure).collect::<Result<_>>()?;
        let mut curve = Array2::zeros((0, channels));
        for part in &parts {
            curve.append(ndarray::Axis(0), part.view()).unwrap_or_else(|_| unreachable!("all have the same channels"));
        }
        Ok(curve)
    }

    /// Measures the next windows of a source, so many at the most.
    fn next<S: Source>(self, source: &mut S, count: u64) -> Result<Array2<f64>> {
        match source.spec().encoding().sample_type() {
            SampleType::I16 => self.next_of::<i16, _>(source, count),
            SampleType::I32 => self.next_of::<i32, _>(source, count),
            SampleType::F32 => self.next_of::<f32, _>(source, count),
            SampleType::F64 => self.next_of::<f64, _>(source, count),
        }
    }

    fn next_of<T: Sample, S: Source>(self, source: &mut S, count: u64) -> Result<Array2<f64>> {
        let mut curve = Curve::new(self.measure, source.spec().channels());
        let mut windows = Windows::<_, T>::new(source, self.len, self.hop);
        for _ in 0..count {
            let Some(window) = windows.next()? else { break };
            curve.add(&window);
        }
        Ok(curve.finish())
    }
}

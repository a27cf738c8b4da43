//! From samples to the levels of windows.

use ndaudio::ndarray::ArrayView2;
use ndaudio::{Encoding, Levels, Result, Sample, Source};

use super::welch::{SpectraPlan, Welch, WindowSpectra};

/// Samples that are measured at a time: few enough to stay in the cache.
const BLOCK_SAMPLES: usize = 64 << 10;

/// Frames that are added to the levels of a window at a time, from its first frame on.
///
/// The sums over float samples depend on it in their last bits, so it is part of what `audio()` returns: whoever measures a window in
/// blocks of so many frames gets the same bits.
#[must_use]
pub fn block_frames(channels: usize) -> usize {
    (BLOCK_SAMPLES / channels).max(1)
}

/// Takes a window, and says whether to go on.
pub(super) type Each<'a> = dyn FnMut(u64, Levels, Option<WindowSpectra>) -> bool + 'a;

/// Measures windows of `len` frames, or all as one, of at most `limit` frames from where the source stands.
///
/// Calls `each` with the frame at which a window begins, counted from there, its levels, and its spectra if there is a plan for them; it
/// says whether to go on. Returns the frames that were read.
pub(super) fn windows<S: Source>(
    source: &mut S,
    len: Option<u64>,
    limit: Option<u64>,
    spectra: Option<&SpectraPlan>,
    each: &mut Each,
) -> Result<u64> {
    match source.spec().encoding() {
        Encoding::F32 => of_type::<f32, _>(source, len, limit, spectra, each),
        Encoding::F64 => of_type::<f64, _>(source, len, limit, spectra, each),
        Encoding::U8 | Encoding::I12In16 | Encoding::I16 | Encoding::ALaw | Encoding::MuLaw => {
            of_type::<i16, _>(source, len, limit, spectra, each)
        }
        _ => of_type::<i32, _>(source, len, limit, spectra, each),
    }
}

fn of_type<T: Sample, S: Source>(
    source: &mut S,
    len: Option<u64>,
    limit: Option<u64>,
    spectra: Option<&SpectraPlan>,
    each: &mut Each,
) -> Result<u64> {
    let channels = source.spec().channels();
    let block = block_frames(channels);
    let len = len.unwrap_or(u64::MAX);
    let mut buffer = vec![T::zero(); usize::try_from(len).unwrap_or(usize::MAX).min(block) * channels];
    let mut welch = spectra.map(|plan| Welch::new(plan, channels));
    let mut left = limit.unwrap_or(u64::MAX);
    let mut start = 0;
    loop {
        let mut levels = Levels::new(channels);
        let window = len.min(left);
        while levels.frames() < window {
            let wanted = usize::try_from(window - levels.frames()).unwrap_or(usize::MAX).min(block);
            let count = source.read_interleaved(&mut buffer[..wanted * channels])?;
            if let Ok(samples) = ArrayView2::from_shape((count, channels), &buffer[..count * channels]) {
                levels.add(&samples);
            }
            if let Some(welch) = &mut welch {
                welch.add(&buffer[..count * channels]);
            }
            if count < wanted {
                left = levels.frames();
                break;
            }
        }
        let frames = levels.frames();
        if frames == 0 {
            return Ok(start);
        }
        left -= frames;
        let go_on = each(start, levels, welch.as_mut().map(Welch::finish));
        start += frames;
        if !go_on || left == 0 {
            return Ok(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{block_frames, windows};
    use ndaudio::ndarray::{Array2, s};
    use ndaudio::{ArraySource, Levels};

    #[test]
    fn windows_are_those_of_the_array() {
        let block = block_frames(2);
        let frames = 2 * block + 777;
        let samples = Array2::from_shape_fn((frames, 2), |(row, channel)| {
            i16::try_from((row * 31 + channel * 7) % 1000).unwrap() - 500
        });
        for len in [1000, block as u64, block as u64 + 3, frames as u64, u64::MAX] {
            let mut source = ArraySource::new(samples.view(), 8000);
            let mut found = Vec::new();
            let read = windows(&mut source, Some(len), None, None, &mut |start, levels, _| {
                found.push((start, levels));
                true
            });
            assert_eq!(read.unwrap(), frames as u64);
            let len = usize::try_from(len).unwrap_or(frames).min(frames);
            assert_eq!(found.len(), frames.div_ceil(len));
            for (index, (start, levels)) in found.iter().enumerate() {
                assert_eq!(*start, (index * len) as u64);
                let mut expected = Levels::new(2);
                expected.add(&samples.slice(s![index * len..((index + 1) * len).min(frames), ..]));
                assert_eq!(levels, &expected);
            }
        }
    }

    #[test]
    fn a_limit_ends_the_last_window() {
        let samples = Array2::<i16>::zeros((100, 1));
        let mut source = ArraySource::new(samples.view(), 8000);
        let mut lengths = Vec::new();
        windows(&mut source, Some(30), Some(70), None, &mut |_, levels, _| {
            lengths.push(levels.frames());
            true
        })
        .unwrap();
        assert_eq!(lengths, [30, 30, 10]);
    }
}

//! audio_samples_io: planar arrays. `read_frames_into` returns too few frames, and loses the bytes of a broken one, where a
//! block crosses the edge of the 8 KiB `BufReader` that `open_streamed` puts in between; the blocks here either divide those
//! 8 KiB or are longer, and so come whole.

use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::time::Instant;

use audio_samples::{AudioSamples, StandardSample};
use audio_samples_io::traits::{AudioStreamWrite, AudioStreamWriter};
use audio_samples_io::wav::StreamedWavFile;
use audio_samples_io::{ReadSeek, create_streamed, open_streamed};

use crate::answer::{BlockRms, Measured, Probe, Result, amplify, whole};

const STEREO: NonZeroU32 = NonZeroU32::new(2).expect("2 is not 0");

pub fn rms(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut rms = BlockRms::default();
    blocks(&mut open_streamed(path)?, len, |block: &mut AudioSamples<'static, i16>| {
        rms.planar(block.as_slice().ok_or("not contiguous")?);
        Ok(())
    })?;
    Ok(Measured::new(start.elapsed(), rms.answer()))
}

pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut probe = Probe::default();
    blocks(&mut open_streamed(path)?, len, |block: &mut AudioSamples<'static, f32>| {
        probe.planar(black_box(block.as_slice().ok_or("not contiguous")?));
        Ok(())
    })?;
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

pub fn gain(path: &Path, out: &Path) -> Result {
    let start = Instant::now();
    let mut writer = create_streamed::<_, i16>(out, 2, 48_000)?;
    blocks(&mut open_streamed(path)?, 4096, |block: &mut AudioSamples<'static, i16>| {
        amplify(block.as_slice_mut().ok_or("not contiguous")?);
        writer.write_frames(block)?;
        Ok(())
    })?;
    writer.finalize()?;
    Ok(Measured::new(start.elapsed(), []))
}

/// The samples stay planar, as this library has them, until the measured time is over.
pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let samples = audio_samples_io::read::<_, i16>(path)?;
    let time = start.elapsed();
    Ok(Measured::new(time, whole(&samples.to_interleaved_vec())))
}

fn blocks<R: ReadSeek, T: StandardSample + 'static>(
    wav: &mut StreamedWavFile<R>,
    len: usize,
    mut each: impl FnMut(&mut AudioSamples<'static, T>) -> Result<()>,
) -> Result<()> {
    let len = NonZeroUsize::new(len).ok_or("no frames")?;
    let rate = NonZeroU32::new(48_000).ok_or("no rate")?;
    let mut block = AudioSamples::<T>::zeros_multi_channel(STEREO, len, rate);
    while wav.read_frames_into(&mut block, len)? > 0 {
        each(&mut block)?;
    }
    Ok(())
}

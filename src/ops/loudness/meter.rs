//! The meter.

use std::fmt;

use ebur128::{Channel, EbuR128, Mode};
use ndarray::{Array1, ArrayRef, Axis};

use super::layout::channel_map;
use crate::error::{Error, ErrorKind, Result};
use crate::ops::gain;
use crate::ops::normalize::{OnClip, Plan};
use crate::pcm::{FrameDimension, Sample, Samples, as_frames};
use crate::spec::Spec;

/// Samples of a block that is not in one piece in memory, copied together.
const SCRATCH_SAMPLES: usize = 4096;

/// The most that a meter remembers, the filtered samples of 3 s: 64 channels at 192 kHz. Rate and channels come from headers, which cost nothing.
const MAX_BYTES: u64 = bytes(64, 192_000);

/// What a meter remembers of 3 s.
const fn bytes(channels: u64, sample_rate: u64) -> u64 {
    3 * channels * sample_rate * size_of::<f64>() as u64
}

/// Measures loudness and true peaks, block after block.
///
/// | method | what | unit |
/// |---|---|---|
/// | [`integrated`](Loudness::integrated) | the programme: blocks of 400 ms, gated | LUFS |
/// | [`momentary`](Loudness::momentary) | the last 400 ms | LUFS |
/// | [`short_term`](Loudness::short_term) | the last 3 s | LUFS |
/// | [`range`](Loudness::range) | loud parts against soft ones | LU |
/// | [`true_peak`](Loudness::true_peak) | the peak of the wave between the samples, per channel | full scale 1.0 |
/// | [`sample_peak`](Loudness::sample_peak) | the largest magnitude of a sample, per channel | full scale 1.0 |
///
/// A full-scale sine of 997 Hz in one channel has −3.01 LUFS. How audio is cut into blocks does not matter. Which channel stands where
/// comes from the channel mask of the spec; without one, 1 to 6 and 8 channels are taken as mono, stereo, 3.0, quadraphonic, 5.0, 5.1 and
/// 7.1, and any other number as channels in front. Surround channels count 1.41 times, the LFE channel not at all. Mono is one channel,
/// as in ffmpeg's `ebur128` and pyloudnorm, 3 LU below the same in both channels of a stereo file.
///
/// **Memory** 3 s of audio as `f64` from the first frame on, at most 281 MiB, and 83 bytes for each second measured: 3 MB for 10 hours.
///
/// Source: ITU-R BS.1770-5; EBU R 128; EBU Tech 3341, Tech 3342.
///
/// # Examples
/// ```
/// use ndaudio::{Loudness, Source, WavReader, db};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut loudness = Loudness::new(reader.spec())?;
/// let mut blocks = reader.blocks::<i16>(4096);
/// while let Some(block) = blocks.next()? {
///     loudness.add(&block);
/// }
/// let dbtp = loudness.true_peak().map(|&peak| db::from_amplitude(peak));
/// assert!(loudness.integrated() > -20.0 && dbtp.iter().all(|&peak| peak > -10.0));
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub struct Loudness {
    sample_rate: u32,
    map: Vec<Channel>,
    /// None until there are frames, because rate and channels may be those of a header alone.
    meter: Option<EbuR128>,
    /// Meters of other recordings that were merged into this.
    merged: Vec<EbuR128>,
    frames: u64,
    /// Channels that had a NaN or an infinity.
    not_finite: Vec<bool>,
}

impl Loudness {
    /// A meter for audio of this sample rate, these channels and loudspeakers.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for more than 64 channels, and for a sample rate below 16 Hz or above
    /// 2,822,400 Hz; [`TooLarge`](crate::ErrorKind::TooLarge) for more samples a second than 64 channels have at 192 kHz, whose meter would
    /// take more than 281 MiB.
    pub fn new(spec: &Spec) -> Result<Self> {
        let (channels, sample_rate) = (spec.channels(), spec.sample_rate());
        check(channels, sample_rate)?;
        let (map, not_finite) = (channel_map(spec), vec![false; channels]);
        Ok(Loudness { sample_rate, map, meter: None, merged: Vec::new(), frames: 0, not_finite })
    }

    /// Counts a mono recording as if it came from two loudspeakers, 3 LU louder, as ffmpeg's `ebur128=dualmono=true`.
    ///
    /// # Panics
    /// Unless there is one channel.
    #[must_use]
    #[track_caller]
    pub fn dual_mono(mut self) -> Self {
        let channels = self.channels();
        assert!(channels == 1, "channels ({channels}) must be 1 for dual mono");
        self.map = vec![Channel::DualMono];
        if let Some(meter) = &mut self.meter {
            meter.set_channel_map(&self.map).expect("one channel may be counted twice");
        }
        self
    }

    /// Returns the number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.not_finite.len()
    }

    /// Returns the number of frames measured, without those of merged recordings.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Measures the next frames; any sample type, any strides.
    ///
    /// # Panics
    /// Unless `block.ncols()` is the number of channels.
    #[track_caller]
    pub fn add<T: Sample, N: FrameDimension>(&mut self, block: &ArrayRef<T, N>) {
        let block = &as_frames(block);
        let (found, channels) = (block.ncols(), self.channels());
        assert!(found == channels, "block.ncols() ({found}) must be the number of channels ({channels})");
        if let Some(samples) = block.as_slice() {
            self.add_interleaved(samples);
            return;
        }
        let mut scratch = vec![T::zero(); (SCRATCH_SAMPLES / channels).max(1) * channels];
        for part in block.axis_chunks_iter(Axis(0), scratch.len() / channels) {
            let samples = &mut scratch[..part.len()];
            samples.iter_mut().zip(&part).for_each(|(sample, &value)| *sample = value);
            self.add_interleaved(samples);
        }
    }

    fn add_interleaved<T: Sample>(&mut self, samples: &[T]) {
        let channels = self.channels();
        if T::IS_FLOAT && samples.iter().any(|sample| !sample.to_f64_scale().is_finite()) {
            for frame in samples.chunks_exact(channels) {
                for (bad, sample) in self.not_finite.iter_mut().zip(frame) {
                    *bad |= !sample.to_f64_scale().is_finite();
                }
            }
        }
        if samples.is_empty() {
            return;
        }
        let meter = self.meter.get_or_insert_with(|| meter(&self.map, self.sample_rate));
        match Samples::from(samples) {
            Samples::I16(samples) => meter.add_frames_i16(samples),
            Samples::I32(samples) => meter.add_frames_i32(samples),
            Samples::F32(samples) => meter.add_frames_f32(samples),
            Samples::F64(samples) => meter.add_frames_f64(samples),
        }
        .expect("whole frames of a meter that has channels");
        self.frames += (samples.len() / channels) as u64;
    }

    /// Adds what another meter measured of another recording: [`integrated`](Loudness::integrated), [`range`](Loudness::range) and the
    /// peaks are then those of both, as of an album or of the shards of one recording.
    ///
    /// No block lies across the seam, so a recording measured in two parts differs from itself in one: by 0.02 LU where 5 s of loud meet 10 s of
    /// soft noise, by less the longer they are.
    /// [`momentary`](Loudness::momentary) and [`short_term`](Loudness::short_term) stay those of this recording. **Memory** 3 s of
    /// audio for each meter merged.
    ///
    /// # Panics
    /// Unless both have the same number of channels.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::{WavReader, loudness};
    ///
    /// let mut album = loudness::of_source(&mut WavReader::open("data/music.wav")?)?;
    /// let one = album.integrated();
    /// album.merge(loudness::of_source(&mut WavReader::open("data/music.wav")?)?);
    /// assert!((album.integrated() - one).abs() < 1e-9); // the same twice is as loud as once
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[track_caller]
    pub fn merge(&mut self, other: Loudness) {
        let (found, channels) = (other.channels(), self.channels());
        assert!(found == channels, "the other's channels ({found}) must be as many as these ({channels})");
        self.not_finite.iter_mut().zip(&other.not_finite).for_each(|(bad, other)| *bad |= other);
        self.merged.extend(other.meter);
        self.merged.extend(other.merged);
    }

    /// Returns the loudness of everything measured, in LUFS: of blocks of 400 ms, each beginning 100 ms after the one before, those above
    /// −70 LUFS and no more than 10 LU below the mean of these.
    ///
    /// −∞ for silence and for less than 400 ms; NaN if a sample was NaN or infinite.
    #[must_use]
    pub fn integrated(&self) -> f64 {
        self.or_nan(EbuR128::loudness_global_multiple(self.meters()))
    }

    /// Returns the loudness of the last 400 ms, in LUFS; −∞ for silence, NaN if a sample was NaN or infinite.
    #[must_use]
    pub fn momentary(&self) -> f64 {
        self.or_nan(self.meter.as_ref().map_or(Ok(f64::NEG_INFINITY), EbuR128::loudness_momentary))
    }

    /// Returns the loudness of the last 3 s, in LUFS; −∞ for silence, NaN if a sample was NaN or infinite.
    #[must_use]
    pub fn short_term(&self) -> f64 {
        self.or_nan(self.meter.as_ref().map_or(Ok(f64::NEG_INFINITY), EbuR128::loudness_shortterm))
    }

    /// Returns the loudness range in LU: between the 10th and the 95th percentile of the short-term loudness, gated at −20 LU.
    ///
    /// 0 for less than 3 s; NaN if a sample was NaN or infinite. Source: EBU Tech 3342.
    #[must_use]
    pub fn range(&self) -> f64 {
        self.or_nan(EbuR128::loudness_range_multiple(self.meters()))
    }

    /// Returns the largest magnitude of each channel's wave, between the samples too: full scale 1.0, one per channel.
    ///
    /// The wave is interpolated fourfold below 96 kHz and twofold below 192 kHz. NaN for a channel with a sample that is NaN or infinite.
    /// [`db::from_amplitude`](crate::db::from_amplitude) makes dBTP of it.
    #[must_use]
    pub fn true_peak(&self) -> Array1<f64> {
        self.peaks(EbuR128::true_peak)
    }

    /// Returns the largest magnitude of each channel's samples: full scale 1.0, one per channel; NaN for a channel with a sample that is
    /// NaN or infinite.
    #[must_use]
    pub fn sample_peak(&self) -> Array1<f64> {
        self.peaks(EbuR128::sample_peak)
    }

    /// Computes the factor that brings everything measured to a loudness, and says what becomes of the peaks.
    ///
    /// `target` is in LUFS: −23 for EBU R 128, −16 or −14 for streaming. `ceiling` is the largest true peak that may come out, linear with
    /// full scale 1.0: [`db::to_amplitude(-1.0)`](crate::db::to_amplitude) is usual. Silence has no loudness, and gets the factor 1.0.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a target or ceiling that is not finite, for audio with samples that are
    /// not, and, with [`OnClip::Refuse`], where the peaks would pass the ceiling.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::normalize::OnClip;
    /// use ndaudio::{WavReader, loudness};
    ///
    /// let loudness = loudness::of_source(&mut WavReader::open("data/music.wav")?)?;
    /// let plan = loudness.plan(-23.0, 0.891, OnClip::Refuse)?;
    /// assert!((20.0 * plan.factor.log10() - (-23.0 - loudness.integrated())).abs() < 1e-9);
    /// assert!(loudness.plan(0.0, 0.891, OnClip::Refuse).is_err());
    /// assert!(loudness.plan(0.0, 0.891, OnClip::Limit)?.limited);
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn plan(&self, target: f64, ceiling: f64, on_clip: OnClip) -> Result<Plan> {
        if !(ceiling > 0.0 && ceiling.is_finite()) {
            return Err(Error::must_be("ceiling", ceiling, "above 0 and finite"));
        }
        let integrated = self.integrated();
        let peak = self.true_peak().iter().copied().fold(0.0, f64::max);
        if integrated.is_nan() {
            return Err(Error::invalid("audio", "the loudness is unknown: some samples are NaN or infinite"));
        }
        if !(-1_000.0..=1_000.0).contains(&target) {
            return Err(Error::invalid("target", format!("a loudness of {target} LUFS is out of range")));
        }
        if integrated == f64::NEG_INFINITY {
            return Ok(Plan { factor: 1.0, peak, limited: false, clips: false });
        }
        let factor = gain::factor_from_db(target - integrated)?;
        on_clip.settle([factor, peak, peak * factor, ceiling], |over| {
            format!(
                "{target} LUFS would take the true peak {over:.2} dB above the ceiling: lower the target by that much, limit the gain, or let it clip"
            )
        })
    }

    fn meters(&self) -> impl Iterator<Item = &EbuR128> {
        self.meter.iter().chain(&self.merged)
    }

    fn or_nan(&self, value: Result<f64, ebur128::Error>) -> f64 {
        if self.not_finite.contains(&true) { f64::NAN } else { value.expect("a meter of every mode") }
    }

    fn peaks(&self, of: impl Fn(&EbuR128, u32) -> Result<f64, ebur128::Error>) -> Array1<f64> {
        let peak = |(channel, &bad): (u32, &bool)| {
            if bad {
                return f64::NAN;
            }
            let peaks = self.meters().map(|meter| of(meter, channel).expect("a channel of a meter of every mode"));
            peaks.fold(0.0, f64::max)
        };
        (0..).zip(&self.not_finite).map(peak).collect()
    }
}

/// Refuses what no meter is made for, before anything is allocated.
fn check(channels: usize, sample_rate: u32) -> Result<()> {
    if !(1..=64).contains(&channels) || !(16..=2_822_400).contains(&sample_rate) {
        let message = format!(
            "loudness of {channels} channels at {sample_rate} Hz cannot be measured: up to 64 channels at 16 to 2822400 Hz can"
        );
        return Err(Error::invalid("spec", message));
    }
    let bytes = bytes(channels as u64, u64::from(sample_rate));
    if bytes > MAX_BYTES {
        let what = "the 3 s of audio that a loudness meter remembers";
        return Err(ErrorKind::TooLarge { what, bytes, limit: MAX_BYTES }.into());
    }
    Ok(())
}

/// A meter of what [`check`] let pass.
fn meter(map: &[Channel], sample_rate: u32) -> EbuR128 {
    // Not `Mode::all()`: its histogram rounds to 0.1 LU.
    let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::SAMPLE_PEAK;
    let channels = u32::try_from(map.len()).expect("at most 64 channels");
    let mut meter = EbuR128::new(channels, sample_rate, mode).expect("a rate and channels that were checked");
    meter.set_channel_map(map).expect("as many loudspeakers as channels");
    meter
}

impl fmt::Debug for Loudness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loudness")
            .field("channels", &self.channels())
            .field("frames", &self.frames)
            .field("integrated", &self.integrated())
            .finish_non_exhaustive()
    }
}

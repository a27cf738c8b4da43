//! A window's spectrum.

use std::fmt;
use std::sync::Arc;

use ndarray::{Array1, ArrayRef2, ArrayView2};
use num_complex::Complex;

use super::kernel::{self, Factors};
use super::real::Real;
use super::settings::Settings;
use super::{Detrend, Scaling, Taper};
use crate::fft::{Aligned, Fft};
use crate::ops::db::Scale;
use crate::pcm::Sample;

/// Computes the spectra of windows of one length: a plan, with all the memory that it needs.
///
/// Each channel is tapered and transformed on its own. `T` is the type that is computed in, `f32` or `f64`; a window may be of any
/// sample type, whose full scale counts as 1.0, and of any strides, which do not change a bit of the result.
///
/// | method | gives |
/// |---|---|
/// | [`complex`](Spectrum::complex) | amplitudes and phases |
/// | [`magnitude`](Spectrum::magnitude) | their absolute values |
/// | [`power`](Spectrum::power) | their squares |
/// | [`decibels`](Spectrum::decibels) | powers as levels of a named reference |
///
/// Each lends its result until the next call and has a form ending in `_into`, which writes into memory of the caller. Nothing is allocated but when
/// the number of channels changes.
///
/// **Shape** bins × channels: `fft_len / 2 + 1` bins, from 0 Hz to half the sample rate. **Unit** see [`Scaling`]. A NaN or an infinity in a channel makes all its bins NaN.
/// The last bits of a result may depend on the CPU, since the transform takes the widest instructions there are.
///
/// # Examples
/// ```
/// use ndaudio::{Source, Spectrum, WavReader};
///
/// let mut reader = WavReader::open("data/music.wav")?;
/// let mut plan = Spectrum::<f32>::new(2048);
/// let mut windows = reader.windows::<f32>(2048, 512);
/// let mut loudest = 0.0_f32;
/// while let Some(window) = windows.next()? {
///     let power = plan.power(&window); // 1025 bins × channels
///     loudest = power.iter().fold(loudest, |loudest, &power| loudest.max(power));
/// }
/// assert!(loudest > 1000.0);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Clone)]
pub struct Spectrum<T> {
    settings: Settings,
    /// The taper times the scaling of amplitudes.
    weights: Aligned<T>,
    fft: Arc<dyn Fft<T>>,
    /// The tapered window and its padding; the transform leaves rubbish here.
    input: Aligned<T>,
    scratch: Aligned<Complex<T>>,
    /// The bins of one channel.
    line: Aligned<Complex<T>>,
    /// The result that is lent: channels × bins, so that the bins of a channel lie together.
    complex: Aligned<Complex<T>>,
    real: Aligned<T>,
}

impl<T: Real> Spectrum<T> {
    /// Plans spectra of windows of `len` frames, with a periodic Hann taper and no scaling, as librosa's.
    ///
    /// # Panics
    /// Unless `len >= 1`.
    #[must_use]
    #[track_caller]
    pub fn new(len: usize) -> Self {
        assert!(len >= 1, "len (0) must be at least 1");
        Spectrum::with_settings(Settings::new(len))
    }

    /// Plans what the settings say; they have been checked.
    pub(super) fn with_settings(settings: Settings) -> Self {
        let fft = T::plan(settings.fft_len);
        let zero = Complex::new(T::zero(), T::zero());
        let mut plan = Spectrum {
            weights: Aligned::new(settings.len, T::zero()),
            input: Aligned::new(settings.fft_len, T::zero()),
            scratch: Aligned::new(fft.scratch_len(), zero),
            line: Aligned::new(settings.fft_len / 2 + 1, zero),
            complex: Aligned::new(0, zero),
            real: Aligned::new(0, T::zero()),
            fft,
            settings,
        };
        plan.weigh();
        plan
    }

    fn weigh(&mut self) {
        let scale = self.settings.amplitude_scale();
        let weights = self.settings.taper_values();
        self.weights.iter_mut().zip(weights).for_each(|(to, weight)| *to = T::from_f64_scale(weight * scale));
    }

    /// Multiplies windows by another taper, a periodic one.
    #[must_use]
    pub fn taper(mut self, taper: Taper) -> Self {
        (self.settings.taper, self.settings.custom) = (taper, None);
        self.weigh();
        self
    }

    /// Makes the taper symmetric, as for filter design and SciPy's `fftbins=False`.
    #[must_use]
    pub fn symmetric(mut self) -> Self {
        self.settings.symmetric = true;
        self.weigh();
        self
    }

    /// Multiplies windows by weights of the caller's, such as the tapers of a multitaper estimate.
    ///
    /// # Panics
    /// Unless there are as many as a window has frames.
    #[must_use]
    #[track_caller]
    pub fn weights(mut self, weights: &[f64]) -> Self {
        let (given, len) = (weights.len(), self.settings.len);
        assert_eq!(given, len, "the weights ({given}) must be as many as the frames of a window ({len})");
        self.settings.custom = Some(weights.to_vec());
        self.weigh();
        self
    }

    /// Fills windows up with zeros to `fft_len` frames before they are transformed, which interpolates between bins.
    ///
    /// # Panics
    /// Unless `fft_len` is at least the length of a window.
    #[must_use]
    #[track_caller]
    pub fn fft_len(mut self, fft_len: usize) -> Self {
        let len = self.settings.len;
        assert!(fft_len >= len, "fft_len ({fft_len}) must be at least the length of a window ({len})");
        self.settings.fft_len = fft_len;
        Spectrum::with_settings(self.settings)
    }

    /// Takes the mean or a line off each channel of a window first.
    #[must_use]
    pub fn detrend(mut self, detrend: Detrend) -> Self {
        self.settings.detrend = detrend;
        self
    }

    /// Scales the result.
    ///
    /// # Panics
    /// Unless the sample rate of [`Scaling::Density`] is above 0 and finite.
    #[must_use]
    #[track_caller]
    pub fn scaling(mut self, scaling: Scaling) -> Self {
        if let Scaling::Density(sample_rate) = scaling {
            super::check_rate(sample_rate);
        }
        self.settings.scaling = scaling;
        self.weigh();
        self
    }

    /// Leaves out the 2 for the negative frequencies in scaled powers, as SciPy's `return_onesided=False`.
    ///
    /// Still only the bins from 0 Hz to half the sample rate are given; those of negative frequencies mirror them.
    #[must_use]
    pub fn two_sided(mut self) -> Self {
        self.settings.two_sided = true;
        self
    }

    /// Returns the frames of a window.
    #[must_use]
    pub fn window_len(&self) -> usize {
        self.settings.len
    }

    /// Returns the number of bins, `fft_len / 2 + 1`.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.settings.bins()
    }

    /// Returns the length of the transform.
    #[must_use]
    pub fn transform_len(&self) -> usize {
        self.settings.fft_len
    }

    /// Lists the frequency of each bin in Hz, as `numpy.fft.rfftfreq`.
    ///
    /// # Panics
    /// Unless `sample_rate` is above 0 and finite.
    #[must_use]
    #[track_caller]
    pub fn frequencies(&self, sample_rate: impl Into<f64>) -> Array1<f64> {
        super::frequencies(self.settings.fft_len, sample_rate)
    }

    /// Computes the complex amplitudes of a window.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()`.
    #[track_caller]
    pub fn complex<S: Sample>(&mut self, window: &ArrayRef2<S>) -> ArrayView2<'_, Complex<T>> {
        let (bins, channels) = (self.bins(), self.check(window));
        self.complex.resize(bins * channels, Complex::new(T::zero(), T::zero()));
        for channel in 0..channels {
            self.load(window, channel);
            self.fft.forward(&mut self.input, &mut self.line, &mut self.scratch);
            // Not straight there, where only the first channel is aligned.
            self.complex[channel * bins..][..bins].copy_from_slice(&self.line);
        }
        lend(&self.complex, bins, channels)
    }

    /// Computes the complex amplitudes of a window, into memory of the caller.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()` and `out` is bins × channels.
    #[track_caller]
    pub fn complex_into<S: Sample>(&mut self, window: &ArrayRef2<S>, out: &mut ArrayRef2<Complex<T>>) {
        self.check_out(window, out.dim());
        self.each_line(window, |channel, line| {
            out.column_mut(channel).iter_mut().zip(line).for_each(|(out, &bin)| *out = bin);
        });
    }

    /// Computes the magnitudes of a window: the absolute values of [`complex`](Spectrum::complex).
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()`.
    #[track_caller]
    pub fn magnitude<S: Sample>(&mut self, window: &ArrayRef2<S>) -> ArrayView2<'_, T> {
        self.lend_real(window, |_, line, out| kernel::magnitude(line, out))
    }

    /// Computes the magnitudes of a window, into memory of the caller.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()` and `out` is bins × channels.
    #[track_caller]
    pub fn magnitude_into<S: Sample>(&mut self, window: &ArrayRef2<S>, out: &mut ArrayRef2<T>) {
        self.check_out(window, out.dim());
        out.assign(&self.magnitude(window));
    }

    /// Computes the powers of a window: the squares of the magnitudes, doubled where the [`Scaling`] says so.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()`.
    #[track_caller]
    pub fn power<S: Sample>(&mut self, window: &ArrayRef2<S>) -> ArrayView2<'_, T> {
        self.lend_real(window, |factors, line, out| kernel::power(line, factors, out))
    }

    /// Computes the powers of a window, into memory of the caller.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()` and `out` is bins × channels.
    #[track_caller]
    pub fn power_into<S: Sample>(&mut self, window: &ArrayRef2<S>, out: &mut ArrayRef2<T>) {
        self.check_out(window, out.dim());
        out.assign(&self.power(window));
    }

    /// Computes the levels of a window's powers, relative to what `scale` names and not below its floor.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()`.
    ///
    /// # Examples
    /// ```
    /// use approx::assert_abs_diff_eq;
    /// use ndarray::Array2;
    /// use ndaudio::db::Scale;
    /// use ndaudio::{Scaling, Spectrum, Taper};
    ///
    /// let sine = Array2::from_shape_fn((480, 1), |(frame, _)| (std::f64::consts::TAU * frame as f64 / 48.0).sin());
    /// let mut plan = Spectrum::<f64>::new(480).taper(Taper::Hann).scaling(Scaling::Spectrum);
    /// let levels = plan.decibels(&sine, &Scale::full_scale_sine().with_floor(-120.0));
    /// assert_abs_diff_eq!(levels[[10, 0]], 0.0, epsilon = 1e-9); // 1 kHz at 48 kHz
    /// assert_eq!(levels[[20, 0]], -120.0);
    /// ```
    #[track_caller]
    pub fn decibels<S: Sample>(&mut self, window: &ArrayRef2<S>, scale: &Scale) -> ArrayView2<'_, T> {
        self.lend_real(window, |factors, line, out| {
            kernel::power(line, factors, out);
            out.iter_mut().for_each(|bin| *bin = T::from_f64_scale(scale.from_power(bin.to_f64_scale())));
        })
    }

    /// Computes levels, into memory of the caller.
    ///
    /// # Panics
    /// Unless `window.nrows() == self.window_len()` and `out` is bins × channels.
    #[track_caller]
    pub fn decibels_into<S: Sample>(&mut self, window: &ArrayRef2<S>, scale: &Scale, out: &mut ArrayRef2<T>) {
        self.check_out(window, out.dim());
        out.assign(&self.decibels(window, scale));
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn fft(&self) -> &dyn Fft<T> {
        &*self.fft
    }

    /// The factor of each sample: the taper times the scaling of amplitudes.
    pub(super) fn weights_in_use(&self) -> &[T] {
        &self.weights
    }

    /// Transforms each channel, and shows its bins.
    pub(super) fn each_line<S: Sample>(&mut self, window: &ArrayRef2<S>, mut visit: impl FnMut(usize, &[Complex<T>])) {
        for channel in 0..self.check(window) {
            self.load(window, channel);
            self.fft.forward(&mut self.input, &mut self.line, &mut self.scratch);
            visit(channel, &self.line);
        }
    }

    /// Transforms one channel, and shows its bins.
    pub(super) fn with_line<S: Sample>(
        &mut self,
        window: &ArrayRef2<S>,
        channel: usize,
        visit: impl FnOnce(&[Complex<T>]),
    ) {
        self.check(window);
        self.load(window, channel);
        self.fft.forward(&mut self.input, &mut self.line, &mut self.scratch);
        visit(&self.line);
    }

    /// Transforms each channel, and shows its powers.
    pub(super) fn each_power<S: Sample>(&mut self, window: &ArrayRef2<S>, mut visit: impl FnMut(usize, &[T])) {
        let (bins, channels) = (self.bins(), window.ncols());
        let powers = self.lend_real(window, |factors, line, out| kernel::power(line, factors, out));
        debug_assert_eq!(powers.dim(), (bins, channels));
        for channel in 0..channels {
            visit(channel, &self.real[channel * bins..][..bins]);
        }
    }

    fn lend_real<S: Sample>(
        &mut self,
        window: &ArrayRef2<S>,
        compute: impl Fn(Factors<T>, &[Complex<T>], &mut [T]),
    ) -> ArrayView2<'_, T> {
        let (bins, channels) = (self.bins(), self.check(window));
        let factors = self.settings.factors();
        self.real.resize(bins * channels, T::zero());
        for channel in 0..channels {
            self.load(window, channel);
            self.fft.forward(&mut self.input, &mut self.line, &mut self.scratch);
            compute(factors, &self.line, &mut self.real[channel * bins..][..bins]);
        }
        lend(&self.real, bins, channels)
    }

    /// Writes a channel, tapered and padded, to where the transform takes it from.
    fn load<S: Sample>(&mut self, window: &ArrayRef2<S>, channel: usize) {
        let (input, padding) = self.input.split_at_mut(self.settings.len);
        if self.settings.detrend == Detrend::None {
            kernel::load(window, channel, &self.weights, input);
        } else {
            for (to, &sample) in input.iter_mut().zip(window.column(channel)) {
                *to = sample.convert();
            }
            self.settings.detrend.apply(input);
            input.iter_mut().zip(&*self.weights).for_each(|(sample, &weight)| *sample *= weight);
        }
        padding.fill(T::zero());
    }

    /// The channels of a window.
    fn check<S: Sample>(&self, window: &ArrayRef2<S>) -> usize {
        let (given, len) = (window.nrows(), self.settings.len);
        assert_eq!(given, len, "the frames of a window ({given}) must be those of the plan ({len})");
        window.ncols()
    }

    fn check_out<S: Sample>(&self, window: &ArrayRef2<S>, given: (usize, usize)) {
        let wanted = (self.bins(), window.ncols());
        assert_eq!(given, wanted, "the shape of out {given:?} must be bins × channels, {wanted:?}");
    }
}

/// Channels × bins as bins × channels.
fn lend<N>(numbers: &[N], bins: usize, channels: usize) -> ArrayView2<'_, N> {
    match ArrayView2::from_shape((channels, bins), numbers) {
        Ok(view) => view.reversed_axes(),
        Err(error) => unreachable!("the buffer was made for {channels} × {bins} numbers: {error}"),
    }
}

impl<T> fmt::Debug for Spectrum<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spectrum").field("settings", &self.settings).finish_non_exhaustive()
    }
}

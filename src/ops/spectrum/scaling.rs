//! How the numbers of a spectrum are scaled.

/// How the numbers of a spectrum are scaled.
///
/// With `x` the tapered window, `w` the taper and `X` the transform, Σ over the window:
///
/// | scaling | `complex`, `magnitude` | `power`, one-sided | as |
/// |---|---|---|---|
/// | `None` | X | \|X\|² | `librosa.stft`, `numpy.fft.rfft` |
/// | `Spectrum` | X / Σw | 2 \|X / Σw\|² | SciPy's `scaling="spectrum"` |
/// | `Density(fs)` | X / √(fs·Σw²) | 2 \|X\|² / (fs·Σw²) | SciPy's `scaling="density"`, `"psd"` |
///
/// The 2 stands for the negative frequencies, which a spectrum of real numbers does not list; DC, and the Nyquist bin of an even length, have
/// none and are not doubled. [`two_sided`](crate::Spectrum::two_sided) leaves the 2 out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Scaling {
    /// The transform as it is. A sine of amplitude A on a bin has magnitude A·Σw / 2. The default.
    #[default]
    None,
    /// Powers of sines: a sine of amplitude A on a bin has power A² / 2, its mean square, and magnitude A / 2.
    Spectrum,
    /// Power per Hz at this sample rate in Hz: the sum of all bins times their width is the mean square of noise.
    Density(f64),
}

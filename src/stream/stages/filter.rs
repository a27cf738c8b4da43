//! Filters as the stage uses them.

/// A filter that a source can be put through with [`Source::filter`](crate::Source::filter): [`Sos`](crate::Sos) is one.
///
/// # Examples
/// A filter of your own, the difference of neighbouring frames:
/// ```
/// use ndaudio::stages::{Filter, RunningFilter};
/// use ndaudio::{ArraySource, Source, ndarray::array};
///
/// struct Difference;
///
/// struct Running(Vec<f64>);
///
/// impl Filter for Difference {
///     type Running = Running;
///     fn start(&self, channels: usize) -> Running {
///         Running(vec![0.0; channels])
///     }
/// }
///
/// impl RunningFilter for Running {
///     fn run(&mut self, samples: &mut [f64]) {
///         for frame in samples.chunks_exact_mut(self.0.len()) {
///             for (sample, last) in frame.iter_mut().zip(&mut self.0) {
///                 (*sample, *last) = (*sample - *last, *sample);
///             }
///         }
///     }
///     fn reset(&mut self) {
///         self.0.fill(0.0);
///     }
///     fn memory(&self) -> Option<u64> {
///         Some(1)
///     }
/// }
///
/// let mut source = ArraySource::new(array![[1.0_f32], [3.0], [2.0]], 48_000).filter(&Difference);
/// assert_eq!(source.read_all::<f32>()?, array![[1.0], [2.0], [-1.0]]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
pub trait Filter {
    /// The filter at work.
    type Running: RunningFilter;

    /// Starts the filter for so many channels, at rest.
    fn start(&self, channels: usize) -> Self::Running;
}

/// A filter at work: it remembers what came before.
pub trait RunningFilter {
    /// Filters the next frames in place, interleaved, full scale 1.0.
    fn run(&mut self, samples: &mut [f64]);

    /// Forgets everything: back to rest.
    fn reset(&mut self);

    /// Frames after which what came earlier, at full scale, changes no sample by more than 10⁻¹⁰ of full scale; `None` if that never
    /// happens, or nobody knows.
    fn memory(&self) -> Option<u64>;
}

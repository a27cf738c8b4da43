//! Arrays of frames, in one dimension and in two.

use ndarray::{ArrayBase, Axis, Dimension, Ix1, Ix2, RawData};

mod sealed {
    pub trait Sealed {}
    impl Sealed for ndarray::Ix1 {}
    impl Sealed for ndarray::Ix2 {}
}

/// The dimensions of arrays that hold frames: `Ix2`, frames × channels, and `Ix1`, mono audio. Sealed.
///
/// # Examples
/// ```
/// use ndaudio::{ArraySource, Source, ndarray::array};
///
/// let mono = ArraySource::new(array![0.5_f32, -0.5], 48_000);
/// assert_eq!((mono.spec().channels(), mono.frames()), (1, Some(2)));
/// let stereo = ArraySource::new(array![[0.5_f32, -0.5]], 48_000);
/// assert_eq!((stereo.spec().channels(), stereo.frames()), (2, Some(1)));
/// ```
pub trait FrameDimension: Dimension + sealed::Sealed {
    /// The same array as frames × channels.
    #[doc(hidden)]
    fn into_frames<S: RawData>(array: ArrayBase<S, Self>) -> ArrayBase<S, Ix2>;
}

impl FrameDimension for Ix1 {
    fn into_frames<S: RawData>(array: ArrayBase<S, Self>) -> ArrayBase<S, Ix2> {
        array.insert_axis(Axis(1))
    }
}

impl FrameDimension for Ix2 {
    fn into_frames<S: RawData>(array: ArrayBase<S, Self>) -> ArrayBase<S, Ix2> {
        array
    }
}

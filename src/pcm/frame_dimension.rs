//! Arrays of frames, in one dimension and in two.

use ndarray::{ArrayBase, ArrayRef, ArrayView2, ArrayViewMut2, Axis, Dimension, Ix1, Ix2, RawData};

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

    /// The way back from [`into_frames`](Self::into_frames), for one channel where this is `Ix1`.
    #[doc(hidden)]
    fn from_frames<S: RawData>(frames: ArrayBase<S, Ix2>) -> ArrayBase<S, Self>;
}

/// The frames of an array of either dimension.
pub(crate) fn as_frames<T, N: FrameDimension>(array: &ArrayRef<T, N>) -> ArrayView2<'_, T> {
    N::into_frames(array.view())
}

/// As [`as_frames`], to be changed.
pub(crate) fn as_frames_mut<T, N: FrameDimension>(array: &mut ArrayRef<T, N>) -> ArrayViewMut2<'_, T> {
    N::into_frames(array.view_mut())
}

impl FrameDimension for Ix1 {
    fn into_frames<S: RawData>(array: ArrayBase<S, Self>) -> ArrayBase<S, Ix2> {
        array.insert_axis(Axis(1))
    }

    fn from_frames<S: RawData>(frames: ArrayBase<S, Ix2>) -> ArrayBase<S, Ix1> {
        frames.index_axis_move(Axis(1), 0)
    }
}

impl FrameDimension for Ix2 {
    fn into_frames<S: RawData>(array: ArrayBase<S, Self>) -> ArrayBase<S, Ix2> {
        array
    }

    fn from_frames<S: RawData>(frames: ArrayBase<S, Ix2>) -> ArrayBase<S, Ix2> {
        frames
    }
}

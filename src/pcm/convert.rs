//! Samples of one type as samples of another, whole arrays at a time.

use multiversion::multiversion;
use ndarray::{Array, ArrayRef, Dimension, Zip};

use super::Sample;

/// Converts an array to another sample type, each sample as [`Sample::convert`].
///
/// `samples.mapv(Sample::convert)` is the same, and takes twice the time: this runs in vector registers.
///
/// **Shape** that of `samples`, in standard layout. **Memory** the result.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::array;
///
/// let floats = ndaudio::convert::<f32, _, _>(&array![[16_384_i16, -32_768]]);
/// assert_eq!(floats, array![[0.5, -1.0]]);
/// ```
#[must_use]
pub fn convert<T: Sample, S: Sample, D: Dimension>(samples: &ArrayRef<S, D>) -> Array<T, D> {
    let mut out = Array::zeros(samples.raw_dim());
    convert_into(samples, &mut out);
    out
}

/// Converts samples into the caller's array, each as [`Sample::convert`]; allocates nothing.
///
/// Any strides will do; slices are fastest.
///
/// # Panics
/// Unless `out` has the shape of `samples`.
///
/// # Examples
/// ```
/// use ndaudio::ndarray::{Array2, array};
///
/// let mut integers = Array2::<i16>::zeros((1, 2));
/// ndaudio::convert_into(&array![[0.5_f32, -1.0]], &mut integers);
/// assert_eq!(integers, array![[16_384, -32_768]]);
/// ```
#[track_caller]
pub fn convert_into<S: Sample, T: Sample, D: Dimension>(samples: &ArrayRef<S, D>, out: &mut ArrayRef<T, D>) {
    assert!(
        samples.shape() == out.shape(),
        "the shape of out ({:?}) must be that of the samples ({:?})",
        out.shape(),
        samples.shape()
    );
    if let (Some(samples), Some(out)) = (samples.as_slice(), out.as_slice_mut()) {
        return convert_slice(samples, out);
    }
    Zip::from(out).and(samples).for_each(|out, sample| *out = sample.convert());
}

/// Converts as many samples as both slices hold.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
fn convert_slice<S: Sample, T: Sample>(samples: &[S], out: &mut [T]) {
    for (out, sample) in out.iter_mut().zip(samples) {
        *out = sample.convert();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Array3, ShapeBuilder, s};

    #[test]
    fn every_layout_is_converted_as_by_mapv() {
        let audio =
            Array2::from_shape_vec((37, 5), (0..37 * 5).map(|sample: i16| sample.wrapping_mul(321)).collect()).unwrap();
        let mut planar = Array2::zeros(audio.raw_dim().f());
        planar.assign(&audio);
        for view in [audio.view(), planar.view(), audio.slice(s![..;-2, ..;2]), audio.slice(s![..0, ..])] {
            let expected = view.mapv(Sample::convert::<f32>);
            let found = convert::<f32, _, _>(&view);
            assert_eq!(found, expected);
            let mut out = Array2::<f32>::zeros(view.raw_dim().f());
            convert_into(&view, &mut out);
            assert_eq!(out, expected);
        }
        let windows = Array3::from_shape_fn((3, 4, 2), |(a, b, c)| (a + b + c) as f64 / 10.0);
        assert_eq!(convert::<i16, _, _>(&windows), windows.mapv(Sample::convert::<i16>));
    }
}

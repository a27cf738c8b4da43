//! Samples of a WAVE file that is in memory already.

use ndarray::ArrayView2;

use crate::error::{Error, Result};
use crate::pcm::{Sample, frombuffer, is_stored_type};
use crate::wav::WavView;

impl<'a> WavView<'a> {
    /// Views the samples where they are: `np.frombuffer`, with the header read.
    ///
    /// **Shape** frames × channels. **Memory** none.
    ///
    /// # Errors
    /// - [`Error::WrongEncoding`] unless the file stores `T`s in the byte order of this machine: `i16` for 16 bits, `i32` for 32,
    ///   `f32` and `f64` for floats; 8- and 24-bit audio has no type to be viewed as
    /// - [`Error::Misaligned`] if they do not begin at an address that `T` may have
    pub fn samples<T: Sample>(&self) -> Result<ArrayView2<'a, T>> {
        let (encoding, order) = (self.spec().encoding(), self.byte_order());
        if !is_stored_type::<T>(encoding, order) {
            return Err(Error::WrongEncoding {
                stored: encoding,
                big_endian: self.is_big_endian(),
                requested: T::NAME,
            });
        }
        frombuffer(self.data(), self.spec().channels())
    }
}

//! Frames as a file stores them.

use super::Source;
use crate::error::{Error, Result};

/// A source whose frames can be had as they are stored: a file, or chosen channels of one.
///
/// Only this crate can implement it, since no other can name it.
pub trait StoredSource: Source {
    /// Reads whole frames, little-endian, fewer than fit only at the end. Returns their bytes.
    #[doc(hidden)]
    fn read_stored(&mut self, out: &mut [u8]) -> Result<usize>;

    /// The error, with the name of the file if it has one.
    #[doc(hidden)]
    fn with_name(&self, error: Error) -> Error;
}

impl<S: StoredSource> StoredSource for &mut S {
    fn read_stored(&mut self, out: &mut [u8]) -> Result<usize> {
        (**self).read_stored(out)
    }

    fn with_name(&self, error: Error) -> Error {
        (**self).with_name(error)
    }
}

//! The encoding of sources that follow each other.

use super::Source;
use crate::spec::Encoding;

/// The encoding that sources have in common.
///
/// Silence whose samples may be at either end of their 4 bytes joins those that are at one.
#[derive(Clone, Copy)]
pub(crate) struct CommonEncoding {
    encoding: Encoding,
    fits_either_end: bool,
}

impl CommonEncoding {
    pub(crate) fn of(source: &impl Source) -> Self {
        CommonEncoding { encoding: source.spec().encoding(), fits_either_end: source.fits_either_end() }
    }

    /// One that was decided before.
    pub(crate) fn decided(encoding: Encoding) -> Self {
        CommonEncoding { encoding, fits_either_end: false }
    }

    pub(crate) fn get(&self) -> Encoding {
        self.encoding
    }

    /// Returns whether one more source has it. The first that is at one end of its 4 bytes decides.
    pub(crate) fn admits(&mut self, source: &impl Source) -> bool {
        let other = CommonEncoding::of(source);
        let at_one_end = |encoding| matches!(encoding, Encoding::I24In32Lsb | Encoding::I24In32Msb);
        if self.fits_either_end && at_one_end(other.encoding) {
            *self = other;
        }
        self.encoding == other.encoding || other.fits_either_end && at_one_end(self.encoding)
    }
}

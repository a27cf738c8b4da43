//! What the fuzz targets share.

pub mod rules;

use std::cell::RefCell;
use std::io::{Cursor, ErrorKind, Read, Result as IoResult, Seek, SeekFrom, Write};
use std::rc::Rc;

use ndaudio::Sample;
use ndaudio::ndarray::ArrayRef2;

/// Lets the library catch what other crates' decoders panic about, where libFuzzer's own hook would abort first. What nobody catches still aborts.
pub fn allow_caught_panics() {
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
}

/// A pipe that gives a few bytes a call, between 1 and `step`, and is interrupted now and then.
pub struct Trickle<'a> {
    bytes: &'a [u8],
    step: usize,
    calls: usize,
}

impl<'a> Trickle<'a> {
    pub fn new(bytes: &'a [u8], step: usize) -> Self {
        Trickle { bytes, step, calls: 0 }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.calls += 1;
        if self.calls % 5 == 2 {
            return Err(ErrorKind::Interrupted.into());
        }
        let len = out.len().min(1 + self.calls % self.step);
        self.bytes.read(&mut out[..len])
    }
}

/// A file that can be looked at while it is written.
#[derive(Clone, Default)]
pub struct Shared(Rc<RefCell<Cursor<Vec<u8>>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl Read for Shared {
    fn read(&mut self, out: &mut [u8]) -> IoResult<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        self.0.borrow_mut().seek(to)
    }
}

impl Shared {
    pub fn with(bytes: Vec<u8>) -> Self {
        Shared(Rc::new(RefCell::new(Cursor::new(bytes))))
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().get_ref().clone()
    }
}

/// The samples of an array in its own order, as their bytes: equal bits, whatever NaNs there are.
pub fn bits<T: Sample>(array: &ArrayRef2<T>) -> Vec<u8> {
    let samples: Vec<T> = array.iter().copied().collect();
    bytemuck::cast_slice(&samples).to_vec()
}

/// Equal shapes and equal bits.
#[track_caller]
pub fn assert_same<T: Sample>(found: &ArrayRef2<T>, expected: &ArrayRef2<T>, what: &str) {
    assert_eq!(found.dim(), expected.dim(), "{what}: shape");
    assert_eq!(bits(found), bits(expected), "{what}: samples");
}

/// Numbers that depend on the input's last bytes, so that a whole WAVE file can be an input.
pub struct Choices(u64);

impl Choices {
    pub fn from_end_of(bytes: &[u8]) -> Self {
        let last = bytes.iter().rev().take(8).fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
        Choices(last ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// One of `1..=most`.
    pub fn up_to(&mut self, most: usize) -> usize {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        1 + (self.0 >> 33) as usize % most
    }
}

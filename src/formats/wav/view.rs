//! A WAVE file that is already in memory.

use std::io::Cursor;

use ndarray::ArrayView2;

use super::riff::chunk::Chunk;
use super::riff::container::Container;
use super::riff::input::Input;
use super::riff::layout::Layout;
use super::riff::limits::Limits;
use super::riff::walk::walk;
use crate::error::{Anomaly, Error, ErrorKind, Result};
use crate::pcm::{Sample, frombuffer, is_stored_type};
use crate::spec::{ByteOrder, Spec};

/// Views a WAVE file in memory, such as a memory map, without copying its audio.
///
/// Mapping a file is left to the caller, because only the caller can ensure that it does not change meanwhile.
///
/// # Examples
/// ```
/// use ndaudio::WavView;
///
/// let bytes = std::fs::read("data/music.wav")?; // or `memmap2::Mmap`
/// let view = WavView::parse(&bytes)?;
/// let samples = view.samples::<i16>()?; // an ArrayView2 of the bytes themselves
/// assert_eq!(samples.dim(), (441_000, 2));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug)]
pub struct WavView<'a> {
    layout: Layout,
    bytes: &'a [u8],
    audio: &'a [u8],
}

impl<'a> WavView<'a> {
    /// Reads the file's header and finds its chunks.
    ///
    /// # Errors
    /// [`ErrorKind::Format`](crate::ErrorKind::Format) if it is not a WAVE file that can be read,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if its encoding is not one of [`Encoding`](crate::Encoding)'s.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let layout = walk(&mut Input::seekable(Cursor::new(bytes))?, &Limits::default())?;
        // A slice can seek, so the walker knows where the audio ends.
        let frame_bytes = layout.frame_bytes();
        let len = layout.data_len.unwrap_or(0) / frame_bytes * frame_bytes;
        let audio = range(bytes, layout.data_offset, len);
        Ok(WavView { layout, bytes, audio })
    }

    /// The sample rate, channels and encoding of the audio.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.layout.spec
    }

    /// The kind of file that the audio is in.
    #[must_use]
    pub fn container(&self) -> Container {
        self.layout.container
    }

    /// Whole frames of audio.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.audio.len() as u64 / self.layout.frame_bytes()
    }

    /// The bytes of all whole frames, as the file has them.
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        self.audio
    }

    /// The anomalies of the file, and how each was read. Of the audio itself only the start is examined; if that does not show at which end of
    /// their 4 bytes samples of 24 bits are, up to 1 GiB of it.
    #[must_use]
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.layout.anomalies
    }

    /// All chunks, in the order of the file.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.layout.chunks
    }

    /// The content of the first chunk with this id, `None` if there is none.
    #[must_use]
    pub fn chunk(&self, id: [u8; 4]) -> Option<&'a [u8]> {
        self.layout.chunks.iter().find(|chunk| chunk.id == id).map(|chunk| self.chunk_bytes(chunk))
    }

    /// The content of one of [`chunks`](Self::chunks), as far as the file has it.
    #[must_use]
    pub fn chunk_bytes(&self, chunk: &Chunk) -> &'a [u8] {
        range(self.bytes, chunk.content_offset, chunk.len)
    }

    pub(crate) fn byte_order(&self) -> ByteOrder {
        self.layout.order()
    }
}

/// `len` bytes from `offset` on, as far as there are any.
fn range(bytes: &[u8], offset: u64, len: u64) -> &[u8] {
    let clamp = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
    &bytes[clamp(offset)..clamp(offset.saturating_add(len))]
}

impl<'a> WavView<'a> {
    /// Views the samples in place: `np.frombuffer` that finds the audio itself.
    ///
    /// **Shape** frames × channels. **Memory** none.
    ///
    /// # Errors
    /// - [`ErrorKind::WrongEncoding`](crate::ErrorKind::WrongEncoding) unless the file stores `T`s in the byte order of this machine: `i16` for 16 bits, `i32` for 32,
    ///   `f32` and `f64` for floats; no type views 8- and 24-bit audio
    /// - [`ErrorKind::Misaligned`](crate::ErrorKind::Misaligned) if they do not begin at an address that suits `T`
    pub fn samples<T: Sample>(&self) -> Result<ArrayView2<'a, T>> {
        let (encoding, order) = (self.spec().encoding(), self.byte_order());
        if !is_stored_type::<T>(encoding, order) {
            return Err(Error::new(ErrorKind::WrongEncoding {
                stored: encoding,
                big_endian: order == ByteOrder::Big,
                requested: T::TYPE.name(),
            }));
        }
        frombuffer(self.data(), self.spec().channels())
    }
}

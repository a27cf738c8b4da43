//! The ways to begin reading.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::read_options::ReadOptions;
use super::reader::WavReader;
use super::riff::input::Input;
use crate::error::{Error, Result};

impl WavReader<File> {
    /// Opens a file. Errors name it.
    ///
    /// A pipe or a terminal is read as by [`new`](WavReader::new). [`ReadOptions`] reads strictly, or within other limits.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be opened or read,
    /// [`ErrorKind::Format`](crate::ErrorKind::Format) if it is not a WAVE file that can be read,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if its encoding is not one of [`Encoding`](crate::Encoding)'s.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        ReadOptions::new().open(path)
    }
}

impl<R: Read> WavReader<R> {
    /// Reads the header from anything that can be read: a pipe, a socket, a slice.
    ///
    /// The reader is left at the first byte of audio, and nothing after the audio is seen. Pass `&mut reader` to keep it. For readers that can
    /// seek, [`ReadOptions::seekable`] knows more about the file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails,
    /// [`ErrorKind::Format`](crate::ErrorKind::Format) if it is not a WAVE file that can be read,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if its encoding is not one of [`Encoding`](crate::Encoding)'s.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::WavReader;
    ///
    /// let error = WavReader::new(&b"OggS and so on"[..]).unwrap_err();
    /// assert_eq!(error.to_string(), r#"at byte 0: not a WAVE file: it begins with "OggS and so on""#);
    /// ```
    pub fn new(reader: R) -> Result<Self> {
        ReadOptions::new().read(reader)
    }
}

impl ReadOptions {
    /// Opens a file. Errors name it.
    ///
    /// A pipe or a terminal is read as by [`read`](ReadOptions::read).
    ///
    /// # Errors
    /// As [`WavReader::open`], and in strict reading [`ErrorKind::Format`](crate::ErrorKind::Format) for the first defect.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<WavReader<File>> {
        let path = path.as_ref();
        let open = || {
            let file = File::open(path).map_err(Error::opening)?;
            if file.metadata()?.is_file() { self.seekable(file) } else { self.read(file) }
        };
        let mut reader = open().map_err(|error| error.with_path(path))?;
        reader.set_path(path);
        Ok(reader)
    }

    /// Reads the header from a reader that can seek, compares it with where the input ends, and sees the chunks after the audio.
    ///
    /// Everything before the present position of `reader` is ignored.
    ///
    /// # Errors
    /// As [`WavReader::new`], and in strict reading [`ErrorKind::Format`](crate::ErrorKind::Format) for the first defect.
    pub fn seekable<R: Read + Seek>(&self, reader: R) -> Result<WavReader<R>> {
        WavReader::begin(Input::seekable(reader)?, self)
    }

    /// Reads the header from anything that can be read; see [`WavReader::new`].
    ///
    /// Strict reading refuses what the header shows at once, and what the end of the audio shows while reading. What is wrong after the
    /// audio is not seen.
    ///
    /// # Errors
    /// As [`WavReader::new`], and in strict reading [`ErrorKind::Format`](crate::ErrorKind::Format) for the first defect.
    pub fn read<R: Read>(&self, reader: R) -> Result<WavReader<R>> {
        WavReader::begin(Input::new(reader), self)
    }
}

//! Recognizes a file by its first bytes.

use std::io::{self, Read};

use super::input::Input;

/// Bytes that tell the formats apart.
const HEAD_BYTES: usize = 64;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// RIFF, RIFX, RF64, BW64 or Wave64, of audio or not.
    Wave,
    Flac,
    /// Another format, by name.
    Other(&'static str),
    /// None that is known by its first bytes; an MP3 file may begin with anything.
    Unknown,
}

/// An input whose first bytes were looked at; it still stands at the first.
pub(crate) struct Head {
    pub(crate) input: Box<dyn Input>,
    pub(crate) kind: Kind,
    /// The first bytes, as many as there are up to 64.
    pub(crate) bytes: Vec<u8>,
}

/// Looks at the first bytes.
pub(crate) fn head(mut input: Box<dyn Input>) -> io::Result<Head> {
    let mut bytes = first_bytes(input.as_mut())?;
    let mut kind = kind(&bytes);
    if input.go_to(0)? {
        // After an ID3 tag comes MP3 or FLAC.
        let mut after = 0;
        while let tag @ 1.. = id3_bytes(&bytes) {
            after += tag;
            input.go_to(after)?;
            bytes = first_bytes(input.as_mut())?;
            if kind_is_flac(&bytes) {
                kind = Kind::Flac;
            }
        }
        input.go_to(0)?;
    } else {
        input = Box::new(Unread { first: bytes.clone(), at: 0, rest: input });
    }
    Ok(Head { input, kind, bytes })
}

fn kind_is_flac(bytes: &[u8]) -> bool {
    bytes.starts_with(b"fLaC")
}

fn first_bytes(input: &mut dyn Input) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES);
    input.take(HEAD_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn kind(bytes: &[u8]) -> Kind {
    match bytes {
        [b'R', b'I', b'F', b'F' | b'X', ..]
        | [b'R', b'F', b'6', b'4', ..]
        | [b'B', b'W', b'6', b'4', ..]
        | [b'r', b'i', b'f', b'f', ..] => Kind::Wave,
        [b'f', b'L', b'a', b'C', ..] => Kind::Flac,
        [b'O', b'g', b'g', b'S', ..] => Kind::Other("Ogg"),
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', ..] => Kind::Other("AIFF"),
        [b'c', b'a', b'f', b'f', ..] => Kind::Other("CAF"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Kind::Other("MP4"),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Kind::Other("Matroska"),
        [b'I', b'D', b'3', ..] | [0xFF, 0xE2..=0xE7 | 0xEA..=0xEF | 0xF2..=0xF7 | 0xFA..=0xFF, ..] => {
            Kind::Other("MP3")
        }
        [0xFF, 0xF0 | 0xF1 | 0xF8 | 0xF9, ..] => Kind::Other("AAC"),
        _ => Kind::Unknown,
    }
}

/// The bytes of the ID3v2 tag at the start of `head`, 0 where there is none.
///
/// Source: ID3 tag version 2.4.0, main structure, section 3.1.
pub(crate) fn id3_bytes(head: &[u8]) -> u64 {
    match head {
        &[b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] if (a | b | c | d) & 0x80 == 0 => {
            let footer = if flags & 0x10 == 0 { 0 } else { 10 };
            10 + footer + [a, b, c, d].iter().fold(0, |size, &byte| size << 7 | u64::from(byte))
        }
        _ => 0,
    }
}

/// An input that only goes forward, with the bytes that were looked at before the rest.
struct Unread {
    first: Vec<u8>,
    at: usize,
    rest: Box<dyn Input>,
}

impl Read for Unread {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.first.len() {
            return self.rest.read(buffer);
        }
        let count = (&self.first[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

impl Input for Unread {
    fn go_to(&mut self, _: u64) -> io::Result<bool> {
        Ok(false)
    }

    fn len(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }
}

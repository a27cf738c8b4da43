//! Recognizes a file by its first bytes.

use std::io::{self, Read};

use super::input::Input;

/// Bytes that tell the formats apart.
const HEAD_BYTES: usize = 64;
/// Bytes of tags that are kept of an input that only goes forward, to see what follows them: as many as of all metadata.
const TAG_BYTES: u64 = 64 << 20;

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

/// Looks at the first bytes, and at those after ID3 tags.
pub(crate) fn head(mut input: Box<dyn Input>) -> io::Result<Head> {
    let bytes = first_bytes(input.as_mut())?;
    let after_tags = if input.go_to(0)? {
        let after = seek_past_tags(input.as_mut(), &bytes)?;
        input.go_to(0)?;
        kind(&after)
    } else {
        let mut first = bytes.clone();
        let after = read_past_tags(input.as_mut(), &mut first)?;
        let kind = kind(&first[after..]);
        input = Box::new(Unread { first, at: 0, rest: input });
        kind
    };
    // A tag is part of an MP3 file, and before others some programs put one.
    let kind = if matches!(after_tags, Kind::Wave | Kind::Flac) { after_tags } else { kind(&bytes) };
    Ok(Head { input, kind, bytes })
}

/// Returns the first bytes after the tags at the start of an input, which begins with `first`.
fn seek_past_tags(input: &mut dyn Input, first: &[u8]) -> io::Result<Vec<u8>> {
    let (mut bytes, mut after) = (first.to_vec(), 0);
    while let tag @ 1.. = id3_bytes(&bytes) {
        after += tag;
        input.go_to(after)?;
        bytes = first_bytes(input)?;
    }
    Ok(bytes)
}

/// Reads past the tags at the start of an input that only goes forward, and adds what it reads to `first`; returns where they end there.
///
/// Of more bytes of tags than are kept it stops before the first that is too much.
fn read_past_tags(input: &mut dyn Input, first: &mut Vec<u8>) -> io::Result<usize> {
    let mut after = 0;
    while let tag @ 1.. = id3_bytes(&first[after..]) {
        let next = after as u64 + tag;
        if next > TAG_BYTES {
            break;
        }
        let wanted = (next + HEAD_BYTES as u64).saturating_sub(first.len() as u64);
        input.take(wanted).read_to_end(first)?;
        after = usize::try_from(next).unwrap_or(usize::MAX).min(first.len());
    }
    Ok(after)
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
        if self.at == self.first.len() {
            // Tags may be large.
            (self.first, self.at) = (Vec::new(), 0);
        }
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::input::{Forward, Seekable};
    use super::*;

    /// The kind that is found of these bytes, and what can be read then.
    fn looked_at(input: Box<dyn Input>) -> (Kind, Vec<u8>) {
        let mut head = head(input).unwrap();
        let mut bytes = Vec::new();
        head.input.read_to_end(&mut bytes).unwrap();
        (head.kind, bytes)
    }

    #[test]
    fn what_follows_tags_is_found_and_no_byte_is_lost() {
        let tag = [&b"ID3\x04\0\x10\0\0\x01\x02"[..], &[7; 130 + 10]].concat();
        let empty = b"ID3\x04\0\0\0\0\0\0";
        for (start, alone) in [
            (&b"fLaC"[..], Kind::Flac),
            (b"RF64", Kind::Wave),
            (b"riff", Kind::Wave),
            (b"OggS", Kind::Other("Ogg")),
            (b"\xFF\xFB", Kind::Other("MP3")),
            (b"ID3", Kind::Other("MP3")),
            (b"", Kind::Unknown),
        ] {
            let tagged = if matches!(alone, Kind::Wave | Kind::Flac) { alone } else { Kind::Other("MP3") };
            for (tags, kind) in [(vec![], alone), (tag.clone(), tagged), ([&tag[..], empty, &tag].concat(), tagged)] {
                for rest in [0, 3, 1_000] {
                    let bytes = [&tags, start, &vec![1; rest]].concat();
                    let seekable = Seekable::new(Cursor::new(bytes.clone())).unwrap();
                    assert_eq!(looked_at(Box::new(seekable)), (kind, bytes.clone()));
                    assert_eq!(looked_at(Box::new(Forward(Cursor::new(bytes.clone())))), (kind, bytes));
                }
            }
        }
    }

    /// 64 MiB of tags are kept of a pipe, and no more, whatever a tag claims.
    #[test]
    fn tags_of_a_pipe_are_kept_up_to_a_limit() {
        // Seven bits in each byte.
        let sized = |size: u32| {
            let bytes = [21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8);
            [&b"ID3\x04\0\0"[..], &bytes].concat()
        };
        for (size, kind) in [((1 << 26) - 10, Kind::Flac), ((1 << 26) - 9, Kind::Other("MP3"))] {
            let whole = Cursor::new(sized(size)).chain(io::repeat(7).take(size.into())).chain(Cursor::new(b"fLaC"));
            assert_eq!(head(Box::new(Forward(whole))).unwrap().kind, kind, "{size}");
        }
        // Bytes that are not there take no memory.
        let claimed = looked_at(Box::new(Forward(Cursor::new(sized(1 << 25)))));
        assert_eq!(claimed, (Kind::Other("MP3"), sized(1 << 25)));
    }
}

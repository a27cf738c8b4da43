//! The frames of an MP4 file's audio that are played: a lossy encoder adds some before them and some after.

use std::io;

use super::input::Input;

/// Boxes on one level of a file that are looked at; no file of one recording has a hundred.
const BOXES_MAX: usize = 10_000;

/// The first byte of the file, and the first after.
type Range = (u64, u64);

/// The part of a track that is played, in frames of the track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Edit {
    /// Frames before it.
    pub(super) delay: u64,
    /// Frames in it; `None` for all that follow.
    pub(super) frames: Option<u64>,
}

/// The edit lists of an MP4 file that each take one part of a track, with the track's number; none of any other file.
///
/// Source: ISO/IEC 14496-12, 8.2.2 (`mvhd`), 8.3.2 (`tkhd`), 8.4.2 (`mdhd`), 8.6.6 (`elst`).
pub(super) fn of_tracks(input: &mut dyn Input, len: u64) -> io::Result<Vec<(u32, Edit)>> {
    let mut edits = Vec::new();
    let first = start_of(input, (0, len))?;
    if matches!(&first[4..8], b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free") {
        let boxes = children(input, (0, len))?;
        if let Some((_, movie)) = boxes.into_iter().find(|(kind, _)| kind == b"moov") {
            let mut movie_scale = 0;
            for (kind, content) in children(input, movie)? {
                match &kind {
                    b"mvhd" => movie_scale = scale(input, content)?,
                    b"trak" if movie_scale > 0 => edits.extend(edit_of(input, content, movie_scale)?),
                    _ => {}
                }
            }
        }
    }
    input.go_to(0)?;
    Ok(edits)
}

/// The number of a track, and the part of it that is played, where its list takes one.
fn edit_of(input: &mut dyn Input, content: Range, movie_scale: u32) -> io::Result<Option<(u32, Edit)>> {
    let (mut track, mut media_scale, mut part) = (0, 0, None);
    for (kind, content) in children(input, content)? {
        match &kind {
            b"tkhd" => {
                let bytes = start_of(input, content)?;
                track = u32_at(&bytes, if bytes[0] == 1 { 20 } else { 12 });
            }
            b"edts" => {
                for (_, list) in children(input, content)?.iter().filter(|(kind, _)| kind == b"elst") {
                    part = single(&start_of(input, *list)?);
                }
            }
            b"mdia" => {
                for (_, header) in children(input, content)?.iter().filter(|(kind, _)| kind == b"mdhd") {
                    media_scale = scale(input, *header)?;
                }
            }
            _ => {}
        }
    }
    Ok(part.map(|(delay, duration)| {
        // A movie's clock is often of milliseconds, rounded to the nearest: then up to its next tick, so that no audio is cut.
        let duration = u128::from(duration) + u128::from(duration > 0 && movie_scale < media_scale);
        let frames = (duration * u128::from(media_scale)).div_ceil(u128::from(movie_scale));
        (track, Edit { delay, frames: u64::try_from(frames).ok().filter(|&frames| frames > 0) })
    }))
}

/// The entry of a list that has one, beside those that only wait.
fn single(bytes: &[u8; 64]) -> Option<(u64, u64)> {
    let (wide, count) = (bytes[0] == 1, u32_at(bytes, 4));
    let entry_bytes = if wide { 20 } else { 12 };
    let mut entry = None;
    for index in 0..usize::try_from(count).ok().filter(|&count| count <= (bytes.len() - 8) / entry_bytes)? {
        let at = 8 + index * entry_bytes;
        let (duration, begins) = if wide {
            (u64_at(bytes, at), u64_at(bytes, at + 8).cast_signed())
        } else {
            (u64::from(u32_at(bytes, at)), i64::from(u32_at(bytes, at + 4).cast_signed()))
        };
        // −1 is a wait.
        let Ok(begins) = u64::try_from(begins) else { continue };
        if entry.replace((begins, duration)).is_some() {
            return None;
        }
    }
    entry
}

/// Ticks a second, of `mvhd` and `mdhd`.
fn scale(input: &mut dyn Input, content: Range) -> io::Result<u32> {
    let bytes = start_of(input, content)?;
    Ok(u32_at(&bytes, if bytes[0] == 1 { 20 } else { 12 }))
}

/// The boxes in a range of the file: their kinds, and where their contents begin and end.
fn children(input: &mut dyn Input, (start, end): Range) -> io::Result<Vec<([u8; 4], Range)>> {
    let mut boxes = Vec::new();
    let mut at = start;
    while at.saturating_add(8) <= end && boxes.len() < BOXES_MAX {
        let bytes = start_of(input, (at, end))?;
        let (content, next) = match u32_at(&bytes, 0) {
            0 => (at + 8, end),
            1 => (at + 16, at.saturating_add(u64_at(&bytes, 8))),
            size => (at + 8, at + u64::from(size)),
        };
        if next < content || next > end {
            break;
        }
        boxes.push(([bytes[4], bytes[5], bytes[6], bytes[7]], (content, next)));
        at = next;
    }
    Ok(boxes)
}

/// The first bytes of a range, zeros where it or the file ends.
fn start_of(input: &mut dyn Input, (start, end): Range) -> io::Result<[u8; 64]> {
    let mut bytes = [0; 64];
    let len = usize::try_from(end - start).unwrap_or(64).min(64);
    if input.go_to(start)? {
        let mut filled = 0;
        while filled < len {
            match input.read(&mut bytes[filled..len]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(bytes)
}

fn u32_at(bytes: &[u8; 64], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8; 64], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) << 32 | u64::from(u32_at(bytes, at + 4))
}

/// The text that iTunes writes: hexadecimal numbers, the second the frames before the audio, the third those after it, the fourth those
/// of it.
pub(super) fn of_itunes(text: &str) -> Option<Edit> {
    let mut numbers = text.split_whitespace().skip(1).map(|number| u64::from_str_radix(number, 16));
    let (delay, _, frames) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(Edit { delay, frames: Some(frames).filter(|&frames| frames > 0) })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::input::Seekable;
    use super::*;

    fn atom(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(content.len() + 8).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(kind);
        bytes.extend_from_slice(content);
        bytes
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A movie of so many ticks a second, whose tracks have 48,000.
    fn movie(scale: u32, tracks: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut content = atom(b"mvhd", &words(&[0, 0, 0, scale, 0]));
        for (number, list) in tracks {
            let media = atom(b"mdia", &atom(b"mdhd", &words(&[0, 0, 0, 48_000, 0])));
            let edits = atom(b"edts", &atom(b"elst", list));
            content.extend(atom(b"trak", &[atom(b"tkhd", &words(&[7, 0, 0, *number])), edits, media].concat()));
        }
        [atom(b"ftyp", b"M4A "), atom(b"mdat", &[1; 100]), atom(b"moov", &content)].concat()
    }

    fn edits(bytes: &[u8]) -> Vec<(u32, Edit)> {
        let mut input = Seekable::new(Cursor::new(bytes)).unwrap();
        of_tracks(&mut input, bytes.len() as u64).unwrap()
    }

    #[test]
    fn a_list_that_takes_one_part_is_an_edit() {
        let one = words(&[0, 1, 300, 1024, 0x1_0000]);
        let after_a_wait = words(&[0, 2, 50, u32::MAX, 0x1_0000, 301, 2112, 0x1_0000]);
        let wide = words(&[0x0100_0000, 1, 0, 300, 0, 1024, 0x1_0000]);
        let to_the_end = words(&[0, 1, 0, 1024, 0x1_0000]);
        let two = words(&[0, 2, 300, 0, 0x1_0000, 300, 48_000, 0x1_0000]);
        let edit = |delay, frames| Edit { delay, frames };
        let tracks = [(1, one), (2, after_a_wait), (3, wide), (4, to_the_end), (5, two)];
        // Of a coarse clock, to the next tick.
        let expected = [(1, edit(1024, Some(24_080))), (2, edit(2112, Some(24_160))), (3, edit(1024, Some(24_080)))];
        assert_eq!(edits(&movie(600, &tracks))[..3], expected);
        assert_eq!(edits(&movie(600, &tracks))[3..], [(4, edit(1024, None))]);
        assert_eq!(edits(&movie(48_000, &tracks))[0], (1, edit(1024, Some(300))));
        assert_eq!(edits(b"RIFF"), []);
    }

    /// Cut anywhere, and with any size: no panic, and no list that was not there.
    #[test]
    fn damaged_boxes_have_no_edits_of_their_own() {
        let whole = movie(600, &[(1, words(&[0, 1, 300, 1024, 0x1_0000]))]);
        for len in 0..whole.len() {
            assert_eq!(edits(&whole[..len]), [], "{len} bytes");
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                assert!(edits(&damaged).len() <= 1);
            }
        }
    }

    #[test]
    fn the_text_of_itunes_has_the_same_numbers() {
        let text = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        assert_eq!(of_itunes(text), Some(Edit { delay: 2112, frames: Some(4_141_558) }));
        assert_eq!(of_itunes("00000000 xyz"), None);
    }
}

//! The `cue ` chunk, and the texts that belong to it in `LIST` chunks of type `adtl`.
//!
//! Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), ch. 3, "Cue-Points Chunk" and
//! "Associated Data Chunk".

use std::collections::HashSet;

use super::fields::{self, SubChunks, u32_at};
use super::text;
use crate::error::{Error, ErrorKind, Result};
use crate::spec::ByteOrder;

const CUE: [u8; 4] = *b"cue ";
const LIST: [u8; 4] = *b"LIST";
const ADTL: &[u8; 4] = b"adtl";
/// Bytes of one point in a `cue ` chunk.
const POINT: usize = 24;

/// A marked point or region of the audio.
///
/// # Examples
/// ```
/// use ndaudio::metadata::Cue;
///
/// let mut call = Cue::new(1, 96_000);
/// call.label = Some("song".to_owned());
/// call.length = Some(24_000);
///
/// let chunks = Cue::to_chunks(&[call.clone()])?;
/// let [(_, points), (_, texts)] = &chunks[..] else { panic!("a cue chunk and a LIST chunk") };
/// assert_eq!(Cue::parse_all(points, [texts]), [call]);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Cue {
    /// Its number in the file, which texts and playlists refer to it by.
    pub id: u32,
    /// Its position, in frames from the start of the audio.
    pub frame: u64,
    /// Its length in frames, if it is a region.
    pub length: Option<u64>,
    /// Its name.
    pub label: Option<String>,
    /// A comment on it.
    pub note: Option<String>,
}

impl Cue {
    /// Creates a point without texts.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(ndaudio::metadata::Cue::new(1, 48_000).label, None);
    /// ```
    #[must_use]
    pub fn new(id: u32, frame: u64) -> Self {
        Cue { id, frame, length: None, label: None, note: None }
    }

    /// Reads the payload of a `cue ` chunk and the payloads of the file's `LIST` chunks, in the order of the points.
    ///
    /// Never fails: reads the points that are there, whatever the count says, and ignores lists of types other than `adtl` and
    /// texts for points that do not exist. If several points share an id, the first gets the texts; if a point has several texts
    /// of a kind, the first counts. The text of a `ltxt` stands in for a missing label.
    ///
    /// The frame is `dwSampleOffset`, the field that recorders and editors fill in; if that is zero for every point (an error of
    /// some writers), it is `dwPosition`.
    ///
    /// **Memory** at most four times the bytes of the chunks.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Cue;
    ///
    /// // As a Zoom H4n writes them: no position, only a sample offset.
    /// let points = b"\x01\0\0\0\x01\0\0\0\0\0\0\0data\0\0\0\0\0\0\0\0\xB0\x73\0\0";
    /// let texts = b"adtllabl\x08\0\0\0\x01\0\0\x0001\0\0";
    /// let cues = Cue::parse_all(points, [texts]);
    /// assert_eq!((cues[0].frame, cues[0].label.as_deref()), (29_616, Some("01")));
    /// ```
    #[must_use]
    pub fn parse_all<L: AsRef<[u8]>>(cue: &[u8], lists: impl IntoIterator<Item = L>) -> Vec<Self> {
        let lists: Vec<L> = lists.into_iter().filter(|list| Self::has_texts(list.as_ref())).collect();
        Points::parse(cue, ByteOrder::Little).into_cues(&lists, ByteOrder::Little)
    }

    /// Returns whether the payload of a `LIST` chunk may have texts for points.
    pub(super) fn has_texts(list: &[u8]) -> bool {
        list.starts_with(ADTL)
    }

    /// Returns the chunks, ids and payloads: `cue `, and a `LIST` of type `adtl` if there is a length or a text. Without cues there
    /// are no chunks.
    ///
    /// If two points share an id, all points are numbered anew: 1, 2, …
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for a frame or a length over 2^32 − 1, which the chunks cannot hold, and for
    /// text that contains a NUL; [`TooLarge`](ErrorKind::TooLarge) for text over 4 GiB or as many cues.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Cue;
    ///
    /// assert_eq!(Cue::to_chunks(&[Cue::new(1, 100), Cue::new(2, 200)])?.len(), 1);
    /// assert!(Cue::to_chunks(&[Cue::new(1, 1 << 32)]).is_err());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn to_chunks(cues: &[Self]) -> Result<Vec<([u8; 4], Vec<u8>)>> {
        if cues.is_empty() {
            return Ok(Vec::new());
        }
        let limit = u32::MAX / 24 - 1;
        let count =
            u32::try_from(cues.len()).ok().filter(|&count| count <= limit).ok_or(Error::new(ErrorKind::TooLarge {
                what: "cue chunk",
                bytes: cues.len() as u64 * POINT as u64,
                limit: u64::from(u32::MAX),
            }))?;
        let mut seen = HashSet::with_capacity(cues.len());
        let unique = cues.iter().all(|cue| seen.insert(cue.id));

        let mut points = count.to_le_bytes().to_vec();
        let mut texts = ADTL.to_vec();
        for (cue, number) in cues.iter().zip(1_u32..) {
            let id = if unique { cue.id } else { number }.to_le_bytes();
            let frame = fits("frame of a cue", cue.frame)?.to_le_bytes();
            // Id, play order position, chunk, where the chunk and the block begin, sample offset.
            points.extend_from_slice(&[id, frame, *b"data", [0; 4], [0; 4], frame].concat());

            if let Some(label) = &cue.label {
                put_text(&mut texts, *b"labl", id, "label of a cue", label)?;
            }
            if let Some(note) = &cue.note {
                put_text(&mut texts, *b"note", id, "note on a cue", note)?;
            }
            if let Some(length) = cue.length {
                let length = fits("length of a cue", length)?.to_le_bytes();
                fields::put_subchunk(&mut texts, *b"ltxt", &[id, length, *b"rgn ", [0; 4], [0; 4]].concat());
            }
        }
        let mut chunks = vec![(CUE, points)];
        if texts.len() > ADTL.len() {
            chunks.push((LIST, texts));
        }
        Ok(chunks)
    }
}

/// The ids and frames of the points in a `cue ` chunk: a third of its bytes, and all that matters of them.
pub(super) struct Points(Vec<(u32, u32)>);

impl Points {
    pub(super) fn parse(cue: &[u8], order: ByteOrder) -> Self {
        let points = cue.get(4..).unwrap_or_default().as_chunks::<POINT>().0;
        let claimed = u32_at(cue, 0, order).and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
        // A count of zero with points after it was never filled in; but zeros are no points.
        let count = match claimed {
            0 => points.iter().rposition(|point| *point != [0; POINT]).map_or(0, |last| last + 1),
            _ => claimed.min(points.len()),
        };
        let field = |point: &[u8; POINT], offset| u32_at(point, offset, order).unwrap_or_default();

        let points = &points[..count];
        let offset = if points.iter().all(|point| field(point, 20) == 0) { 4 } else { 20 };
        Points(points.iter().map(|point| (field(point, 0), field(point, offset))).collect())
    }

    /// Joins them with their texts, which are in these lists of type `adtl`.
    pub(super) fn into_cues<L: AsRef<[u8]>>(self, lists: &[L], order: ByteOrder) -> Vec<Cue> {
        let mut cues: Vec<Cue> = self.0.into_iter().map(|(id, frame)| Cue::new(id, u64::from(frame))).collect();
        if lists.is_empty() {
            return cues;
        }
        // Sorted by id, so that texts are joined in linear time whatever a hostile file holds. Of equal ids the first counts.
        let mut by_id: Vec<usize> = (0..cues.len()).collect();
        // In place: a stable sort would take memory for half of them again.
        by_id.sort_unstable_by_key(|&at| (cues[at].id, at));
        by_id.dedup_by_key(|at| cues[*at].id);
        let texts = || lists.iter().flat_map(|list| SubChunks::new(&list.as_ref()[ADTL.len()..], order));
        let cue_of = |cues: &[Cue], value: &[u8]| -> Option<usize> {
            let id = u32_at(value, 0, order)?;
            by_id.binary_search_by_key(&id, |&at| cues[at].id).ok().map(|found| by_id[found])
        };
        for (kind, value) in texts() {
            let Some(at) = cue_of(&cues, value) else { continue };
            let cue = &mut cues[at];
            match &kind {
                b"labl" if cue.label.is_none() => cue.label = text_from(value, 4),
                b"note" if cue.note.is_none() => cue.note = text_from(value, 4),
                b"ltxt" if cue.length.is_none() => {
                    cue.length = u32_at(value, 4, order).map(u64::from).filter(|&length| length > 0);
                }
                _ => {}
            }
        }
        // The text of a `ltxt`, after length, purpose, country, language, dialect and code page, stands in for a missing label:
        // in a second pass, since the label may follow it.
        for (_, value) in texts().filter(|(kind, _)| kind == b"ltxt") {
            let Some(at) = cue_of(&cues, value) else { continue };
            if cues[at].label.is_none() {
                cues[at].label = text_from(value, 20);
            }
        }
        cues
    }
}
/// Turns the numbers of a big-endian `cue ` chunk round.
pub(super) fn turn_points(cue: &mut [u8]) {
    let Some((count, points)) = cue.split_first_chunk_mut::<4>() else { return };
    count.reverse();
    for point in points.as_chunks_mut::<POINT>().0 {
        // All but the third, which is the id of a chunk.
        for field in [0, 4, 12, 16, 20] {
            point[field..field + 4].reverse();
        }
    }
}

/// The payload of a big-endian `LIST` chunk of type `adtl` with its numbers turned round, as far as their places are known.
pub(super) fn turned_texts(list: &[u8]) -> Vec<u8> {
    let texts = || {
        let all = SubChunks::new(list.strip_prefix(ADTL).unwrap_or_default(), ByteOrder::Big);
        all.filter(|(kind, _)| matches!(kind, b"labl" | b"note" | b"ltxt"))
    };
    let len = texts().map(|(_, value)| fields::subchunk_len(value)).sum::<usize>();
    let mut out = Vec::with_capacity(ADTL.len() + len);
    out.extend_from_slice(ADTL);
    for (kind, value) in texts() {
        let at = out.len() + 8;
        fields::put_subchunk(&mut out, kind, value);
        // The id of the point; of a `ltxt` its length, and after the purpose country, language, dialect and code page.
        let numbers: &[(usize, usize)] = match &kind {
            b"ltxt" => &[(0, 4), (4, 4), (12, 2), (14, 2), (16, 2), (18, 2)],
            _ => &[(0, 4)],
        };
        for &(begin, len) in numbers.iter().filter(|(begin, len)| begin + len <= value.len()) {
            out[at + begin..][..len].reverse();
        }
    }
    out
}

fn fits(name: &'static str, frames: u64) -> Result<u32> {
    u32::try_from(frames)
        .map_err(|_| Error::must_be(name, frames, "at most 4294967295 frames, all that the chunk can hold"))
}

/// The text from an offset to the first NUL, unless it is empty.
fn text_from(value: &[u8], offset: usize) -> Option<String> {
    let text = text::decode(text::until_nul(value.get(offset..).unwrap_or_default())).into_owned();
    (!text.is_empty()).then_some(text)
}

fn put_text(out: &mut Vec<u8>, kind: [u8; 4], cue: [u8; 4], name: &'static str, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::must_be(name, text.escape_default(), "text without NUL"));
    }
    let limit = u64::from(u32::MAX) - 6;
    if text.len() as u64 > limit {
        return Err(Error::new(ErrorKind::TooLarge { what: name, bytes: text.len() as u64, limit }));
    }
    fields::put_subchunk(out, kind, &[&cue, text.as_bytes(), &[0]].concat());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(id: u32, position: u32, offset: u32) -> Vec<u8> {
        [id.to_le_bytes(), position.to_le_bytes(), *b"data", [0; 4], [0; 4], offset.to_le_bytes()].concat()
    }

    fn cue_chunk(count: u32, points: &[Vec<u8>]) -> Vec<u8> {
        [count.to_le_bytes().to_vec(), points.concat()].concat()
    }

    fn frames(cues: &[Cue]) -> Vec<u64> {
        cues.iter().map(|cue| cue.frame).collect()
    }

    const NONE: [&[u8]; 0] = [];

    #[test]
    fn a_count_allocates_nothing_and_points_that_are_there_are_read() {
        let points = [point(1, 10, 10), point(2, 20, 20)];
        for (count, expected) in
            [(2, vec![10, 20]), (u32::MAX, vec![10, 20]), (3, vec![10, 20]), (0, vec![10, 20]), (1, vec![10])]
        {
            assert_eq!(frames(&Cue::parse_all(&cue_chunk(count, &points), NONE)), expected, "{count}");
        }
        // A chunk of zeros has no points, as 9 real files have it; zeros after points are none either.
        assert_eq!(Cue::parse_all(&[0; 56], NONE), []);
        assert_eq!(
            frames(&Cue::parse_all(&cue_chunk(0, &[point(0, 0, 0), point(2, 20, 20), vec![0; 24]]), NONE)),
            [0, 20]
        );
        assert_eq!(frames(&Cue::parse_all(&cue_chunk(1, &[vec![0; 24]]), NONE)), [0]);
        // Half a point is none.
        let cut = &cue_chunk(2, &points)[..4 + 24 + 23];
        assert_eq!(frames(&Cue::parse_all(cut, NONE)), [10]);
    }

    #[test]
    fn the_sample_offset_counts_unless_no_point_has_one() {
        let of = |points: &[Vec<u8>]| frames(&Cue::parse_all(&cue_chunk(2, points), NONE));
        assert_eq!(of(&[point(1, 0, 10), point(2, 0, 20)]), [10, 20]);
        assert_eq!(of(&[point(1, 10, 0), point(2, 20, 0)]), [10, 20]);
        // A playlist order in dwPosition, and a first point at frame 0.
        assert_eq!(of(&[point(1, 500, 0), point(2, 0, 20)]), [0, 20]);
    }

    #[test]
    fn texts_are_joined_by_id() {
        let cue = cue_chunk(3, &[point(7, 1, 1), point(8, 2, 2), point(9, 3, 3)]);
        let mut list = b"adtl".to_vec();
        fields::put_subchunk(&mut list, *b"labl", b"\x08\0\0\0eight\0");
        fields::put_subchunk(&mut list, *b"note", b"\x07\0\0\0on seven\0");
        fields::put_subchunk(&mut list, *b"labl", b"\x63\0\0\0of none\0");
        fields::put_subchunk(&mut list, *b"labl", b"\x08\0\0\0again\0");
        fields::put_subchunk(&mut list, *b"ltxt", b"\x09\0\0\0\x64\0\0\0rgn \0\0\0\0\0\0\0\0nine");
        fields::put_subchunk(&mut list, *b"ltxt", b"\x07\0\0\0\0\0\0\0rgn \0\0\0\0\0\0\0\0");
        fields::put_subchunk(&mut list, *b"labl", b"\x07");
        let cues = Cue::parse_all(&cue, [b"INFO".as_slice(), &list]);
        assert_eq!(cues[0], Cue { note: Some("on seven".into()), ..Cue::new(7, 1) });
        assert_eq!(cues[1], Cue { label: Some("eight".into()), ..Cue::new(8, 2) });
        assert_eq!(cues[2], Cue { label: Some("nine".into()), length: Some(100), ..Cue::new(9, 3) });
    }

    #[test]
    fn the_layout_is_that_of_the_standard() {
        let cue = Cue { label: Some("ab".into()), note: Some("c".into()), length: Some(5), ..Cue::new(3, 258) };
        let chunks = Cue::to_chunks(&[cue]).unwrap();
        assert_eq!(chunks[0], (*b"cue ", b"\x01\0\0\0\x03\0\0\0\x02\x01\0\0data\0\0\0\0\0\0\0\0\x02\x01\0\0".to_vec()));
        let texts = b"adtllabl\x07\0\0\0\x03\0\0\0ab\0\0note\x06\0\0\0\x03\0\0\0c\0\
            ltxt\x14\0\0\0\x03\0\0\0\x05\0\0\0rgn \0\0\0\0\0\0\0\0";
        assert_eq!(chunks[1], (*b"LIST", texts.to_vec()));
        assert_eq!(Cue::to_chunks(&[]).unwrap(), []);
    }

    #[test]
    fn a_big_endian_file_is_turned_round_as_far_as_it_is_known() {
        let turned = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            turn_points(&mut bytes);
            bytes
        };
        let one = b"\0\0\0\x01\0\0\0\x02\0\0\0\x03data\0\0\0\x04\0\0\0\x05\0\0\0\x06";
        assert_eq!(turned(one), b"\x01\0\0\0\x02\0\0\0\x03\0\0\0data\x04\0\0\0\x05\0\0\0\x06\0\0\0");
        // Half a point is none, and less than a count is nothing.
        assert_eq!(turned(&one[..10]), b"\x01\0\0\0\0\0\0\x02\0\0");
        assert_eq!(turned(&one[..3]), one[..3]);

        let mut list = b"adtl".to_vec();
        for (kind, value) in [
            (b"labl", &b"\0\0\0\x07owl\0"[..]),
            (b"file", b"\0\0\0\x07\0\0\0\x01"),
            (b"note", b"\0\0\0\x07odd"),
            (b"ltxt", b"\0\0\0\x07\0\0\x01\x02rgn \0\x01\0\x02\0\x03\0\x04text"),
            (b"ltxt", b"\0\0\0\x07\0\0\x01\x02rgn \0"),
            (b"labl", b"\0\0\0"),
        ] {
            list.extend([&kind[..], &u32::try_from(value.len()).unwrap().to_be_bytes(), value].concat());
            list.resize(list.len().next_multiple_of(2), 0);
        }
        assert_eq!(
            turned_texts(&list),
            b"adtllabl\x08\0\0\0\x07\0\0\0owl\0note\x07\0\0\0\x07\0\0\0odd\0\
            ltxt\x18\0\0\0\x07\0\0\0\x02\x01\0\0rgn \x01\0\x02\0\x03\0\x04\0text\
            ltxt\x0D\0\0\0\x07\0\0\0\x02\x01\0\0rgn \0\0labl\x03\0\0\0\0\0\0\0"
        );
    }

    #[test]
    fn equal_ids_are_numbered_anew_and_unequal_ones_kept() {
        let ids = |cues: &[Cue]| -> Vec<u32> {
            let chunks = Cue::to_chunks(cues).unwrap();
            Cue::parse_all(&chunks[0].1, NONE).iter().map(|cue| cue.id).collect()
        };
        assert_eq!(ids(&[Cue::new(0, 1), Cue::new(0, 2), Cue::new(5, 3)]), [1, 2, 3]);
        assert_eq!(ids(&[Cue::new(9, 1), Cue::new(0, 2)]), [9, 0]);
    }

    #[test]
    fn what_the_chunks_cannot_hold_is_refused() {
        assert_eq!(Cue::to_chunks(&[Cue::new(1, u64::from(u32::MAX))]).unwrap().len(), 1);
        for cue in [
            Cue::new(1, 1 << 32),
            Cue { length: Some(1 << 32), ..Cue::new(1, 0) },
            Cue { label: Some("a\0b".into()), ..Cue::new(1, 0) },
        ] {
            assert!(matches!(
                Cue::to_chunks(&[cue]).as_ref().map_err(crate::Error::kind),
                Err(crate::ErrorKind::InvalidArgument { .. })
            ));
        }
    }

    #[test]
    fn a_hundred_thousand_points_with_one_id_and_as_many_texts_take_no_time() {
        let points = vec![point(1, 5, 5); 100_000];
        let mut list = b"adtl".to_vec();
        for _ in 0..100_000 {
            fields::put_subchunk(&mut list, *b"labl", b"\x01\0\0\0x\0");
        }
        let cues = Cue::parse_all(&cue_chunk(u32::MAX, &points), [&list]);
        assert_eq!(cues.len(), 100_000);
        assert_eq!(cues.iter().filter(|cue| cue.label.is_some()).count(), 1);
        assert!(cues[0].label.is_some());
    }
}

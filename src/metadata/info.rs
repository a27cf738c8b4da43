//! The `LIST` chunk of type `INFO`.
//!
//! Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), ch. 2, "INFO List Chunk".

use std::borrow::Cow;

use super::fields::{self, SubChunks};
use super::text;
use crate::error::{Error, ErrorKind, Result};
use crate::spec::ByteOrder;

/// Texts about the file, each with an id of four characters, in order.
///
/// Keeps the bytes of each text and decodes them when asked: valid UTF-8 as such, anything else as Windows-1252, up to the first
/// NUL. So texts that are not set here are written back unchanged, including space that a recorder reserved.
///
/// Common ids: `INAM` title, `IART` artist (AudioMoth: the device), `ICMT` comment, `ICRD` date, `ICOP` copyright, `IKEY` key
/// words, `ISBJ` subject, `ISFT` software, `IENG` engineer, `IARL` where it is archived, `IGNR` genre, `ITRK` track.
///
/// **Memory** the bytes of the chunk.
///
/// # Examples
/// ```
/// use ndaudio::metadata::Info;
///
/// let mut info = Info::new();
/// info.set(*b"ICMT", "Recorded at 19:17:30 17/09/2019 (UTC) at high gain")?;
/// info.set(*b"ISFT", "ndaudio")?;
///
/// let info = Info::parse(&info.to_bytes()).expect("it begins with INFO");
/// assert_eq!(info.get(*b"ICMT").as_deref(), Some("Recorded at 19:17:30 17/09/2019 (UTC) at high gain"));
/// assert_eq!(info.get(*b"IART"), None);
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Info {
    /// The entries as the chunk holds them, each padded. One allocation, whatever their number.
    entries: Vec<u8>,
}

impl Info {
    /// The id of the chunk.
    pub const ID: [u8; 4] = *b"LIST";
    /// The first four bytes of its payload.
    pub const LIST_TYPE: [u8; 4] = *b"INFO";

    /// Creates a list without entries.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(ndaudio::metadata::Info::new().to_bytes(), b"INFO");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the payload of a `LIST` chunk; returns `None` if its type is not `INFO`.
    ///
    /// Tolerates missing padding, sizes past the end, and zeros between and after entries; stops where no entry can be recognized.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Info;
    ///
    /// // No padding after an odd entry, and a size that is too large.
    /// let info = Info::parse(b"INFOIART\x03\0\0\0XYZICMT\xFF\0\0\0windy").expect("it begins with INFO");
    /// let found: Vec<_> = info.iter().map(|(_, text)| text).collect();
    /// assert_eq!(found, ["XYZ", "windy"]);
    /// assert!(Info::parse(b"adtl").is_none());
    /// ```
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        Self::parse_in(payload, ByteOrder::Little)
    }

    pub(super) fn parse_in(payload: &[u8], order: ByteOrder) -> Option<Self> {
        let entries = payload.strip_prefix(&Self::LIST_TYPE)?;
        // Counted first: an entry whose padding is missing needs a byte more than it has.
        let len = SubChunks::new(entries, order).map(|(_, value)| fields::subchunk_len(value)).sum();
        let mut info = Info { entries: Vec::with_capacity(len) };
        for (id, value) in SubChunks::new(entries, order) {
            fields::put_subchunk(&mut info.entries, id, value);
        }
        Some(info)
    }

    /// Returns the payload of the chunk: `INFO` and the entries, each padded to an even number of bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&Self::LIST_TYPE, self.entries.as_slice()].concat()
    }

    /// Returns the text with an id; the first if there are several.
    #[must_use]
    pub fn get(&self, id: [u8; 4]) -> Option<Cow<'_, str>> {
        self.iter().find(|entry| entry.0 == id).map(|entry| entry.1)
    }

    /// Iterates over ids and texts in order.
    pub fn iter(&self) -> impl Iterator<Item = ([u8; 4], Cow<'_, str>)> {
        self.values().map(|(id, value)| (id, text::decode(text::until_nul(value))))
    }

    /// Returns whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Iterates over ids and bytes in order.
    fn values(&self) -> SubChunks<'_> {
        SubChunks::new(&self.entries, ByteOrder::Little)
    }

    /// Sets the text with an id: the first entry with that id is replaced, or one is added at the end.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for an id that is not four printable ASCII characters and for text that
    /// contains a NUL, [`TooLarge`](ErrorKind::TooLarge) for text over 4 GiB.
    ///
    /// # Examples
    /// ```
    /// let mut info = ndaudio::metadata::Info::new();
    /// info.set(*b"INAM", "take 1")?;
    /// info.set(*b"INAM", "take 2")?;
    /// assert_eq!(info.iter().count(), 1);
    /// assert!(info.set(*b"\0\0\0\0", "nothing").is_err());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn set(&mut self, id: [u8; 4], text: &str) -> Result<()> {
        if !fields::is_id(id) {
            return Err(Error::must_be("id of an INFO entry", id.escape_ascii(), "four printable ASCII characters"));
        }
        if text.contains('\0') {
            return Err(Error::must_be("text of an INFO entry", text.escape_default(), "text without NUL"));
        }
        // One byte for the NUL, one for the padding.
        let limit = u64::from(u32::MAX) - 2;
        if text.len() as u64 > limit {
            return Err(Error::new(ErrorKind::TooLarge {
                what: "text of an INFO entry",
                bytes: text.len() as u64,
                limit,
            }));
        }
        let mut value = text.as_bytes().to_vec();
        value.push(0);
        let mut entries = Vec::with_capacity(self.entries.len() + fields::subchunk_len(&value));
        let mut new = Some(value);
        for (found, old) in self.values() {
            let value = if found == id { new.take() } else { None };
            fields::put_subchunk(&mut entries, found, value.as_deref().unwrap_or(old));
        }
        if let Some(value) = new {
            fields::put_subchunk(&mut entries, id, &value);
        }
        self.entries = entries;
        Ok(())
    }

    /// Removes every text with an id.
    ///
    /// # Examples
    /// ```
    /// let mut info = ndaudio::metadata::Info::new();
    /// info.set(*b"INAM", "take 1")?;
    /// info.remove(*b"INAM");
    /// assert!(info.is_empty());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn remove(&mut self, id: [u8; 4]) {
        let mut entries = Vec::with_capacity(self.entries.len());
        for (found, value) in self.values().filter(|entry| entry.0 != id) {
            fields::put_subchunk(&mut entries, found, value);
        }
        self.entries = entries;
    }

    /// Adds the entries of another list of the same file.
    pub(super) fn append(&mut self, mut other: Self) {
        self.entries.append(&mut other.entries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_set_is_written_back_byte_for_byte() {
        let mut payload = b"INFOICMT\x10\0\0\0caf\xE9\0old\0\0\0\0\0\0\0\0".to_vec();
        payload.extend_from_slice(b"IART\x03\0\0\0XYZ\0");
        let mut info = Info::parse(&payload).unwrap();
        assert_eq!(info.get(*b"ICMT").unwrap(), "café");
        assert_eq!(info.to_bytes(), payload);
        info.set(*b"IART", "AB").unwrap();
        let end = payload.len() - 12;
        assert_eq!(info.to_bytes(), [&payload[..end], b"IART\x03\0\0\0AB\0\0"].concat());
    }

    #[test]
    fn the_layout_is_that_of_the_standard() {
        let mut info = Info::new();
        info.set(*b"INAM", "abc").unwrap();
        info.set(*b"ICMT", "de").unwrap();
        // ZSTR: the size counts the NUL, not the padding.
        assert_eq!(info.to_bytes(), b"INFOINAM\x04\0\0\0abc\0ICMT\x03\0\0\0de\0\0");
    }

    #[test]
    fn the_first_of_several_is_found_and_all_are_kept() {
        let info = Info::parse(b"INFOICMT\x02\0\0\0a\0ICMT\x02\0\0\0b\0").unwrap();
        assert_eq!(info.get(*b"ICMT").unwrap(), "a");
        assert_eq!(info.iter().count(), 2);
    }

    #[test]
    fn text_with_a_nul_in_it_is_refused() {
        let mut info = Info::new();
        assert!(matches!(
            info.set(*b"ICMT", "a\0b").as_ref().map_err(crate::Error::kind),
            Err(crate::ErrorKind::InvalidArgument { .. })
        ));
        assert!(info.is_empty());
    }
}

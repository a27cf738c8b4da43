//! The `bext` chunk of Broadcast Wave files.
//!
//! Source: EBU Tech 3285 v2 (2011), § 2.3: the layout is that of its `broadcast_audio_extension`, versions 0 to 2.

mod loudness;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

pub use loudness::Loudness;

use super::fields::bytes_at;
use super::text;
use crate::error::{Error, ErrorKind, Result};
use crate::spec::ByteOrder;

const DESCRIPTION: Range<usize> = 0..256;
const ORIGINATOR: Range<usize> = 256..288;
const ORIGINATOR_REFERENCE: Range<usize> = 288..320;
const ORIGINATION_DATE: Range<usize> = 320..330;
const ORIGINATION_TIME: Range<usize> = 330..338;
const TIME_REFERENCE: usize = 338;
const VERSION: usize = 346;
const UMID: Range<usize> = 348..412;
const LOUDNESS: Range<usize> = 412..422;
/// Where the fixed fields, with their 180 reserved bytes, end.
const CODING_HISTORY: usize = 602;

/// The broadcast extension: who made the recording, with what, and when to the sample.
///
/// Keeps the bytes of the chunk and reads the fields out of them, so that everything that is not set here (reserved bytes, text in
/// another encoding, remains after a NUL) is written back unchanged.
///
/// Text should be ASCII. It is read as UTF-8 if it is valid UTF-8 and as Windows-1252 otherwise, up to the first NUL; it is
/// written as UTF-8.
///
/// **Memory** the bytes of the chunk, at least 602 once a field was set.
///
/// # Examples
/// ```
/// use ndaudio::metadata::Bext;
///
/// let mut bext = Bext::new();
/// bext.set_originator("field recorder 7")?;
/// bext.set_origination("2018-12-31", "12:40:00")?;
/// bext.set_time_reference(45_600 * 48_000); // samples since midnight
/// bext.append_coding_history("A=PCM,F=48000,W=24,M=stereo,T=field recorder 7")?;
///
/// let bext = Bext::parse(&bext.to_bytes());
/// assert_eq!(bext.originator(), "field recorder 7");
/// assert_eq!(bext.time_reference(), Some(2_188_800_000));
/// assert_eq!(bext.coding_history(), "A=PCM,F=48000,W=24,M=stereo,T=field recorder 7\r\n");
/// # Ok::<(), ndaudio::Error>(())
/// ```
///
/// Source: EBU Tech 3285 v2.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bext {
    bytes: Vec<u8>,
}

impl Bext {
    /// The id of the chunk.
    pub const ID: [u8; 4] = *b"bext";

    /// Creates a chunk of version 1 with empty fields.
    ///
    /// # Examples
    /// ```
    /// let bext = ndaudio::metadata::Bext::new();
    /// assert_eq!(bext.to_bytes().len(), 602);
    /// assert_eq!(bext.version(), Some(1));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        let mut bext = Bext { bytes: vec![0; CODING_HISTORY] };
        bext.set_version(1);
        bext
    }

    /// Reads the payload of a `bext` chunk, of any length.
    ///
    /// Never fails: fields beyond the end of a short chunk are empty or `None`.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Bext;
    ///
    /// let bext = Bext::parse(b"dawn chorus\0left over from another take");
    /// assert_eq!(bext.description(), "dawn chorus");
    /// assert_eq!(bext.time_reference(), None);
    /// ```
    #[must_use]
    pub fn parse(payload: &[u8]) -> Self {
        Bext { bytes: payload.to_vec() }
    }

    /// Like [`parse`](Self::parse), for a file in any byte order; the bytes are kept in the order of a RIFF file.
    pub(super) fn parse_in(payload: &[u8], order: ByteOrder) -> Self {
        let mut bext = Self::parse(payload);
        if order == ByteOrder::Big {
            // Two 32-bit halves, the low one first in either order; then the version and five loudness values.
            for (offset, len) in [(TIME_REFERENCE, 4), (TIME_REFERENCE + 4, 4), (VERSION, 2)]
                .into_iter()
                .chain((0..5).map(|value| (LOUDNESS.start + 2 * value, 2)))
            {
                if let Some(field) = bext.bytes.get_mut(offset..offset + len) {
                    field.reverse();
                }
            }
        }
        bext
    }

    /// Returns the payload of the chunk: 602 bytes and the coding history.
    ///
    /// A chunk that was read and not changed is returned as it was, filled up with zeros if it was shorter.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Bext;
    ///
    /// let bytes = [b'x'; 700];
    /// assert_eq!(Bext::parse(&bytes).to_bytes(), bytes);
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        bytes.resize(bytes.len().max(CODING_HISTORY), 0);
        bytes
    }

    /// The description of the recording, up to 256 bytes.
    ///
    /// Many recorders write lines of `KEY=value` here: scene, take, names of the tracks.
    #[must_use]
    pub fn description(&self) -> Cow<'_, str> {
        self.text(DESCRIPTION)
    }

    /// The name of the person, device or program that made the recording, up to 32 bytes.
    #[must_use]
    pub fn originator(&self) -> Cow<'_, str> {
        self.text(ORIGINATOR)
    }

    /// A reference to the recording that is unique to its originator, up to 32 bytes.
    #[must_use]
    pub fn originator_reference(&self) -> Cow<'_, str> {
        self.text(ORIGINATOR_REFERENCE)
    }

    /// The date of the recording as written: `yyyy-mm-dd`, with any separator.
    #[must_use]
    pub fn origination_date(&self) -> Cow<'_, str> {
        self.text(ORIGINATION_DATE)
    }

    /// The time of day at which the recording began as written: `hh:mm:ss`, with any separator.
    #[must_use]
    pub fn origination_time(&self) -> Cow<'_, str> {
        self.text(ORIGINATION_TIME)
    }

    /// The position of the first frame.
    ///
    /// **Unit** frames since midnight.
    #[must_use]
    pub fn time_reference(&self) -> Option<u64> {
        bytes_at(&self.bytes, TIME_REFERENCE, ByteOrder::Little).map(u64::from_le_bytes)
    }

    /// The version of the layout: 0, 1 (with UMID) or 2 (and with loudness).
    #[must_use]
    pub fn version(&self) -> Option<u16> {
        bytes_at(&self.bytes, VERSION, ByteOrder::Little).map(u16::from_le_bytes)
    }

    /// The SMPTE unique material identifier (ST 330), if the version is 1 or later and the field is not all zeros.
    #[must_use]
    pub fn umid(&self) -> Option<[u8; 64]> {
        let umid = bytes_at(&self.bytes, UMID.start, ByteOrder::Little)?;
        (self.version()? >= 1 && umid != [0; 64]).then_some(umid)
    }

    /// The loudness, from version 2 on.
    #[must_use]
    pub fn loudness(&self) -> Option<Loudness> {
        if self.version()? < 2 {
            return None;
        }
        bytes_at(&self.bytes, LOUDNESS.start, ByteOrder::Little).map(Loudness::from_field)
    }

    /// The processing history of the audio, one step per line: `A=PCM,F=48000,W=24,M=stereo,T=recorder`.
    ///
    /// Source: EBU R 98.
    #[must_use]
    pub fn coding_history(&self) -> Cow<'_, str> {
        self.text(CODING_HISTORY..usize::MAX)
    }

    /// Sets the description.
    ///
    /// # Errors
    /// As [`set_originator`](Self::set_originator), over 256 bytes.
    ///
    /// # Examples
    /// ```
    /// let mut bext = ndaudio::metadata::Bext::new();
    /// bext.set_description("dawn chorus, 3 m above ground")?;
    /// assert!(bext.set_description(&"long ".repeat(100)).is_err());
    /// assert_eq!(bext.description(), "dawn chorus, 3 m above ground");
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn set_description(&mut self, text: &str) -> Result<()> {
        self.set_text("description of the bext chunk", DESCRIPTION, text)
    }

    /// Sets the originator.
    ///
    /// # Errors
    /// [`TooLarge`](ErrorKind::TooLarge) over 32 bytes of UTF-8, [`InvalidArgument`](ErrorKind::InvalidArgument) if it contains a
    /// NUL; the chunk is then unchanged. Text is never truncated.
    pub fn set_originator(&mut self, text: &str) -> Result<()> {
        self.set_text("originator of the bext chunk", ORIGINATOR, text)
    }

    /// Sets the originator's reference.
    ///
    /// # Errors
    /// As [`set_originator`](Self::set_originator).
    pub fn set_originator_reference(&mut self, text: &str) -> Result<()> {
        self.set_text("originator reference of the bext chunk", ORIGINATOR_REFERENCE, text)
    }

    /// Sets the date and the time of day at which the recording begins, as `yyyy-mm-dd` and `hh:mm:ss`.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) if they are not in that form (any of `-_:. ` may separate), or not a date
    /// and a time of day.
    ///
    /// # Examples
    /// ```
    /// let mut bext = ndaudio::metadata::Bext::new();
    /// bext.set_origination("2018-12-31", "12:40:00")?;
    /// assert!(bext.set_origination("31.12.2018", "12:40:00").is_err());
    /// assert_eq!(bext.origination_date(), "2018-12-31");
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn set_origination(&mut self, date: &str, time: &str) -> Result<()> {
        if !is_in_form(date, &[(4, 0, 9999), (2, 1, 12), (2, 1, 31)]) {
            return Err(invalid("origination date of the bext chunk", date, "a date as yyyy-mm-dd"));
        }
        if !is_in_form(time, &[(2, 0, 23), (2, 0, 59), (2, 0, 59)]) {
            return Err(invalid("origination time of the bext chunk", time, "a time of day as hh:mm:ss"));
        }
        self.set_text("origination date of the bext chunk", ORIGINATION_DATE, date)?;
        self.set_text("origination time of the bext chunk", ORIGINATION_TIME, time)
    }

    /// Sets the position of the first frame.
    ///
    /// **Unit** frames since midnight.
    pub fn set_time_reference(&mut self, frames: u64) {
        self.fixed()[TIME_REFERENCE..][..8].copy_from_slice(&frames.to_le_bytes());
    }

    /// Sets the SMPTE unique material identifier, and the version to 1 if it is lower.
    ///
    /// # Examples
    /// ```
    /// let mut bext = ndaudio::metadata::Bext::new();
    /// assert_eq!(bext.umid(), None);
    /// bext.set_umid(&[7; 64]);
    /// assert_eq!(bext.umid(), Some([7; 64]));
    /// ```
    pub fn set_umid(&mut self, umid: &[u8; 64]) {
        self.fixed()[UMID].copy_from_slice(umid);
        self.set_version(self.version().unwrap_or(0).max(1));
    }

    /// Sets the loudness, each value rounded to 0.01, and the version to 2 if it is lower.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for a value outside −99.99 to 99.99; the chunk is then unchanged.
    pub fn set_loudness(&mut self, loudness: &Loudness) -> Result<()> {
        let field = loudness.to_field()?;
        self.fixed()[LOUDNESS].copy_from_slice(&field);
        self.set_version(self.version().unwrap_or(0).max(2));
        Ok(())
    }

    /// Marks every loudness value as not measured, if there are any. For audio that was changed.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::{Bext, Loudness};
    ///
    /// let mut bext = Bext::new();
    /// bext.set_loudness(&Loudness { integrated: Some(-23.0), ..Loudness::default() })?;
    /// bext.clear_loudness();
    /// assert_eq!(bext.loudness(), Some(Loudness::default()));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn clear_loudness(&mut self) {
        if self.loudness().is_some() {
            self.fixed()[LOUDNESS].copy_from_slice(&loudness::NONE_MEASURED);
        }
    }

    /// Appends lines to the coding history, each ended by CR LF.
    ///
    /// Bytes after the NUL that ends the present history are dropped.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) if the text contains a NUL; the chunk is then unchanged.
    ///
    /// # Examples
    /// ```
    /// use ndaudio::metadata::Bext;
    ///
    /// let mut payload = vec![0; 602];
    /// payload.extend_from_slice(b"A=PCM,F=48000,W=16,M=stereo,T=recorder\0\0\0"); // one that forgot to end its line
    /// let mut bext = Bext::parse(&payload);
    /// bext.append_coding_history("A=PCM,F=48000,W=16,M=stereo,T=ndaudio; gain +3 dB")?;
    /// assert_eq!(
    ///     bext.coding_history(),
    ///     "A=PCM,F=48000,W=16,M=stereo,T=recorder\r\nA=PCM,F=48000,W=16,M=stereo,T=ndaudio; gain +3 dB\r\n"
    /// );
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    ///
    /// Source: EBU R 98 for what a line says.
    pub fn append_coding_history(&mut self, lines: &str) -> Result<()> {
        refuse_nul("coding history of the bext chunk", lines)?;
        self.fixed();
        let end = CODING_HISTORY + text::until_nul(&self.bytes[CODING_HISTORY..]).len();
        self.bytes.truncate(end);
        if end > CODING_HISTORY && !self.bytes.ends_with(b"\n") {
            self.bytes.extend_from_slice(b"\r\n");
        }
        for line in lines.lines() {
            self.bytes.extend_from_slice(line.as_bytes());
            self.bytes.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    fn text(&self, field: Range<usize>) -> Cow<'_, str> {
        let end = field.end.min(self.bytes.len());
        text::decode(text::until_nul(self.bytes.get(field.start..end).unwrap_or_default()))
    }

    fn set_text(&mut self, name: &'static str, field: Range<usize>, text: &str) -> Result<()> {
        refuse_nul(name, text)?;
        if text.len() > field.len() {
            return Err(Error::new(ErrorKind::TooLarge {
                what: name,
                bytes: text.len() as u64,
                limit: field.len() as u64,
            }));
        }
        let field = &mut self.fixed()[field];
        field.fill(0);
        field[..text.len()].copy_from_slice(text.as_bytes());
        Ok(())
    }

    fn set_version(&mut self, version: u16) {
        self.fixed()[VERSION..][..2].copy_from_slice(&version.to_le_bytes());
    }

    /// The fixed fields, all of them, however short the chunk that was read.
    fn fixed(&mut self) -> &mut [u8] {
        let len = self.bytes.len().max(CODING_HISTORY);
        self.bytes.resize(len, 0);
        &mut self.bytes[..CODING_HISTORY]
    }
}

impl Default for Bext {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Bext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bext")
            .field("description", &self.description())
            .field("originator", &self.originator())
            .field("originator_reference", &self.originator_reference())
            .field("origination_date", &self.origination_date())
            .field("origination_time", &self.origination_time())
            .field("time_reference", &self.time_reference())
            .field("version", &self.version())
            .field("umid", &self.umid().is_some())
            .field("loudness", &self.loudness())
            .field("coding_history", &self.coding_history())
            .finish()
    }
}

fn invalid(name: &'static str, given: impl std::fmt::Display, expected: &'static str) -> Error {
    Error::must_be(name, given, expected)
}

fn refuse_nul(name: &'static str, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(invalid(name, text.escape_default(), "text without NUL"));
    }
    Ok(())
}

/// Returns whether a text consists of numbers of so many digits, in their ranges, with one separator between each two.
fn is_in_form(text: &str, numbers: &[(usize, u16, u16)]) -> bool {
    let mut rest = text.as_bytes();
    for (index, &(digits, low, high)) in numbers.iter().enumerate() {
        if index > 0 {
            match rest.split_first() {
                Some((b'-' | b'_' | b':' | b'.' | b' ', after)) => rest = after,
                _ => return false,
            }
        }
        let Some((number, after)) = rest.split_at_checked(digits) else { return false };
        let value = number
            .iter()
            .try_fold(0_u16, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u16::from(digit - b'0')));
        if !value.is_some_and(|value| (low..=high).contains(&value)) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;

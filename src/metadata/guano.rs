//! The `guan` chunk: GUANO, the notation that bat detectors and other recorders of wildlife agreed on.
//!
//! Source: GUANO specification 1.0, <https://github.com/riggsd/guano-spec>.

use super::text;
use crate::error::{Error, Result};

/// Characters that the specification trims around keys and values: space, tab, line ends and NUL.
fn is_space(character: char) -> bool {
    character.is_whitespace() || character == '\0'
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Removes the CRs that stand before a line feed, in place.
fn with_line_feeds(text: String) -> String {
    if !text.contains('\r') {
        return text;
    }
    let mut bytes = text.into_bytes();
    let (mut kept, mut returns) = (0, 0);
    for at in 0..bytes.len() {
        let byte = bytes[at];
        match byte {
            b'\r' => returns += 1,
            b'\n' => {
                kept -= returns;
                returns = 0;
            }
            _ => returns = 0,
        }
        bytes[kept] = byte;
        kept += 1;
    }
    bytes.truncate(kept);
    // Only whole ASCII characters were removed, so that this never replaces anything.
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Fields of `Namespace|Key: value`, one a line, in order.
///
/// Keeps every line, including those that are not fields, so that lines that are not set here are written back unchanged; only
/// line ends become LF.
///
/// Keys are compared in full, namespace included, and case-sensitively: `"WA|Song Meter|Prefix"`.
///
/// **Memory** the text once: at most three times the bytes of the chunk, of which UTF-8 needs none and Windows-1252 up to two.
///
/// # Examples
/// ```
/// use ndaudio::metadata::Guano;
///
/// let mut guano = Guano::parse(b"GUANO|Version: 1.0\nMake: Pettersson\nLoc Position: 37.1878016 -86.1057312\n");
/// assert_eq!(guano.get("Make"), Some("Pettersson"));
/// assert_eq!(guano.position(), Some((37.1878016, -86.1057312)));
///
/// guano.set("User|Site", "north slope")?;
/// assert!(guano.text().ends_with("\nUser|Site: north slope\n"));
/// # Ok::<(), ndaudio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guano {
    /// The lines, each ended by LF. One allocation, whatever the number of lines.
    text: String,
}

impl Guano {
    /// The id of the chunk.
    pub const ID: [u8; 4] = *b"guan";

    /// Creates metadata with the only mandatory field, `GUANO|Version: 1.0`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(ndaudio::metadata::Guano::new().text(), "GUANO|Version: 1.0\n");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Guano { text: "GUANO|Version: 1.0\n".to_owned() }
    }

    /// Reads the payload of a `guan` chunk, whatever it contains.
    ///
    /// Never fails. The text is taken for UTF-8 if it is valid UTF-8 and for Windows-1252 otherwise; a leading byte order mark and
    /// trailing padding are removed.
    ///
    /// # Examples
    /// ```
    /// let guano = ndaudio::metadata::Guano::parse(b"\xEF\xBB\xBFGUANO|Version:1.0\r\nTE:10\r\n\0\0");
    /// assert_eq!(guano.get("TE"), Some("10"));
    /// ```
    #[must_use]
    pub fn parse(payload: &[u8]) -> Self {
        let mut text = text::whole(payload);
        // Trailing space is padding, of one byte or of the block that a recorder reserved.
        let len = text.trim_end_matches(is_space).len();
        text.truncate(len);
        if len > 0 {
            text.push('\n');
        }
        Guano { text: with_line_feeds(text) }
    }

    /// Returns the payload of the chunk: the lines, padded with a space to an even number of bytes as the specification asks.
    ///
    /// # Examples
    /// ```
    /// let guano = ndaudio::metadata::Guano::parse(b"GUANO|Version: 1.0");
    /// assert_eq!(guano.to_bytes(), b"GUANO|Version: 1.0\n ");
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.text.clone().into_bytes();
        if bytes.len() % 2 == 1 {
            bytes.push(b' ');
        }
        bytes
    }

    /// The whole text, each line ended by LF.
    #[must_use]
    pub fn text(&self) -> String {
        self.text.clone()
    }

    /// Returns the value of a key without the space around it; the first if the key occurs more than once.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|field| field.0 == key).map(|field| field.1)
    }

    /// Returns the value of a key that may span several lines (`Note`): `\n`, written as two characters, becomes a line end.
    ///
    /// # Examples
    /// ```
    /// let mut guano = ndaudio::metadata::Guano::new();
    /// guano.set("Note", "flew overhead\nand out of range")?;
    /// assert_eq!(guano.get("Note"), Some(r"flew overhead\nand out of range"));
    /// assert_eq!(guano.multiline("Note").as_deref(), Some("flew overhead\nand out of range"));
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    #[must_use]
    pub fn multiline(&self, key: &str) -> Option<String> {
        self.get(key).map(|value| value.replace("\\n", "\n"))
    }

    /// Returns where the recording was made (`Loc Position`).
    ///
    /// **Unit** degrees north and east, WGS 84. `None` unless the value is two finite numbers.
    #[must_use]
    pub fn position(&self) -> Option<(f64, f64)> {
        let mut numbers = self.get("Loc Position")?.split_whitespace().map(str::parse::<f64>);
        match (numbers.next()?, numbers.next()?, numbers.next()) {
            (Ok(north), Ok(east), None) if north.is_finite() && east.is_finite() => Some((north, east)),
            _ => None,
        }
    }

    /// Iterates over the keys, with their namespaces, and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.lines().filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            Some((trim(key), trim(value)))
        })
    }

    /// Sets the value of a key: the first line with that key is replaced, or a line is added at the end.
    ///
    /// Space around key and value is dropped, and a line end in the value is written as `\n`, two characters.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a key that is empty or contains a colon, a line end or a NUL, and for a
    /// value that contains a NUL.
    ///
    /// # Examples
    /// ```
    /// let mut guano = ndaudio::metadata::Guano::new();
    /// guano.set("TE", "10")?;
    /// guano.set("TE", "1")?;
    /// assert_eq!(guano.text(), "GUANO|Version: 1.0\nTE: 1\n");
    /// assert!(guano.set("a:b", "c").is_err());
    /// # Ok::<(), ndaudio::Error>(())
    /// ```
    pub fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let (key, value) = (trim(key), trim(value));
        if key.is_empty() || key.contains([':', '\n', '\r', '\0']) {
            return Err(Error::must_be(
                "key of a GUANO field",
                key.escape_default(),
                "not empty, without colon, line end or NUL",
            ));
        }
        if value.contains('\0') {
            return Err(Error::must_be("value of a GUANO field", value.escape_default(), "text without NUL"));
        }
        let value = value.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n");
        let line = format!("{key}: {value}");
        let mut start = 0;
        for found in self.text.split_inclusive('\n') {
            if found.split_once(':').is_some_and(|(found, _)| trim(found) == key) {
                self.text.replace_range(start..start + found.trim_end_matches('\n').len(), &line);
                return Ok(());
            }
            start += found.len();
        }
        self.text.push_str(&line);
        self.text.push('\n');
        Ok(())
    }
}

impl Default for Guano {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const PETTERSSON: &str = "GUANO|Version:  1.0\n\nTimestamp:  2012-03-29T03:58:01+04:00\nSpecies Auto ID:  MYLU\n\
        Tags:  hand-release, voucher, workshop\nTE:  1\nSamplerate:  500000\nLength:  6.5\nMake:  Pettersson\nModel:  D1000X\n\
        Loc Position:  37.1878016 -86.1057312\n\nSB|Version:  3.4\nPET|Gain:  80\nPET|D500X|TSens: high\n";

    #[test]
    fn the_example_of_the_specification_is_read() {
        let guano = Guano::parse(PETTERSSON.as_bytes());
        assert_eq!(guano.get("GUANO|Version"), Some("1.0"));
        // The value begins after the first colon, even if there are more.
        assert_eq!(guano.get("Timestamp"), Some("2012-03-29T03:58:01+04:00"));
        assert_eq!(guano.get("PET|D500X|TSens"), Some("high"));
        assert_eq!(guano.get("Version"), None);
        assert_eq!(guano.get("make"), None);
        assert_eq!(guano.iter().count(), 13);
    }

    #[test]
    fn what_was_not_set_is_written_back_as_it_was() {
        let mut guano = Guano::parse(PETTERSSON.as_bytes());
        assert_eq!(guano.text(), PETTERSSON);
        guano.set("PET|Gain", "90").unwrap();
        assert_eq!(guano.text(), PETTERSSON.replace("PET|Gain:  80", "PET|Gain: 90"));
        // A block of space that was reserved goes, and padding does not grow with every copy.
        let mut padded = Guano::parse(b"GUANO|Version:1.0\n   \n   \0\0");
        for _ in 0..3 {
            padded = Guano::parse(&padded.to_bytes());
        }
        assert_eq!(padded.to_bytes(), b"GUANO|Version:1.0\n");
        assert_eq!(Guano::new().to_bytes(), b"GUANO|Version: 1.0\n ");
        for ends in ["\n", "\r\n", "\r\r\n"] {
            let text = ["GUANO|Version:1.0", "a: \r b", "", "c: 1", ""].join(ends);
            assert_eq!(Guano::parse(text.as_bytes()).text(), "GUANO|Version:1.0\na: \r b\n\nc: 1\n");
        }
        for empty in ["", "\0\0", " \r\n "] {
            assert_eq!(Guano::parse(empty.as_bytes()).text(), "");
        }
        let odd = Guano::parse(b"no field here\n: no key\nGUANO|Version:1.0\n");
        assert_eq!(odd.text(), "no field here\n: no key\nGUANO|Version:1.0\n");
    }

    #[test]
    fn a_value_cannot_smuggle_in_another_field() {
        let mut guano = Guano::new();
        guano.set("Note", "a\nMake: b\r\nc\rd").unwrap();
        assert_eq!(Guano::parse(&guano.to_bytes()).get("Make"), None);
        assert_eq!(guano.multiline("Note").unwrap(), "a\nMake: b\nc\nd");
        for key in ["", " ", "a\nb", "a\0b", "a:b"] {
            assert!(
                matches!(
                    guano.set(key, "x").as_ref().map_err(crate::Error::kind),
                    Err(crate::ErrorKind::InvalidArgument { .. })
                ),
                "{key:?}"
            );
        }
        assert!(guano.set("Note", "a\0b").is_err());
    }

    #[test]
    fn a_position_is_two_finite_numbers() {
        for (value, expected) in [
            ("52.5 13.4", Some((52.5, 13.4))),
            ("-33.86  151.21", Some((-33.86, 151.21))),
            ("52.5", None),
            ("52.5 13.4 20", None),
            ("52.5 NaN", None),
            ("north east", None),
        ] {
            let guano = Guano::parse(format!("Loc Position: {value}").as_bytes());
            assert_eq!(guano.position(), expected, "{value}");
        }
    }
}

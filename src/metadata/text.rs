//! Text in chunks: nominally ASCII, in practice UTF-8 or the code page of the recorder's firmware.

use std::borrow::Cow;

/// Windows-1252 from 0x80 to 0x9F; its five undefined bytes map to themselves, as in the WHATWG Encoding Standard.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Decodes valid UTF-8 as such, and anything else as Windows-1252, which contains the printable part of Latin-1 and maps each
/// byte to a different character, so that nothing is lost.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(decode_windows_1252(bytes)),
    }
}

/// With room for one byte more.
fn decode_windows_1252(bytes: &[u8]) -> String {
    // Counted first: growing by doubling would take up to twice as much for a moment.
    let len: usize = bytes.iter().map(|&byte| windows_1252(byte).len_utf8()).sum();
    let mut text = String::with_capacity(len + 1);
    text.extend(bytes.iter().map(|&byte| windows_1252(byte)));
    text
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Returns the bytes before the first NUL: recorders leave whatever was in memory after it.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// Decodes the text of a whole chunk, without a leading byte order mark and trailing NULs. The text has room for one byte more, so that a
/// line end can be added without moving it.
pub(super) fn whole(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    match std::str::from_utf8(&bytes[..end]) {
        Ok(text) => {
            let mut owned = String::with_capacity(text.len() + 1);
            owned.push_str(text);
            owned
        }
        Err(_) => decode_windows_1252(&bytes[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_taken_as_it_is_and_anything_else_as_windows_1252() {
        assert_eq!(decode("Größe 20 °C".as_bytes()), "Größe 20 °C");
        assert_eq!(decode(b"Gr\xF6\xDFe 20 \xB0C \x80 \x92"), "Größe 20 °C € ’");
    }

    #[test]
    fn no_two_bytes_become_the_same_character() {
        let mut seen: Vec<char> = (0..=255).map(windows_1252).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 256);
    }

    #[test]
    fn a_chunk_of_text_loses_its_mark_and_its_padding() {
        assert_eq!(whole(b"\xEF\xBB\xBF<BWFXML/>\n\0\0\0"), "<BWFXML/>\n");
        assert_eq!(whole(b"\0\0"), "");
        assert_eq!(whole(b""), "");
        assert_eq!(until_nul(b"ab\0garbage"), b"ab");
        assert_eq!(until_nul(b"\0"), b"");
        assert_eq!(until_nul(b"full"), b"full");
    }
}

//! Text as it stands in chunks: nominally ASCII, in fact UTF-8 or the code page of the recorder's firmware.

use std::borrow::Cow;

/// What Windows-1252 has at 0x80 to 0x9F; the five bytes that it leaves open stand for themselves, as in the WHATWG Encoding Standard.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Decodes UTF-8 where it is that, else Windows-1252 (of which the printable part of Latin-1 is a part), in which every
/// byte is a character of its own, so that nothing is lost.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| windows_1252(byte)).collect()),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// The bytes before the first NUL: recorders leave what was in memory behind it.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// Text of a whole chunk: without a byte order mark in front and without NULs behind.
pub(super) fn whole(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    decode(&bytes[..end])
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

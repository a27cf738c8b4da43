//! Where a chunk begins after one of odd length: after a padding byte, if its writer added one.

use super::chunk::{is_known, is_printable};

/// Bytes after an odd chunk that [`is_padded`] looks at.
pub(crate) const LOOK: usize = 9;

/// Returns whether a padding byte stands at the start of these bytes, which follow an odd chunk.
///
/// A known tag, with or without a byte before it, settles that. Otherwise the byte is padding if it is zero, or if no tag can begin with it.
pub(crate) fn is_padded(bytes: &[u8]) -> bool {
    let Some((pad, rest)) = bytes.split_first() else { return false };
    if rest.is_empty() {
        return true;
    }
    let tag_at = |at: usize| bytes.get(at..at + 4).unwrap_or(&[]);
    if is_known(tag_at(1)) {
        true
    } else if is_known(tag_at(0)) {
        false
    } else {
        *pad == 0 || !is_printable(tag_at(0)) || is_printable(tag_at(1))
    }
}

#[cfg(test)]
mod tests {
    use super::is_padded;

    #[test]
    fn a_padding_byte_is_told_from_the_start_of_a_tag() {
        let cases: [(&[u8], bool, &str); 13] = [
            (b"", false, "the end of the file"),
            (b"\0", true, "the last byte of the file"),
            (b"L", true, "the last byte of the file, whatever it is"),
            (b"\0LIST\x04\0\0\0", true, "a known tag after the byte"),
            (b"xLIST\x04\0\0\0", true, "a known tag after a byte that is not zero"),
            (b"LIST\x04\0\0\0I", false, "a known tag at once"),
            (b"datadata\x04", false, "a known tag at once, and the same as its size"),
            (b"\0abcd\x04\0\0\0", true, "an unknown tag after a zero"),
            (b"abcd\x04\0\0\0I", false, "an unknown tag at once"),
            (b"xabcd\x04\0\0\0", true, "an unknown tag with or without the byte"),
            (b"\xFFabcd\x04\0\0\0", true, "an unknown tag after a byte that no tag has"),
            (b"\0\0\0\0\0\0\0\0\0", true, "zeros"),
            (b"\xFF\0\0\0\0\0\0\0\0", true, "no tag, with or without the byte"),
        ];
        for (bytes, padded, what) in cases {
            assert_eq!(is_padded(bytes), padded, "{what}");
        }
    }
}

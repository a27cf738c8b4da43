//! Numbers and sub-chunks inside the payload of a chunk.

use crate::spec::ByteOrder;

/// Returns the `N` bytes at `offset`, least significant first, if there are that many.
pub(super) fn bytes_at<const N: usize>(bytes: &[u8], offset: usize, order: ByteOrder) -> Option<[u8; N]> {
    let mut field: [u8; N] = bytes.get(offset..)?.first_chunk::<N>().copied()?;
    if order == ByteOrder::Big {
        field.reverse();
    }
    Some(field)
}

pub(super) fn u32_at(bytes: &[u8], offset: usize, order: ByteOrder) -> Option<u32> {
    bytes_at(bytes, offset, order).map(u32::from_le_bytes)
}

/// Returns whether this can be the id of a chunk: four printable ASCII characters, the first not a space.
pub(super) fn is_id(id: [u8; 4]) -> bool {
    id[0] != b' ' && id.iter().all(|byte| (0x20..0x7F).contains(byte))
}

/// Iterates over the sub-chunks of a list, in order, as far as they can be recognized.
///
/// Padding bytes may be missing, or more than one; a value whose size goes past the end ends there; a list of zeros (Zoom R8 and
/// R24 reserve 384 KiB that way) has no sub-chunks. Bytes that are no sub-chunk end the iteration: nothing here fails.
#[derive(Debug, Clone)]
pub(super) struct SubChunks<'a> {
    rest: &'a [u8],
    order: ByteOrder,
}

impl<'a> SubChunks<'a> {
    pub(super) fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        SubChunks { rest: bytes, order }
    }

    /// Returns whether these bytes may begin with a sub-chunk that fits.
    fn begins(&self, bytes: &[u8]) -> bool {
        let Some(id) = bytes.first_chunk::<4>() else { return false };
        let Some(size) = u32_at(bytes, 4, self.order) else { return false };
        is_id(*id) && u64::from(size) <= bytes.len() as u64 - 8
    }
}

impl<'a> Iterator for SubChunks<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let zeros = self.rest.iter().position(|&byte| byte != 0)?;
        let bytes = &self.rest[zeros..];
        let id = *bytes.first_chunk::<4>()?;
        let size = usize::try_from(u32_at(bytes, 4, self.order)?).unwrap_or(usize::MAX);
        if !is_id(id) {
            self.rest = &[];
            return None;
        }
        let body = &bytes[8..];
        let (value, rest) = body.split_at(size.min(body.len()));
        // The padding byte after an odd value should be zero; zeros are skipped above. A byte other than zero is padding only if a
        // sub-chunk begins after it and none begins with it.
        let stray = size % 2 == 1 && !self.begins(rest) && rest.get(1..).is_some_and(|after| self.begins(after));
        self.rest = if stray { &rest[1..] } else { rest };
        Some((id, value))
    }
}

/// Appends a sub-chunk with its size and its padding.
///
/// A value of more bytes than a size can count is cut off; callers refuse such values first.
pub(super) fn put_subchunk(out: &mut Vec<u8>, id: [u8; 4], value: &[u8]) {
    let size = u32::try_from(value.len()).unwrap_or(u32::MAX - 1);
    out.extend_from_slice(&id);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&value[..usize::try_from(size).unwrap_or(usize::MAX)]);
    if size % 2 == 1 {
        out.push(0);
    }
}

/// The bytes that [`put_subchunk`] appends.
pub(super) fn subchunk_len(value: &[u8]) -> usize {
    8 + value.len().next_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        SubChunks::new(bytes, ByteOrder::Little)
            .map(|(id, value)| (String::from_utf8(id.to_vec()).unwrap(), value.to_vec()))
            .collect()
    }

    fn pairs(expected: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
        expected.iter().map(|&(id, value)| (id.to_owned(), value.to_vec())).collect()
    }

    #[test]
    fn padding_may_be_there_or_missing_or_too_much_or_not_zero() {
        let expected = pairs(&[("IART", b"abc"), ("ICMT", b"de")]);
        assert_eq!(list(b"IART\x03\0\0\0abc\0ICMT\x02\0\0\0de"), expected);
        assert_eq!(list(b"IART\x03\0\0\0abcICMT\x02\0\0\0de"), expected);
        assert_eq!(list(b"IART\x03\0\0\0abc\0\0\0ICMT\x02\0\0\0de\0\0"), expected);
        assert_eq!(list(b"IART\x03\0\0\0abc ICMT\x02\0\0\0de"), expected);
        assert_eq!(list(b"IART\x03\0\0\0abcxICMT\x02\0\0\0de"), expected);
        // Read one byte on, this would be an empty "CMTA": what begins without padding goes first.
        let unpadded = [b"IART\x03\0\0\0abcICMTA\0\0\0".as_slice(), &[0; 65]].concat();
        assert_eq!(list(&unpadded), pairs(&[("IART", b"abc"), ("ICMT", &[0; 65])]));
    }

    #[test]
    fn a_size_past_the_end_is_cut_and_a_size_that_leaves_out_the_nul_is_read_over() {
        assert_eq!(list(b"IART\xFF\xFF\xFF\xFFabc"), pairs(&[("IART", b"abc")]));
        assert_eq!(list(b"IART\x04\0\0\0abcd\0ICMT\x02\0\0\0de"), pairs(&[("IART", b"abcd"), ("ICMT", b"de")]));
    }

    #[test]
    fn zeros_and_noise_hold_nothing() {
        assert_eq!(list(&[0; 393_160]), pairs(&[]));
        assert_eq!(list(b"\x1D\x6A\xC6\0\0\0\0\0IART\0\0\0\0"), pairs(&[]));
        assert_eq!(list(b"IART\x01\0\0"), pairs(&[]));
        assert_eq!(list(b" ART\0\0\0\0"), pairs(&[]));
    }

    #[test]
    fn the_other_byte_order_is_read_too() {
        let bytes = b"IART\0\0\0\x03abc\0ICMT\0\0\0\x02de";
        let found: Vec<_> = SubChunks::new(bytes, ByteOrder::Big).collect();
        assert_eq!(found, [(*b"IART", b"abc".as_slice()), (*b"ICMT", b"de")]);
    }

    #[test]
    fn what_is_put_is_found() {
        let mut bytes = Vec::new();
        put_subchunk(&mut bytes, *b"labl", b"odd");
        put_subchunk(&mut bytes, *b"note", b"");
        assert_eq!(bytes, b"labl\x03\0\0\0odd\0note\0\0\0\0");
        assert_eq!(list(&bytes), pairs(&[("labl", b"odd"), ("note", b"")]));
    }
}

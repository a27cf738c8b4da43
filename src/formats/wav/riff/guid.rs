//! The GUIDs that Wave64 has in place of chunk ids: four letters and one of two tails.
//!
//! Source: Sony, "Wave64 File Format" (2002).

use super::chunk::is_known;

/// The GUID of the whole file: `riff`.
pub(super) const RIFF: [u8; 16] = *b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00";
/// The twelve bytes after the four letters of a chunk.
const TAIL: [u8; 12] = *b"\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A";
/// The same of a list.
const LIST_TAIL: [u8; 12] = *b"\x2F\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00";

/// The GUID for a chunk id. Sony names its chunks in lower case; ids that Sony did not define are taken as they are.
pub(super) fn of_chunk(id: [u8; 4]) -> [u8; 16] {
    let (id, tail) = match &id {
        b"LIST" | b"list" => (*b"list", LIST_TAIL),
        b"JUNK" => (*b"junk", TAIL),
        _ => (id, TAIL),
    };
    let mut guid = [0; 16];
    guid[..4].copy_from_slice(&id);
    guid[4..].copy_from_slice(&tail);
    guid
}

/// The header of a file that has no size yet.
pub(super) fn file_header() -> [u8; 40] {
    let mut header = [0; 40];
    header[..16].copy_from_slice(&RIFF);
    header[24..].copy_from_slice(&of_chunk(*b"wave"));
    header
}

/// Whether a GUID that begins with the letters of a known chunk ends as it should. Other GUIDs may be anybody's.
pub(super) fn is_intact(guid: &[u8]) -> bool {
    let (id, tail) = guid[..16].split_at(4);
    // Lists are found with either tail.
    !is_known(id) || tail == TAIL || tail == LIST_TAIL && id.eq_ignore_ascii_case(b"list")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_sony_defined_are_written_as_sony_does() {
        assert_eq!(of_chunk(*b"LIST"), *b"list\x2F\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00");
        assert_eq!(of_chunk(*b"JUNK"), *b"junk\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A");
    }

    #[test]
    fn a_damaged_tail_is_noticed_where_the_letters_are_known() {
        for id in [*b"fmt ", *b"data", *b"LIST", *b"junk", *b"bext"] {
            let mut guid = of_chunk(id);
            assert!(is_intact(&guid));
            guid[15] ^= 1;
            assert!(!is_intact(&guid));
        }
        // A list may end as all other chunks do, but no other chunk as a list.
        assert!(is_intact(&[&b"list"[..], &TAIL].concat()));
        for id in [b"fmt ", b"data", b"fact", b"bext"] {
            assert!(!is_intact(&[&id[..], &LIST_TAIL].concat()));
        }
        // Sony's marker: ABF76256-392D-11D2-86C7-00C04F8EDB8A.
        assert!(is_intact(b"\x56\x62\xF7\xAB\x2D\x39\xD2\x11\x86\xC7\x00\xC0\x4F\x8E\xDB\x8A"));
    }
}

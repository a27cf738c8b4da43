//! Texts of any tag format as the texts of a WAVE file.

use crate::metadata::Info;

/// Keys of Vorbis comments, ID3v2 frames and AIFF chunks, in capitals, and the id that means the same in an `INFO` list.
const SAME: [(&str, [u8; 4]); 45] = [
    ("TITLE", *b"INAM"),
    ("TIT2", *b"INAM"),
    ("TT2", *b"INAM"),
    ("NAME", *b"INAM"),
    ("©NAM", *b"INAM"),
    ("ARTIST", *b"IART"),
    ("TPE1", *b"IART"),
    ("TP1", *b"IART"),
    ("AUTH", *b"IART"),
    ("AUTHOR", *b"IART"),
    ("©ART", *b"IART"),
    ("COMMENT", *b"ICMT"),
    ("COMMENTS", *b"ICMT"),
    ("DESCRIPTION", *b"ICMT"),
    ("COMM", *b"ICMT"),
    ("COMM!", *b"ICMT"),
    ("ANNO", *b"ICMT"),
    ("©CMT", *b"ICMT"),
    ("DATE", *b"ICRD"),
    ("YEAR", *b"ICRD"),
    ("TDRC", *b"ICRD"),
    ("TYER", *b"ICRD"),
    ("©DAY", *b"ICRD"),
    ("COPYRIGHT", *b"ICOP"),
    ("TCOP", *b"ICOP"),
    ("(C) ", *b"ICOP"),
    ("©CPY", *b"ICOP"),
    ("ALBUM", *b"IPRD"),
    ("TALB", *b"IPRD"),
    ("©ALB", *b"IPRD"),
    ("GENRE", *b"IGNR"),
    ("TCON", *b"IGNR"),
    ("©GEN", *b"IGNR"),
    ("TRACKNUMBER", *b"ITRK"),
    ("TRACK", *b"ITRK"),
    ("TRCK", *b"ITRK"),
    ("ENCODER", *b"ISFT"),
    ("SOFTWARE", *b"ISFT"),
    ("TSSE", *b"ISFT"),
    ("ENCODED-BY", *b"ITCH"),
    ("TENC", *b"ITCH"),
    ("©TOO", *b"ISFT"),
    ("KEYWORDS", *b"IKEY"),
    ("SUBJECT", *b"ISBJ"),
    ("LANGUAGE", *b"ILNG"),
];

/// The texts that an `INFO` list has an id for, the first of each; `None` without any.
pub(super) fn to_info(tags: &[(String, String)]) -> Option<Info> {
    let mut info = Info::new();
    for (key, text) in tags {
        let key = key.to_uppercase();
        if let Some((_, id)) = SAME.iter().find(|(same, _)| *same == key)
            && info.get(*id).is_none()
        {
            // A text with a NUL in it ends there, as in the list itself.
            let text = text.split('\0').next().unwrap_or_default();
            // Refuses nothing then that a tag can hold.
            let _ = info.set(*id, text);
        }
    }
    (!info.is_empty()).then_some(info)
}

/// The texts of an `INFO` list as Vorbis comments.
#[cfg(feature = "flac")]
pub(crate) fn from_info(info: &Info) -> Vec<(&'static str, String)> {
    // The first key of each id is the one of Vorbis comments.
    let key = |id: [u8; 4]| SAME.iter().find(|(_, same)| *same == id).map(|(key, _)| *key);
    info.iter().filter_map(|(id, text)| Some((key(id)?, text.into_owned()))).collect()
}

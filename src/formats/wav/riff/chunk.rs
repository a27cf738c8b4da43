//! Chunks, and which of them are known.

/// One chunk of a file: its id, place and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chunk {
    /// Its id, such as `*b"fmt "`; in Wave64 the first four bytes of the GUID, as RIFF has them.
    pub id: [u8; 4],
    /// Where its header begins, in bytes from the start of the file.
    pub offset: u64,
    /// Where its content begins, in bytes from the start of the file.
    pub content_offset: u64,
    /// Bytes of its content, as far as the file has them; of audio that goes on to an end not yet seen, what the header claims.
    pub len: u64,
}

/// Chunk ids in use, to tell a chunk from bytes that happen to be printable.
///
/// Sources: RIFF MCI 1991, EBU Tech 3285 and its supplements, EBU Tech 3306, ITU-R BS.2088, GUANO 1.0, and what recorders and editors write.
static KNOWN: &[[u8; 4]] = &[
    *b"fmt ", *b"data", *b"fact", *b"LIST", *b"list", *b"JUNK", *b"junk", *b"bext", *b"iXML", *b"guan", *b"wamd",
    *b"cue ", *b"smpl", *b"inst", *b"ds64", *b"PEAK", *b"peak", *b"levl", *b"axml", *b"chna", *b"aXML", *b"_PMX",
    *b"id3 ", *b"ID3 ", *b"acid", *b"plst", *b"labl", *b"note", *b"ltxt", *b"adtl", *b"DISP", *b"PAD ", *b"FLLR",
    *b"filr", *b"FILL", *b"minf", *b"elm1", *b"regn", *b"umid", *b"DGDA", *b"SNDM", *b"strc", *b"bwlm", *b"afsp",
    *b"cart", *b"mext", *b"link", *b"slnt", *b"wavl", *b"MD5 ", *b"ubxt", *b"sxml", *b"Trkn", *b"LGWV", *b"tlst",
    *b"ZOOM", *b"dbmd", *b"R64m", *b"tag ", *b"bxml", *b"ovwf",
];

pub(crate) fn is_known(id: &[u8]) -> bool {
    KNOWN.iter().any(|known| known == id)
}

/// Four printable ASCII bytes.
pub(crate) fn is_printable(id: &[u8]) -> bool {
    id.len() == 4 && id.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// Chunks that hold nothing: room for headers to grow, and alignment.
pub(crate) fn is_filler(id: [u8; 4]) -> bool {
    matches!(&id, b"JUNK" | b"junk" | b"PAD " | b"FLLR" | b"filr" | b"FILL" | b"\0\0\0\0")
}

/// Chunks that describe the values of the samples: peaks (libsndfile; EBU Tech 3285, supplement 3) or a sum (BWF MetaEdit). They may be
/// wrong for other samples.
pub(crate) fn describes_samples(id: [u8; 4]) -> bool {
    matches!(&id, b"PEAK" | b"levl" | b"MD5 ")
}

/// Chunks that make up the file itself, in letters of either case: a reader understands them and a writer writes its own.
pub(crate) fn is_structure(id: [u8; 4]) -> bool {
    let ours = [b"riff", b"rifx", b"rf64", b"bw64", b"ds64", b"fmt ", b"fact", b"data"];
    ours.contains(&&id.map(|byte| byte.to_ascii_lowercase()))
}

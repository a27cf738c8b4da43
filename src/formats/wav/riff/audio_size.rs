//! The decision how many bytes of audio a file has, from what its header says and what the file shows.

use super::stage::Stage;
use crate::error::{Anomaly, Result};

/// Everything that bears on where the audio ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// Bytes of audio that the header claims.
    pub(super) declared: u64,
    /// Bytes from the start of the audio to the end of the input; `None` if nobody knows yet, as on a pipe.
    pub(super) rest: Option<u64>,
    /// Whether the claim is what programs leave that do not know the size.
    pub(super) placeholder: bool,
    /// How far the writer got.
    pub(super) stage: Stage,
    /// Whether the header claims that the whole file has no bytes.
    pub(super) file_of_no_size: bool,
    /// Whether sizes have 32 bits, so that a larger one may have lost its upper ones.
    pub(super) short_sizes: bool,
    /// Whether nothing follows the header of the audio, or something that belongs there if the audio has no bytes.
    pub(super) empty_fits: bool,
}

/// Where the audio ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Bytes of audio; `None` if only the end of the input will show.
    pub(super) len: Option<u64>,
    /// The fault of the size in the header.
    pub(super) fault: Option<Fault>,
}

/// The faults that the size of the audio can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// More than there is.
    PastEnd,
    /// Never filled in.
    Unknown,
    /// None, though audio follows.
    Zero,
    /// That of an earlier moment.
    Unfinished,
    /// Without its upper bits.
    Wrapped,
}

/// Decides how many bytes of audio there are. `ends_at` tells whether the audio may end after so many bytes: a chunk follows, or nothing but
/// padding. It is asked only where the answer matters, because it costs a seek.
pub(super) fn decide(evidence: &Evidence, mut ends_at: impl FnMut(u64) -> Result<bool>) -> Result<Verdict> {
    let Evidence { declared, rest, placeholder, stage, .. } = *evidence;
    let verdict = |len: Option<u64>, fault: Option<Fault>| Ok(Verdict { len, fault });
    if declared == 0 {
        let right = evidence.empty_fits || stage == Stage::Complete;
        return if right { verdict(Some(0), None) } else { verdict(rest, Some(Fault::Zero)) };
    }
    let Some(rest) = rest else {
        return match (placeholder, stage) {
            (true, _) => verdict(None, Some(Fault::Unknown)),
            (false, Stage::Growing) => verdict(None, None),
            _ => verdict(Some(declared), None),
        };
    };
    if declared > rest {
        return verdict(Some(rest), Some(if placeholder { Fault::Unknown } else { Fault::PastEnd }));
    }
    let doubt = match stage {
        // A placeholder says nothing, whoever left it.
        _ if placeholder => Some(Fault::Unknown),
        Stage::Growing => Some(Fault::Unfinished),
        Stage::Complete => None,
        Stage::Finished => evidence.file_of_no_size.then_some(Fault::Unfinished),
    };
    if let Some(fault) = doubt {
        let right = declared == rest || ends_at(declared)?;
        return if right { verdict(Some(declared), None) } else { verdict(Some(rest), Some(fault)) };
    }
    // The multiple of 4 GiB that a size of 32 bits may have lost.
    let lost = (rest - declared) >> 32 << 32;
    if lost > 0 && evidence.short_sizes && !ends_at(declared)? && ends_at(declared + lost)? {
        return verdict(Some(declared + lost), Some(Fault::Wrapped));
    }
    verdict(Some(declared), None)
}

impl Fault {
    /// The anomaly to report: `offset` is where the size stands, `found` the bytes of audio there are.
    pub(super) fn anomaly(self, offset: u64, declared: u64, found: u64) -> Anomaly {
        match self {
            Fault::PastEnd => Anomaly::DataPastEnd { offset, declared, found },
            Fault::Unknown => Anomaly::DataSizeUnknown { offset, declared },
            Fault::Zero => Anomaly::DataSizeZero { offset },
            Fault::Unfinished => Anomaly::Unfinished { offset, declared },
            Fault::Wrapped => Anomaly::DataSizeWrapped { offset, declared, found },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPLE: Evidence = Evidence {
        declared: 100,
        rest: Some(100),
        placeholder: false,
        stage: Stage::Finished,
        file_of_no_size: false,
        short_sizes: true,
        empty_fits: false,
    };

    /// The verdict, where the audio may end after any of these numbers of bytes.
    fn verdict(evidence: Evidence, ends: &[u64]) -> (Option<u64>, Option<Fault>) {
        let verdict = decide(&evidence, |at| Ok(ends.contains(&at))).expect("nothing fails");
        (verdict.len, verdict.fault)
    }

    #[test]
    fn the_size_is_decided_from_the_evidence() {
        let growing = Evidence { stage: Stage::Growing, ..SIMPLE };
        let complete = Evidence { stage: Stage::Complete, ..SIMPLE };
        let pipe = Evidence { rest: None, ..SIMPLE };
        let unknown = Evidence { declared: 0xFFFF_FFFF, placeholder: true, ..SIMPLE };
        let no_size = Evidence { file_of_no_size: true, ..SIMPLE };
        let zero = Evidence { declared: 0, ..SIMPLE };
        const FIVE_GIB: u64 = 5 << 30;
        let long = Evidence { rest: Some(FIVE_GIB), ..SIMPLE };
        let more = Some(250);
        type Row<'a> = (&'a str, Evidence, &'a [u64], (Option<u64>, Option<Fault>));
        #[rustfmt::skip]
        let table: &[Row<'_>] = &[
            ("the size is right", SIMPLE, &[], (Some(100), None)),
            ("a finished file is believed, whatever follows", Evidence { rest: more, ..SIMPLE }, &[], (Some(100), None)),
            ("the file was cut", Evidence { rest: Some(60), ..SIMPLE }, &[], (Some(60), Some(Fault::PastEnd))),
            ("nothing is left of the audio", Evidence { rest: Some(0), ..SIMPLE }, &[], (Some(0), Some(Fault::PastEnd))),
            ("a pipe is believed", pipe, &[], (Some(100), None)),
            ("a pipe from a writer at work", Evidence { rest: None, ..growing }, &[], (None, None)),
            ("a pipe whose writer did not know", Evidence { rest: None, ..unknown }, &[], (None, Some(Fault::Unknown))),
            ("a placeholder beyond the end", unknown, &[], (Some(100), Some(Fault::Unknown))),
            ("a placeholder that is right", Evidence { rest: Some(0xFFFF_FFFF), ..unknown }, &[], (Some(0xFFFF_FFFF), None)),
            ("a placeholder with a chunk after it", Evidence { rest: Some(1 << 33), ..unknown }, &[0xFFFF_FFFF], (Some(0xFFFF_FFFF), None)),
            ("a placeholder with audio after it", Evidence { rest: Some(1 << 33), ..unknown }, &[], (Some(1 << 33), Some(Fault::Unknown))),
            ("killed between checkpoints", Evidence { rest: more, ..growing }, &[], (Some(250), Some(Fault::Unfinished))),
            ("killed after a checkpoint", growing, &[], (Some(100), None)),
            ("killed after a checkpoint, a chunk follows", Evidence { rest: more, ..growing }, &[100], (Some(100), None)),
            ("killed while chunks were written", Evidence { rest: more, ..complete }, &[], (Some(100), None)),
            ("killed while chunks were written, on a pipe", Evidence { rest: None, ..complete }, &[], (Some(100), None)),
            ("killed while chunks were written after no audio", Evidence { declared: 0, ..complete }, &[], (Some(0), None)),
            ("a file of no size", Evidence { rest: more, ..no_size }, &[], (Some(250), Some(Fault::Unfinished))),
            ("a file of no size, a chunk follows", Evidence { rest: more, ..no_size }, &[100], (Some(100), None)),
            ("no audio claimed, and none there", Evidence { empty_fits: true, ..zero }, &[], (Some(0), None)),
            ("no audio claimed, but bytes follow", zero, &[], (Some(100), Some(Fault::Zero))),
            ("no audio claimed, but bytes follow on a pipe", Evidence { rest: None, ..zero }, &[], (None, Some(Fault::Zero))),
            ("4 GiB were lost", long, &[100 + (1 << 32)], (Some(100 + (1 << 32)), Some(Fault::Wrapped))),
            ("4 GiB may be lost, but a chunk follows", long, &[100, 100 + (1 << 32)], (Some(100), None)),
            ("4 GiB may be lost, but nothing shows it", long, &[], (Some(100), None)),
            ("less than 4 GiB are left", Evidence { rest: Some((1 << 32) + 99), ..SIMPLE }, &[100 + (1 << 32)], (Some(100), None)),
            ("64-bit sizes lose nothing", Evidence { short_sizes: false, ..long }, &[100 + (1 << 32)], (Some(100), None)),
        ];
        for (what, evidence, ends, expected) in table {
            assert_eq!(verdict(*evidence, ends), *expected, "{what}");
        }
    }

    #[test]
    fn a_seek_is_asked_for_only_where_there_is_doubt() {
        for evidence in [SIMPLE, Evidence { rest: Some(250), ..SIMPLE }, Evidence { stage: Stage::Growing, ..SIMPLE }] {
            decide(&evidence, |_| panic!("asked for {evidence:?}")).expect("nothing fails");
        }
    }
}

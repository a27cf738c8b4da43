//! The date and the time in an `iXML` chunk.
//!
//! Source: iXML specification 3.01, <http://www.gallery.co.uk/ixml/>: `BEXT` repeats the fields of the `bext` chunk. `SPEED` has a
//! timestamp as well, but iXML has no date other than this one.

use super::{RecordingTime, TimeSource, refine, scan};

/// Reads the origination date and time, wherever in the document they are.
///
/// The text between two tags is all that is needed, and a few recorders write XML that no parser accepts: no parser is used.
pub(super) fn parse(text: &str, sample_rate: u32) -> Option<RecordingTime> {
    let civil = scan::date_and_time(element(text, "BWF_ORIGINATION_DATE")?, element(text, "BWF_ORIGINATION_TIME")?)?;
    let half = |name| element(text, name)?.parse::<u32>().ok();
    let reference = match (half("BWF_TIME_REFERENCE_HIGH"), half("BWF_TIME_REFERENCE_LOW")) {
        (Some(high), Some(low)) => Some(u64::from(high) << 32 | u64::from(low)),
        _ => None,
    };
    let civil = reference.map_or(civil, |frames| refine(civil, frames, sample_rate));
    Some(RecordingTime { civil, offset: None, source: TimeSource::Ixml })
}

/// The text of the first element of a name, without the space around it.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let inner = &text[start..];
    Some(inner[..inner.find('<')?].trim())
}

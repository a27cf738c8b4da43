//! Where the start of a recording was found.

use std::fmt;

/// Where [`start_time`](super::start_time) found the start of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartTimeSource {
    /// The field `Timestamp` of GUANO metadata.
    Guano,
    /// The comment that an AudioMoth writes.
    AudioMoth,
    /// The date, time and time reference of a `bext` chunk.
    Bext,
    /// The copy of the `bext` fields in an `iXML` chunk.
    Ixml,
    /// The name of the file.
    FileName,
}

impl fmt::Display for StartTimeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StartTimeSource::Guano => "GUANO",
            StartTimeSource::AudioMoth => "AudioMoth comment",
            StartTimeSource::Bext => "bext",
            StartTimeSource::Ixml => "iXML",
            StartTimeSource::FileName => "file name",
        })
    }
}

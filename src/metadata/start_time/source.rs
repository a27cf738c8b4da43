//! Where the start of a recording was found.

use std::fmt;

/// Where a [`RecordingTime`](super::RecordingTime) was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeSource {
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

impl fmt::Display for TimeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimeSource::Guano => "GUANO",
            TimeSource::AudioMoth => "AudioMoth comment",
            TimeSource::Bext => "bext",
            TimeSource::Ixml => "iXML",
            TimeSource::FileName => "file name",
        })
    }
}

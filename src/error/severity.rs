//! How much an anomaly matters.

/// How much an [`Anomaly`](crate::Anomaly) matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Common, and harmless to every reader. Strict reading tolerates it.
    ///
    /// These are: no padding byte at the very end of the file
    /// ([`MissingFinalPad`](crate::Anomaly::MissingFinalPad)); a `fmt ` chunk of 20 bytes ([`FmtSize`](crate::Anomaly::FmtSize)), which is the
    /// C structure `WAVEFORMATEX` with the padding that compilers give it; and a size of the whole file that counts one byte too many, or the
    /// eight bytes before it too ([`RiffSize`](crate::Anomaly::RiffSize)), although all chunks are complete.
    Note,
    /// Worth a look: the file is damaged, unfinished, or says something that is not so. Strict reading refuses it.
    Defect,
}

//! How the powers of windows become one.

/// How the powers of windows become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Average {
    /// Their mean. The default.
    #[default]
    Mean,
    /// Their median, corrected for its bias as SciPy does: loud moments do not count more than quiet ones. All powers are kept until the end, 8 bytes
    /// a bin, channel and window.
    Median,
}

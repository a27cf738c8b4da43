//! The action that the system refused.

/// The action that the system refused; the context of an [`ErrorKind::Io`](super::ErrorKind::Io).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Open,
    Create,
    Read,
    /// The error came through `?`, and whoever adds a path does not say.
    Unknown,
}

impl Action {
    /// The message after the name of a file.
    pub(super) fn of_a_file(self) -> &'static str {
        match self {
            Action::Open => "cannot be opened",
            Action::Create => "cannot be created",
            Action::Read => "cannot be read",
            Action::Unknown => "cannot be read or written",
        }
    }

    /// The message where there is no name.
    pub(super) fn of_nothing_named(self) -> &'static str {
        match self {
            Action::Open => "the input cannot be opened",
            Action::Create => "the output cannot be created",
            Action::Read => "the input cannot be read",
            Action::Unknown => "input or output failed",
        }
    }
}

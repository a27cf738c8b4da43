//! How far the queries of a cluster have come: executors report to the scheduler, and clients ask it.
//!
//! Ballista's own interface knows tasks and stages, but neither files nor hours nor what failed. So the scheduler listens at a second port,
//! the one after its own. A message is one line of JSON and is answered by one line. Whoever finds nobody there goes on without: reports
//! are for people, and no row depends on them.

mod board;
mod client;

use serde::{Deserialize, Serialize};

pub(crate) use board::{Board, serve};
pub(crate) use client::{Reporter, ask, set_scheduler};

/// What a task, or a session as a whole, has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Files (parts of long ones count each) and bytes to be read; only known of a session.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) files_done: u64,
    pub(crate) bytes_done: u64,
    /// Of audio.
    pub(crate) milliseconds: u64,
    pub(crate) failed: u64,
    /// Paths and messages of some that failed.
    pub(crate) failures: Vec<(String, String)>,
}

/// What is said to the scheduler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Message {
    /// All that a task has done so far. A task that is run again takes the place of the first try.
    Report { session: u64, task: u64, counts: Counts },
    /// Asks what a session has done.
    Ask { session: u64 },
}

/// The port of reports of a scheduler at `port`.
pub(crate) fn port_of(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(port - 1)
}

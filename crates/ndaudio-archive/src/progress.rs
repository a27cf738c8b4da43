//! How far a query has come.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::reports::{self, Counts};

/// Failures that are kept to be shown; of the others only the number is.
pub(crate) const FAILURES_SHOWN: usize = 20;

/// Counts what the scans of a session have read, in this process or on a cluster.
#[derive(Debug)]
pub struct Progress {
    begun: Instant,
    files: AtomicU64,
    files_done: AtomicU64,
    bytes: AtomicU64,
    bytes_done: AtomicU64,
    milliseconds: AtomicU64,
    failed: AtomicU64,
    /// Paths and what is wrong with them.
    failures: Mutex<Vec<(String, String)>>,
    failures_kept: usize,
    /// Where a cluster counts instead.
    remote: Option<Remote>,
}

/// A session on a cluster.
#[derive(Debug)]
struct Remote {
    host: String,
    port: u16,
    session: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Progress {
            begun: Instant::now(),
            files: AtomicU64::new(0),
            files_done: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            bytes_done: AtomicU64::new(0),
            milliseconds: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            failures: Mutex::default(),
            failures_kept: FAILURES_SHOWN,
            remote: None,
        }
    }
}

impl Progress {
    /// Keeps all failures, to write them down.
    pub(crate) fn keeping_failures() -> Self {
        Progress { failures_kept: usize::MAX, ..Progress::default() }
    }

    /// Counts what a cluster does for a session, whenever it is [refreshed](Self::refresh).
    pub(crate) fn of_cluster(address: &str, session: u64) -> Self {
        let parsed = address.rsplit_once(':').and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
        Progress { remote: parsed.map(|(host, port)| Remote { host, port, session }), ..Progress::default() }
    }

    /// Asks the scheduler for what its executors have done; where this process does the work, there is nothing to ask.
    ///
    /// Waits for at most a second. A scheduler that does not answer leaves the counts as they were.
    pub fn refresh(&self) {
        let Some(Remote { host, port, session }) = &self.remote else { return };
        let Ok(counts) = reports::ask(host, *port, *session) else { return };
        let set = |to: &AtomicU64, count| to.store(count, Ordering::Relaxed);
        set(&self.files, counts.files);
        set(&self.bytes, counts.bytes);
        set(&self.files_done, counts.files_done);
        set(&self.bytes_done, counts.bytes_done);
        set(&self.milliseconds, counts.milliseconds);
        set(&self.failed, counts.failed);
        *self.failures.lock().unwrap_or_else(PoisonError::into_inner) = counts.failures;
    }

    /// What a task has done so far, to be reported.
    pub(crate) fn counts(&self) -> Counts {
        let get = |from: &AtomicU64| from.load(Ordering::Relaxed);
        Counts {
            files: get(&self.files),
            bytes: get(&self.bytes),
            files_done: get(&self.files_done),
            bytes_done: get(&self.bytes_done),
            milliseconds: get(&self.milliseconds),
            failed: get(&self.failed),
            failures: self.failures_by_path(),
        }
    }

    pub(crate) fn plan(&self, parts: u64, bytes: u64) {
        self.files.fetch_add(parts, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn finish_part(&self, bytes: u64) {
        self.files_done.fetch_add(1, Ordering::Relaxed);
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_audio(&self, frames: u64, sample_rate: u32) {
        let milliseconds = frames.saturating_mul(1000).checked_div(u64::from(sample_rate)).unwrap_or(0);
        self.milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn fail(&self, path: &str, error: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < self.failures_kept {
            failures.push((path.to_owned(), error.to_owned()));
        }
    }

    /// The failures so far, as paths and messages.
    pub(crate) fn failures_by_path(&self) -> Vec<(String, String)> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Files (parts of long ones count each) read, and to be read.
    #[must_use]
    pub fn files(&self) -> (u64, u64) {
        (self.files_done.load(Ordering::Relaxed), self.files.load(Ordering::Relaxed))
    }

    /// Bytes of files read, and to be read.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        (self.bytes_done.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// Hours of audio that were measured.
    #[must_use]
    pub fn hours(&self) -> f64 {
        self.milliseconds.load(Ordering::Relaxed) as f64 / 3_600_000.0
    }

    /// Audio measured ÷ time passed.
    #[must_use]
    pub fn times_real_time(&self) -> f64 {
        self.milliseconds.load(Ordering::Relaxed) as f64 / 1000.0 / self.begun.elapsed().as_secs_f64()
    }

    /// How many files failed, and the first messages.
    #[must_use]
    pub fn failures(&self) -> (u64, Vec<String>) {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = failures.iter().take(FAILURES_SHOWN).map(|(_, message)| message.clone()).collect();
        (self.failed.load(Ordering::Relaxed), messages)
    }
}

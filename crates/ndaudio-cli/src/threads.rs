//! Threads, for work on many files at once.

use std::error::Error;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::failure::{Failure, Outcome};

/// How many the user allows; 0 is one for each core.
static JOBS: AtomicU16 = AtomicU16::new(0);

/// Allows at most so many.
pub(crate) fn limit(jobs: u16) {
    JOBS.store(jobs, Ordering::Relaxed);
}

/// Starts them, before their first use, which would panic where the system refuses. No more than there are files: tens of thousands of
/// threads that have nothing to do take minutes to start.
pub(crate) fn start(files: usize) -> Outcome {
    let jobs = usize::from(JOBS.load(Ordering::Relaxed));
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs.min(files.max(1)));
    // One job needs no other thread than this.
    let threads = if jobs == 1 { threads.use_current_thread() } else { threads };
    match threads.build_global() {
        // Without a source they were started before.
        Err(error) if error.source().is_some() => {
            Err(Failure::new("threads cannot be started").advise("give --jobs 1, which needs none"))
        }
        _ => Ok(()),
    }
}

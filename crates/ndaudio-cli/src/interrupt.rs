//! What happens on Ctrl-C, SIGTERM and SIGHUP: unfinished outputs are removed, and the user is told what became of them.
//!
//! Removed are files that this process made, and nothing else: a pipe, a device or a link that is written to stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::terminal::{complain, shown};

/// Outputs in the making.
static UNFINISHED: Mutex<Vec<Unfinished>> = Mutex::new(Vec::new());

#[derive(Debug)]
struct Unfinished {
    id: u64,
    /// What this process made; nothing where the target itself is written to.
    temporary: Option<PathBuf>,
    target: PathBuf,
    existed: bool,
}

fn unfinished() -> MutexGuard<'static, Vec<Unfinished>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An output that an interrupt gives up, until this is dropped.
#[derive(Debug)]
pub(crate) struct Guarded {
    id: u64,
}

impl Guarded {
    pub(crate) fn new(temporary: Option<&Path>, target: &Path, existed: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (temporary, target) = (temporary.map(Path::to_path_buf), target.to_path_buf());
        unfinished().push(Unfinished { id, temporary, target, existed });
        Guarded { id }
    }

    /// Finishes the output; an interrupt waits until that is done.
    pub(crate) fn finish<T>(self, finish: impl FnOnce() -> T) -> T {
        let mut guard = unfinished();
        let done = finish();
        guard.retain(|one| one.id != self.id);
        done
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        unfinished().retain(|one| one.id != self.id);
    }
}

/// Does something that an interrupt must not stop half-way.
pub(crate) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let guard = unfinished();
    let done = work();
    drop(guard);
    done
}

/// Starts to listen, once in a process. The process then ends by the signal itself, so that shells see what happened.
#[cfg(unix)]
pub(crate) fn listen() {
    static LISTENING: std::sync::Once = std::sync::Once::new();
    LISTENING.call_once(start_to_listen);
}

#[cfg(unix)]
fn start_to_listen() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Held until the process has ended: nothing is put in place any more.
            let unfinished = unfinished();
            give_up(&unfinished);
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::exit(1);
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn listen() {}

#[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has signals"))]
fn give_up(unfinished: &[Unfinished]) {
    for Unfinished { temporary, target, existed, .. } in unfinished {
        let removed = temporary.as_ref().map(|temporary| (temporary, fs::remove_file(temporary)));
        let became = match removed {
            None => "received only a part",
            Some(_) if *existed => "is as it was",
            Some(_) => "was not written",
        };
        complain(format!("interrupted: {} {became}", shown(target)));
        if let Some((temporary, Err(error))) = removed {
            complain(format!("{} could not be removed: {error}", shown(temporary)));
        }
    }
    if unfinished.is_empty() {
        complain("interrupted");
    }
}

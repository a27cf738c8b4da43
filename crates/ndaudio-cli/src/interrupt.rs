//! What happens on Ctrl-C, SIGTERM and SIGHUP: unfinished outputs are removed, and the user is told what became of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::terminal::{complain, shown};

/// Outputs in the making.
static UNFINISHED: Mutex<Vec<Unfinished>> = Mutex::new(Vec::new());

#[derive(Debug, PartialEq)]
struct Unfinished {
    temporary: PathBuf,
    target: PathBuf,
    existed: bool,
}

fn unfinished() -> MutexGuard<'static, Vec<Unfinished>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An output that would be removed by an interrupt, until this is dropped.
#[derive(Debug)]
pub(crate) struct Guarded {
    temporary: PathBuf,
}

impl Guarded {
    pub(crate) fn new(temporary: &Path, target: &Path, existed: bool) -> Self {
        let (temporary, target) = (temporary.to_path_buf(), target.to_path_buf());
        unfinished().push(Unfinished { temporary: temporary.clone(), target, existed });
        Guarded { temporary }
    }

    /// Finishes the output; an interrupt waits until that is done.
    pub(crate) fn finish<T>(self, finish: impl FnOnce() -> T) -> T {
        let mut guard = unfinished();
        let done = finish();
        guard.retain(|one| one.temporary != self.temporary);
        done
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        unfinished().retain(|one| one.temporary != self.temporary);
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
    for Unfinished { temporary, target, existed } in unfinished {
        let removed = fs::remove_file(temporary);
        let became = if *existed { "is as it was" } else { "was not written" };
        complain(format!("interrupted: {} {became}", shown(target)));
        if let Err(error) = removed {
            complain(format!("{} could not be removed: {error}", shown(temporary)));
        }
    }
    if unfinished.is_empty() {
        complain("interrupted");
    }
}

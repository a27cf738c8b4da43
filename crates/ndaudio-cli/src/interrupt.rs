//! What happens on Ctrl-C and the other signals that ask a process to end: unfinished outputs are removed, and the user is told what became
//! of them.
//!
//! Removed are files that this process made, and nothing else: a pipe, a device or a link that is written to stays.

use std::fs::{self, File};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use ndaudio::Replace;

#[cfg(unix)]
use crate::terminal::complain;
use crate::terminal::shown;

/// What an interrupt removes.
type List = Mutex<Vec<Unfinished>>;

/// Whoever makes or finishes a file reads it, one beside the other, since each may wait long for the disk. An interrupt writes, so that it comes
/// before or after.
static UNFINISHED: RwLock<List> = RwLock::new(Mutex::new(Vec::new()));

/// Files that were made for a target.
#[derive(Debug)]
struct Unfinished {
    id: u64,
    made: Vec<PathBuf>,
    target: PathBuf,
    /// What an interrupt leaves of the target, in words.
    left: &'static str,
}

/// Keeps an interrupt out. Never twice in a thread: an interrupt that waits lets nobody in any more.
fn no_interrupt() -> RwLockReadGuard<'static, List> {
    UNFINISHED.read().unwrap_or_else(PoisonError::into_inner)
}

fn entries(list: &List) -> MutexGuard<'_, Vec<Unfinished>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place in the list of what is unfinished, until this is dropped.
#[derive(Debug)]
struct Listed {
    id: u64,
}

impl Listed {
    fn new(list: &List, target: &Path, left: &'static str, made: Vec<PathBuf>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        entries(list).push(Unfinished { id, made, target: target.to_path_buf(), left });
        Listed { id }
    }

    /// Takes what was made off the list once this is done; an interrupt waits until then.
    fn finish<T>(self, finish: impl FnOnce() -> T) -> T {
        let list = no_interrupt();
        let done = finish();
        self.strike(&list);
        done
    }

    fn strike(&self, list: &List) {
        entries(list).retain(|one| one.id != self.id);
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.strike(&no_interrupt());
    }
}

/// An output in the making. It is on the list as long as its temporary file is on the disk.
#[derive(Debug)]
pub(crate) struct Guarded {
    // Dropped in this order.
    replace: Replace,
    listed: Listed,
}

impl Guarded {
    pub(crate) fn create(target: &Path) -> ndaudio::Result<Self> {
        let found = fs::metadata(target).ok();
        if found.as_ref().is_some_and(|found| !found.is_file()) {
            // Opening a pipe waits for its reader: not with the list in hand. Nothing is made.
            return Ok(Guarded::listed(Replace::create(target)?, &no_interrupt(), target, "received only a part"));
        }
        let left = if found.is_some() { "is as it was" } else { "was not written" };
        let list = no_interrupt();
        Ok(Guarded::listed(Replace::create(target)?, &list, target, left))
    }

    fn listed(replace: Replace, list: &List, target: &Path, left: &'static str) -> Self {
        let made = temporary(&replace, target).map(Path::to_path_buf).into_iter().collect();
        Guarded { listed: Listed::new(list, target, left, made), replace }
    }

    /// Whether the target itself is written to, a pipe or a device.
    pub(crate) fn is_direct(&self, target: &Path) -> bool {
        temporary(&self.replace, target).is_none()
    }

    /// Puts the file in its place; an interrupt waits until that is done.
    pub(crate) fn commit(self) -> ndaudio::Result<()> {
        self.listed.finish(|| self.replace.commit())
    }
}

impl Deref for Guarded {
    type Target = Replace;

    fn deref(&self) -> &Replace {
        &self.replace
    }
}

/// The file beside the target that becomes it. A pipe or a device has none: it is written to itself, and must never be removed.
fn temporary<'a>(replace: &'a Replace, target: &Path) -> Option<&'a Path> {
    Some(replace.path()).filter(|path| *path != target)
}

/// Backups of a file that is to be changed in place. They are removed again, by an interrupt or when this is dropped, unless the change was
/// begun: a backup without one would be in the way of the next attempt.
#[derive(Debug)]
pub(crate) struct Backups {
    made: Vec<PathBuf>,
    listed: Option<Listed>,
}

impl Backups {
    pub(crate) fn of(target: &Path) -> Self {
        let listed = Listed::new(&no_interrupt(), target, "is as it was", Vec::new());
        Backups { made: Vec::new(), listed: Some(listed) }
    }

    /// Makes one.
    pub(crate) fn make(&mut self, path: &Path, make: impl FnOnce() -> io::Result<File>) -> io::Result<File> {
        let list = no_interrupt();
        let file = make()?;
        self.made.push(path.to_path_buf());
        let id = self.listed.as_ref().map(|listed| listed.id);
        if let Some(entry) = entries(&list).iter_mut().find(|one| Some(one.id) == id) {
            entry.made.push(path.to_path_buf());
        }
        Ok(file)
    }

    /// Changes the file; an interrupt waits until that is done. From here on the backups stay, whatever comes of it.
    pub(crate) fn change<T>(mut self, change: impl FnOnce() -> T) -> T {
        match self.listed.take() {
            Some(listed) => listed.finish(change),
            None => change(),
        }
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        if self.listed.is_some() {
            for path in &self.made {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Starts to listen, once in a process. The process then ends by the signal itself, so that shells see what happened.
#[cfg(unix)]
pub(crate) fn listen() {
    static LISTENING: std::sync::Once = std::sync::Once::new();
    LISTENING.call_once(|| {
        outlive_full_files();
        start_to_listen();
    });
}

/// A file that reaches the limit of sizes is an error of the write, as a full disk is, and not the end of the process.
#[cfg(unix)]
fn outlive_full_files() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    // Whatever is done with the signal, as long as it is not the default.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

#[cfg(unix)]
fn start_to_listen() {
    use std::sync::mpsc::channel;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU};
    use signal_hook::iterator::Signals;

    let ignored = ignored();
    let heard = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU];
    let (give, take) = channel::<Signals>();
    let listening = spawn(move || {
        let Ok(mut signals) = take.recv() else { return };
        let mut signals = signals.forever();
        if let Some(signal) = signals.next()
            && !spawn(move || clean_up(signal))
        {
            clean_up(signal);
        }
        if let Some(signal) = signals.next() {
            end_soon(signal);
        }
    });
    // Where nobody can listen, a signal ends the process, as it would without this.
    if listening && let Ok(signals) = Signals::new(heard.into_iter().filter(|&signal| !contains(ignored, signal))) {
        let _ = give.send(signals);
    }
}

/// Whether a thread could be started for this.
#[cfg(unix)]
fn spawn(work: impl FnOnce() + Send + 'static) -> bool {
    std::thread::Builder::new().spawn(work).is_ok()
}

/// How long the end of the process waits: for standard error to take what is said, and after a second signal for all that the first one began.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// Removes what is unfinished, says so, and ends the process.
#[cfg(unix)]
fn clean_up(signal: i32) {
    // Held until the process has ended: nothing is made or put in place any more.
    let unfinished = UNFINISHED.write().unwrap_or_else(PoisonError::into_inner);
    let said = give_up(&entries(&unfinished));
    // Nobody may be reading what is said. Where no thread can see to the end, nothing is.
    if spawn(move || end_soon(signal)) {
        said.iter().for_each(complain);
    }
    end(signal);
}

/// Not at once: `timeout` sends two signals in a row, and the first one is to be done with.
#[cfg(unix)]
fn end_soon(signal: i32) {
    std::thread::sleep(PATIENCE);
    end(signal);
}

/// By the signal itself.
#[cfg(unix)]
fn end(signal: i32) {
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(1);
}

/// The signals that whoever started this process wants to be ignored, as `nohup` does with SIGHUP: a bit for each, from 1 on. The call that
/// says so needs `unsafe`; Linux also says it in proc(5). Elsewhere none is known.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(unix)]
fn contains(signals: u64, signal: i32) -> bool {
    let bit = u32::try_from(signal - 1).ok().and_then(|place| 1_u64.checked_shl(place));
    bit.is_some_and(|bit| signals & bit != 0)
}

#[cfg(not(unix))]
pub(crate) fn listen() {}

/// Removes everything, and returns what is to be said of it: nothing waits for whoever reads that.
#[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has signals"))]
fn give_up(unfinished: &[Unfinished]) -> Vec<String> {
    if unfinished.is_empty() {
        return vec!["interrupted".to_owned()];
    }
    let mut said = Vec::new();
    for Unfinished { made, target, left, .. } in unfinished {
        said.push(format!("interrupted: {} {left}", shown(target)));
        said.extend(made.iter().filter_map(|path| removed(path).err()));
    }
    said
}

fn removed(path: &Path) -> Result<(), String> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("{} could not be removed: {error}", shown(path)))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use super::*;

    /// One test plays the interrupt, the other has two threads that wait for each other.
    static ONE_TEST: Mutex<()> = Mutex::new(());

    /// While an interrupt has the list there is no file beside those on it.
    #[test]
    fn no_file_is_on_the_disk_and_not_on_the_list() {
        let _alone = ONE_TEST.lock();
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("take.wav");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..500 {
                    let output = Guarded::create(&target).unwrap();
                    if round % 2 == 0 {
                        output.commit().unwrap();
                    } else {
                        drop(output);
                    }
                    let mut backups = Backups::of(&target);
                    let backup = folder.path().join("take.wav.header-backup");
                    backups.make(&backup, || File::create_new(&backup)).unwrap();
                    drop(backups);
                }
                done.store(true, Ordering::Relaxed);
            });
            while !done.load(Ordering::Relaxed) {
                let mut list = UNFINISHED.write().unwrap();
                let list = list.get_mut().unwrap();
                let made: Vec<&PathBuf> = list.iter().flat_map(|one| &one.made).collect();
                for entry in fs::read_dir(folder.path()).unwrap() {
                    let path = entry.unwrap().path();
                    assert!(path == target || made.contains(&&path), "{}", path.display());
                }
            }
        });
    }

    /// As both wait for the disk.
    #[test]
    fn two_files_are_finished_at_a_time() {
        let _alone = ONE_TEST.lock();
        let (to_first, of_second) = channel();
        let (to_second, of_first) = channel();
        let finish = |target: &str, to: Sender<()>, of: Receiver<()>| {
            let listed = Listed::new(&no_interrupt(), Path::new(target), "is as it was", Vec::new());
            listed.finish(|| {
                let _ = to.send(());
                of.recv_timeout(Duration::from_secs(20)).is_ok()
            })
        };
        std::thread::scope(|scope| {
            let first = scope.spawn(|| finish("a.wav", to_second, of_second));
            assert!(finish("b.wav", to_first, of_first) && first.join().unwrap());
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_signal_has_a_bit_from_1_on() {
        // Rust ignores SIGPIPE, 13.
        assert!(contains(ignored(), 13));
        assert!(contains(1, 1) && contains(1 << 63, 64));
        assert!(!contains(u64::MAX, 0) && !contains(u64::MAX, 65) && !contains(!1, 1));
    }
}

//! The line on standard error that says how far a query has come.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use ndaudio_archive::Progress;

/// Shows files, hours of audio and speed while there is a terminal, and failures at the end.
pub(crate) struct ProgressLine {
    progress: Arc<Progress>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressLine {
    pub(crate) fn new(progress: &Arc<Progress>, quiet: bool) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let shown = !quiet && std::io::stderr().is_terminal();
        let thread = shown.then(|| {
            let (progress, done) = (Arc::clone(progress), Arc::clone(&done));
            std::thread::spawn(move || show(&progress, &done))
        });
        ProgressLine { progress: Arc::clone(progress), done, thread }
    }

    /// Ends the line, and says what failed.
    pub(crate) fn finish(mut self) {
        self.stop();
        self.progress.refresh();
        let (failed, failures) = self.progress.failures();
        if failed == 0 {
            return;
        }
        for failure in &failures {
            eprintln!("ndaudio-archive: {failure}");
        }
        eprintln!("ndaudio-archive: {failed} left out or damaged; errors('LOCATION') lists them");
    }

    fn stop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that only draws has nothing to lose.
            let _ = thread.join();
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.stop();
    }
}

fn show(progress: &Progress, done: &AtomicBool) {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent}% {msg}") {
        bar.set_style(style);
    }
    while !done.load(Ordering::Relaxed) {
        progress.refresh();
        let ((files, all_files), (bytes, all_bytes)) = (progress.files(), progress.bytes());
        let (failed, _) = progress.failures();
        bar.set_length(all_bytes);
        bar.set_position(bytes);
        let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
        bar.set_message(format!(
            "{files} of {all_files} files, {:.1} h, {:.0} × real time{failed}",
            progress.hours(),
            progress.times_real_time()
        ));
        std::thread::sleep(Duration::from_millis(200));
    }
    bar.finish_and_clear();
}

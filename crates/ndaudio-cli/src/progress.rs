//! A bar on standard error for work that takes long, if a terminal is there to show it.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// All bars, one below the other.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Does something that writes to the terminal, with the bars out of its way.
pub(crate) fn above_bars<T>(work: impl FnOnce() -> T) -> T {
    BARS.suspend(work)
}

/// Shorter work needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// Shows how far the work is.
pub(crate) struct Bar {
    label: String,
    begun: Instant,
    /// There once the work has taken [`PATIENCE`].
    bar: Option<ProgressBar>,
}

impl Bar {
    pub(crate) fn new(label: impl Into<String>) -> Self {
        Bar { label: crate::terminal::escaped(&label.into()).into_owned(), begun: Instant::now(), bar: None }
    }

    /// So many of so many frames are done.
    pub(crate) fn show(&mut self, done: u64, total: Option<u64>) {
        if self.bar.is_none() && self.begun.elapsed() >= PATIENCE && !crate::terminal::is_quiet() {
            // Hidden where standard error is no terminal.
            let bar = BARS.add(total.map_or_else(ProgressBar::no_length, ProgressBar::new));
            let template = match total {
                Some(_) => "{msg} {wide_bar} {percent:>3} %, {eta} left",
                None => "{msg} {spinner} {human_pos} frames, {elapsed}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(self.label.clone());
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
    }
}

/// Takes the bar off the screen.
impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

//! The progress bar of a batch: files, bytes, rate, time left.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::cli::args::TalkArgs;
use crate::cli::messages::Messages;
use crate::cli::progress::{is_wanted, target};
use crate::report::{Grouped, Size};

/// How often the bar is drawn at most.
const EVERY: Duration = Duration::from_millis(100);

/// How far a batch is.
pub(super) struct BatchProgress {
    bar: Option<ProgressBar>,
    files: u64,
    done: AtomicU64,
}

impl BatchProgress {
    /// Of so many files and bytes.
    pub(super) fn new(files: u64, bytes: u64, talk: &TalkArgs, messages: &Messages) -> Self {
        let bar = is_wanted(talk.progress, messages.is_quiet()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(bytes), target());
            let started = Instant::now();
            let rate = move |state: &ProgressState| state.pos() as f64 / started.elapsed().as_secs_f64().max(1e-3);
            let template = "{msg} [{wide_bar}] {read} of {size}, {rate}/s, {left} s left";
            // Writing to the bar's own string cannot fail.
            if let Ok(style) = ProgressStyle::with_template(template) {
                let style = style
                    .progress_chars("=> ")
                    .with_key("read", |state: &ProgressState, w: &mut dyn Write| {
                        let _ = write!(w, "{}", Size(state.pos()));
                    })
                    .with_key("size", |state: &ProgressState, w: &mut dyn Write| {
                        let _ = write!(w, "{}", Size(state.len().unwrap_or(0)));
                    })
                    .with_key("rate", move |state: &ProgressState, w: &mut dyn Write| {
                        let _ = write!(w, "{}", Size(rate(state) as u64));
                    })
                    .with_key("left", move |state: &ProgressState, w: &mut dyn Write| {
                        let rest = state.len().unwrap_or(0).saturating_sub(state.pos());
                        let _ = write!(w, "{:.0}", rest as f64 / rate(state).max(1.0));
                    });
                bar.set_style(style);
            }
            bar.enable_steady_tick(EVERY);
            bar
        });
        Self { bar, files, done: AtomicU64::new(0) }
    }

    /// A file of so many bytes is done.
    pub(super) fn file(&self, bytes: u64) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{} of {} files", Grouped(done), Grouped(self.files)));
            bar.inc(bytes);
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

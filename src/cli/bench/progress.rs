//! A progress bar that moves between runs, never during one: what is measured should not be disturbed.

use indicatif::{ProgressBar, ProgressStyle};

use super::args::BenchArgs;
use crate::cli::progress::{is_wanted, target};
use crate::report::escaped;

/// The bar of one file; none where none is wanted.
pub(super) struct RunProgress(Option<ProgressBar>);

impl RunProgress {
    /// A bar of so many runs, or one that only says what goes on.
    pub(super) fn start(what: &str, runs: usize, args: &BenchArgs) -> Self {
        if !is_wanted(args.progress, args.quiet) {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(Some(runs as u64), target());
        let template = if runs > 0 { "{msg} [{wide_bar}] run {pos} of {len}" } else { "{msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(escaped(what));
        bar.tick();
        Self(Some(bar))
    }

    /// One more run is done.
    pub(super) fn step(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// Takes the bar away, so that the figures start on a clean line.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

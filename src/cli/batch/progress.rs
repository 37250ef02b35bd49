//! The progress bar of a batch: files, bytes, rate, time left.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::cli::args::TalkArgs;
use crate::cli::messages::Messages;
use crate::cli::progress::{is_wanted, target};
use crate::report::{Grouped, Size};

/// How often the bar is drawn at most.
const EVERY: Duration = Duration::from_millis(100);

/// Columns where standard error is no terminal.
const WIDTH: usize = 100;
/// Columns of the bar at least; where there are fewer, there is none.
const BAR: usize = 10;

/// How far a batch is.
pub(super) struct BatchProgress {
    bar: Option<ProgressBar>,
    /// Files that are done.
    done: Arc<AtomicU64>,
}

impl BatchProgress {
    /// Of so many files and bytes.
    pub(super) fn new(files: u64, bytes: u64, talk: &TalkArgs, messages: &Messages) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let shown = Arc::clone(&done);
        let bar = is_wanted(talk.progress, messages.is_quiet()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(bytes), target());
            let started = Instant::now();
            if let Ok(style) = ProgressStyle::with_template("{line}") {
                bar.set_style(style.with_key("line", move |state: &ProgressState, out: &mut dyn Write| {
                    let size = terminal_size::terminal_size_of(std::io::stderr());
                    let width = size.map_or(WIDTH, |(width, _)| usize::from(width.0));
                    let files = format!("{} of {} files", Grouped(shown.load(Ordering::Relaxed)), Grouped(files));
                    let bytes = (state.pos(), state.len().unwrap_or(0));
                    // Writing to the bar's own string cannot fail.
                    let _ = out.write_str(&line(&files, bytes, started.elapsed(), width));
                }));
            }
            bar.enable_steady_tick(EVERY);
            bar
        });
        Self { bar, done }
    }

    /// A file of so many bytes is done.
    pub(super) fn file(&self, bytes: u64) {
        self.done.fetch_add(1, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
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

/// What is shown of so many files, and of bytes read and in all, after some time: as much as fits into a terminal's line, and a bar where there is room.
fn line(files: &str, (read, size): (u64, u64), elapsed: Duration, width: usize) -> String {
    let rate = read as f64 / elapsed.as_secs_f64().max(1e-3);
    let bytes = format!(", {} of {}", Size(read), Size(size));
    let per_second = format!(", {}/s", Size(rate as u64));
    // What little was read in the first moments tells nothing of the rest.
    let is_known = read > 0 && elapsed >= Duration::from_secs(1);
    let left =
        if is_known { format!(", {} left", time(size.saturating_sub(read) as f64 / rate)) } else { String::new() };
    // A full line wraps on some terminals.
    let room = width.saturating_sub(1);
    let parts = [&[&bytes, &per_second, &left][..], &[&bytes, &left], &[&left], &[]];
    let tails = parts.map(|parts| parts.iter().map(|part| part.as_str()).collect::<String>());
    let tail = tails.into_iter().find(|tail| files.len() + tail.len() <= room).unwrap_or_default();
    // With its brackets and spaces.
    let columns = room.saturating_sub(files.len() + tail.len() + 4);
    if columns < BAR {
        return files.chars().take(room).collect::<String>() + &tail;
    }
    let filled = (columns as f64 * read as f64 / size.max(1) as f64) as usize;
    let bar = "=".repeat(filled.min(columns)) + if filled < columns { ">" } else { "" };
    format!("{files} [{bar:<columns$}] {}", tail.trim_start_matches(", "))
}

/// A time in words that are short.
fn time(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{} h {minutes} min", Grouped(hours)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_what_fits_and_no_guess() {
        let bytes = (300 << 20, 3000 << 20);
        let shown = |files, bytes, seconds, width| line(files, bytes, Duration::from_millis(seconds), width);
        let files = "12 of 345 files";
        let wide = shown(files, bytes, 3000, 100);
        assert!(
            wide.starts_with("12 of 345 files [==") && wide.ends_with("] 300.00 MB of 2.93 GB, 100.00 MB/s, 27 s left"),
            "{wide}"
        );
        assert_eq!(shown(files, bytes, 3000, 58), "12 of 345 files, 300.00 MB of 2.93 GB, 27 s left");
        assert_eq!(shown(files, bytes, 3000, 42), "12 of 345 files [=>         ] 27 s left");
        assert_eq!(shown(files, bytes, 3000, 40), "12 of 345 files, 27 s left");
        assert_eq!(shown(files, bytes, 3000, 12), "12 of 345 f");
        // At first nothing is known.
        for (bytes, seconds) in [((0, 9), 60_000), (bytes, 999)] {
            assert!(!shown(files, bytes, seconds, 100).contains("left"));
        }
        for width in 0..200 {
            for bytes in [(0, 0), (1, u64::MAX), (u64::MAX, u64::MAX), (9, 3)] {
                for seconds in [0, 1, 1000, 3_600_000] {
                    for files in ["", "0 of 0 files", "1,000,000 of 1,000,000 files"] {
                        let shown = shown(files, bytes, seconds, width);
                        assert!(shown.len() <= width.saturating_sub(1), "{width}: {shown}");
                    }
                }
            }
        }
    }

    #[test]
    fn times_are_in_units_for_people() {
        let table = [
            (0.2, "1 s"),
            (59.0, "59 s"),
            (192.0, "3 min 12 s"),
            (7_500.0, "2 h 5 min"),
            (31_847_976.0, "8,846 h 39 min"),
        ];
        for (seconds, expected) in table {
            assert_eq!(time(seconds), expected);
        }
    }
}

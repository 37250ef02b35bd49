//! A progress bar on standard error for passes that take longer than a moment.

use std::fmt::Write;
use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::args::When;
use crate::aggregate::Reading;
use crate::report::{Size, escaped};

/// A pass that ends within this time shows no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// The bar of one file.
pub(crate) struct Progress {
    name: String,
    wanted: bool,
    forced: bool,
    started: Instant,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    pub(crate) fn new(name: &str, when: When, quiet: bool) -> Self {
        Self {
            name: shortened(&escaped(name)),
            wanted: is_wanted(when, quiet),
            forced: when == When::Always,
            started: Instant::now(),
            bar: Mutex::new(None),
        }
    }

    /// Shows how far the pass is, which goes on.
    pub(crate) fn reading(&self, reading: Reading) -> ControlFlow<()> {
        if !self.wanted || (!self.forced && self.started.elapsed() < PATIENCE) {
            return ControlFlow::Continue(());
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| self.bar(reading.raw_total));
        // Compressed data is measured by what is read of the file.
        bar.set_position(if reading.raw_total.is_some() { reading.raw } else { reading.text });
        ControlFlow::Continue(())
    }

    /// The next stage: the sums are there and are being printed.
    pub(crate) fn reporting(&self) {
        if let Some(bar) = &*self.bar.lock().unwrap_or_else(PoisonError::into_inner) {
            bar.set_message(format!("reporting {}", self.name));
        }
    }

    /// Takes the bar away, so that the report starts on a clean line.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self, total: Option<u64>) -> ProgressBar {
        let template = match total {
            Some(_) => "{msg} [{wide_bar}] {read} of {size}, {rate}/s, {left} s left",
            None => "{msg} {spinner} {read}, {rate}/s",
        };
        let bar = ProgressBar::with_draw_target(total, target());
        // The mean rate since the start: a pass has no slow and fast parts. Units are those of the reports.
        let started = self.started;
        let rate = move |state: &ProgressState| state.pos() as f64 / started.elapsed().as_secs_f64().max(1e-3);
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
                    let _ = match rate(state) {
                        0.0 => write!(w, "?"),
                        rate => write!(w, "{:.0}", rest as f64 / rate),
                    };
                });
            bar.set_style(style);
        }
        bar.set_message(format!("reading {}", self.name));
        bar
    }
}

/// Whether a bar is shown.
pub(super) fn is_wanted(when: When, quiet: bool) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => !quiet && std::io::stderr().is_terminal(),
    }
}

/// Where a bar is drawn.
pub(super) fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::term_like_with_hz(Box::new(Lines), 2)
    }
}

/// A name that leaves room for the rest of the line.
fn shortened(name: &str) -> String {
    const SHOWN: usize = 20;
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Standard error that is no terminal: each state is a line of its own.
#[derive(Debug)]
struct Lines;

impl TermLike for Lines {
    fn width(&self) -> u16 {
        100
    }

    fn move_cursor_up(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> std::io::Result<()> {
        Ok(())
    }

    fn write_line(&self, line: &str) -> std::io::Result<()> {
        self.write_str(line)?;
        self.write_str("\n")
    }

    fn write_str(&self, text: &str) -> std::io::Result<()> {
        use std::io::Write;
        let text = text.trim_end();
        if text.is_empty() {
            return Ok(());
        }
        std::io::stderr().lock().write_all(format!("{text}\n").as_bytes())
    }

    fn clear_line(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> std::io::Result<()> {
        Ok(())
    }
}

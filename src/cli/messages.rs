//! What is said on standard error.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use super::args::{TalkArgs, When};
use super::check;
use super::fault::Fault;
use super::remedy::{Consequence, remedy};
use crate::analysis::model::Profile;
use crate::error::{Error, Excerpt, Kind, OutOfMemory};
use crate::input::peak_memory;
use crate::report::{count, escaped, write_error_annotation};

/// Columns of an excerpt on either side of the byte it is about.
const EXCERPT: usize = 32;

/// Says things on standard error, in colour where that is wanted.
pub(crate) struct Messages {
    color: bool,
    quiet: bool,
    verbose: bool,
    /// Whether errors are shown in a pull request as well.
    annotates: bool,
}

/// Whether to colour what goes to a stream: as told, else by the environment, else by whether it is a terminal.
pub(crate) fn use_color(when: When, is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto if set("CLICOLOR_FORCE") && std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0") => {
            true
        }
        When::Auto => is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

impl Messages {
    pub(crate) fn new(color: When, quiet: bool, verbose: bool) -> Self {
        Self { color: use_color(color, std::io::stderr().is_terminal()), quiet, verbose, annotates: false }
    }

    /// The same, with what failed as annotations on standard output as well.
    pub(crate) fn with_annotations(self, annotates: bool) -> Self {
        Self { annotates, ..self }
    }

    /// As these arguments want it.
    pub(crate) fn of(args: &TalkArgs) -> Self {
        Self::new(args.color, args.quiet, args.verbose)
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Something failed. The message holds no text of others as it is.
    pub(crate) fn error(&self, message: &dyn Display) {
        self.fail(message, None, None);
    }

    /// A command cannot go on.
    pub(crate) fn fault(&self, fault: &Fault) {
        self.fail(fault, fault.file.as_deref(), fault.place);
    }

    /// Something is worth knowing.
    pub(crate) fn warning(&self, message: &dyn Display) {
        if !self.quiet {
            self.say("warning", AnsiColor::Yellow, message);
        }
    }

    /// What arguments came to nothing in a profile, which is called `file`: such as a prefix of the application's urls that none has.
    pub(crate) fn arguments(&self, file: &str, profile: &Profile) {
        for warning in profile.warnings.iter().filter(|warning| warning.is_of_arguments()) {
            let (file, message) = (escaped(file), escaped(&warning.message));
            self.warning(&format_args!("{file}: {message}\n  {}", escaped(&warning.remedy)));
        }
    }

    /// How something was done.
    pub(crate) fn detail(&self, message: &dyn Display) {
        if self.verbose {
            self.write(&format!("{message}\n"));
        }
    }

    /// How much memory the process has taken, where the system tells it.
    pub(crate) fn memory(&self) {
        if let Some(peak) = peak_memory() {
            self.detail(&format_args!("{:.1} MiB of memory at most", peak as f64 / f64::from(1 << 20)));
        }
    }

    /// What is wrong with a file, where, and what to do.
    pub(crate) fn problem(&self, error: &Error, consequence: Consequence) {
        self.problem_of_one(error, consequence, 0);
    }

    /// The same of one of several files that come to one result, of which so many count for nothing in the memory that is said to be needed.
    pub(crate) fn problem_of_one(&self, error: &Error, consequence: Consequence, uncounted: usize) {
        let shown = describe(error, consequence, uncounted);
        match consequence {
            Consequence::Tolerated => self.warning(&shown),
            _ => self.fail(&shown, Some(&error.file), None),
        }
    }

    /// Something failed, which is about this file, this line and column in it.
    fn fail(&self, message: &dyn Display, file: Option<&str>, place: Option<(usize, usize)>) {
        self.say("error", AnsiColor::Red, message);
        if self.annotates {
            annotate(&message.to_string(), file, place);
        }
    }

    fn say(&self, label: &str, color: AnsiColor, message: &dyn Display) {
        let style = if self.color { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        self.write(&format!("{style}{label}{style:#}: {message}\n"));
    }

    fn write(&self, text: &str) {
        // Where standard error is gone there is nobody to tell.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Says on standard output what failed, for the runner of GitHub Actions to show.
fn annotate(message: &str, file: Option<&str>, place: Option<(usize, usize)>) {
    // Where standard output is gone, standard error has said it.
    let _ = write_error_annotation(message, file, place, &mut std::io::stdout().lock());
}

/// What clap has to say: help, the version, or what is wrong with the arguments.
pub(crate) fn usage(error: &clap::Error, args: &[OsString]) -> std::io::Result<()> {
    if error.use_stderr() && check::wants_annotations(args) {
        // How to use the program stands behind an empty line.
        let text = error.render().to_string();
        let said: Vec<String> = text.lines().take_while(|line| !line.is_empty()).map(escaped).collect();
        annotate(said.join("\n").trim_start_matches("error: "), None, None);
    }
    let hidden: Vec<(String, String)> = args.iter().flat_map(|arg| spellings(&arg.to_string_lossy())).collect();
    let printed = if hidden.is_empty() {
        error.print()
    } else {
        // It may quote what must not reach a terminal, or would begin a line as if it were a message of its own.
        let text = error.render().ansi().to_string();
        let mut text = anstream::adapter::strip_str(&text).to_string();
        hidden.iter().for_each(|(raw, shown)| text = text.replace(raw, shown));
        let lines: Vec<String> = text.lines().map(escaped).collect();
        std::io::stderr().lock().write_all(format!("{}\n", lines.join("\n")).as_bytes())
    };
    // A closed pipe is no error.
    printed.or_else(|error| if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// What a message may quote of an argument that is not fit to be shown, and how that is shown: all of it, or the value behind the option's name.
fn spellings(arg: &str) -> Vec<(String, String)> {
    let value = arg.split_once('=').map(|(_, value)| value);
    let short = arg.strip_prefix('-').and_then(|rest| rest.char_indices().nth(1).map(|(at, _)| &rest[at..]));
    let all = [Some(arg), value, short].into_iter().flatten();
    all.map(|raw| (raw.to_owned(), escaped(raw))).filter(|(raw, shown)| raw != shown).collect()
}

fn describe(error: &Error, consequence: Consequence, uncounted: usize) -> String {
    let file = if error.file == "-" { "standard input".to_owned() } else { escaped(&error.file) };
    let mut text = format!("{file}: {}", error.problem.kind);
    if let Some(place) = &error.problem.place {
        text.push_str(&format!("\n  at byte {}", place.offset));
        if !place.path.is_empty() {
            text.push_str(&format!(", in {}", escaped(&place.path)));
        }
        if place.excerpt != Excerpt::default() {
            let before = clipped(&escaped(&place.excerpt.before), true);
            let after = clipped(&escaped(&place.excerpt.after), false);
            let marker = " ".repeat(unicode_width::UnicodeWidthStr::width(before.as_str()));
            text.push_str(&format!("\n    {before}{after}\n    {marker}^ here"));
        }
    }
    if let (Kind::OutOfMemory(OutOfMemory { whole: Some(_), .. }), 1..) = (&error.problem.kind, uncounted) {
        let is = if uncounted == 1 { "is" } else { "are" };
        text.push_str(&format!("\n  {} {is} not counted in that", count(uncounted, "other file")));
    }
    if let Some(remedy) = remedy(&error.problem.kind, consequence) {
        text.push_str(&format!("\n  {remedy}"));
    }
    text
}

/// At most [`EXCERPT`] characters, of the end or of the beginning.
fn clipped(text: &str, end: bool) -> String {
    let count = text.chars().count();
    if count <= EXCERPT {
        return text.to_owned();
    }
    if end {
        format!("…{}", text.chars().skip(count - EXCERPT).collect::<String>())
    } else {
        format!("{}…", text.chars().take(EXCERPT).collect::<String>())
    }
}

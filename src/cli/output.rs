//! Where reports go: standard output, or files that are written whole or not at all.

use std::fs::File;
use std::io::{self, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::args::{FormatName, ReportArgs, When};
use super::interrupt::Unfinished;
use super::messages::use_color;
use super::rules::{self, read_as};
use crate::analysis::model::Report;
use crate::batch::is_profile;
use crate::report::{Format, Page, Style, escaped, render, render_findings};

/// How names of files begin that are being written: like those of nobody else, so that what a killed run has left is known.
pub(crate) const UNFINISHED: &str = ".heapsift-unfinished-";

/// Columns of the text format where it goes to no terminal.
const WIDTH: usize = 100;

/// What is written of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// All of it.
    Report,
    /// What is wrong with the capture.
    Findings,
}

/// One destination of the reports of a run.
pub(crate) struct Output {
    format: Format,
    style: Style,
    to: Destination,
    /// Something was written.
    has_begun: bool,
    /// What there is of the page, where it is to be one.
    page: Page,
}

enum Destination {
    Stdout(Box<dyn Write>),
    /// The reader has closed the pipe: nothing more is written, and that is no error.
    Closed,
    /// A file that appears under its name only when it is whole.
    File {
        file: File,
        temporary: TempPath,
        unfinished: Unfinished,
        path: PathBuf,
    },
    /// What is no regular file: a device, a FIFO. It takes what is written as it comes.
    Special {
        file: File,
        path: PathBuf,
    },
}

/// A destination that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("cannot write {}: {error}", shown(path))]
    Write { path: PathBuf, error: io::Error },
    #[error("{}: no report is of that kind; give -f text|markdown|html|json, or a name that ends in .txt, .md, .html or .json", shown(.0))]
    Format(PathBuf),
    #[error("{}: a baseline is TOML; give a name that ends in .toml", shown(.0))]
    NotToml(PathBuf),
    #[error("{}: rules are looked for under that name; give a baseline another one", shown(.0))]
    NameOfRules(PathBuf),
    #[error("{} is there and is no baseline; give another name, or remove it", shown(.0))]
    NoBaseline(PathBuf),
    #[error("{} holds a profile; it cannot be the output as well: give another name, or remove it", shown(.0))]
    Profile(PathBuf),
    #[error("{} is named twice as an output", shown(.0))]
    Twice(PathBuf),
    #[error("--export-json, --export-markdown and --export-html want a file; -f json writes JSON to standard output")]
    NoFile,
    #[error("{} is to be read; it cannot be the output as well", shown(.0))]
    Input(PathBuf),
    #[error("standard input can be one of the files only")]
    ManyStdin,
}

fn shown(path: &Path) -> String {
    escaped(&path.display().to_string())
}

impl Output {
    /// All destinations that the arguments name, opened.
    pub(crate) fn open_all(args: &ReportArgs) -> Result<Vec<Self>, OutputError> {
        let mut outputs = vec![match args.output.as_deref().filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                let format = args.format.map_or_else(|| format_of(path), |name| Ok(name.into()))?;
                Self::file(path, format)?
            }
            None => {
                let is_terminal = io::stdout().is_terminal();
                let usual = if is_terminal { Format::Text } else { Format::Markdown };
                Self::stdout(args.format.map_or(usual, Into::into), args.talk.color)
            }
        }];
        for (paths, format) in [
            (&args.export_json, Format::Json),
            (&args.export_markdown, Format::Markdown),
            (&args.export_html, Format::Html),
        ] {
            for path in paths {
                if path.as_os_str() == "-" {
                    return Err(OutputError::NoFile);
                }
                outputs.push(Self::file(path, format)?);
            }
        }
        let inputs = args.read.inputs(args.files.iter().chain(&args.cpu).chain(&args.memory_usage));
        Self::check(&outputs, &inputs)?;
        Ok(outputs)
    }

    /// The format that is wanted, else that of the file's extension, else the usual one of standard output.
    pub(crate) fn format(format: Option<Format>, path: Option<&Path>) -> Result<Format, OutputError> {
        let is_terminal = || io::stdout().is_terminal();
        match (format, path.filter(|path| path.as_os_str() != "-")) {
            (Some(format), _) => Ok(format),
            (None, Some(path)) => format_of(path),
            (None, None) => Ok(if is_terminal() { Format::Text } else { Format::Markdown }),
        }
    }

    /// One destination: a file, or standard output.
    pub(crate) fn open(
        path: Option<&Path>,
        format: Format,
        color: When,
        inputs: &[PathBuf],
    ) -> Result<Self, OutputError> {
        let output = match path.filter(|path| path.as_os_str() != "-") {
            Some(path) => Self::file(path, format)?,
            None => Self::stdout(format, color),
        };
        Self::check(std::slice::from_ref(&output), inputs)?;
        Ok(output)
    }

    /// The destination of a baseline. What has the name of something else, or is something else, was hardly meant to be replaced by it.
    pub(crate) fn of_baseline(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, OutputError> {
        let is_other = |extension: &str| {
            ["txt", "md", "html", "htm", "json"].contains(&extension)
                || (is_of_others(extension) && extension != "toml")
        };
        if let Some(path) = path.filter(|path| extension_of(path).is_some_and(|extension| is_other(&extension))) {
            return Err(OutputError::NotToml(path.to_owned()));
        }
        if let Some(path) = path.filter(|path| path.file_name().is_some_and(|name| name == rules::NAME)) {
            return Err(OutputError::NameOfRules(path.to_owned()));
        }
        let output = Self::open(path, Format::Text, When::Never, inputs)?;
        match path.filter(|path| path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0)) {
            Some(path) if !is_baseline(path) => Err(OutputError::NoBaseline(path.to_owned())),
            _ => Ok(output),
        }
    }

    /// A file of a result, whose folder is nobody else's: it is neither read nor named another way.
    pub(crate) fn of_result(path: &Path, format: Format) -> Result<Self, OutputError> {
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::unfinished(path.to_owned(), None, format),
            _ => Self::file(path, format),
        }
    }

    /// No file is written twice, and none that is to be read, of which one at most is standard input.
    fn check(outputs: &[Self], inputs: &[PathBuf]) -> Result<(), OutputError> {
        if inputs.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            return Err(OutputError::ManyStdin);
        }
        let inputs: Vec<PathBuf> = inputs.iter().map(|path| resolved(path)).collect();
        let paths: Vec<&PathBuf> = outputs.iter().filter_map(Self::path).collect();
        for (i, path) in paths.iter().enumerate() {
            if paths[..i].contains(path) {
                return Err(OutputError::Twice((*path).clone()));
            }
            // Of a folder of source maps nobody wants to lose one.
            let is_map = path.extension().is_some_and(|extension| extension == "map") && path.is_file();
            if inputs.iter().any(|input| input == *path || is_map && path.starts_with(input)) {
                return Err(OutputError::Input((*path).clone()));
            }
        }
        Ok(())
    }

    fn stdout(format: Format, color: When) -> Self {
        let stdout = io::stdout();
        let width = terminal_size::terminal_size_of(&stdout).map_or(WIDTH, |(width, _)| usize::from(width.0));
        let style = Style { color: use_color(color, stdout.is_terminal()), width };
        Self { format, style, to: Destination::Stdout(direct(stdout)), has_begun: false, page: Page::default() }
    }

    fn file(path: &Path, format: Format) -> Result<Self, OutputError> {
        let style = Style { color: false, width: WIDTH };
        let failed = |error| OutputError::Write { path: path.to_owned(), error };
        let existing = std::fs::metadata(path).ok();
        if existing.as_ref().is_some_and(std::fs::Metadata::is_dir) {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
            let file = File::options().write(true).open(path).map_err(failed)?;
            return Ok(Self {
                format,
                style,
                to: Destination::Special { file, path: path.to_owned() },
                has_begun: false,
                page: Page::default(),
            });
        }
        if existing.is_some() && is_profile(path) {
            return Err(OutputError::Profile(path.to_owned()));
        }
        // What a link names is replaced, not the link.
        let path = resolved(path);
        std::fs::metadata(folder_of(&path)).map_err(failed)?;
        Self::unfinished(path, existing, format)
    }

    /// A file without its name as yet, in the place of an `existing` one if there is one.
    fn unfinished(path: PathBuf, existing: Option<std::fs::Metadata>, format: Format) -> Result<Self, OutputError> {
        let failed = |error| OutputError::Write { path: path.clone(), error };
        // A temporary file would be private; a report is as readable as any new file, or as the one that it replaces.
        let create = |path: &Path| File::options().write(true).create_new(true).open(path);
        let made = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .make_in(folder_of(&path), create)
            .map_err(|error| failed(plain(error)))?;
        let (file, temporary) = made.into_parts();
        if let Some(existing) = existing {
            file.set_permissions(existing.permissions()).map_err(failed)?;
        }
        let unfinished = Unfinished::new(&temporary);
        let style = Style { color: false, width: WIDTH };
        Ok(Self {
            format,
            style,
            to: Destination::File { file, temporary, unfinished, path },
            has_begun: false,
            page: Page::default(),
        })
    }

    /// Its name, if it is no stream.
    fn path(&self) -> Option<&PathBuf> {
        match &self.to {
            Destination::File { path, .. } | Destination::Special { path, .. } => Some(path),
            Destination::Stdout(_) | Destination::Closed => None,
        }
    }

    /// Whether it is a page for a browser.
    pub(crate) fn is_page(&self) -> bool {
        self.format == Format::Html
    }

    /// Adds a report; on a page with its flame graph, if there is one.
    pub(crate) fn write(
        &mut self,
        report: &Report<'_>,
        content: Content,
        flame_graph: Option<&str>,
    ) -> Result<(), OutputError> {
        if self.is_page() {
            return self.put(|page, out| match content {
                Content::Report => page.report(report, flame_graph, out),
                Content::Findings => page.findings(report, out),
            });
        }
        // Where nothing is wrong nothing is said, but to programs.
        if content == Content::Findings && self.format != Format::Json && report.warnings().is_empty() {
            return Ok(());
        }
        self.print(|format, style, out| match content {
            Content::Report => render(report, format, style, out),
            Content::Findings => render_findings(report, format, style, out),
        })
    }

    /// Adds what `print` prints.
    pub(crate) fn print(
        &mut self,
        print: impl FnOnce(Format, &Style, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        let (format, style) = (self.format, self.style);
        if self.is_page() {
            return self.put(|page, out| page.document(|text| print(Format::Markdown, &style, text), out));
        }
        let separator: &[u8] = match format {
            _ if !self.has_begun => b"",
            Format::Json | Format::Html => b"",
            Format::Markdown => b"\n---\n\n",
            Format::Text => b"\n",
        };
        self.has_begun = true;
        self.put(|_, out| out.write_all(separator).and_then(|()| print(format, &style, out)))
    }

    /// Writes with `put`, unless nobody reads on.
    fn put(&mut self, put: impl FnOnce(&mut Page, &mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
        let printed = match &mut self.to {
            Destination::Closed => return Ok(()),
            Destination::File { file, .. } | Destination::Special { file, .. } => put(&mut self.page, file),
            Destination::Stdout(stdout) => put(&mut self.page, stdout),
        };
        match printed {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.to = Destination::Closed,
            Err(error) => {
                let path = self.path().cloned().unwrap_or_else(|| PathBuf::from("standard output"));
                return Err(OutputError::Write { path, error });
            }
            Ok(()) => {}
        }
        Ok(())
    }

    /// Ends it, and gives a file its name.
    pub(crate) fn finish(mut self) -> Result<(), OutputError> {
        if self.is_page() {
            self.put(|page, out| std::mem::take(page).finish(out))?;
        }
        let Destination::File { temporary, unfinished, path, .. } = self.to else { return Ok(()) };
        temporary
            .persist(&path)
            .map_err(|error| OutputError::Write { path: path.clone(), error: plain(error.error) })?;
        drop(unfinished);
        Ok(())
    }
}

/// Standard output past Rust's own buffer, which is searched for line ends: reports come in large pieces.
#[cfg(unix)]
fn direct(stdout: Stdout) -> Box<dyn Write> {
    use std::os::fd::AsFd;
    match stdout.as_fd().try_clone_to_owned() {
        Ok(descriptor) => Box::new(File::from(descriptor)),
        Err(_) => Box::new(stdout),
    }
}

/// Standard output; consoles need what Rust's own does for them.
#[cfg(not(unix))]
fn direct(stdout: Stdout) -> Box<dyn Write> {
    Box::new(stdout)
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path of a file without links, as far as it exists: two names of one file become equal.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    match (folder_of(path).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// The error without the name of the temporary file, which says nothing to a user.
fn plain(error: io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
}

/// Whether a file is a baseline.
fn is_baseline(path: &Path) -> bool {
    read_as(path, "baseline").is_ok_and(|file| file.text.lines().any(|line| line.trim() == "kind = \"baseline\""))
}

/// What a name ends in, in small letters.
fn extension_of(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// Whether what ends so is something else than a report: a baseline or rules, a capture.
fn is_of_others(extension: &str) -> bool {
    ["toml", "heapprofile", "cpuprofile", "heapsnapshot", "gz", "zst"].contains(&extension)
}

fn format_of(path: &Path) -> Result<Format, OutputError> {
    let name = match extension_of(path).as_deref() {
        Some("txt") => FormatName::Text,
        Some("json") => FormatName::Json,
        Some("html" | "htm") => FormatName::Html,
        // It was hardly meant to be replaced by Markdown.
        Some(extension) if is_of_others(extension) => return Err(OutputError::Format(path.to_owned())),
        _ => FormatName::Markdown,
    };
    Ok(name.into())
}

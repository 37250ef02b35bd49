//! Where reports go: standard output, or files that are written whole or not at all.

use std::fs::File;
use std::io::{self, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::args::{FormatName, ReportArgs};
use super::interrupt::Unfinished;
use super::messages::use_color;
use crate::analysis::model::Report;
use crate::report::{Format, Style, render};

/// Columns of the text format where it goes to no terminal.
const WIDTH: usize = 100;

/// One destination of the reports of a run.
pub(crate) struct Output {
    format: Format,
    style: Style,
    to: Destination,
}

enum Destination {
    Stdout(Stdout),
    /// The reader has closed the pipe: nothing more is written, and that is no error.
    Closed,
    File {
        file: File,
        temporary: TempPath,
        unfinished: Unfinished,
        path: PathBuf,
    },
}

/// A destination that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("cannot tell the format of {} by its name; give -f text|markdown|json", .0.display())]
    Format(PathBuf),
    #[error("{} is named twice as an output", .0.display())]
    Twice(PathBuf),
}

impl Output {
    /// All destinations that the arguments name, opened.
    pub(crate) fn open_all(args: &ReportArgs) -> Result<Vec<Self>, OutputError> {
        let mut outputs = vec![match args.output.as_deref().filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                let format = args.format.map_or_else(|| format_of(path), |name| Ok(name.into()))?;
                Self::file(path, format)?
            }
            None => Self::stdout(args),
        }];
        for (paths, format) in [(&args.export_json, Format::Json), (&args.export_markdown, Format::Markdown)] {
            for path in paths {
                outputs.push(Self::file(path, format)?);
            }
        }
        let paths: Vec<&PathBuf> = outputs.iter().filter_map(Self::path).collect();
        for (i, path) in paths.iter().enumerate() {
            if paths[..i].contains(path) {
                return Err(OutputError::Twice((*path).clone()));
            }
        }
        Ok(outputs)
    }

    fn stdout(args: &ReportArgs) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let format = match args.format {
            Some(name) => name.into(),
            None if is_terminal => Format::Text,
            None => Format::Markdown,
        };
        let width = terminal_size::terminal_size_of(&stdout).map_or(WIDTH, |(width, _)| usize::from(width.0));
        let style = Style { color: use_color(args.color, is_terminal), width };
        Self { format, style, to: Destination::Stdout(stdout) }
    }

    /// The file appears under its name only by [`Self::finish`].
    fn file(path: &Path, format: Format) -> Result<Self, OutputError> {
        let failed = |error| OutputError::Write { path: path.to_owned(), error };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if path.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let (file, temporary) = NamedTempFile::new_in(folder).map_err(failed)?.into_parts();
        let unfinished = Unfinished::new(&temporary);
        let to = Destination::File { file, temporary, unfinished, path: path.to_owned() };
        Ok(Self { format, style: Style { color: false, width: WIDTH }, to })
    }

    fn path(&self) -> Option<&PathBuf> {
        match &self.to {
            Destination::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Adds a report; `first` says whether it is the first.
    pub(crate) fn write(&mut self, report: &Report<'_>, first: bool) -> Result<(), OutputError> {
        let separator: &[u8] = match self.format {
            _ if first => b"",
            Format::Json => b"",
            Format::Markdown => b"\n---\n\n",
            Format::Text => b"\n",
        };
        let (format, style) = (self.format, self.style);
        let print = |out: &mut dyn Write| out.write_all(separator).and_then(|()| render(report, format, &style, out));
        match &mut self.to {
            Destination::Closed => Ok(()),
            Destination::File { file, path, .. } => {
                print(file).map_err(|error| OutputError::Write { path: path.clone(), error })
            }
            Destination::Stdout(stdout) => match print(&mut stdout.lock()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.to = Destination::Closed;
                    Ok(())
                }
                Err(error) => Err(OutputError::Write { path: PathBuf::from("standard output"), error }),
                Ok(()) => Ok(()),
            },
        }
    }

    /// Gives a file its name.
    pub(crate) fn finish(self) -> Result<(), OutputError> {
        let Destination::File { file, temporary, unfinished, path } = self.to else { return Ok(()) };
        let failed = |error| OutputError::Write { path: path.clone(), error };
        give_usual_permissions(&file).map_err(failed)?;
        temporary.persist(&path).map_err(|error| failed(error.error))?;
        drop(unfinished);
        Ok(())
    }
}

/// Temporary files are private; a report is as readable as any new file.
fn give_usual_permissions(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(())
    }
}

fn format_of(path: &Path) -> Result<Format, OutputError> {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    let name = match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("txt") => FormatName::Text,
        Some("md" | "markdown") | None => FormatName::Markdown,
        Some("json") => FormatName::Json,
        Some(_) => return Err(OutputError::Format(path.to_owned())),
    };
    Ok(name.into())
}

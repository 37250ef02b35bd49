//! `heapsift diff`: reads both sides and says what changed by more than noise.

use std::path::PathBuf;

use super::Status;
use super::args::{FormatName, ReadArgs, TalkArgs};
use super::interrupt;
use super::messages::Messages;
use super::output::Output;
use super::session::Session;
use super::sides::{Compared, Sides};
use super::source_maps;
use crate::analysis::model::{Diff, DiffOptions};
use crate::report::{DiffStyle, Format, render_diff};
use crate::source_map::SourceMaps;

/// Bytes of Markdown that hold at least what a comparison comes to.
const LEAST_CHARS: usize = 1000;

/// What a user types after `diff`.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "heapsift diff [OPTIONS] BEFORE AFTER\n       heapsift diff [OPTIONS] --before FILE… --after FILE…",
    after_help = "Exit codes: 0 whether or not anything changed; 2 usage, input or parse error; 130 interrupted."
)]
pub(crate) struct DiffArgs {
    /// Two heap profiles; `-` is standard input. gzip and zstd are recognised by content
    #[arg(value_names = ["BEFORE", "AFTER"], num_args = 1.., required_unless_present_any = ["before", "after"], conflicts_with_all = ["before", "after"])]
    files: Vec<PathBuf>,

    /// Several profiles before: sizes are their mean, and their spread counts as noise
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "after")]
    before: Vec<PathBuf>,

    /// Several profiles after
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "before")]
    after: Vec<PathBuf>,

    /// Each side is the sum of its files, as if they were one profile: nodes with the same path are added up
    #[arg(long, requires = "before")]
    pub(super) merge: bool,

    /// Scale the side after to the total of the side before: compares shares, where load or time differed
    #[arg(long, alias = "normalize")]
    normalise: bool,

    /// Format [default: by the extension of -o, else text on a terminal and markdown elsewhere]
    #[arg(short, long, value_enum)]
    format: Option<FormatName>,

    /// Write to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Rows of each list, 0 for all [default: 20; JSON shows all]
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,

    /// Leave out rows until the Markdown is no longer than N characters, at least 1000; a comment on GitHub takes 65536
    #[arg(long, value_name = "N", value_parser = max_chars)]
    max_chars: Option<usize>,

    /// Source maps of the side before, where those of --source-map are not of its build; repeatable
    #[arg(long, value_name = "DIR|FILE")]
    source_map_before: Vec<PathBuf>,

    /// Source maps of the side after; repeatable
    #[arg(long, value_name = "DIR|FILE")]
    source_map_after: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

fn max_chars(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(chars) if chars >= LEAST_CHARS => Ok(chars),
        Ok(_) => Err(format!("a comparison takes {LEAST_CHARS} characters at least")),
        Err(_) => Err("a number of characters".to_owned()),
    }
}

impl DiffArgs {
    /// The source maps of both sides, where they have their own: two builds of a script have one url.
    fn source_maps(&self) -> Result<[Option<SourceMaps>; 2], String> {
        let sides = [("before", &self.source_map_before), ("after", &self.source_map_after)];
        let sets =
            sides.iter().filter(|(_, paths)| !paths.is_empty()).count() + usize::from(!self.read.source_map.is_empty());
        let [before, after] = sides.map(|(side, paths)| {
            source_maps::open(paths, self.read.max_memory, sets.max(1))
                .map_err(|error| error.replacen("--source-map", &format!("--source-map-{side}"), 1))
        });
        Ok([before?, after?])
    }

    /// The files of both sides.
    fn sides(&self) -> [&[PathBuf]; 2] {
        match &self.files[..] {
            [] => [&self.before, &self.after],
            files => {
                let (before, after) = files.split_at(1);
                [before, after]
            }
        }
    }
}

/// Compares both sides. Nothing is printed unless all files could be read.
pub(super) fn run(args: &DiffArgs, messages: &Messages) -> Status {
    interrupt::install();
    match compare(args, messages) {
        Ok(status) => status,
        Err(message) => {
            messages.error(&message);
            Status::Failed
        }
    }
}

fn compare(args: &DiffArgs, messages: &Messages) -> Result<Status, String> {
    if ![0, 2].contains(&args.files.len()) {
        let given = crate::report::count(args.files.len(), "file");
        return Err(format!(
            "one profile before is compared with one after, not {given}\n  several of a side: heapsift diff --before A1 A2 A3 --after B1 B2 B3",
        ));
    }
    let [before, after] = args.sides();
    let files = [before, after].concat();
    let session = Session::open(&args.read, &files, messages)?;
    let maps = args.source_maps()?;
    let format =
        Output::format(args.format.map(Into::into), args.output.as_deref()).map_err(|error| error.to_string())?;
    if args.max_chars.is_some() && format != Format::Markdown {
        return Err("--max-chars is for Markdown; give -f markdown, or an output that ends in .md".to_owned());
    }
    let inputs = args.read.inputs(files.iter().chain(&args.source_map_before).chain(&args.source_map_after));
    let opened = Output::open(args.output.as_deref(), format, args.talk.color, &inputs);
    let mut output = opened.map_err(|error| error.to_string())?;
    let sides = Sides { args, session: &session, maps, messages };
    let Some(Compared { panel, before, status, .. }) = sides.read([before, after])? else {
        return Ok(Status::Failed);
    };
    let diff = Diff::new(&panel, DiffOptions { before, normalise: args.normalise });
    let how = DiffStyle { limit: args.limit, max_chars: args.max_chars };
    let written = output.print(|format, style, out| render_diff(&diff, &how, format, style, out));
    written.and_then(|()| output.finish()).map_err(|error| error.to_string())?;
    Ok(status)
}

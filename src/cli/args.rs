//! What a user types.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use super::baseline::BaselineArgs;
use super::batch::BatchArgs;
use super::bench::{BenchArgs, RunArgs};
use super::check::CheckArgs;
use super::diff::DiffArgs;
use super::export::ExportArgs;
use super::manual::{CompletionArgs, ManualArgs};
use super::rules::{RuleArgs, RulesCommand};
use crate::aggregate::{Filters, FramePattern, ReadOptions};
use crate::profile::Size;
use crate::report::Format;
use crate::rules::nearest;
use crate::scan::Backend;

/// Name and instruction set, for `--version`.
static VERSION: LazyLock<String> = LazyLock::new(|| format!("{} ({})", env!("CARGO_PKG_VERSION"), Backend::detect()));

/// Reads V8 sampling heap profiles (.heapprofile) of any size and reports what allocates the memory of a Node.js process.
#[derive(Debug, Parser)]
#[command(
    name = "heapsift",
    bin_name = "heapsift",
    version = VERSION.as_str(),
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "`heapsift FILE…` is the same as `heapsift report FILE…`.\n\
                  Sizes: KB, MB and GB are 2^10, 2^20 and 2^30 bytes.\n\
                  Exit codes: 0 done; 1 done, a gate failed; 2 usage, input or parse error, also where one of several files failed; 130 interrupted.\n\
                  Environment: NO_COLOR, CLICOLOR_FORCE; HEAPSIFT_SIMD=portable|avx2|avx512 lowers the instruction set."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyse each file, in the order given (the default command)
    Report(Box<ReportArgs>),
    /// Say only what is wrong with the capture of each file, and how to do better; nothing where nothing is
    Doctor(Box<DoctorArgs>),
    /// Write down what the runs of a program allocate, for `check` to compare with: a small file to commit
    Baseline(Box<BaselineArgs>),
    /// Hold rules against what the runs of a program allocate, and against a baseline; exit with 1 where one fails
    Check(Box<CheckArgs>),
    /// Analyse every heap profile below folders: a report each, and one roll-up of all
    Batch(Box<BatchArgs>),
    /// Say what changed between two profiles, or two groups of them, by more than noise
    Diff(Box<DiffArgs>),
    /// Write the stacks of a profile for another tool: pprof, speedscope, a flame graph, DevTools
    Export(Box<ExportArgs>),
    /// Measure how fast the parser is on this machine: for your files, or for a generated one
    Bench(BenchArgs),
    /// Show, check and explain the rules in force
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Write what completes commands and options in a shell
    Completions(CompletionArgs),
    /// Write the manual page of the program, or of one of its commands
    Man(ManualArgs),
    /// A single run of `bench`, in a process of its own
    #[command(hide = true)]
    BenchRun(RunArgs),
}

impl Args {
    /// What to do: a report, unless another command is named.
    pub(crate) fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Report(Box::new(self.report)))
    }

    /// The command that was perhaps meant by the first word, where that is taken for a file: one that is not there, and is called nearly as a command.
    pub(crate) fn mistyped(&self) -> Option<clap::Error> {
        let first = self.report.files.first().filter(|_| self.command.is_none())?;
        let word = first.to_str().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
        let application = Self::command();
        let commands = application.get_subcommands().filter(|command| !command.is_hide_set());
        let near = nearest(word, commands.map(clap::Command::get_name))?;
        (!first.exists()).then(|| {
            let message = match word == near {
                true => format!(
                    "`{word}` is a command: it comes first, before all options (or there is no file of that name)\n"
                ),
                false => format!("there is no file and no command `{word}`; did you mean `{near}`?\n"),
            };
            Self::command().error(ErrorKind::InvalidSubcommand, message)
        })
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    /// Heap profiles; `-` is standard input. gzip and zstd are recognised by content
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// A CPU profile of the same process (.cpuprofile), to set CPU time beside memory
    #[arg(long, value_name = "FILE")]
    pub(crate) cpu: Option<PathBuf>,

    /// What `JSON.stringify(process.memoryUsage())` said at the time of the capture, to set the profile beside it
    #[arg(long, value_name = "FILE")]
    pub(crate) memory_usage: Option<PathBuf>,

    /// One report of all files, as if they were one profile: nodes with the same path are added up
    #[arg(long)]
    pub(crate) merge: bool,

    /// Format of the report [default: by the extension of -o, else text on a terminal and markdown elsewhere]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<FormatName>,

    /// Write the report to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write the report as JSON as well; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) export_json: Vec<PathBuf>,

    /// Write the report as Markdown as well; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) export_markdown: Vec<PathBuf>,

    /// Write the report as an HTML page as well; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) export_html: Vec<PathBuf>,

    /// Rows of each list, 0 for all [default: 20; JSON shows all]
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Heaviest stacks to show, at most 100
    #[arg(long, value_name = "K", default_value_t = 20, value_parser = clap::value_parser!(u8).range(..=100))]
    pub(crate) stacks: u8,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

/// How files are read, and what they are taken for.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct ReadArgs {
    /// Threads to parse with [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,

    /// Bytes that one thread parses at a time, such as 4K, 1M [default: 1M]
    #[arg(long, value_name = "SIZE", value_parser = window_size)]
    pub(crate) window_size: Option<usize>,

    /// Memory that the process may take, at least 16M; where a file needs more, reading stops and says what all of it needs
    #[arg(long, value_name = "SIZE", value_parser = max_memory)]
    pub(crate) max_memory: Option<usize>,

    /// Read the file instead of mapping it
    #[arg(long)]
    pub(crate) no_mmap: bool,

    /// Exit with 0 where a file merely ends early (its process was killed while writing); the report still says so
    #[arg(long)]
    pub(crate) allow_truncated: bool,

    /// Sampling interval of the capture, such as 512K [default: what the sizes in the file tell]
    #[arg(long, value_name = "BYTES", value_parser = interval)]
    pub(crate) interval: Option<u64>,

    /// Put stacks that V8 has cut (it keeps the innermost 128 or 16 frames) back below the only path that ends with their outermost frames; takes 40
    /// bytes of memory a node
    #[arg(long)]
    pub(crate) repair_stacks: bool,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Take code whose url is below PREFIX for the application's own, also within node_modules; repeatable
    #[arg(long, value_name = "PREFIX", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) app: Vec<String>,

    /// Show the sources of bundled or compiled code: a source map, or a folder to look for the maps in; repeatable
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) source_map: Vec<PathBuf>,
}

impl ReadArgs {
    /// Everything that is read: these profiles, rules, and source maps or folders of them.
    pub(super) fn inputs<'f>(&'f self, files: impl IntoIterator<Item = &'f PathBuf>) -> Vec<PathBuf> {
        files.into_iter().chain(&self.source_map).cloned().chain(self.rules.files()).collect()
    }
}

/// What is said while it is done.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct TalkArgs {
    /// When to use colours
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(crate) color: When,

    /// When to show a progress bar
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(crate) progress: When,

    /// No progress bar, no warnings on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Say on standard error how each file was read
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// The arguments of `doctor`: as those of a report of which only the findings are printed.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Heap profiles; `-` is standard input. gzip and zstd are recognised by content
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Format of the findings [default: by the extension of -o, else text on a terminal and markdown elsewhere]
    #[arg(short, long, value_enum)]
    format: Option<FormatName>,

    /// Write the findings to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

impl From<DoctorArgs> for ReportArgs {
    fn from(args: DoctorArgs) -> Self {
        let DoctorArgs { files, format, output, read, talk } = args;
        let filters = FilterArgs::default();
        Self {
            files,
            cpu: None,
            memory_usage: None,
            merge: false,
            format,
            output,
            export_json: Vec::new(),
            export_markdown: Vec::new(),
            export_html: Vec::new(),
            limit: None,
            stacks: 0,
            filters,
            read,
            talk,
        }
    }
}

/// What of a profile a report shows.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) patterns: PatternArgs,

    /// Give shares of what is shown, not of the file
    #[arg(long)]
    pub(crate) relative: bool,
}

/// What of a profile is shown. A pattern is searched for in a frame's function, its url and its package.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct PatternArgs {
    /// Show only what is allocated below a frame that fits, or by it
    #[arg(long, value_name = "REGEX", value_parser = FramePattern::new)]
    pub(crate) focus: Option<FramePattern>,

    /// Leave out what is allocated below a frame that fits, or by it
    #[arg(long, value_name = "REGEX", value_parser = FramePattern::new)]
    pub(crate) ignore: Option<FramePattern>,

    /// Take the frames that fit out of all stacks: their callers get what they allocate
    #[arg(long, value_name = "REGEX", value_parser = FramePattern::new)]
    pub(crate) hide: Option<FramePattern>,

    /// Take all other frames out of all stacks
    #[arg(long, value_name = "REGEX", value_parser = FramePattern::new)]
    pub(crate) show: Option<FramePattern>,
}

impl PatternArgs {
    /// The filters that they are.
    pub(crate) fn filters(&self) -> Filters {
        let Self { focus, ignore, hide, show } = self;
        Filters { focus: focus.clone(), ignore: ignore.clone(), hide: hide.clone(), show: show.clone() }
    }
}

/// When to do something that suits a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    Text,
    Markdown,
    /// A page for a browser
    Html,
    Json,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Text => Self::Text,
            FormatName::Markdown => Self::Markdown,
            FormatName::Html => Self::Html,
            FormatName::Json => Self::Json,
        }
    }
}

pub(super) fn window_size(text: &str) -> Result<usize, String> {
    let size = size(text)?;
    let (min, max) = (ReadOptions::MIN_WINDOW_SIZE, ReadOptions::MAX_WINDOW_SIZE);
    if !(min..=max).contains(&size) {
        return Err(format!("a window holds {}K to {}M", min >> 10, max >> 20));
    }
    Ok(size)
}

fn interval(text: &str) -> Result<u64, String> {
    match size(text)? {
        0 => Err("an interval has at least one byte".to_owned()),
        interval => Ok(interval as u64),
    }
}

fn max_memory(text: &str) -> Result<usize, String> {
    let size = size(text)?;
    let min = ReadOptions::MIN_MAX_MEMORY;
    if size < min {
        return Err(format!("nothing can be read in less than {}M", min >> 20));
    }
    Ok(size)
}

/// A number of bytes with an optional unit: `65536`, `64K`, `64KB`, `64KiB`, `1M`, `2G`; all are powers of 2.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let Size(bytes) = text.parse()?;
    usize::try_from(bytes).map_err(|_| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn the_command_name_may_be_left_out() {
        let report = |args: &[&str]| match Args::parse_from(args).into_command() {
            Command::Report(report) => (report.files, report.limit),
            other => panic!("{other:?}"),
        };
        let short = report(&["heapsift", "a.heapprofile", "-n", "3"]);
        assert_eq!(short, report(&["heapsift", "report", "-n", "3", "a.heapprofile"]));
        assert!(Args::try_parse_from(["heapsift"]).is_err());
        assert!(Args::try_parse_from(["heapsift", "report"]).is_err());
        assert!(Args::try_parse_from(["heapsift", "a", "--stacks", "101"]).is_err());
    }
}

//! What a user types behind `heapsift batch`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use clap::ValueEnum;

use crate::analysis::model::SeriesKind;
use crate::cli::args::{FilterArgs, FormatName, ReadArgs, TalkArgs};
use crate::rules::Rules;

/// The arguments of `batch`.
#[derive(Debug, clap::Args)]
pub(crate) struct BatchArgs {
    /// Folders, below which every heap profile is read, whatever its name; or heap profiles
    #[arg(required = true, value_name = "DIR|FILE")]
    pub(crate) paths: Vec<PathBuf>,

    /// The folder that everything is written to: index.md, rollup.json, files.ndjson, reports/. It is new or empty, or holds an earlier result
    #[arg(short, long, value_name = "DIR", default_value = "heapsift-report")]
    pub(crate) output: PathBuf,

    /// No report for each file, the roll-up only
    #[arg(long)]
    pub(crate) no_reports: bool,

    /// Go on where a run with these options ended: files that have not changed since are not read again
    #[arg(long)]
    pub(crate) resume: bool,

    /// Files that are read at the same time; large ones are read one at a time with all threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    /// When dumps were taken: lines of a dump's name and its time, in seconds or as 2025-12-07T10:15:00
    #[arg(long, value_name = "FILE")]
    pub(crate) times: Option<PathBuf>,

    /// What series are: one session read again and again, or a session started anew for each dump [default: what the dumps tell]
    ///
    /// Say so where the report tells that the kind is assumed, and where single dumps of several processes, or dumps whose names tell no order, are to be one series.
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) series: Option<SeriesName>,

    /// Format of the summary on standard output [default: text]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<FormatName>,

    /// Rows of each list, 0 for all [default: 20, of the summary 5; JSON shows all]
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Heaviest stacks to show in each report, at most 100
    #[arg(long, value_name = "K", default_value_t = 20, value_parser = clap::value_parser!(u8).range(..=100))]
    pub(crate) stacks: u8,

    #[command(flatten)]
    pub(crate) filters: FilterArgs,

    #[command(flatten)]
    pub(crate) read: ReadArgs,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

/// What a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeriesName {
    Growing,
    Restarted,
}

impl From<SeriesName> for SeriesKind {
    fn from(name: SeriesName) -> Self {
        match name {
            SeriesName::Growing => Self::Growing,
            SeriesName::Restarted => Self::Restarted,
        }
    }
}

impl BatchArgs {
    /// Tells runs apart whose results may differ: by all options that matter, by the rules, and by the folder from which paths are meant.
    pub(super) fn fingerprint(&self, rules: &Rules) -> String {
        let ReadArgs { interval, allow_truncated, repair_stacks, app, source_map, .. } = &self.read;
        let mut hasher = DefaultHasher::new();
        format!("{:?}", (interval, allow_truncated, repair_stacks, app, source_map)).hash(&mut hasher);
        format!("{:?}", (&self.filters, self.limit, self.stacks)).hash(&mut hasher);
        rules.texts().for_each(|text| text.hash(&mut hasher));
        if self.paths.iter().any(|path| path.is_relative()) {
            std::env::current_dir().ok().hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }
}

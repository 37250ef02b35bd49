//! What a user types behind `heapsift bench`, and what it says to the processes that it starts.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::bench::{Generated, Plan, Settings, Task, Work};
use crate::cli::args::{When, size, window_size};
use crate::generate::{Layout, Options};
use crate::report::Format;
use crate::scan::Backend;

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "heapsift bench [OPTIONS] FILE…\n       heapsift bench [OPTIONS] --generate SIZE",
    after_help = "Sizes: KB, MB and GB are 2^10, 2^20 and 2^30 bytes."
)]
pub(crate) struct BenchArgs {
    /// Heap profiles; regular files, since they are read again and again
    #[arg(value_name = "FILE", required_unless_present = "generate", conflicts_with = "generate")]
    pub(crate) files: Vec<PathBuf>,

    /// Measure with a generated profile of this size, such as 200K, 64M, 1GB; it is removed at the end
    #[arg(long, value_name = "SIZE", value_parser = generated_size)]
    pub(crate) generate: Option<u64>,

    /// Layout of the generated profile
    #[arg(long, value_enum, default_value_t = LayoutName::Inspector, conflicts_with = "files")]
    pub(crate) layout: LayoutName,

    /// Seed of the generated profile: the same options give the same file
    #[arg(long, value_name = "N", default_value_t = 11, conflicts_with = "files")]
    pub(crate) seed: u64,

    /// Functions that the generated profile draws from
    #[arg(long, value_name = "N", default_value_t = 12_000, conflicts_with = "files",
          value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) functions: u32,

    /// Share of the generated profile that `samples` takes, in the inspector's layout [default: 0.07]
    #[arg(long, value_name = "SHARE", conflicts_with = "files", value_parser = samples_share)]
    pub(crate) samples: Option<f64>,

    /// Runs of each configuration, at least 3
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(Plan::LEAST_ROUNDS as i64..=1000))]
    pub(crate) runs: u16,

    /// Greatest number of threads to measure [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,

    /// Bytes that one thread parses at a time, such as 4K, 1M [default: as for a report]
    #[arg(long, value_name = "SIZE", value_parser = window_size)]
    pub(crate) window_size: Option<usize>,

    /// Read the file instead of mapping it
    #[arg(long)]
    pub(crate) no_mmap: bool,

    /// Format of the figures [default: by the extension of -o, else text]
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<BenchFormat>,

    /// Write the figures to FILE instead of standard output; whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// When to use colours
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(crate) color: When,

    /// When to show a progress bar
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(crate) progress: When,

    /// No progress bar, no warnings on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutName {
    /// One line, with ids and samples
    Inspector,
    /// Indented, without ids and samples
    Xprofiler,
}

/// Share of a generated profile that `samples` takes, unless told otherwise.
const SAMPLES: f64 = 0.07;

impl BenchArgs {
    /// What is wrong with options that are right one by one.
    pub(super) fn check(&self) -> Result<(), String> {
        match (self.layout, self.samples) {
            (LayoutName::Xprofiler, Some(_)) => {
                Err("xprofiler writes no samples; leave --samples out, or give --layout inspector".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// What is to be measured.
    pub(super) fn plan(&self) -> Plan {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Plan {
            threads: self.threads.map_or_else(cores, usize::from),
            backend: Backend::detect(),
            rounds: usize::from(self.runs),
            settings: Settings { window_size: self.window_size, mmap: !self.no_mmap },
        }
    }

    /// The profile that is to be generated.
    pub(super) fn generated(&self) -> Option<(Generated, Options)> {
        let size = self.generate?;
        let (layout, name) = match self.layout {
            LayoutName::Inspector => (Layout::Inspector, "inspector"),
            LayoutName::Xprofiler => (Layout::Xprofiler, "xprofiler"),
        };
        let functions = self.functions;
        let samples_share = match self.layout {
            LayoutName::Inspector => self.samples.unwrap_or(SAMPLES),
            LayoutName::Xprofiler => 0.0,
        };
        let options = Options { functions, samples_share, ..Options::new(layout, size, self.seed) };
        Some((Generated { layout: name, size, seed: self.seed, functions, samples_share }, options))
    }

    /// The format of the figures; an error names an extension that none of them has.
    pub(super) fn format(&self) -> Result<Format, String> {
        let extension = self.output.as_ref().and_then(|path| path.extension()).map(|of| of.to_ascii_lowercase());
        match (self.format, extension.as_ref().and_then(|extension| extension.to_str())) {
            (Some(BenchFormat::Json), _) | (None, Some("json")) => Ok(Format::Json),
            (None, Some(extension @ ("md" | "markdown" | "html" | "htm"))) => {
                Err(format!("bench writes no .{extension}; give -f text|json"))
            }
            (Some(BenchFormat::Text) | None, _) => Ok(Format::Text),
        }
    }
}

/// The arguments of a single run.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    pub(super) file: PathBuf,
    /// Count quotes, nothing more
    #[arg(long)]
    reference: bool,
    #[arg(long)]
    threads: usize,
    #[arg(long, value_parser = backend)]
    backend: Backend,
    #[arg(long)]
    window_size: Option<usize>,
    #[arg(long)]
    no_mmap: bool,
}

impl RunArgs {
    pub(super) fn task(&self) -> Task {
        let work = if self.reference { Work::Reference } else { Work::Report };
        Task { work, threads: self.threads, backend: self.backend }
    }

    pub(super) fn settings(&self) -> Settings {
        Settings { window_size: self.window_size, mmap: !self.no_mmap }
    }
}

/// The words that make a process do a task; the file comes behind them.
pub(super) fn words_of(task: &Task, settings: &Settings) -> Vec<String> {
    let mut words = vec!["bench-run".to_owned()];
    words.push(format!("--threads={}", task.threads));
    words.push(format!("--backend={}", task.backend));
    words.extend(settings.window_size.map(|size| format!("--window-size={size}")));
    words.extend((!settings.mmap).then(|| "--no-mmap".to_owned()));
    words.extend((task.work == Work::Reference).then(|| "--reference".to_owned()));
    words.push("--".to_owned());
    words
}

fn backend(name: &str) -> Result<Backend, String> {
    Backend::available().find(|backend| backend.name() == name).ok_or_else(|| "no back end of this CPU".to_owned())
}

/// The least size of a generated profile: smaller ones might hold the root alone.
const LEAST_GENERATED: u64 = 4 << 10;

fn generated_size(text: &str) -> Result<u64, String> {
    let size = size(text)? as u64;
    if size < LEAST_GENERATED {
        return Err(format!("it needs room for some nodes; give at least {}K", LEAST_GENERATED >> 10));
    }
    Ok(size)
}

fn samples_share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "it is a number from 0 to 0.99".to_owned())?;
    if (0.0..=0.99).contains(&share) { Ok(share) } else { Err("it is a number from 0 to 0.99".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Args, Command};
    use crate::generate::random_profile;

    #[test]
    fn a_process_is_told_its_task_whole() {
        for backend in Backend::available() {
            for work in [Work::Reference, Work::Report] {
                for settings in
                    [Settings { window_size: None, mmap: true }, Settings { window_size: Some(5000), mmap: false }]
                {
                    let task = Task { work, threads: 3, backend };
                    let words = words_of(&task, &settings);
                    let words = ["heapsift"].into_iter().chain(words.iter().map(String::as_str)).chain(["--no-mmap"]);
                    match Args::parse_from(words).into_command() {
                        Command::BenchRun(args) => {
                            assert_eq!((args.task(), args.settings()), (task, settings));
                            assert_eq!(args.file, PathBuf::from("--no-mmap"), "the name of a file, whatever it is");
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn the_smallest_generated_profile_has_nodes() {
        for layout in [Layout::Inspector, Layout::Xprofiler] {
            for seed in 0..200 {
                for samples_share in [0.0, 0.07, 0.5] {
                    let options =
                        Options { functions: 50, samples_share, ..Options::new(layout, LEAST_GENERATED, seed) };
                    let truth = random_profile(&options, std::io::sink()).unwrap();
                    assert!(truth.nodes > 2, "{layout:?} {seed} {samples_share}");
                }
            }
        }
    }
}

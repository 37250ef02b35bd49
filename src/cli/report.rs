//! `heapsift report` and `heapsift doctor`: reads each file and prints what was found, or what is wrong with it.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use super::Status;
use super::args::ReportArgs;
use super::cpu;
use super::interrupt;
use super::merged::Merging;
use super::messages::Messages;
use super::output::{Content, Output};
use super::progress::Progress;
use super::remedy::Consequence;
use super::room::beside_cpu;
use super::session::{Pass, Session, name_of};
use crate::aggregate::{ReadOptions, orphans};
use crate::analysis::model::{Cpu, MemoryUsage, Profile, Report, ReportOptions};
use crate::error::{Error, Problem};
use crate::export::{Export, Target};
use crate::profile::Orphans;
use crate::report::escaped;
use crate::scan::Backend;
use crate::source_map::Notes;

/// Reports all files; those that fail do not keep the others from being reported.
pub(super) fn run(args: ReportArgs, content: Content, messages: &Messages) -> Status {
    interrupt::install();
    let prepared = Session::open(&args.read, &args.files, messages).and_then(|session| {
        let outputs = Output::open_all(&args).map_err(|error| error.to_string())?;
        let usage = args.memory_usage.as_deref().map(memory_usage).transpose()?;
        Ok((session, outputs, usage))
    });
    let (session, outputs, usage) = match prepared {
        Ok(prepared) => prepared,
        Err(fault) => {
            messages.fault(&fault);
            return Status::Failed;
        }
    };

    let mut status = Status::Done;
    let mut cpu_notes = Notes::default();
    let (cpu, no_cpu) = match cpu::read_file(&args, &session, &mut cpu_notes, messages) {
        Ok(cpu) => (cpu, None),
        Err(problem) => {
            let file = args.cpu.as_ref().map_or_else(String::new, |path| path.display().to_string());
            let error = Error { file, problem };
            messages.problem(&error, Consequence::NoCorrelation);
            status = Status::Failed;
            (None, Some(error.problem))
        }
    };
    let mut shower = Shower { args: &args, session: &session, cpu: cpu.as_ref(), usage, content, outputs, messages };
    let filters = args.filters.patterns.filters();
    // What draws the nodes of a page is not counted, so under a limit they are not drawn.
    let keep_tree =
        shower.outputs.iter().any(Output::is_page) && content == Content::Report && args.read.max_memory.is_none();
    let pass = Pass {
        stacks: ReadOptions::STACKS,
        cpu: cpu.as_ref(),
        notes: cpu_notes,
        keep_tree,
        most_kept: Some(MOST_DRAWN),
        ..Pass::default()
    };
    let shown = match args.merge {
        true => {
            let of_the_sum = ReadOptions {
                filters: &filters,
                max_memory: args.read.max_memory,
                keep_tree,
                ..ReadOptions::default()
            };
            let no_cpu = no_cpu.as_ref();
            let merging = Merging { session: &session, pass, of_the_sum, no_cpu, talk: &args.talk, messages };
            let (profile, merged) = merging.read(&args.files);
            status = status.max(merged);
            profile.map(|profile| {
                let progress = Progress::new(&profile.file.name, args.talk.progress, messages.is_quiet());
                shower.show(&profile, &profile.file.name, &progress)
            })
        }
        false => shower.show_each(&Pass { filters, ..pass }, no_cpu.as_ref(), &mut status),
    };
    match shown {
        // No report was made: no file is written.
        None => return status,
        Some(Err(error)) => {
            messages.error(&error);
            return Status::Failed;
        }
        Some(Ok(())) => {}
    }
    for output in shower.outputs {
        if let Err(error) = output.finish() {
            messages.error(&error);
            status = Status::Failed;
        }
    }
    status
}

/// Makes reports, and writes them to all outputs.
struct Shower<'a> {
    args: &'a ReportArgs,
    session: &'a Session<'a>,
    cpu: Option<&'a Cpu>,
    usage: Option<MemoryUsage>,
    content: Content,
    outputs: Vec<Output>,
    messages: &'a Messages,
}

impl Shower<'_> {
    /// Reads all files, and writes a report of each; those that fail do not keep the others from being reported, which has been said then. Gives nothing where all fail.
    fn show_each(
        &mut self,
        pass: &Pass<'_>,
        no_cpu: Option<&Problem>,
        status: &mut Status,
    ) -> Option<Result<(), String>> {
        let Self { args, session, messages, .. } = *self;
        let mut shown = None;
        for path in &args.files {
            let progress = Progress::new(&name_of(path), args.talk.progress, messages.is_quiet());
            let file = path.display().to_string();
            let tell = |problem, consequence| messages.problem(&Error { file: file.clone(), problem }, consequence);
            let (mut profile, problem) = match session.read(path, pass.clone(), &progress, messages) {
                Ok(read) => read,
                Err(problem) => {
                    progress.clear();
                    tell(problem, Consequence::Nothing);
                    *status = Status::Failed;
                    continue;
                }
            };
            if self.content == Content::Findings {
                profile.orphans = samples_without_node(path, &profile, session, messages);
            }
            if let Some(problem) = no_cpu {
                profile.lacks_cpu(problem);
            }
            progress.reporting();
            let written = self.show(&profile, &file, &progress);
            progress.clear();
            if written.is_err() {
                return Some(written);
            }
            shown = Some(Ok(()));
            let problem = problem.map(|problem| match no_cpu {
                Some(no_cpu) => beside_cpu(problem, no_cpu),
                None => problem,
            });
            match problem {
                Some(problem) if args.read.allow_truncated && problem.is_early_end() => {
                    tell(problem, Consequence::Tolerated);
                }
                Some(problem) => {
                    tell(problem, Consequence::Part);
                    *status = Status::Failed;
                }
                None => {}
            }
        }
        shown
    }

    /// The picture for a page, where its nodes were kept and there is anything to draw.
    fn flame_graph(&self, profile: &Profile) -> Option<String> {
        let is_drawable = profile.tree.as_ref().is_some_and(|tree| tree.nodes().len() <= MOST_DRAWN);
        let wants = self.content == Content::Report && self.outputs.iter().any(Output::is_page);
        let mut picture = Vec::new();
        let export = Export { interval: self.args.read.interval, ..Export::default() };
        let drawn = wants && is_drawable && export.write(profile, Target::Svg, &mut picture).is_ok();
        drawn.then(|| String::from_utf8_lossy(&picture).into_owned())
    }

    /// Writes the report of a profile, which messages call `file`. An error is ready to be shown.
    fn show(&mut self, profile: &Profile, file: &str, progress: &Progress) -> Result<(), String> {
        let args = self.args;
        let options = ReportOptions {
            limit: args.limit,
            stacks: usize::from(args.stacks),
            relative: args.filters.relative,
            interval: args.read.interval,
        };
        let mut report = Report::new(profile, options);
        if let Some(cpu) = self.cpu {
            report = report.with_cpu(cpu);
        }
        if let Some(usage) = self.usage {
            report = report.with_memory_usage(usage);
        }
        let report = report.with_advice(self.session.classifier.rules());
        let report = report.map_err(|error| escaped(&error.to_string()))?;
        let flame_graph = self.flame_graph(profile);
        progress.clear();
        self.messages.arguments(file, profile);
        for output in &mut self.outputs {
            output.write(&report, self.content, flame_graph.as_deref()).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Nodes of a profile whose flame graph a page has, at most: those of most captures, and few enough that memory does not follow.
const MOST_DRAWN: usize = 1 << 18;

/// Reads what the process said of its memory.
fn memory_usage(path: &Path) -> Result<MemoryUsage, String> {
    /// Bytes of the longest text that is looked at; the usual has 120.
    const LONGEST: u64 = 1 << 20;
    let named =
        |error: &dyn std::fmt::Display| format!("--memory-usage {}: {error}", escaped(&path.display().to_string()));
    let mut text = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => stdin().lock().take(LONGEST).read_to_end(&mut text),
        false => File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text)),
    };
    read.map_err(|error| named(&error))?;
    MemoryUsage::from_json(&text).map_err(|error| named(&escaped(&error.to_string())))
}

/// Counts the samples of a file whose nodes are not in it. That wants a second reading, so a report does without.
fn samples_without_node(path: &Path, profile: &Profile, session: &Session<'_>, messages: &Messages) -> Option<Orphans> {
    /// The part of the memory that is allowed which ids may take, and bytes of it where all is.
    const SHARE: usize = 8;
    const MEMORY: usize = 64 << 20;
    if profile.aggregate.samples.is_none() || !profile.file.complete {
        return None;
    }
    let memory = session.args.max_memory.map_or(MEMORY, |limit| limit / SHARE);
    let found = match path.is_file() {
        true => orphans(|| session.input(path).ok(), Backend::detect(), memory),
        false => None,
    };
    if found.is_none() {
        let name = escaped(&path.display().to_string());
        let why =
            if path.is_file() { "their ids take too much memory, or are none" } else { "it can be read but once" };
        messages.warning(&format_args!("{name}: samples were not compared with nodes: {why}"));
    }
    found
}

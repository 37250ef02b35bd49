//! `heapsift report` and `heapsift doctor`: reads each file and prints what was found, or what is wrong with it.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use super::Status;
use super::args::ReportArgs;
use super::cpu;
use super::interrupt;
use super::messages::Messages;
use super::output::{Content, Output};
use super::progress::Progress;
use super::remedy::Consequence;
use super::room::{beside_cpu, counting};
use super::session::{Pass, Session, name_of};
use crate::aggregate::{Filters, ReadOptions, first_samples, orphans};
use crate::analysis::model::{Cpu, MemoryUsage, Merge, Profile, Report, ReportOptions};
use crate::error::Error;
use crate::profile::{Classify, Orphans};
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
    let mut merge = args.merge.then(Merge::default);
    let filters = args.filters.patterns();
    let of_the_sum = ReadOptions { filters: &filters, max_memory: args.read.max_memory, ..ReadOptions::default() };
    let mut shower = Shower { args: &args, session: &session, cpu: cpu.as_ref(), usage, content, outputs, messages };
    let mut first = true;
    let mut merged = 0;
    for path in &args.files {
        let name = name_of(path);
        let progress = Progress::new(&name, args.talk.progress, messages.is_quiet());
        let file = path.display().to_string();
        // Each has a report of its own, unless they are merged.
        let uncounted = if args.merge { args.files.len() - 1 - merged } else { 0 };
        let tell = |problem, consequence| {
            messages.problem_of_one(&Error { file: file.clone(), problem }, consequence, uncounted);
        };
        let pass = Pass {
            stacks: ReadOptions::STACKS,
            without_causes: false,
            // Those of a merged profile are of what is merged.
            filters: if args.merge { Filters::default() } else { args.filters.patterns() },
            keep_tree: args.merge,
            cpu: cpu.as_ref(),
            notes: cpu_notes.clone(),
            ..Pass::default()
        };
        let (mut profile, problem) = match session.read(path, pass, &progress, messages) {
            Ok(read) => read,
            Err(problem) => {
                progress.clear();
                if let Some(merge) = &mut merge {
                    merge.lacks(&name, &problem);
                }
                tell(problem, Consequence::Nothing);
                status = status.max(Status::Failed);
                continue;
            }
        };
        if content == Content::Findings {
            profile.orphans = samples_without_node(path, &profile, &session, messages);
        }
        if let Some(problem) = &no_cpu {
            profile.lacks_cpu(problem);
        }
        progress.reporting();
        let problem = problem.map(|problem| match &mut merge {
            Some(merge) => counting(problem, || merge.growth(&profile, &of_the_sum)),
            None => problem,
        });
        let problem = problem.map(|problem| match &no_cpu {
            Some(no_cpu) => beside_cpu(problem, no_cpu),
            None => problem,
        });
        let shown = match &mut merge {
            Some(merge) => {
                let growth = || merge.growth(&profile, &of_the_sum);
                if let Some(problem) = session.no_room(&profile, growth, messages) {
                    progress.clear();
                    merge.lacks(&name, &problem);
                    tell(problem, Consequence::Nothing);
                    status = status.max(Status::Failed);
                    continue;
                }
                let may_be_read_again = profile.aggregate.samples.is_some() && path.is_file();
                merge.add(profile, args.read.interval);
                merged += 1;
                if may_be_read_again && let Ok(input) = session.input(path) {
                    merge.note_samples(first_samples(input, Backend::detect()));
                }
                Ok(())
            }
            None => shower.show(&profile, &file, &progress),
        };
        progress.clear();
        if let Err(error) = shown {
            messages.error(&error);
            return Status::Failed;
        }
        first = false;
        if let Some(problem) = problem {
            if args.read.allow_truncated && problem.is_early_end() {
                tell(problem, Consequence::Tolerated);
            } else {
                tell(problem, Consequence::Part);
                status = status.max(Status::Failed);
            }
        }
    }
    if let Some(merge) = merge.filter(|merge| !merge.is_empty()) {
        let profile = merge.finish(session.classifier.categories(), &of_the_sum);
        let progress = Progress::new(&profile.file.name, args.talk.progress, messages.is_quiet());
        if let Err(error) = shower.show(&profile, &profile.file.name, &progress) {
            messages.error(&error);
            return Status::Failed;
        }
    }
    if first {
        // No report was made: no file is written.
        return status;
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
        progress.clear();
        for warning in profile.warnings.iter().filter(|warning| warning.is_of_arguments()) {
            let (file, message) = (escaped(file), escaped(&warning.message));
            self.messages.warning(&format_args!("{file}: {message}\n  {}", escaped(&warning.remedy)));
        }
        for output in &mut self.outputs {
            output.write(&report, self.content).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

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

//! What becomes of a batch once all is read: the roll-up, made of the journal in the order of paths, and the files it is written to.

use std::collections::BTreeMap;
use std::io::Write;

use rayon::prelude::*;

use super::args::BatchArgs;
use super::plan::Plan;
use super::trends;
use super::work::write_file;
use crate::analysis::model::{Around, BatchFile, BatchProblem, BatchProfile, MissedPath, RollUp};
use crate::batch::{Content, Copies, Missed, ProblemRecord, ROLL_UP, Records};
use crate::cli::session::Session;
use crate::profile::{CallFrameTable, Category};
use crate::report::{Format, Style, in_json, render_batch, render_batch_files};

/// Parts that are added up side by side, at most: each has sums of its own.
const MOST_PARTS: usize = 8;

/// What the journal is read with, and by what.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) args: &'a BatchArgs,
    pub(super) session: &'a Session<'a>,
    pub(super) plan: &'a Plan,
    pub(super) frames: &'a CallFrameTable,
    pub(super) records: &'a Records,
    /// What could not be opened.
    pub(super) unread: &'a BTreeMap<usize, ProblemRecord>,
}

impl<'a> Sources<'a> {
    pub(super) fn categories(self) -> &'a [Category] {
        self.session.classifier.rules().categories()
    }
}

/// Adds up what the journal tells, and what could not be read, on the threads of the current rayon pool. An error is ready to be shown.
pub(super) fn roll_up(sources: Sources<'_>) -> Result<RollUp<'_>, String> {
    let Sources { args, plan, frames, .. } = sources;
    let categories = sources.categories();
    let mut roll_up = RollUp::new(categories, frames);
    let dumps: Vec<usize> = (0..plan.dumps.len()).collect();
    let parts = (2 * rayon::current_num_threads()).min(MOST_PARTS);
    let mut copies = Copies::default();
    let parts: Result<Vec<_>, String> = dumps
        .par_chunks(dumps.len().div_ceil(parts).max(1))
        .map(|dumps| part(dumps, RollUp::new(categories, frames), &copies, sources))
        .collect();
    for (part, contents) in parts? {
        let first = roll_up.files().len();
        roll_up.append(part);
        for (place, content) in (first..).zip(contents) {
            if let Some(same) = content.and_then(|content| copies.first(place, content)) {
                roll_up.set_copy(place, same);
            }
        }
    }
    roll_up.filters = args.filters.patterns().list();
    let cpu_profiles = plan.cpu_profiles.len() as u64;
    let missed = plan.missed.iter().cloned().map(|Missed { name, why, is_failure, is_folder }| MissedPath {
        path: name,
        why,
        is_failure,
        is_folder,
    });
    roll_up.around = Around {
        missed: missed.collect(),
        cpu_profiles,
        others: plan.others,
        again: plan.again,
        runs: plan.runs as u64,
    };
    for series in &plan.series {
        let row = trends::judge(sources, series, roll_up.files(), roll_up.series.len() + 1)?;
        roll_up.series.extend(row);
    }
    Ok(roll_up)
}

/// Adds up some dumps that follow each other, in a roll-up without any. What each holds is told beside it.
fn part<'a>(
    dumps: &[usize],
    mut roll_up: RollUp<'a>,
    copies: &Copies,
    Sources { args, plan, records, unread, .. }: Sources<'_>,
) -> Result<(RollUp<'a>, Vec<Option<Content>>), String> {
    let mut contents = Vec::with_capacity(dumps.len());
    for &i in dumps {
        let dump = &plan.dumps[i];
        let record = records.without_stacks(&plan.identities[i].path).map_err(|error| plan.journal_error(&error))?;
        let (report, cpu_problem, problem, profile) = match record {
            Some(record) => (record.report, record.cpu_problem, record.problem, record.profile),
            None => (None, None, unread.get(&i).cloned(), None),
        };
        let mut file = BatchFile {
            name: dump.name.clone(),
            bytes: dump.bytes,
            report: report.filter(|_| !args.no_reports),
            cpu: plan.pairs[i].map(|cpu| plan.cpu_profiles[cpu].name.clone()),
            cpu_problem: cpu_problem.filter(|_| !args.no_reports).map(BatchProblem::from),
            problem: problem.map(BatchProblem::from),
            profile: None,
            same_as: None,
        };
        contents.push(profile.as_ref().map(|profile| copies.content(profile)));
        match profile {
            None => roll_up.add_broken(file),
            Some(profile) => {
                file.profile = Some(BatchProfile {
                    file: profile.file,
                    sampling: profile.sampling,
                    objects: profile.objects,
                    total_size: profile.total_size,
                    shown_size: 0,
                    by_category: Box::default(),
                });
                roll_up.add(file, &profile.functions)
            }
        };
    }
    Ok((roll_up, contents))
}

/// Writes the index, the roll-up and the list of files, side by side. An error is ready to be shown.
pub(super) fn write(args: &BatchArgs, roll_up: &RollUp<'_>) -> Result<(), String> {
    let sums = || {
        for (place, format) in [("index.md", Format::Markdown), (ROLL_UP, Format::Json)] {
            write_file(&args.output, place, |output| {
                output.print(|_, _, out| render_batch(roll_up, format, &Style::default(), args.limit, out))
            })?;
        }
        Ok(())
    };
    let files = || {
        write_file(&args.output, "files.ndjson", |output| output.print(|_, _, out| render_batch_files(roll_up, out)))
    };
    let (sums, files) = rayon::join(sums, files);
    sums.and(files)
}

/// Writes how long each dump that was read in this run took, the slowest first. That is the only file that another run makes otherwise.
pub(super) fn write_timings(args: &BatchArgs, plan: &Plan, mut seconds: Vec<(usize, f64)>) -> Result<(), String> {
    seconds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    write_file(&args.output, "timings.ndjson", |output| {
        output.print(|_, _, out| {
            let mut out = std::io::BufWriter::new(out);
            let mut line = Vec::new();
            for (i, seconds) in seconds {
                let dump = &plan.dumps[i];
                let seconds = (seconds * 1e6).round() / 1e6;
                let json = serde_json::json!({"file": dump.name, "bytes": dump.bytes, "seconds": seconds});
                line.clear();
                in_json(&json.to_string(), &mut line);
                line.push(b'\n');
                out.write_all(&line)?;
            }
            out.flush()
        })
    })
}

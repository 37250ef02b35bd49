//! What becomes of a batch once all is read: the roll-up of what the readers have added up and of what the journal tells of dumps that were read before, in the order of paths, and the files it is written to.

use std::collections::BTreeMap;
use std::io::Write;

use rayon::prelude::*;

use super::args::BatchArgs;
use super::gathered::{Gathered, Gathering};
use super::plan::Plan;
use super::trends;
use super::work::write_file;
use crate::analysis::model::{Around, MissedPath, RollUp, SeriesRow};
use crate::batch::{Copies, Missed, ProblemRecord, ROLL_UP, Records};
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

/// Puts together what was `gathered`, what the journal tells of other dumps, and what could not be read, on the threads of the current rayon pool. An error is ready to be shown.
pub(super) fn roll_up(sources: Sources<'_>, gathered: Vec<Gathered>, mut copies: Copies) -> Result<RollUp<'_>, String> {
    let Sources { args, plan, frames, .. } = sources;
    let mut is_added = vec![false; plan.dumps.len()];
    gathered.iter().flat_map(|gathered| gathered.added.places()).for_each(|place| is_added[place] = true);
    let others: Vec<usize> = (0..plan.dumps.len()).filter(|&i| !is_added[i]).collect();
    let parts = (2 * rayon::current_num_threads()).min(MOST_PARTS);
    let parts: Result<Vec<Gathered>, String> =
        others.par_chunks(others.len().div_ceil(parts).max(1)).map(|dumps| part(dumps, &copies, sources)).collect();
    let mut all = Gathered::default();
    gathered.into_iter().chain(parts?).for_each(|part| all.append(part));
    let Gathered { added, mut contents } = all;
    let mut roll_up = RollUp::new(sources.categories(), frames, added);
    contents.sort_unstable_by_key(|(place, _)| *place);
    for (place, content) in contents {
        if let Some(same) = copies.first(place, content) {
            roll_up.set_copy(place, same);
        }
    }
    roll_up.filters = args.filters.patterns.filters().list();
    roll_up.is_relative = args.filters.relative;
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
        runs: plan.runs.len() as u64,
        first_runs: plan.runs.iter().take(2).map(|&dump| plan.dumps[dump].name.clone()).collect(),
        threads: plan
            .threads
            .iter()
            .map(|dumps| dumps.iter().map(|&dump| plan.dumps[dump].name.clone()).collect())
            .collect(),
    };
    let judge = || -> Result<Vec<SeriesRow>, String> {
        let mut judged = Vec::new();
        for series in &plan.series {
            judged.extend(trends::judge(sources, series, roll_up.files(), judged.len() + 1)?);
        }
        Ok(judged)
    };
    // Which dumps are unlike the others is found out meanwhile, as it will be asked.
    let (judged, _) = rayon::join(judge, || roll_up.outliers().len());
    roll_up.series = judged?;
    Ok(roll_up)
}

/// Adds up what the journal tells of some dumps.
fn part(dumps: &[usize], copies: &Copies, sources: Sources<'_>) -> Result<Gathered, String> {
    let Sources { args, plan, frames, records, unread, .. } = sources;
    let gathering = Gathering { args, plan, copies };
    let mut gathered = Gathered::default();
    for &i in dumps {
        match records.without_stacks(&plan.identities[i].path).map_err(|error| plan.journal_error(&error))? {
            Some(record) => gathered.add(i, record, gathering, |id| frames.class_of(id)),
            None => gathered.add_unread(i, unread.get(&i).cloned(), gathering),
        }
    }
    Ok(gathered)
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

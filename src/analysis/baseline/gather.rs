//! From a panel, each of whose members is a run, to its summary.

use std::collections::BTreeMap;

use super::{Figures, Rows, Summary, SummaryRow};
use crate::analysis::address;
use crate::analysis::join;
use crate::analysis::likeness;
use crate::analysis::model::{Member, Objects, Panel, Table, Warning};
use crate::profile::{CallFrameTable, FrameId, FrameKind, PackageId};

/// Characters of a name or place that tell it.
const LONGEST: usize = 200;

impl Summary {
    /// What the members of a panel have in common: each is a run of the same program.
    pub fn of(panel: &Panel) -> Self {
        let members = panel.members();
        let interval = interval(members);
        let interval_at_most = if interval.is_some() { None } else { longest(members) };
        let figures = |sizes: &[u64]| {
            let figures = Figures::of(sizes, interval.or(interval_at_most));
            // At a shorter one there are more of them.
            Figures { samples: figures.samples.filter(|_| interval.is_some()), ..figures }
        };
        let rows = |table: &Table, name_of: &dyn Fn(usize) -> (String, String)| rows(table, &figures, name_of);
        let objects = common(members.iter().map(|member| member.objects.which));
        let frames = panel.frames();
        Self {
            files: members.len() as u32,
            interval,
            interval_at_most,
            writer: common(members.iter().map(|member| member.file.dialect)),
            objects: objects.unwrap_or(Objects::Unknown),
            minified: members.iter().any(|member| member.file.hides_packages()),
            total: figures(&panel.totals().row(0).sizes()),
            categories: rows(&panel.by_category(), &|id| (panel.categories()[id].id.clone(), String::new())),
            former: Vec::new(),
            packages: rows(&panel.by_package(), &|id| {
                (shortened(frames.text(frames.package(PackageId(id as u32)).name)), String::new())
            }),
            functions: rows(&panel.by_function(), &|id| function(frames, FrameId(id as u32))),
        }
    }
}

impl Summary {
    /// What makes that doubtful: runs that were not captured alike, or are not different ones.
    pub fn doubts(panel: &Panel) -> Vec<Warning> {
        let incomplete = panel.members().iter().filter(|run| !run.file.complete).map(|run| {
            let message = format!("{} ends early: what is missing in it will look as if it had grown.", run.file.name);
            Warning::new("incomplete", message, "Capture it again, and let the process finish writing the file.")
        });
        incomplete.chain(likeness::of_runs(panel.members(), None)).collect()
    }
}

/// The sampling interval of all: the longest, with which no error is taken for smaller than it is. A run with too few samples to tell was captured as the others,
/// if these agree.
fn interval(members: &[Member]) -> Option<u64> {
    let known = members.iter().filter_map(|member| member.sampling.interval);
    let (least, most) = (known.clone().min()?, known.clone().max()?);
    (known.count() == members.len() || least == most).then_some(most)
}

/// The longest that it can be in any of the runs; one without bytes was captured as the others.
fn longest(members: &[Member]) -> Option<u64> {
    let sampled = members.iter().filter(|member| member.total_size > 0);
    let longest = sampled.map(|member| member.sampling.longest());
    longest.reduce(|most, longest| Some(most?.max(longest?)))?
}

/// What is the same for all.
fn common<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// The rows of a table that have bytes, sorted by name and place.
fn rows(table: &Table, figures: &dyn Fn(&[u64]) -> Figures, name_of: &dyn Fn(usize) -> (String, String)) -> Rows {
    // Several rows may have one name: a package has versions, a file may have two functions of one name.
    let mut groups: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut names: Vec<Option<(String, String)>> = vec![None; table.len()];
    for (row, _) in table.rows().enumerate().filter(|(_, sizes)| sizes.sum() > 0) {
        let name = name_of(row);
        groups.insert(name.clone(), 0);
        names[row] = Some(name);
    }
    groups.values_mut().zip(0..).for_each(|(group, number)| *group = number);
    let grouped = table.grouped(groups.len(), |_, row| groups.get(names[row].as_ref()?).copied());
    let named = groups.into_iter().map(|((name, place), group)| {
        let figures = figures(&grouped.row(group).sizes());
        SummaryRow { name, place, figures }
    });
    Rows { rows: named.filter(|row| row.figures.size > 0).collect(), left_out: 0 }
}

impl Figures {
    /// Mean, error and samples of something that has these sizes in some runs, one or more, by their sampling interval.
    pub(in crate::analysis) fn of(sizes: &[u64], interval: Option<u64>) -> Self {
        let files = sizes.len().max(1) as u128;
        let sum: u128 = sizes.iter().map(|&size| u128::from(size)).sum();
        let size = ((2 * sum + files) / (2 * files)) as u64;
        let spread = (files > 1).then(|| {
            let mean = sum as f64 / files as f64;
            let squares: f64 = sizes.iter().map(|&size| (size as f64 - mean).powi(2)).sum();
            (squares / (files - 1) as f64 / files as f64).sqrt().round() as u64
        });
        // The variance of a size is at most R times it, that of the mean of n an n-th of R times the mean.
        let sampled = interval.map(|interval| (interval as f64 * size as f64 / files as f64).sqrt().round() as u64);
        let samples = interval.map(|interval| (sum as f64 / interval as f64).round() as u64);
        let standard_error = spread.max(sampled);
        let least = sizes.iter().copied().min();
        Self { size, standard_error, spread: spread.filter(|_| spread < standard_error), samples, least }
    }
}

/// Name and place of a function, as they stand in a baseline.
fn function(frames: &CallFrameTable, id: FrameId) -> (String, String) {
    let frame = frames.get(id);
    let (kind, package, path) = join::place(frames, frame);
    let place = match kind {
        FrameKind::Core => format!("node:{path}"),
        FrameKind::Dependency if path.is_empty() => package.to_owned(),
        FrameKind::Dependency => format!("{package}/{path}"),
        // Where an application is installed differs between machines.
        _ if !path.is_empty() => {
            let path = path.split_once('?').map_or(&*path, |(path, _)| path);
            let start = path.rmatch_indices('/').nth(1).map_or(0, |(slash, _)| slash + 1);
            path[start..].to_owned()
        }
        _ => package.to_owned(),
    };
    // What a build puts into names differs from build to build.
    (shortened(frames.text(frame.function)), shortened(&address::without_hashes(&place)))
}

/// A name that fits a row. Names as long are made by machines.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        None => name.to_owned(),
        Some(_) => name.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

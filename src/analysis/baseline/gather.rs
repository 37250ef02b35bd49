//! From a panel, each of whose members is a run, to its summary.

use std::collections::BTreeMap;

use super::{Figures, Rows, Summary, SummaryRow};
use crate::analysis::join;
use crate::analysis::model::{Objects, Panel, Row, Table};
use crate::profile::{CallFrameTable, FrameId, FrameKind, PackageId};

/// Characters of a name or place that tell it.
const LONGEST: usize = 200;

impl Summary {
    /// What the members of a panel have in common: each is a run of the same program.
    pub fn of(panel: &Panel) -> Self {
        let members = panel.members();
        let intervals = members.iter().map(|member| member.sampling.interval);
        let interval = intervals.collect::<Option<Vec<u64>>>().and_then(|known| known.into_iter().max());
        let runs = Runs { interval, files: members.len().max(1) };
        let mut objects = members.iter().map(|member| member.objects.which);
        let first = objects.next().unwrap_or(Objects::Unknown);
        let frames = panel.frames();
        Self {
            files: runs.files as u32,
            interval,
            objects: if objects.all(|other| other == first) { first } else { Objects::Unknown },
            total: runs.figures(panel.totals().rows().next()),
            categories: runs.rows(&panel.by_category(), |id| (panel.categories()[id].id.clone(), String::new())),
            packages: runs.rows(&panel.by_package(), |id| {
                (shortened(frames.text(frames.package(PackageId(id as u32)).name)), String::new())
            }),
            functions: runs.rows(&panel.by_function(), |id| function(frames, FrameId(id as u32))),
        }
    }
}

/// What is known of all runs.
struct Runs {
    interval: Option<u64>,
    files: usize,
}

impl Runs {
    fn rows(&self, table: &Table, name_of: impl Fn(usize) -> (String, String)) -> Rows {
        // Several rows may have one name: a package has versions, a file may have two functions of one name.
        let mut groups: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut names: Vec<Option<(String, String)>> = vec![None; table.len()];
        for (row, sizes) in table.rows().enumerate().filter(|(_, sizes)| sizes.cells().len() > 0) {
            debug_assert!(sizes.sum() > 0);
            let name = name_of(row);
            groups.insert(name.clone(), 0);
            names[row] = Some(name);
        }
        groups.values_mut().zip(1..).for_each(|(group, number)| *group = number);
        let group_of = |row: usize| names[row].as_ref().and_then(|name| groups.get(name)).copied().unwrap_or(0);
        let grouped = table.grouped(groups.len() + 1, group_of);
        let named = groups.iter().map(|((name, place), &group)| SummaryRow {
            name: name.clone(),
            place: place.clone(),
            figures: self.figures(Some(grouped.row(group))),
        });
        Rows { rows: named.filter(|row| row.figures.size > 0).collect(), left_out: 0 }
    }

    /// Mean, error and samples of a row.
    fn figures(&self, row: Option<Row<'_>>) -> Figures {
        let Some(row) = row else { return Figures::default() };
        let files = self.files as u128;
        let sizes = row.sizes();
        let sum: u128 = sizes.iter().map(|&size| u128::from(size)).sum();
        let size = ((2 * sum + files) / (2 * files)) as u64;
        let spread = (files > 1).then(|| {
            let mean = sum as f64 / files as f64;
            let squares: f64 = sizes.iter().map(|&size| (size as f64 - mean).powi(2)).sum();
            (squares / (files - 1) as f64 / files as f64).sqrt().round() as u64
        });
        // The variance of a sum is at most R times it, that of the mean an n-th of R times the mean.
        let sampled =
            self.interval.map(|interval| (interval as f64 * size as f64 / files as f64).sqrt().round() as u64);
        Figures {
            size,
            standard_error: spread.max(sampled),
            samples: self.interval.map(|interval| (sum as f64 / interval as f64).round() as u64),
        }
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
    (shortened(frames.text(frame.function)), shortened(&place))
}

/// A name that fits a row. Names as long are made by machines.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        None => name.to_owned(),
        Some(_) => name.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

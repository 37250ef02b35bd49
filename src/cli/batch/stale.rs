//! What earlier runs have left in the folder of a batch, and is none of the new result: a report or a verdict that lies there is taken for one of this run.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::analysis::model::RollUp;
use crate::batch::{REPORTS, TRENDS, is_of_batch};
use crate::cli::output::UNFINISHED;

/// Removes the reports and trends that neither the roll-up names nor `kept`, and folders of reports that are empty. What does not begin as one of them stays. What cannot be removed harms
/// less than an error at the end of all.
pub(super) fn remove(output: &Path, roll_up: &RollUp<'_>, kept: &HashSet<String>) {
    let reports = roll_up.files().iter().filter_map(|file| file.report.as_deref());
    let reports = reports.chain(kept.iter().map(String::as_str)).map(|place| output.join(place));
    let trends = roll_up.series.iter().map(|row| output.join(&row.trend.document));
    let trends = trends.flat_map(|document| [document.with_extension("json"), document]);
    let named: HashSet<PathBuf> = reports.chain(trends).collect();
    for (folder, depth) in [(REPORTS, usize::MAX), (TRENDS, 1)] {
        for entry in WalkDir::new(output.join(folder)).max_depth(depth).contents_first(true).into_iter().flatten() {
            let path = entry.path();
            if entry.file_type().is_dir() {
                // One that holds something is not removed.
                let _ = fs::remove_dir(path);
            } else if entry.file_type().is_file() && !named.contains(path) && is_of_batch(path) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Makes room for a file of the result: where its folders are to be there may be a report of an earlier run, and folders of such where it is to be itself. What is none of them stays in the way.
pub(super) fn make_way(output: &Path, place: &str) {
    let path = output.join(place);
    let is_ours = |path: &Path| path.symlink_metadata().is_ok_and(|file| file.is_file()) && is_of_batch(path);
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != output) {
        if is_ours(folder) {
            let _ = fs::remove_file(folder); // what cannot be removed is told by whoever writes
        }
    }
    for entry in WalkDir::new(&path).contents_first(true).into_iter().flatten() {
        // A folder that holds something else is not removed.
        let _ = match entry.file_type().is_dir() {
            true => fs::remove_dir(entry.path()),
            false if path != entry.path() && is_ours(entry.path()) => fs::remove_file(entry.path()),
            false => Ok(()),
        };
    }
}

/// Removes the files that a run left unfinished when it was killed.
pub(super) fn remove_unfinished(output: &Path) {
    let folders = [(output.to_owned(), 1), (output.join(REPORTS), usize::MAX), (output.join(TRENDS), 1)];
    for (folder, depth) in folders {
        for entry in WalkDir::new(folder).min_depth(1).max_depth(depth).into_iter().flatten() {
            let is_ours = entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
            if is_ours && entry.file_type().is_file() {
                // What cannot be removed harms nobody.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

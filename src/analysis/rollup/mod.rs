//! Many profiles added up: categories, packages and functions over all of them, the files that are far from the others, the largest.
//!
//! Sums say where the bytes of all files are; of dumps of one process an object that lives through several counts in each. Sampling errors of such sums are not
//! told: the dumps of a session share their samples.

mod added;
mod outliers;
#[cfg(test)]
mod tests;
mod totals;

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;
use std::sync::OnceLock;

use super::likeness::{self, Capture};
use super::model::{FileInfo, Function, Objects, ObjectsIn, Sampling, Share, Warning};
use crate::profile::{CallFrameTable, Category, CategoryId, Filter, FrameId, PackageId, Sums};

pub use added::Added;
pub use outliers::{Measure, Outlier};

use totals::{Totals, ordered};

/// Many profiles, added up.
#[derive(Debug)]
pub struct RollUp<'a> {
    categories: &'a [Category],
    frames: &'a CallFrameTable,
    files: Vec<BatchFile>,
    /// Sums of these.
    sums: Totals,
    /// Once they were asked for; each format does.
    outliers: OnceLock<Vec<Outlier>>,
    /// What was found beside the files.
    pub around: Around,
    /// What of the files is shown.
    pub filters: Vec<Filter>,
    /// Whether shares are of what filters show, not of all bytes.
    pub is_relative: bool,
    /// Dumps of one process, those with two and more.
    pub series: Vec<SeriesRow>,
}

/// One file of a batch.
#[derive(Clone, Debug)]
pub struct BatchFile {
    /// How it is called.
    pub name: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// The file of its report.
    pub report: Option<String>,
    /// The CPU profile that belongs to it.
    pub cpu: Option<String>,
    /// Why that cannot be used.
    pub cpu_problem: Option<Box<BatchProblem>>,
    /// The one that is used instead.
    pub cpu_instead: Option<String>,
    /// What is wrong with it.
    pub problem: Option<Box<BatchProblem>>,
    /// What is in it, if anything could be read.
    pub profile: Option<Box<BatchProfile>>,
    /// The place of the first file that holds the same.
    pub same_as: Option<usize>,
}

impl BatchFile {
    /// The CPU profile that is used.
    pub fn used_cpu(&self) -> Option<&str> {
        let own = self.cpu.as_deref().filter(|_| self.cpu_problem.is_none());
        own.or(self.cpu_instead.as_deref())
    }
}

/// What is wrong with a file of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchProblem {
    /// In words.
    pub message: String,
    /// The byte where it is, where one is to blame.
    pub offset: Option<u64>,
    /// Whether the user accepts it.
    pub tolerated: bool,
    /// Where that is no damage: it does not fit into the memory that is allowed.
    pub shortage: Option<Shortage>,
}

/// Memory that a file does not fit into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Bytes that are allowed.
    pub limit: u64,
    /// Bytes that all of the file needs at most, where that is known.
    pub needed: Option<u64>,
}

/// What is in a file of a batch.
#[derive(Clone, Debug)]
pub struct BatchProfile {
    /// The file.
    pub file: FileInfo,
    /// Its sampling.
    pub sampling: Sampling,
    /// Which objects are in it.
    pub objects: ObjectsIn,
    /// Sum of all self sizes, bytes.
    pub total_size: u64,
    /// Sum of the self sizes that are shown.
    pub shown_size: u64,
    /// Self sizes of the categories that have bytes, in the order of their ids.
    pub by_category: Box<[(CategoryId, u64)]>,
}

impl BatchProfile {
    /// The self size of a category.
    pub fn in_category(&self, id: CategoryId) -> u64 {
        let place = self.by_category.binary_search_by_key(&id.0, |(id, _)| id.0);
        place.map_or(0, |place| self.by_category[place].1)
    }
}

/// What was found beside the files of a batch.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Folders and links that were not looked into.
    pub missed: Vec<MissedPath>,
    /// CPU profiles.
    pub cpu_profiles: u64,
    /// Files that are something else.
    pub others: u64,
    /// Files that were met again through a link.
    pub again: u64,
    /// Dumps that are the only ones of their process, but may be of one program that was started again for each.
    pub runs: u64,
    /// The names of the first two of them.
    pub first_runs: Vec<String>,
    /// Of each process whose threads have left one dump each, the names of these.
    pub threads: Vec<Vec<String>>,
}

/// A folder, file or link that was not looked into.
#[derive(Clone, Debug)]
pub struct MissedPath {
    /// How it is called.
    pub path: String,
    /// Why.
    pub why: String,
    /// Whether files may be missing because of it.
    pub is_failure: bool,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Dumps of one process.
#[derive(Clone, Debug)]
pub struct SeriesRow {
    /// Places among the files, in the order of the series; those that could be read whole.
    pub members: Vec<usize>,
    /// The others: what could be read of them tells no size.
    pub left_out: Vec<usize>,
    /// What the order is told by.
    pub ordered_by: &'static str,
    /// Whether it is known when they were taken.
    pub has_times: bool,
    /// What grows along it.
    pub trend: SeriesTrend,
}

/// What the trend of a series is, in short.
#[derive(Clone, Debug, Default)]
pub struct SeriesTrend {
    /// The document with all of it, below the folder of the batch; `.json` beside it.
    pub document: String,
    /// Whether there is a leak and where, in a sentence for people, escaped.
    pub headline: String,
    /// Leak suspects, the highest rate first.
    pub suspects: Vec<SeriesSuspect>,
    /// Whether the total has grown so much that a series without a suspect may leak all the same.
    pub has_grown: bool,
    /// Why nothing was judged, by its name in JSON.
    pub unjudged: Option<&'static str>,
}

/// A leak suspect of a series, in words for people, escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesSuspect {
    /// The function at the end of the stack that holds.
    pub function: String,
    /// Its rate with its error, and what that is of.
    pub rate: String,
    /// Its sizes along the series, as a line of bars and in words.
    pub course: String,
    /// The stack that holds, the allocating function first.
    pub stack: String,
}

/// What a category, package or function has over all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Over {
    /// Sum of its self sizes.
    pub self_size: u64,
    /// Files in which it has some.
    pub files: u32,
}

impl<'a> RollUp<'a> {
    /// Files that were added up. All are classified under these categories, and their functions are these frames.
    pub fn new(categories: &'a [Category], frames: &'a CallFrameTable, added: Added) -> Self {
        let (mut files, sums) = added.finish(frames);
        files.sort_by_key(|(place, _)| *place);
        Self {
            categories,
            frames,
            files: files.into_iter().map(|(_, file)| file).collect(),
            sums,
            outliers: OnceLock::new(),
            around: Around::default(),
            filters: Vec::new(),
            is_relative: false,
            series: Vec::new(),
        }
    }

    /// Notes that a file holds the same as an earlier one.
    pub fn set_copy(&mut self, place: usize, first: usize) {
        self.files[place].same_as = Some(first);
    }

    /// The files, in the order of their places.
    pub fn files(&self) -> &[BatchFile] {
        &self.files
    }

    /// The files with what could be read of them.
    pub fn profiles(&self) -> impl Iterator<Item = (usize, &BatchProfile)> {
        self.files.iter().enumerate().filter_map(|(i, file)| Some((i, file.profile.as_deref()?)))
    }

    /// Files whose reports are beside a CPU profile.
    pub fn paired(&self) -> usize {
        self.files.iter().filter(|file| file.used_cpu().is_some()).count()
    }

    /// Files that nothing could be read of, or not all, where the user does not accept that.
    pub fn failures(&self) -> impl Iterator<Item = (&BatchFile, &BatchProblem)> {
        let problems = self.files.iter().filter_map(|file| Some((file, file.problem.as_deref()?)));
        problems.filter(|(_, problem)| !problem.tolerated)
    }

    /// Those of them that are damaged, or no heap profiles.
    pub fn broken(&self) -> impl Iterator<Item = (&BatchFile, &BatchProblem)> {
        self.failures().filter(|(_, problem)| problem.shortage.is_none())
    }

    /// Those of them that do not fit into the memory that is allowed, with what they are short of.
    pub fn unfitting(&self) -> impl Iterator<Item = (&BatchFile, &BatchProblem, Shortage)> {
        self.failures().filter_map(|(file, problem)| Some((file, problem, problem.shortage?)))
    }

    /// CPU profiles that belong to files and cannot be used, each once.
    pub fn cpu_failures(&self) -> Vec<(&str, &BatchProblem)> {
        let mut met = HashSet::new();
        let failures = self.files.iter().filter_map(|file| Some((file.cpu.as_deref()?, file.cpu_problem.as_deref()?)));
        failures.filter(|(cpu, _)| met.insert(*cpu)).collect()
    }

    /// What makes the sums over all files doubtful.
    pub fn warnings(&self) -> Vec<Warning> {
        let unsummed = likeness::unsummed(self.profiles().map(|(_, profile)| &profile.file));
        let source_maps = likeness::source_maps(self.profiles().map(|(_, profile)| &profile.file));
        unsummed.into_iter().chain(self.past_the_largest()).chain(self.kinds_of_objects()).chain(source_maps).collect()
    }

    /// That the files together have more bytes than sums hold.
    fn past_the_largest(&self) -> Option<Warning> {
        let functions = match self.sums.left_out? {
            1 => "1 function is in no sum".to_owned(),
            functions => format!("{functions} functions are in no sum"),
        };
        let message =
            format!("The dumps together have more than 2^64 - 1 bytes: {functions}, which would carry it past that.");
        let remedy = "No real heaps are that large: a dump is damaged, or made up.";
        Some(Warning::new(likeness::SIZES_LEFT_OUT, message, remedy))
    }

    /// That some have live objects only and others all, where either kind matters. Its share is that of the files with all.
    fn kinds_of_objects(&self) -> Option<Warning> {
        const MATTERS: u64 = 100;
        let captures = |wanted: Objects| {
            let of_kind = || self.profiles().filter(|(_, profile)| profile.objects.which == wanted);
            let size = of_kind().fold(0_u64, |size, (_, profile)| size.saturating_add(profile.total_size));
            // The largest of them, as it is to blame most.
            let largest = of_kind().max_by_key(|&(place, profile)| (profile.total_size, Reverse(place)));
            let (place, profile) = largest.filter(|_| size > 0 && size >= self.sums.total_size / MATTERS)?;
            let capture = Capture::new(&profile.file, profile.sampling, profile.objects.which);
            Some((Capture { name: &self.files[place].name, ..capture }, size))
        };
        let ((live, _), (all, size)) = (captures(Objects::Live)?, captures(Objects::All)?);
        Some(likeness::objects(&[live, all])?.of(Share::of(size.min(self.total_size()), self.total_size())))
    }

    /// Files that hold the same as one before, with that one.
    pub fn copies(&self) -> impl Iterator<Item = (&BatchFile, &BatchFile)> {
        self.files.iter().filter_map(|file| Some((file, &self.files[file.same_as?])))
    }

    /// Sum of all self sizes, bytes.
    pub fn total_size(&self) -> u64 {
        self.sums.total_size
    }

    /// Sum of the self sizes that are shown: all, unless there are filters.
    pub fn shown_size(&self) -> u64 {
        self.sums.shown_size
    }

    /// `size` as a share of all bytes, or of what is shown of them if that was asked for.
    pub fn share(&self, size: u64) -> Share {
        Share::of(size, if self.is_relative { self.shown_size() } else { self.total_size() })
    }

    /// The same of one file.
    pub fn share_of(&self, profile: &BatchProfile, size: u64) -> Share {
        Share::of(size, if self.is_relative { profile.shown_size } else { profile.total_size })
    }

    /// All categories, by number.
    pub fn category(&self, id: CategoryId) -> &'a Category {
        &self.categories[usize::from(id.0)]
    }

    /// Categories with bytes, the largest first.
    pub fn categories(&self) -> Vec<(&'a Category, Over)> {
        let category = |row: u32| &self.categories[row as usize];
        let name = |row| (&category(row).name, &category(row).id);
        rows(&self.sums.by_category, |a, b| name(a).cmp(&name(b))).map(|(row, over)| (category(row), over)).collect()
    }

    /// Packages with bytes, the largest first: name, version.
    pub fn packages(&self) -> Vec<(&'a str, Option<&'a str>, Over)> {
        let frames = self.frames;
        let key = |row: u32| {
            let package = frames.package(PackageId(row));
            (frames.text(package.name), package.version.map(|version| frames.text(version)))
        };
        let rows = rows(&self.sums.by_package, |a, b| key(a).cmp(&key(b)));
        rows.map(|(row, over)| (key(row).0, key(row).1, over)).collect()
    }

    /// Functions with bytes, the largest first.
    pub fn functions(&self) -> Vec<(FrameId, Over)> {
        let compare = |a, b| self.frames.compare(FrameId(a), FrameId(b));
        rows(&self.sums.by_function, compare).map(|(row, over)| (FrameId(row), over)).collect()
    }

    /// Everything that is shown of a function.
    pub fn function(&self, id: FrameId, over: Over) -> Function<'a> {
        let sums = Sums { self_size: over.self_size, ..Sums::default() };
        Function::new(self.frames, self.categories, id, sums, self.share(over.self_size))
    }

    /// Files by the sum of their self sizes, the largest first.
    pub fn largest(&self) -> Vec<usize> {
        let mut files: Vec<(Reverse<u64>, usize)> =
            self.profiles().map(|(i, profile)| (Reverse(profile.total_size), i)).collect();
        files.sort_unstable();
        files.into_iter().map(|(_, i)| i).collect()
    }

    /// Files that are far from the others, the farthest first.
    pub fn outliers(&self) -> &[Outlier] {
        self.outliers.get_or_init(|| outliers::find(self))
    }
}

/// The rows that have bytes with their numbers, the largest first, equal ones as `then` says.
fn rows(all: &[Over], then: impl FnMut(u32, u32) -> Ordering) -> impl Iterator<Item = (u32, Over)> {
    ordered(all, |over| over.self_size, then).into_iter().map(|row| (row, all[row as usize]))
}

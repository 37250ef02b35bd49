//! Whether files were captured alike: else their sizes are of different things, and can be compared or added up only in part. And whether they are
//! different captures at all: one that is there twice makes nothing surer.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::quality::FixedState;

use super::interval;
use super::model::{FileInfo, Objects, Profile, Warning};
use super::panel::Member;
use super::sampling::Sampling;
use super::trend::process_in;
use crate::profile::{Dialect, Interval};

/// How a file, or several that are one side, was captured.
#[derive(Clone, Copy)]
pub(super) struct Capture<'a> {
    pub(super) name: &'a str,
    pub(super) writer: Option<Dialect>,
    pub(super) interval: Option<u64>,
    pub(super) objects: Objects,
}

impl<'a> Capture<'a> {
    pub(super) fn new(file: &'a FileInfo, sampling: Sampling, objects: Objects) -> Self {
        Self { name: &file.name, writer: Some(file.dialect), interval: sampling.interval, objects }
    }

    pub(super) fn of(member: &'a Member) -> Self {
        Self::new(&member.file, member.sampling, member.objects.which)
    }
}

/// Whether a writer collects garbage before it writes.
fn collects_garbage(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Inspector | Dialect::InspectorLegacy | Dialect::Vscode | Dialect::Unknown => true,
        Dialect::NodeV8Api | Dialect::Xprofiler | Dialect::V8ProfilerNext | Dialect::HeapProfileNpm => false,
    }
}

/// Whether garbage was collected before a file was written, by what its writer does and its samples tell.
pub(super) fn is_collected(dialect: Dialect, objects: Objects) -> bool {
    collects_garbage(dialect) || dialect == Dialect::NodeV8Api && objects == Objects::Live
}

/// That files have several writers.
pub(super) fn writers(captures: &[Capture<'_>]) -> Option<Warning> {
    let mut known = captures.iter().filter_map(|capture| Some((capture.name, capture.writer?)));
    let (name, writer) = known.next()?;
    let (other_name, other) = known.find(|&(_, other)| other != writer)?;
    let garbage = match collects_garbage(writer) == collects_garbage(other) {
        true => "",
        false => ", and only one of them collects garbage before it writes",
    };
    let message = format!("The files are of different writers ({name}: {writer}, {other_name}: {other}){garbage}.");
    Some(Warning::new("writers-differ", message, "Capture all of them in the same way."))
}

/// That some have live objects only, others all.
pub(super) fn objects(captures: &[Capture<'_>]) -> Option<Warning> {
    let first = |which| captures.iter().find(|capture| capture.objects == which).map(|capture| capture.name);
    let (live, all) = (first(Objects::Live)?, first(Objects::All)?);
    let message = format!(
        "{live} has live objects only, {all} all that were allocated (or hardly anything was collected): sizes are not alike."
    );
    Some(Warning::new("objects-differ", message, "Capture all of them with the same flags and for the same time."))
}

/// That sampling intervals differ, and what comes of that.
pub(super) fn intervals(captures: &[Capture<'_>], consequence: &str, remedy: &str) -> Option<Warning> {
    let known = || captures.iter().filter_map(|capture| capture.interval);
    let (least, most) = (known().min()?, known().max()?);
    let message = format!("The sampling intervals differ ({} to {}); {consequence}.", Interval(least), Interval(most));
    (least != most).then(|| Warning::new("intervals-differ", message, remedy))
}

/// Kind of what is said of an interval that is not known.
pub(super) const INTERVAL_UNKNOWN: &str = "interval-unknown";

/// That the interval of one of some captures that have bytes is not known, and what comes of it: where the longest that it can be stands for it, and where of
/// one nothing is known at all.
pub(super) fn interval_unknown(captures: &[(&str, Sampling)], [of_longest, of_nothing]: [&str; 2]) -> Option<Warning> {
    let (name, sampling) = captures.iter().find(|(_, sampling)| sampling.interval.is_none())?;
    let longest_of_it = sampling.longest();
    let can_be = |interval: u64| longest_of_it.is_none_or(|longest| interval <= longest);
    let known = captures.iter().find_map(|(name, sampling)| Some((name, sampling.interval?)));
    let known = known.filter(|&(_, interval)| can_be(interval));
    let message = match longest_of_it.filter(|_| captures.iter().all(|(_, other)| other.longest().is_some())) {
        Some(longest) => format!(
            "The sampling interval of {name} is not known. No size in it is smaller, so it is taken for {}, the longest that it can be: {of_longest}.",
            Interval(longest)
        ),
        None => format!("The sampling interval of {name} is not known, so {of_nothing}."),
    };
    let remedy = match known {
        Some((name, interval)) => format!(
            "Give `--interval {interval}` if it was captured as {name} was; else `--interval BYTES`, if that is known."
        ),
        None => "Give `--interval BYTES`, if that is known.".to_owned(),
    };
    let remedy = format!("{remedy} {}", interval::defaults(longest_of_it));
    Some(Warning::new(INTERVAL_UNKNOWN, message, remedy.trim_end()))
}

/// That members of one side were given more than once.
pub(super) fn repeated(members: &[Member]) -> Option<Warning> {
    let pairs = members.iter().flat_map(|member| member.also.iter().map(|also| (&*member.file.name, &**also)));
    let told: Vec<String> = pairs.map(|(name, also)| format!("{also} is the same capture as {name}")).collect();
    let counts = if told.len() == 1 { "it counts" } else { "they count" };
    (!told.is_empty()).then(|| {
        let message = format!("{}: {counts} once.", told.join(", "));
        Warning::new("same-capture", message, "Give each capture once: what is there twice makes nothing surer.")
    })
}

/// Kind of what is said of threads, which is no doubt.
pub(super) const THREADS: &str = "threads";

/// That files of one side are of several threads of a process, which is one run.
pub(super) fn threads(members: &[Member]) -> Option<Warning> {
    let files: usize = members.iter().map(|member| 1 + member.threads.len()).sum();
    let member = members.iter().find(|member| !member.threads.is_empty())?;
    let runs = members.len();
    let process = if runs == 1 { "process" } else { "processes" };
    let message = format!(
        "{files} files are of {runs} {process}, by their names ({} and {}): the threads of a process count together, as one run.",
        member.file.name,
        member.threads.join(", ")
    );
    Some(Warning::new(THREADS, message, "Keep files that are not of one process in folders of their own."))
}

/// That members of one side are several readings of a session, which is one run.
pub(super) fn one_session(members: &[Member]) -> Option<Warning> {
    let told = members.iter().filter(|member| !member.readings.is_empty()).map(|member| {
        let (name, earlier) = (&member.file.name, &member.readings);
        let are = if earlier.len() == 1 { "is an earlier reading" } else { "are earlier readings" };
        format!("{} {are} of the session of {name}", earlier.join(", "))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| {
        let message = format!(
            "{}: they share samples, so they are no runs of their own, and of each session the latest reading counts.",
            told.join("; ")
        );
        Warning::new("same-session", message, "Give one reading of each run of the program.")
    })
}

/// Whether names tell that files are of several processes, each of one of its own: then no two are of one session.
pub fn are_of_own_processes<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut met = HashSet::new();
    let mut names = names.map(process_in);
    names.all(|process| process.is_some_and(|process| met.insert(process)))
}

/// Kind of what is said of sizes that are in no sum.
pub(super) const SIZES_LEFT_OUT: &str = "sizes-left-out";

/// That sizes are in no sum, which would be the largest.
pub(super) fn unsummed<'a>(files: impl Iterator<Item = &'a FileInfo>) -> Option<Warning> {
    let files: Vec<&FileInfo> = files.filter(|file| file.unsummed > 0).collect();
    let first = files.first()?;
    let name = match files.len() {
        1 => first.name.clone(),
        many => format!("{} and {} more", first.name, many - 1),
    };
    let (sizes, they_are) = match files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.unsummed)) {
        1 => ("1 size is".to_owned(), "it is"),
        sizes => (format!("{sizes} sizes are"), "they are"),
    };
    Some(Warning::new(
        SIZES_LEFT_OUT,
        format!(
            "{name}: {sizes} negative, or would carry a sum past 2^64 - 1, and in none, though {they_are} the largest."
        ),
        "v8-profiler-next counts in 32 bits: capture with `node --heap-prof` or the inspector, which write sizes of any magnitude.",
    ))
}

/// What is to be said of the source maps that files were read with or lack: of each kind what it is in the first file that has it.
pub(super) fn source_maps<'a>(files: impl Iterator<Item = &'a FileInfo>) -> Vec<Warning> {
    let mut met: Vec<(Warning, usize)> = Vec::new();
    for file in files {
        let mut kinds: Vec<&str> = Vec::new();
        for warning in &file.source_maps {
            let is_new = !kinds.contains(&warning.kind);
            kinds.push(warning.kind);
            match met.iter_mut().find(|(known, _)| known.kind == warning.kind) {
                Some((_, others)) if is_new => *others += 1,
                Some(_) => {}
                None => {
                    let of_kind = file.source_maps.iter().filter(|other| other.kind == warning.kind);
                    let messages: Vec<&str> = of_kind.map(|other| &*other.message).collect();
                    let message = format!("{}: {}", file.name, messages.join(" "));
                    met.push((Warning { message, ..warning.clone() }, 0));
                }
            }
        }
    }
    let told = |(warning, others): (Warning, usize)| match others {
        0 => warning,
        others => Warning { message: format!("{} The like of {others} more.", warning.message), ..warning },
    };
    met.into_iter().map(told).collect()
}

/// What of the runs of one version, and of a baseline beside them, was not captured alike.
pub(super) fn of_runs(runs: &[Member], baseline: Option<Capture<'_>>) -> Vec<Warning> {
    let captures: Vec<Capture<'_>> = runs.iter().map(Capture::of).chain(baseline).collect();
    let found = [
        unsummed(runs.iter().map(|run| &run.file)),
        repeated(runs),
        one_session(runs),
        threads(runs),
        objects(&captures),
        writers(&captures),
        intervals(&captures, "of each side the longest counts", "Sample all runs at the same interval."),
    ];
    found.into_iter().flatten().chain(source_maps(runs.iter().map(|run| &run.file))).collect()
}

/// What equal captures have in common, whatever their files are called and however they are compressed or indented. Captures without bytes have
/// nothing to be told by.
pub(super) fn fingerprint(profile: &Profile) -> Option<u64> {
    let aggregate = &profile.aggregate;
    if aggregate.total_size == 0 {
        return None;
    }
    let mut hasher = FixedState::default().build_hasher();
    let samples = aggregate.samples.map(|samples| (samples.count, samples.size, samples.last_ordinal));
    (profile.file.dialect, profile.file.complete, aggregate.nodes, aggregate.max_depth, samples).hash(&mut hasher);
    let frames = &aggregate.frames;
    for (id, sums) in frames.ids().zip(&aggregate.by_frame) {
        let frame = frames.get(id);
        let place = (frames.text(frame.function), frames.text(frame.url), frames.line(id), frames.column(id));
        (place, sums.self_size, sums.allocating_nodes, sums.nodes).hash(&mut hasher);
    }
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::are_of_own_processes;

    #[test]
    fn names_tell_processes_apart_where_all_have_one() {
        let of = |pid: u32, session: u32| format!("Heap.20251207.101112.{pid}.0.{session:03}.heapprofile");
        let table = [
            (vec![of(7, 1), of(8, 1), of(9, 1)], true),
            (vec![of(7, 1), of(8, 1), of(7, 2)], false),
            (vec![of(7, 1), "dump.heapprofile".to_owned()], false),
            (vec!["x-heapprofile-7-20251207-0.heapprofile".to_owned(), of(8, 1)], true),
        ];
        for (names, expected) in table {
            assert_eq!(are_of_own_processes(names.iter().map(String::as_str)), expected, "{names:?}");
        }
    }
}

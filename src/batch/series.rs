//! Dumps of one process, in their order.
//!
//! * Names that tell the process (see [`super::name`]): the dumps of a process in one folder, by day or time, then by number.
//! * Other names: those of one folder that differ in one number, by that number. Where they differ in several, the last one counts, and the others tell processes apart.
//! * Where `--times` tells the time of all of them, by that. Equal ones: by when the file was last changed, then by path.
//! * Dumps that are the only ones of their process ([`runs`]) are a series only where the user says that they are of one program: by time, else by when they were last changed.
//! * Dumps whose names tell neither ([`super::loose`]) are one only where the user says so.
//! * Everything else is by itself.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;

use rayon::prelude::*;

use super::find::Dump;
use super::loose::{Loose, Said, loose};
use super::name::DumpName;
use super::times::Times;
use crate::analysis::model::SeriesKind;

/// Dumps of one process.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Their places in the list of dumps, in the order of the series.
    pub members: Vec<usize>,
    /// Seconds of each, from anywhere, where they are known and differ.
    pub times: Option<Vec<f64>>,
    /// What the order is told by.
    pub ordered_by: OrderedBy,
}

/// What the order of a series is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderedBy {
    /// A time in their names.
    NameTime,
    /// A number in their names.
    NameNumber,
    /// The file of times.
    Times,
    /// When the files were last changed.
    Modified,
    /// The order in which the user named them.
    Given,
    /// Nothing but their names; it does not matter.
    Name,
}

impl OrderedBy {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NameTime => "the time in their names",
            Self::NameNumber => "the number in their names",
            Self::Times => "--times",
            Self::Modified => "when they were last changed",
            Self::Given => "as they were given",
            Self::Name => "their names",
        }
    }
}

/// All dumps in series.
#[derive(Clone, Debug, Default)]
pub struct AllSeries {
    /// Each dump is in exactly one, many are by themselves.
    pub series: Vec<Series>,
    /// Dumps that the user says are a series, while nothing tells their order; they are by themselves.
    pub unordered: Vec<Vec<usize>>,
}

impl Series {
    /// Dumps in their order, with their times if these are known.
    pub(super) fn new(members: Vec<usize>, times: Option<&BTreeMap<usize, f64>>, ordered_by: OrderedBy) -> Self {
        let times: Option<Vec<f64>> = times.map(|times| members.iter().map(|i| times[i]).collect());
        // Dumps of one second tell no rate.
        let times = times.filter(|times| times.windows(2).all(|pair| pair[0] < pair[1]));
        Self { members, times, ordered_by }
    }
}

/// Puts dumps into series. What [`runs`] finds are series where they are said to be restarted.
pub fn series(dumps: &[Dump], said: Said<'_>) -> AllSeries {
    let times = said.times;
    let names: Vec<DumpName> = dumps.par_iter().map(|dump| DumpName::of(&dump.path)).collect();
    // A `#` may stand in the name itself: equal shapes may have numbers in different places.
    let mut shapes: BTreeMap<(OsString, &str, usize), Vec<usize>> = BTreeMap::new();
    for (i, (dump, name)) in dumps.iter().zip(&names).enumerate() {
        shapes.entry((folder(dump), &name.shape, name.numbers.len())).or_default().push(i);
    }
    let groups = shapes.into_values().flat_map(|members| groups(members, &names));
    let mut found: Vec<Series> = groups.map(|group| ordered(group, dumps, &names, times, false)).collect();
    if said.kind == Some(SeriesKind::Restarted) {
        let runs = runs(dumps, &found);
        let are_run: HashSet<usize> = runs.iter().flatten().copied().collect();
        found.retain(|series| !are_run.contains(&series.members[0]));
        found.extend(runs.into_iter().map(|group| {
            // Each process counts from the beginning.
            let unnamed = group.iter().any(|&i| names[i].seconds.is_none());
            ordered(group, dumps, &names, times, unnamed)
        }));
    }
    let mut unordered = Vec::new();
    for loose in loose(dumps, &names, &found, said) {
        match loose {
            Loose::Ordered(series) => {
                let members: HashSet<usize> = series.members.iter().copied().collect();
                found.retain(|series| !members.contains(&series.members[0]));
                found.push(series);
            }
            Loose::Unordered(members) => unordered.push(members),
        }
    }
    found.sort_by_key(|series| series.members.iter().min().copied());
    AllSeries { series: found, unordered }
}

/// Dumps that are the only ones of their process, together with those of one folder whose names differ in process, time and number alone: so a program that is
/// started again for each dump leaves them. Only where there are several.
pub fn runs(dumps: &[Dump], series: &[Series]) -> Vec<Vec<usize>> {
    let mut programs: BTreeMap<(OsString, String), Vec<usize>> = BTreeMap::new();
    for series in series {
        let &[only] = series.members.as_slice() else { continue };
        if let Some(program) = DumpName::of(&dumps[only].path).program() {
            programs.entry((folder(&dumps[only]), program)).or_default().push(only);
        }
    }
    programs.into_values().filter(|runs| runs.len() > 1).collect()
}

/// Dumps of one process and folder that are by themselves, as each is of another thread, which has a heap of its own. Only where there are several.
pub fn threads(dumps: &[Dump], series: &[Series]) -> Vec<Vec<usize>> {
    let mut processes: BTreeMap<(OsString, u64), Vec<usize>> = BTreeMap::new();
    for series in series {
        let &[only] = series.members.as_slice() else { continue };
        let name = DumpName::of(&dumps[only].path);
        if let Some(process) = name.process.filter(|_| name.tells_thread()) {
            processes.entry((folder(&dumps[only]), process)).or_default().push(only);
        }
    }
    processes.into_values().filter(|threads| threads.len() > 1).collect()
}

pub(super) fn folder(dump: &Dump) -> OsString {
    dump.path.parent().map(|folder| folder.as_os_str().to_owned()).unwrap_or_default()
}

/// Parts dumps with names of one shape into those of one process.
fn groups(members: Vec<usize>, names: &[DumpName]) -> Vec<Vec<usize>> {
    let first = &names[members[0]];
    if first.process.is_some() {
        return vec![members];
    }
    let varies = |column: &usize| members.iter().any(|&i| names[i].numbers[*column] != first.numbers[*column]);
    // A time is what puts them in order, wherever it stands.
    let time = first.seconds.and_then(|seconds| first.numbers.iter().position(|&number| number == seconds));
    let Some(counter) = time.filter(|column| varies(column)).or_else(|| (0..first.numbers.len()).rfind(varies)) else {
        return vec![members];
    };
    let mut parts: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
    for i in members {
        let mut process = names[i].numbers.clone();
        process.remove(counter);
        parts.entry(process).or_default().push(i);
    }
    parts.into_values().collect()
}

/// Puts the dumps of one process in their order.
fn ordered(
    mut members: Vec<usize>,
    dumps: &[Dump],
    names: &[DumpName],
    times: Option<&Times>,
    unnamed: bool,
) -> Series {
    let given: Option<BTreeMap<usize, f64>> =
        times.and_then(|times| members.iter().map(|&i| Some((i, times.of(&dumps[i])?))).collect());
    let named: Option<BTreeMap<usize, f64>> =
        members.iter().map(|&i| Some((i, names[i].seconds? as f64))).collect::<Option<_>>().filter(|_| !unnamed);
    let ordered_by = match (&given, &named) {
        (Some(_), _) => OrderedBy::Times,
        (None, Some(_)) => OrderedBy::NameTime,
        (None, None) if unnamed => OrderedBy::Modified,
        (None, None) => OrderedBy::NameNumber,
    };
    members.sort_by(|&a, &b| {
        let time = |i: usize| given.as_ref().map_or(0.0, |times| times[&i]);
        let numbers = |i: usize| if unnamed { &[] } else { &names[i].numbers[..] };
        let later = || dumps[a].modified.cmp(&dumps[b].modified).then(a.cmp(&b));
        time(a).total_cmp(&time(b)).then_with(|| numbers(a).cmp(numbers(b))).then_with(later)
    });
    Series::new(members, given.or(named).as_ref(), ordered_by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dumps(names: &[&str]) -> Vec<Dump> {
        let dump = |(i, name): (usize, &&str)| Dump {
            path: name.into(),
            name: (*name).into(),
            bytes: 0,
            modified: 1000 - i as i64,
            given: None,
        };
        names.iter().enumerate().map(dump).collect()
    }

    /// The dumps of a series, what tells their order, and whether their times are known.
    type Told = (Vec<usize>, OrderedBy, bool);

    fn found(names: &[&str], one_program: bool) -> Vec<Told> {
        told(&dumps(names), Said { times: None, kind: one_program.then_some(SeriesKind::Restarted) }).0
    }

    /// The series, and what has no order.
    fn told(dumps: &[Dump], said: Said<'_>) -> (Vec<Told>, Vec<Vec<usize>>) {
        let AllSeries { series, unordered } = series(dumps, said);
        let series =
            series.into_iter().map(|series| (series.members, series.ordered_by, series.times.is_some())).collect();
        (series, unordered)
    }

    #[test]
    fn dumps_of_a_process_are_found_and_put_in_order() {
        use OrderedBy::{NameNumber, NameTime};
        let x = "x-heapprofile-6593-20251207-";
        let names = [
            &format!("{x}10.heapprofile"),
            &format!("{x}9.heapprofile"),
            "x-heapprofile-6593-20251206-11.heapprofile",
            "x-heapprofile-77-20251207-1.heapprofile",
            &format!("other/{x}1.heapprofile"),
        ];
        assert_eq!(
            found(&names, false),
            [(vec![2, 1, 0], NameNumber, false), (vec![3], NameNumber, false), (vec![4], NameNumber, false)]
        );
        let heap = [
            "Heap.20251207.235959.1.0.002.heapprofile",
            "Heap.20251208.000001.1.0.003.heapprofile",
            "Heap.20251207.235959.1.0.001.heapprofile",
            "Heap.20251208.000001.1.1.003.heapprofile",
        ];
        assert_eq!(found(&heap, false), [(vec![2, 0, 1], NameTime, false), (vec![3], NameTime, true)]);
        assert_eq!(
            found(&["a10.json", "a9.json", "b7.json"], false),
            [(vec![1, 0], NameNumber, false), (vec![2], NameNumber, false)]
        );
        assert_eq!(
            found(&["p1-1", "p1-2", "p2-1", "p2-2"], false),
            [(vec![0, 1], NameNumber, false), (vec![2, 3], NameNumber, false)]
        );
        assert_eq!(
            found(&["w1-20251207T101500", "w1-20251207T101400", "w2-20251207T101500"], false),
            [(vec![1, 0], NameTime, true), (vec![2], NameTime, true)]
        );
        // What stands for a number may stand in a name.
        assert_eq!(found(&["svc-1-7", "svc-2-#"], false).len(), 2);
        assert_eq!(found(&["before", "later"], false), [(vec![0], NameNumber, false), (vec![1], NameNumber, false)]);
        assert_eq!(found(&[], true), []);
    }

    #[test]
    fn runs_of_one_program_are_a_series_where_that_is_said() {
        use OrderedBy::{Modified, NameNumber, NameTime};
        let heap =
            |time: u32, process: u32, thread: u32| format!("Heap.20251207.{time}.{process}.{thread}.001.heapprofile");
        // Two processes of one dump each, one of two, a worker's thread, another folder.
        let names = [
            heap(101_500, 9, 0),
            heap(101_400, 10, 0),
            heap(101_300, 7, 0),
            heap(101_600, 7, 0),
            heap(101_400, 10, 1),
            format!("other/{}", heap(101_200, 8, 0)),
        ];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let by_process = series(&dumps(&names), Said::default()).series;
        assert_eq!(by_process.iter().map(|series| series.members.len()).max(), Some(2));
        assert_eq!(runs(&dumps(&names), &by_process), [[0, 1]]);
        let expected = [
            (vec![1, 0], NameTime, true),
            (vec![2, 3], NameTime, true),
            (vec![4], NameTime, true),
            (vec![5], NameTime, true),
        ];
        assert_eq!(found(&names, true), expected);
        assert_eq!(threads(&dumps(&names), &by_process), [[1, 4]]);
        // The numbers of xprofiler begin anew in each process.
        let x = ["x-heapprofile-7-20251207-3.heapprofile", "x-heapprofile-8-20251207-0.heapprofile"];
        assert_eq!(found(&x, true), [(vec![1, 0], Modified, false)]);
        assert_eq!(found(&x, false), [(vec![0], NameNumber, false), (vec![1], NameNumber, false)]);
    }

    #[test]
    fn times_that_are_given_come_first() {
        let times = Times::parse(b"d1 30\nd2 20\nd3 10.5").unwrap();
        let of = |names: &[&str]| series(&dumps(names), Said { times: Some(&times), kind: None }).series.remove(0);
        let all = of(&["d1", "d2", "d3"]);
        assert_eq!(
            all,
            Series { members: vec![2, 1, 0], times: Some(vec![10.5, 20.0, 30.0]), ordered_by: OrderedBy::Times }
        );
        assert_eq!(of(&["d1", "d2", "d4"]).ordered_by, OrderedBy::NameNumber, "they must tell all");
    }

    #[test]
    fn names_that_tell_nothing_are_a_series_where_the_user_says_so() {
        use OrderedBy::{Given, Modified, Name, NameNumber, NameTime, Times as ByTimes};
        use SeriesKind::{Growing, Restarted};
        let alone = |count: usize| (0..count).map(|i| (vec![i], NameNumber, false)).collect::<Vec<_>>();
        let said = |kind| Said { times: None, kind };
        // The later in the list, the earlier changed.
        let week = ["fri", "mon", "tue", "wed"];
        assert_eq!(told(&dumps(&week), said(None)), (alone(4), vec![]));
        for kind in [Growing, Restarted] {
            assert_eq!(told(&dumps(&week), said(Some(kind))), (vec![(vec![3, 2, 1, 0], Modified, false)], vec![]));
        }
        // Copied at once, nothing tells the order, which only readings of one session need; whoever names them tells it.
        let mut copied = dumps(&week);
        copied.iter_mut().for_each(|dump| dump.modified = 7);
        assert_eq!(told(&copied, said(Some(Growing))), (alone(4), vec![vec![0, 1, 2, 3]]));
        assert_eq!(told(&copied, said(Some(Restarted))), (vec![(vec![0, 1, 2, 3], Name, false)], vec![]));
        for (dump, place) in copied.iter_mut().zip([3, 0, 1, 2]) {
            dump.given = Some(place);
        }
        assert_eq!(told(&copied, said(None)), (vec![(vec![1, 2, 3, 0], Given, false)], vec![]));
        // Those that times tell are said to be one.
        let times = Times::parse(b"mon 10\nwed 20.5\nfri 30").unwrap();
        let by_times = told(&dumps(&week), Said { times: Some(&times), kind: None });
        assert_eq!(by_times, (vec![(vec![1, 3, 0], ByTimes, true), (vec![2], NameNumber, false)], vec![]));
        // A time in the names is one, numbers that tell other dumps apart do not make one, and folders stay apart.
        let named = ["a-20251207T101500", "b-20251207T101400", "x/c", "x/p1-1", "x/p1-2", "x/p2-1"];
        let expected = vec![
            (vec![1, 0], NameTime, true),
            (vec![2], NameNumber, false),
            (vec![3, 4], NameNumber, false),
            (vec![5], NameNumber, false),
        ];
        assert_eq!(told(&dumps(&named), said(Some(Growing))), (expected, vec![]));
        let packed = ["mon.heapprofile", "mon.heapprofile.gz", "tue.heapprofile"];
        assert_eq!(told(&dumps(&packed), said(Some(Growing))).0, [(vec![2, 1, 0], Modified, false)]);
    }

    #[test]
    fn equal_names_go_by_when_they_were_changed() {
        assert_eq!(found(&["a1.heapprofile", "a1.heapprofile.gz"], false)[0].0, [1, 0]);
    }
}

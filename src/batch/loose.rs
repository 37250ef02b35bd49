//! Dumps whose names tell neither their process nor their order, as `mon`, `tue`, `wed`: that they are a series only the user can say, for those of one folder
//!
//! * with `--series`, of all of them,
//! * with `--times`, of those that it tells,
//! * by naming them one by one, of these.
//!
//! Their order is that of `--times` where it tells all, else of the times in their names, else of when they were last changed, where no two are alike in that, else as they
//! were given. Where nothing tells the order of readings of one session they are no series; sessions of their own need none.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::find::Dump;
use super::name::DumpName;
use super::series::{OrderedBy, Series, folder};
use super::times::Times;
use crate::analysis::model::SeriesKind;

/// What the user says of series.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// When dumps were taken.
    pub times: Option<&'a Times>,
    /// What they are.
    pub kind: Option<SeriesKind>,
}

/// Dumps of a folder that the user says are a series.
pub(super) enum Loose {
    Ordered(Series),
    /// Nothing tells their order.
    Unordered(Vec<usize>),
}

/// Those of the groups that names tell of which that is said.
pub(super) fn loose(dumps: &[Dump], names: &[DumpName], groups: &[Series], said: Said<'_>) -> Vec<Loose> {
    let shape = |i: usize| (folder(&dumps[i]), &*names[i].shape, names[i].numbers.len());
    let is_one_name =
        |group: &Series| group.members.iter().all(|&i| names[i].numbers == names[group.members[0]].numbers);
    // Numbers that make a series of some names of this shape tell the others apart.
    let numbered: HashSet<_> =
        groups.iter().filter(|group| !is_one_name(group)).map(|group| shape(group.members[0])).collect();
    let is_said = |i: usize| {
        said.kind.is_some() || dumps[i].given.is_some() || said.times.is_some_and(|times| times.of(&dumps[i]).is_some())
    };
    let mut folders: BTreeMap<_, Vec<&[usize]>> = BTreeMap::new();
    for group in groups {
        let first = group.members[0];
        if names[first].process.is_none()
            && !numbered.contains(&shape(first))
            && group.members.iter().all(|&i| is_said(i))
        {
            folders.entry(folder(&dumps[first])).or_default().push(&group.members);
        }
    }
    let several = folders.into_values().filter(|groups| groups.len() > 1);
    several.map(|groups| ordered(groups.concat(), dumps, names, said)).collect()
}

/// Puts dumps in their order.
fn ordered(mut members: Vec<usize>, dumps: &[Dump], names: &[DumpName], said: Said<'_>) -> Loose {
    let of_all =
        |time: &dyn Fn(usize) -> Option<f64>| -> Option<Vec<f64>> { members.iter().map(|&i| time(i)).collect() };
    let given = of_all(&|i| said.times?.of(&dumps[i]));
    let named = of_all(&|i| names[i].seconds.map(|seconds| seconds as f64)).filter(|times| {
        let distinct: BTreeSet<u64> = times.iter().map(|time| time.to_bits()).collect();
        distinct.len() == times.len()
    });
    let changed: BTreeSet<i64> = members.iter().map(|&i| dumps[i].modified).collect();
    let ordered_by = match (&given, &named) {
        (Some(_), _) => OrderedBy::Times,
        (None, Some(_)) => OrderedBy::NameTime,
        (None, None) if changed.len() == members.len() => OrderedBy::Modified,
        (None, None) if members.iter().all(|&i| dumps[i].given.is_some()) => OrderedBy::Given,
        (None, None) if said.kind == Some(SeriesKind::Restarted) => OrderedBy::Name,
        (None, None) => {
            members.sort_unstable();
            return Loose::Unordered(members);
        }
    };
    let times: Option<BTreeMap<usize, f64>> = given.or(named).map(|times| members.iter().copied().zip(times).collect());
    members.sort_by(|&a, &b| {
        let time = |i: usize| times.as_ref().map_or(0.0, |times| times[&i]);
        let later = || match ordered_by {
            OrderedBy::Given | OrderedBy::Name => dumps[a].given.cmp(&dumps[b].given),
            _ => dumps[a].modified.cmp(&dumps[b].modified),
        };
        time(a).total_cmp(&time(b)).then_with(later).then(a.cmp(&b))
    });
    Loose::Ordered(Series::new(members, times.as_ref(), ordered_by))
}

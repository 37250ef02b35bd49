//! A series side by side: a panel with a member for each dump, or for each of 64 parts of a long series.

use std::io;

use rayon::prelude::*;

use super::record::ProfileRecord;
use crate::analysis::model::{Numbering, Panel, STACKS};
use crate::profile::{CallFrameTable, Category};

/// Members of a panel. Of a longer series several dumps count as one, as many in each as can be.
const MEMBERS: usize = 64;

/// Stacks that each dump of a series of this length brings, so that a member has no more than a panel wants. A dump by itself needs none.
pub fn stacks_of_each(dumps: usize) -> usize {
    if dumps < 2 { 0 } else { STACKS / dumps.div_ceil(MEMBERS) }
}

/// The panel of a series of so many dumps, which `read` gives, with `stacks` of each; and how many dumps each member has.
pub fn panel_of(
    dumps: usize,
    stacks: usize,
    categories: &[Category],
    frames: &CallFrameTable,
    read: impl Fn(usize) -> io::Result<ProfileRecord> + Sync,
) -> io::Result<(Panel, Vec<usize>)> {
    let (mut panel, mut numbering) = (Panel::new(categories), Numbering::default());
    let members = dumps.min(MEMBERS);
    let mut counts = Vec::with_capacity(members);
    let first_of = |member: usize| (member * dumps).div_ceil(members.max(1));
    let read_member = |member: usize| -> io::Result<Vec<ProfileRecord>> {
        (first_of(member)..first_of((member + 1).min(members))).into_par_iter().map(&read).collect()
    };
    let mut next = read_member(0)?;
    for place in 0..members {
        let profiles = std::mem::take(&mut next);
        counts.push(profiles.len());
        let enter = || {
            for (number, profile) in profiles.iter().enumerate() {
                let entry = profile.entry(frames, stacks);
                match number {
                    0 => {
                        panel.enter(entry, &mut numbering);
                    }
                    _ => panel.enter_into(place, entry, &mut numbering),
                }
            }
        };
        // What comes next is read meanwhile.
        let ((), read) = rayon::join(enter, || read_member(place + 1));
        next = read?;
    }
    Ok((panel, counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::{FileInfo, IntervalSource, Objects, ObjectsIn, Sampling};
    use crate::profile::{CategoryId, Class, Dialect, FrameId, FrameKind, HeavyStack};

    #[test]
    fn long_series_are_put_together_in_equal_parts() {
        let mut frames = CallFrameTable::default();
        let class = Class { kind: FrameKind::App, package: "p".into(), version: None, category: CategoryId(0) };
        let ids: Vec<FrameId> = (0..3).map(|line| frames.intern("f", "/a.js", line, 0, &class)).collect();
        let category = Category { id: "c".into(), name: "C".into(), analysis: Vec::new(), follows_cause: false };
        let profile = |dump: usize| ProfileRecord {
            file: FileInfo {
                name: dump.to_string(),
                bytes: 1,
                compressed_bytes: None,
                dialect: Dialect::Inspector,
                complete: true,
                truncated_at: None,
                unsummed: 0,
                source_maps: Vec::new(),
                merged: Vec::new(),
            },
            sampling: Sampling { interval: Some(8), source: IntervalSource::Given, candidate: None },
            objects: ObjectsIn { which: Objects::Live, samples: None },
            total_size: dump as u64,
            allocating_nodes: 1,
            content: None,
            functions: vec![(ids[dump % 3], dump as u64)],
            stacks: (0..3).map(|i| HeavyStack { self_size: 1, frames: vec![ids[i]], frames_omitted: 0 }).collect(),
        };
        for (dumps, most) in [(1, 1), (2, 1), (64, 1), (65, 2), (200, 4)] {
            let (panel, counts) =
                panel_of(dumps, 2, std::slice::from_ref(&category), &frames, |dump| Ok(profile(dump))).unwrap();
            assert_eq!((counts.len(), counts.iter().sum::<usize>()), (dumps.min(64), dumps));
            assert!(counts.iter().all(|&count| count == most || count + 1 == most), "{counts:?}");
            let profiles: Vec<usize> = panel.members().iter().map(|member| member.profiles as usize).collect();
            assert_eq!(profiles, counts);
            let total = (0..dumps as u64).sum::<u64>();
            assert_eq!(panel.totals().row(0).sum(), total);
            assert_eq!(panel.by_function().rows().map(|row| row.sum()).sum::<u64>(), total);
            assert_eq!(panel.by_stack().rows().map(|row| row.sum()).sum::<u64>(), 2 * dumps as u64);
            assert_eq!(panel.by_stack().len(), 2);
        }
        assert_eq!([0, 1, 2, 64, 65, 10_000].map(stacks_of_each), [0, 0, 4096, 4096, 2048, 26]);
    }
}

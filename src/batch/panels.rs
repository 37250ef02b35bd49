//! A series side by side: a panel with a member for each dump, or for each of 64 parts of a long series, or of fewer where there are many functions.

use std::io;

use rayon::prelude::*;

use super::journal::damaged;
use super::record::ProfileRecord;
use super::stored::Raw;
use super::survey::{Kept, Met, Seen};
use crate::analysis::model::{Numbering, Panel, STACKS};
use crate::profile::{CallFrameTable, Category};

/// Members of a panel, at most. Of a longer series several dumps count as one, as many in each as can be.
pub(super) const MEMBERS: usize = 64;

/// Stacks that each dump of a series of this length brings, so that a member has about as many as a panel wants. A dump by itself needs none.
pub fn stacks_of_each(dumps: usize) -> usize {
    if dumps < 2 { 0 } else { STACKS / dumps.div_ceil(MEMBERS) }
}

/// The panel of a series of so many dumps, which `read` gives, with `stacks` of each; and how many dumps each member has.
pub fn panel_of(
    dumps: usize,
    stacks: usize,
    categories: &[Category],
    frames: &CallFrameTable,
    read: impl Fn(usize) -> io::Result<Raw> + Sync,
) -> io::Result<(Panel, Vec<usize>)> {
    let met = Met::new(frames.len());
    let look = |mut seen: Vec<Seen>, dump| {
        let dump = read(dump)?;
        for function in dump.functions() {
            function.and_then(|(id, _)| met.note(id)).ok_or_else(damaged)?;
        }
        for stack in dump.stacks().take(stacks) {
            let stack = stack.ok_or_else(damaged)?;
            stack.frames().try_for_each(|id| met.note(id)).ok_or_else(damaged)?;
            seen.push(Seen { name: stack.name, self_size: stack.self_size, frames: stack.frames().len() });
        }
        Ok::<_, io::Error>(seen)
    };
    // Together some 4,096 stacks for each member, however many dumps there are.
    let seen = (0..dumps).into_par_iter().try_fold(Vec::new, look).try_reduce(Vec::new, |mut all, part| {
        all.extend(part);
        Ok(all)
    })?;
    let (parts, kept) = (met.parts(), Kept::of(seen));
    let read = |dump| {
        let record = read(dump)?.record(stacks, |name| kept.has(name)).ok_or_else(damaged)?;
        record.profile.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    let (mut panel, mut numbering, mut counts) = (Panel::new(categories), Numbering::default(), Vec::new());
    in_parts(dumps, parts, read, |part| {
        panel.enter_all(part.iter().map(|profile| profile.entry(frames)), &mut numbering);
        counts.push(part.len());
    })?;
    Ok((panel, counts))
}

/// Reads dumps in so many parts of equal length, or as many as there are dumps; each part is taken while the next is read.
fn in_parts(
    dumps: usize,
    parts: usize,
    read: impl Fn(usize) -> io::Result<ProfileRecord> + Sync,
    mut take: impl FnMut(Vec<ProfileRecord>) + Send,
) -> io::Result<()> {
    let parts = parts.min(dumps);
    let begin = |part: usize| (part * dumps).div_ceil(parts);
    let read_part = |part: usize| -> io::Result<Vec<ProfileRecord>> {
        match part < parts {
            true => (begin(part)..begin(part + 1)).into_par_iter().map(&read).collect(),
            false => Ok(Vec::new()),
        }
    };
    let mut next = read_part(0)?;
    for part in 1..=parts {
        let this = std::mem::take(&mut next);
        let ((), read) = rayon::join(|| take(this), || read_part(part));
        next = read?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::{FileInfo, IntervalSource, Objects, ObjectsIn, Sampling};
    use crate::batch::{Identity, Record, Stored};
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
            stack_names: vec![1, 2, 3],
        };
        let record = |dump: usize| Record {
            identity: Identity::default(),
            stacks: 3,
            limit: None,
            report: None,
            cpu: None,
            cpu_problem: None,
            cpu_instead: None,
            problem: None,
            profile: Some(profile(dump)),
        };
        let raw = |dump: usize| Stored::of(&record(dump)).map(Stored::into_raw);
        for (dumps, most) in [(1, 1), (2, 1), (64, 1), (65, 2), (200, 4)] {
            let (panel, counts) = panel_of(dumps, 2, std::slice::from_ref(&category), &frames, raw).unwrap();
            assert_eq!((counts.len(), counts.iter().sum::<usize>()), (dumps.min(64), dumps));
            assert!(counts.iter().all(|&count| count == most || count + 1 == most), "{counts:?}");
            let profiles: Vec<usize> = panel.members().iter().map(|member| member.profiles as usize).collect();
            assert_eq!(profiles, counts);
            let last = panel.members().last().unwrap();
            assert_eq!(*last.last.as_ref().unwrap_or(&last.file.name), (dumps - 1).to_string());
            let total = (0..dumps as u64).sum::<u64>();
            assert_eq!(panel.totals().row(0).sum(), total);
            assert_eq!(panel.by_function().rows().map(|row| row.sum()).sum::<u64>(), total);
            assert_eq!(panel.by_stack().rows().map(|row| row.sum()).sum::<u64>(), 2 * dumps as u64);
            assert_eq!(panel.by_stack().len(), 2);
        }
        assert_eq!([0, 1, 2, 64, 65, 10_000].map(stacks_of_each), [0, 0, 4096, 4096, 2048, 26]);
    }
}

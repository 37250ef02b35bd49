//! Which rows of both sides are one: functions, packages and stacks that are the same, though versions, builds, folders and lines have changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::elsewhere::{Alone, matched_elsewhere};
use super::folder;
use super::lines::{Placed, Same, matched};
use crate::analysis::address;
use crate::analysis::panel::{Panel, StackId, Table};
use crate::profile::{FrameId, FrameKind, PackageId, TextId};

/// Rows that are one row of the comparison, on either side.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The group of each row of a table, before and after; [`NONE`] where it is not there.
    of: [Vec<u32>; 2],
    /// The rows of each group, before and after.
    rows: Vec<[Vec<u32>; 2]>,
}

const NONE: u32 = u32::MAX;

impl Groups {
    fn new(rows: usize) -> Self {
        Self { of: [vec![NONE; rows], vec![NONE; rows]], rows: Vec::new() }
    }

    fn add(&mut self, rows: [Vec<u32>; 2]) {
        let group = self.rows.len() as u32;
        for (of, rows) in self.of.iter_mut().zip(&rows) {
            rows.iter().for_each(|&row| of[row as usize] = group);
        }
        self.rows.push(rows);
    }

    fn add_frames(&mut self, same: Same) {
        self.add(same.map(|ids| ids.into_iter().map(|FrameId(id)| id).collect()));
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The group of a row on a side.
    pub(super) fn group(&self, side: usize, row: u32) -> Option<u32> {
        Some(self.of[side][row as usize]).filter(|&group| group != NONE)
    }

    /// The rows of a group on a side.
    pub(super) fn rows(&self, group: u32, side: usize) -> &[u32] {
        &self.rows[group as usize][side]
    }

    /// The table of the groups, of one whose first `before` members are the side before.
    pub(super) fn table(&self, table: &Table, before: usize) -> Table {
        let group_of = |member, row| self.group(usize::from(member >= before), row as u32);
        table.grouped(self.len(), |member, row| group_of(member, row).map(|group| group as usize))
    }
}

/// The groups of all tables.
#[derive(Debug)]
pub(super) struct Matching {
    pub(super) functions: Groups,
    pub(super) packages: Groups,
    pub(super) stacks: Groups,
}

impl Matching {
    /// Matches the rows of a panel whose first `before` members are the side before.
    pub(super) fn new(panel: &Panel, before: usize) -> Self {
        let sides = sides(panel, before);
        let functions = functions(panel, before, &sides);
        Self { packages: packages(panel, &sides), stacks: stacks(panel, before, &functions), functions }
    }
}

/// On which sides each frame is, by itself or in a stack.
fn sides(panel: &Panel, before: usize) -> Vec<[bool; 2]> {
    let mut sides = vec![[false; 2]; panel.frames().len()];
    let side = |member: usize| usize::from(member >= before);
    for (frame, row) in panel.by_function().rows().enumerate() {
        row.cells().for_each(|(member, _)| sides[frame][side(member)] = true);
    }
    for (stack, row) in (0..).map(StackId).zip(panel.by_stack().rows()) {
        for (member, _) in row.cells() {
            panel.stack(stack).iter().for_each(|id| sides[id.0 as usize][side(member)] = true);
        }
    }
    sides
}

/// Functions are the same if their name and the address of their script are, and their place fits; those of the application that are nowhere then, if they were put into another script.
fn functions(panel: &Panel, before: usize, sides: &[[bool; 2]]) -> Groups {
    let frames = panel.frames();
    let addresses = addresses(panel, sides);
    let mut placed: Vec<(&str, FrameKind, Placed)> = frames
        .ids()
        .filter(|id| sides[id.0 as usize] != [false; 2])
        .map(|id| {
            let frame = frames.get(id);
            let (line, column) = (frames.line(id).unwrap_or(0), frames.column(id).unwrap_or(0));
            let placed = Placed { name: frame.function, line, column, frame: id, sides: sides[id.0 as usize] };
            (&*addresses[id.0 as usize], frame.kind, placed)
        })
        .collect();
    // By texts: the numbers of frames and texts depend on how files are read.
    placed.sort_unstable_by_key(|&(address, kind, Placed { name, line, column, .. })| {
        (address, kind, frames.text(name), line, column)
    });
    let anonymous = frames.ids().map(|id| frames.get(id).function).find(|&name| frames.text(name).is_empty());
    let mut groups = Groups::new(frames.len());
    let mut alone = [Vec::new(), Vec::new()];
    let mut on_both: HashSet<&str> = HashSet::new();
    for script in placed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (address, kind, _) = script[0];
        let functions: Vec<Placed> = script.iter().map(|&(_, _, placed)| placed).collect();
        if (0..2).all(|side| functions.iter().any(|function| function.sides[side])) {
            on_both.insert(address);
        }
        for same in matched(&functions, anonymous) {
            let side = usize::from(same[0].is_empty());
            let is_alone = kind == FrameKind::App && same[1 - side].is_empty() && same[side].len() == 1;
            let found = is_alone.then(|| functions.iter().find(|function| same[side] == [function.frame])).flatten();
            match found {
                Some(&placed) => alone[side].push(Alone { script: address, name: frames.text(placed.name), placed }),
                None => groups.add_frames(same),
            }
        }
    }
    if alone.iter().any(|functions| !functions.is_empty()) {
        let is_of_one_side =
            |id: FrameId| frames.get(id).kind == FrameKind::App && !on_both.contains(&*addresses[id.0 as usize]);
        let callers = callers_in_place(panel, before, &alone, &groups, is_of_one_side);
        let have_in_common = |before: &Placed, after: &Placed| {
            let [before, after] = [before, after].map(|function| callers.get(&function.frame));
            before.zip(after).is_some_and(|(before, after)| !before.is_disjoint(after))
        };
        let same = matched_elsewhere(&alone, |script| on_both.contains(script), have_in_common, anonymous);
        same.into_iter().for_each(|same| groups.add_frames(same));
    }
    groups
}

/// The functions that call these, which are on one side alone: those that are on both, and no built-ins. Those of scripts that are on one side alone are passed over.
fn callers_in_place(
    panel: &Panel,
    before: usize,
    alone: &[Vec<Alone<'_>>; 2],
    groups: &Groups,
    is_of_one_side: impl Fn(FrameId) -> bool,
) -> BTreeMap<FrameId, BTreeSet<u32>> {
    let frames = panel.frames();
    let side_of: BTreeMap<FrameId, usize> = alone
        .iter()
        .zip(0..)
        .flat_map(|(functions, side)| functions.iter().map(move |it| (it.placed.frame, side)))
        .collect();
    let in_place = |FrameId(row): FrameId| {
        let group = groups.group(0, row).or_else(|| groups.group(1, row));
        group.filter(|&group| (0..2).all(|side| !groups.rows(group, side).is_empty()))
    };
    let mut callers: BTreeMap<FrameId, BTreeSet<u32>> = BTreeMap::new();
    for (stack, row) in (0..).map(StackId).zip(panel.by_stack().rows()) {
        let mut is_on = [false; 2];
        row.cells().for_each(|(member, _)| is_on[usize::from(member >= before)] = true);
        let mut caller = None;
        for &id in panel.stack(stack) {
            if side_of.get(&id).is_some_and(|&side| is_on[side]) {
                callers.entry(id).or_default().extend(caller);
            }
            if frames.get(id).kind != FrameKind::Native && !is_of_one_side(id) {
                caller = in_place(id);
            }
        }
    }
    callers
}

/// The address of each frame's script.
fn addresses(panel: &Panel, sides: &[[bool; 2]]) -> Vec<Rc<str>> {
    let frames = panel.frames();
    let mut of_url: HashMap<TextId, [bool; 2]> = HashMap::new();
    for id in frames.ids() {
        let known = of_url.entry(frames.get(id).url).or_default();
        (0..2).for_each(|side| known[side] |= sides[id.0 as usize][side]);
    }
    let mut known: HashMap<(TextId, PackageId), Rc<str>> = HashMap::new();
    for id in frames.ids() {
        let frame = frames.get(id);
        known.entry((frame.url, frame.package)).or_insert_with(|| {
            let (url, package) = (frames.text(frame.url), frames.text(frames.package(frame.package).name));
            match frame.kind {
                FrameKind::Dependency => format!("{package}\0{}", address::within_package(url, package)).into(),
                FrameKind::App if of_url[&frame.url] != [true; 2] => address::without_hashes(url).into(),
                FrameKind::App => address::path(url).into(),
                _ => url.into(),
            }
        });
    }
    let address = |id: FrameId| &known[&(frames.get(id).url, frames.get(id).package)];
    let moved = folder::moved(panel, sides, |id| &**address(id));
    let mut elsewhere: HashMap<&str, Rc<str>> = HashMap::new();
    let of_frame = |id: FrameId| {
        let path = address(id);
        let is_before = frames.get(id).kind == FrameKind::App && sides[id.0 as usize] == [true, false];
        match moved
            .as_ref()
            .filter(|_| is_before)
            .and_then(|(before, after)| Some((path.strip_prefix(&**before)?, after)))
        {
            Some((rest, after)) => elsewhere.entry(path).or_insert_with(|| format!("{after}{rest}").into()).clone(),
            None => path.clone(),
        }
    };
    frames.ids().map(of_frame).collect()
}

/// Packages are the same if their names are.
fn packages(panel: &Panel, sides: &[[bool; 2]]) -> Groups {
    let frames = panel.frames();
    let mut is_on = vec![[false; 2]; frames.package_count()];
    for id in frames.ids() {
        let PackageId(package) = frames.get(id).package;
        (0..2).for_each(|side| is_on[package as usize][side] |= sides[id.0 as usize][side]);
    }
    let mut by_name: BTreeMap<&str, [Vec<u32>; 2]> = BTreeMap::new();
    for id in frames.package_ids() {
        let rows = by_name.entry(frames.text(frames.package(id).name)).or_default();
        (0..2).filter(|&side| is_on[id.0 as usize][side]).for_each(|side| rows[side].push(id.0));
    }
    let mut groups = Groups::new(frames.package_count());
    by_name.into_values().for_each(|rows| groups.add(rows));
    groups
}

/// Stacks are the same if their functions are.
fn stacks(panel: &Panel, before: usize, functions: &Groups) -> Groups {
    let table = panel.by_stack();
    let mut by_path: BTreeMap<Vec<u32>, [Vec<u32>; 2]> = BTreeMap::new();
    for (row, sizes) in (0_u32..).zip(table.rows()) {
        for side in 0..2 {
            if sizes.cells().any(|(member, _)| usize::from(member >= before) == side) {
                let path = panel.stack(StackId(row)).iter();
                let path = path.filter_map(|&FrameId(id)| functions.group(side, id)).collect();
                by_path.entry(path).or_default()[side].push(row);
            }
        }
    }
    let mut groups = Groups::new(table.len());
    by_path.into_values().for_each(|rows| groups.add(rows));
    groups
}

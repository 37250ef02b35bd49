//! From rows that speak for a leak to suspects: a leak seen in many rows is one.
//!
//! Tables are gone through from the narrow to the wide: stacks, functions, callers (with all that they call). A row that stands out brings the stacks in it whose
//! sizes are of its kind, unless those of the suspects so far explain it: what they leave of the row does not stand out. Packages and categories name none: they
//! are sums of much that has nothing to do with each other, whose swings even out. The stack with most is the one that holds; it belongs to a suspect with
//! which it shares
//!
//! * the function that causes it: the innermost of the application or a package, or
//! * a caller of the application, so that what a request keeps is one suspect, whichever functions made it.
//!
//! The first of these is needed since V8 names what was inlined by the function that it was inlined into: the same leak changes its stack when it is optimised.
//!
//! Along one session a row that has more than half of its rate from stacks that grew in one step each makes no suspect: code that V8 compiles late, or a cache that
//! is filled once, brings its bytes in one step, and many of these after each other look like growth. A leak comes again and again on the same stacks, as far as their inner part
//! tells: from the nearest function of the application inwards.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::dumps::Dumps;
use super::onset::{self, Onset};
use super::{Judged, JudgedTable, LEVEL, Of, SeriesKind, callers, growing, shape, survival};
use crate::analysis::instrument;
use crate::analysis::model::{Panel, StackId};
use crate::profile::{FrameId, FrameKind};

/// A leak that the series shows.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// The stack that holds most of it, from below the root to the allocating function.
    pub frames: Vec<FrameId>,
    /// The functions that hold it, the one with most first: of each stack the innermost function of the application or a package, since what a native function makes is
    /// its caller's.
    pub holders: Vec<Holder>,
    /// The function of the application to look at, where the first of these is somebody else's: the nearest one that most of what it asks for is below.
    pub below: Option<FrameId>,
    /// The stacks that are counted.
    pub stacks: Vec<StackId>,
    /// Their sizes in each dump, bytes.
    pub sizes: Vec<f64>,
    /// What a dump adds, bytes; of sessions started anew, what each leaves.
    pub rate: f64,
    /// The standard error of the rate.
    pub error: f64,
    /// Where it began late in the series: since when, and at what rate.
    pub onset: Option<Onset>,
    /// Sessions that hold much more of it than the others, as longer ones do.
    pub longer: u32,
    /// Whether sizes and rate are of its one holder with all that it calls, since its bytes move between them along the series.
    pub with_callees: bool,
    /// The rows that show it, of all tables.
    pub evidence: Vec<(Of, usize)>,
}

/// A function that holds a part of a suspect.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The function.
    pub function: FrameId,
    /// What of the suspect's rate is its own.
    pub rate: f64,
    /// What it holds in each dump, bytes.
    pub sizes: Vec<f64>,
}

/// Tables that may name a suspect.
const TABLES: [Of; 3] = [Of::Stack, Of::Function, Of::Caller];
/// The part of the level that each has. They show the same bytes in three ways, so a half does: docs/trend.md has how often they name a wrong one.
const PART: f64 = 0.5;
/// The part of a row's rate that a suspect must have for the row to be its evidence.
const EVIDENCE: f64 = 0.5;
/// The part of the rate of a suspect that stacks have which grew in more than one step.
const AGAIN: f64 = 0.5;

/// Looks for suspects among what was judged.
pub(super) struct Search<'a> {
    pub(super) panel: &'a Panel,
    pub(super) dumps: &'a Dumps,
    pub(super) kind: SeriesKind,
    pub(super) tables: &'a [JudgedTable],
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The suspects, the one with the highest rate first.
    pub(super) suspects: Vec<Suspect>,
    /// What stands out as suspects do, but on stacks that grew in one step each.
    pub(super) stepwise: Vec<Suspect>,
    /// What stands out as suspects do, but has what something else has lost.
    pub(super) exchanged: Vec<Suspect>,
    /// What captures, where that stands out as a suspect does.
    pub(super) instrument: Option<Suspect>,
    /// Native code without a caller, where that does.
    pub(super) uncalled: Option<Suspect>,
}

impl Search<'_> {
    /// Looks for all of it.
    pub(super) fn found(&self) -> Found {
        let strengths: Vec<f64> =
            self.table(Of::Stack).sizes.rows().map(|row| self.strength(&self.dumps.sizes(row))).collect();
        // Bytes of what captures explain rows of the application that called it. Native code without a caller tells nobody what to mend.
        let own = self.stacks_that(|frames| instrument::is_own(self.panel.frames(), frames));
        let uncalled = self.stacks_that(|frames| self.is_uncalled(frames));
        let compiled = self.stacks_that(|frames| self.is_between_tasks(frames));
        let aside: Vec<StackId> = own.iter().chain(&uncalled).chain(&compiled).copied().collect();
        let (mut groups, mut stepwise): (Vec<Group>, Vec<Group>) = (Vec::new(), Vec::new());
        for of in TABLES {
            let table = self.table(of);
            let level = PART * LEVEL / table.rows.len().max(1) as f64;
            let mut rows: Vec<&Judged> =
                table.rows.iter().filter(|row| row.verdict.is_suspicious() && row.p_value <= level).collect();
            if of == Of::Caller {
                // Inner ones first: an outer one is explained by them.
                rows.sort_by_key(|row| table.sizes.row(row.row).sum());
            }
            for row in rows {
                self.follow(of, row, level, &strengths, &aside, (&mut groups, &mut stepwise));
            }
        }
        let (groups, exchanged) = self.told_from_exchanges(groups, &aside, &strengths);
        let groups = self.gathered(groups, &strengths);
        let taken: HashSet<StackId> = groups.iter().flat_map(|group| &group.stacks).chain(&aside).copied().collect();
        let [suspects, stepwise, exchanged] = [groups, stepwise, exchanged].map(|groups| {
            let mut suspects: Vec<Suspect> =
                groups.into_iter().map(|group| self.suspect(group, &strengths, &taken)).collect();
            suspects.sort_by(|a, b| b.rate.total_cmp(&a.rate).then_with(|| self.compare(&a.frames, &b.frames)));
            suspects
        });
        let [instrument, uncalled] = [own, uncalled].map(|stacks| {
            self.stands_out(&self.sum(&stacks), PART * LEVEL).then(|| {
                let group = Group { stacks, keys: Vec::new(), frames: Vec::new(), rate: 0.0, error: 0.0, longer: 0 };
                // Whoever called it: that is not to be looked at.
                Suspect { below: None, ..self.suspect(group, &strengths, &taken) }
            })
        });
        Found { suspects, stepwise, exchanged, instrument, uncalled }
    }

    pub(super) fn stacks_that(&self, are_wanted: impl Fn(&[FrameId]) -> bool) -> Vec<StackId> {
        let stacks = (0..self.table(Of::Stack).sizes.len()).map(|stack| StackId(stack as u32));
        stacks.filter(|&stack| are_wanted(self.panel.stack(stack))).collect()
    }

    pub(super) fn table(&self, of: Of) -> &JudgedTable {
        &self.tables[of as usize]
    }

    /// How much of what is looked for sizes have.
    fn strength(&self, sizes: &[f64]) -> f64 {
        match self.kind {
            SeriesKind::Growing => self.dumps.axis.slope(sizes) * self.dumps.step,
            SeriesKind::Restarted => sizes.iter().sum::<f64>() / sizes.len().max(1) as f64,
        }
    }

    fn stands_out(&self, sizes: &[f64], level: f64) -> bool {
        match self.kind {
            SeriesKind::Growing => growing::grows(sizes, self.dumps, level),
            SeriesKind::Restarted => survival::survives(sizes, self.dumps, level),
        }
    }

    /// Lets a row join a suspect, or become one, unless it is explained; or join what grew in one step of each stack.
    fn follow(
        &self,
        of: Of,
        row: &Judged,
        level: f64,
        strengths: &[f64],
        aside: &[StackId],
        (groups, stepwise): (&mut Vec<Group>, &mut Vec<Group>),
    ) {
        let of_groups = groups.iter().flat_map(|group| &group.stacks);
        let taken: HashSet<StackId> = of_groups.chain(aside).copied().collect();
        let stacks = self.stacks_of(of, row.row);
        let explained: Vec<StackId> = stacks.iter().copied().filter(|stack| taken.contains(stack)).collect();
        if !explained.is_empty() {
            let sizes = self.dumps.sizes(self.table(of).sizes.row(row.row));
            let rest: Vec<f64> =
                sizes.iter().zip(self.sum(&explained)).map(|(size, part)| (size - part).max(0.0)).collect();
            if !self.stands_out(&rest, level) {
                return;
            }
        }
        let strength = |stack: StackId| strengths[stack.0 as usize];
        let new: Vec<StackId> =
            stacks.into_iter().filter(|&stack| strength(stack) > 0.0 && !taken.contains(&stack)).collect();
        let holding = new.iter().copied().max_by(|&a, &b| {
            let tie = || self.compare(self.panel.stack(b), self.panel.stack(a));
            strength(a).total_cmp(&strength(b)).then_with(tie)
        });
        // A function none of whose stacks is among the heaviest stands for itself.
        let frames = match (holding, of) {
            (Some(stack), _) => self.panel.stack(stack).to_vec(),
            (None, Of::Function | Of::Caller)
                if !instrument::is_instrument(self.panel.frames(), FrameId(row.row as u32)) =>
            {
                vec![FrameId(row.row as u32)]
            }
            _ => return,
        };
        let keys = self.keys(&frames);
        let is_of = |group: &Group| group.keys.iter().any(|key| keys.contains(key));
        // A suspect has bytes on stacks that are met once, too.
        let is_stepwise = !groups.iter().any(is_of) && self.is_stepwise(&new);
        let groups = if is_stepwise { stepwise } else { groups };
        match groups.iter_mut().find(|group| is_of(group)) {
            Some(group) => {
                let more: Vec<StackId> = new.into_iter().filter(|stack| !group.stacks.contains(stack)).collect();
                group.stacks.extend(more);
                group.keys.extend(keys);
            }
            None => {
                let (rate, error) = (row.rate, row.error);
                groups.push(Group { stacks: new, keys, frames, rate, error, longer: row.longer });
            }
        }
    }

    /// Whether too little of the rate of these stacks is of those that grew in more than one step. Stacks that are one from the nearest function of the application inwards
    /// count as one: V8 inlines what is outside, as a framework's layers, one after the other while it warms up, and each time the same bytes are on another stack.
    fn is_stepwise(&self, stacks: &[StackId]) -> bool {
        let mut parts: HashMap<&[FrameId], Vec<StackId>> = HashMap::new();
        for &stack in stacks {
            parts.entry(self.inner(self.panel.stack(stack))).or_default().push(stack);
        }
        let is_again = |part: &[StackId]| !shape::is_one_step(&self.sum(part));
        let mut again: Vec<StackId> = parts.into_values().filter(|part| is_again(part)).flatten().collect();
        again.sort_unstable();
        let rate = |stacks: &[StackId]| self.dumps.axis.slope(&self.sum(stacks));
        self.kind == SeriesKind::Growing && rate(&again) < AGAIN * rate(stacks)
    }

    /// The frames from the nearest function of the application inwards; all of them where there is none.
    fn inner<'f>(&self, frames: &'f [FrameId]) -> &'f [FrameId] {
        &frames[frames.iter().rposition(|&id| self.is_application(id)).unwrap_or(0)..]
    }

    /// What stacks must share to be of one suspect.
    fn keys(&self, frames: &[FrameId]) -> Vec<FrameId> {
        let mut keys: Vec<FrameId> = frames.iter().copied().filter(|&id| self.is_application(id)).collect();
        keys.extend(self.cause(frames));
        keys
    }

    /// Whether it has a row among callers.
    pub(super) fn is_caller(&self, id: FrameId) -> bool {
        self.is_application(id) || self.panel.frames().get(id).kind == FrameKind::Dependency
    }

    pub(super) fn is_application(&self, id: FrameId) -> bool {
        matches!(self.panel.frames().get(id).kind, FrameKind::App | FrameKind::Generated)
    }

    /// The innermost function of the application, a package or what captures; the last of all where there is none.
    pub(super) fn cause(&self, frames: &[FrameId]) -> Option<FrameId> {
        if instrument::is_own(self.panel.frames(), frames) {
            return frames.iter().copied().rfind(|&id| instrument::is_instrument(self.panel.frames(), id));
        }
        let found = frames.iter().copied().rfind(|&id| self.is_caller(id));
        found.or(frames.last().copied())
    }

    /// The functions that hold what some stacks do, and how much each of the rate of all: of sessions started anew, longer ones are not in it.
    fn holders(&self, stacks: &[StackId], strengths: &[f64], rate: f64) -> Vec<Holder> {
        let mut holders: Vec<(FrameId, f64, Vec<StackId>)> = Vec::new();
        for &stack in stacks {
            let (Some(cause), strength) = (self.cause(self.panel.stack(stack)), strengths[stack.0 as usize]) else {
                continue;
            };
            match holders.iter_mut().find(|(function, ..)| *function == cause) {
                Some((_, rate, held)) => {
                    *rate += strength;
                    held.push(stack);
                }
                None => holders.push((cause, strength, vec![stack])),
            }
        }
        holders.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| self.panel.frames().compare(a.0, b.0)));
        let all: f64 = holders.iter().map(|(_, strength, _)| strength).sum();
        let with_sizes = |(function, strength, held): (FrameId, f64, Vec<StackId>)| {
            let part = if all > 0.0 { strength / all } else { 0.0 };
            Holder { function, rate: part * rate, sizes: self.sum(&held) }
        };
        holders.into_iter().map(with_sizes).collect()
    }

    /// The stacks whose bytes are in a row.
    pub(super) fn stacks_of(&self, of: Of, row: usize) -> Vec<StackId> {
        let frames = self.panel.frames();
        let last = |stack: StackId| self.panel.stack(stack).last().map(|&id| (id, frames.get(id)));
        let is_in = |&stack: &StackId| match of {
            Of::Total => true,
            Of::Category => last(stack).is_some_and(|(_, frame)| usize::from(frame.category.0) == row),
            Of::Package => last(stack).is_some_and(|(_, frame)| frame.package.0 as usize == row),
            Of::Function => last(stack).is_some_and(|(id, _)| id.0 as usize == row),
            Of::Caller => self.panel.stack(stack).contains(&FrameId(row as u32)),
            Of::Stack => stack.0 as usize == row,
        };
        (0..self.table(Of::Stack).sizes.len()).map(|stack| StackId(stack as u32)).filter(is_in).collect()
    }

    /// The sizes of some stacks, added up.
    pub(super) fn sum(&self, stacks: &[StackId]) -> Vec<f64> {
        let mut sum = vec![0.0; self.dumps.axis.len()];
        for stack in stacks {
            let sizes = self.dumps.sizes(self.table(Of::Stack).sizes.row(stack.0 as usize));
            sum.iter_mut().zip(sizes).for_each(|(sum, size)| *sum += size);
        }
        sum
    }

    /// What is said of a group, where all groups have `taken` these stacks.
    fn suspect(&self, group: Group, strengths: &[f64], taken: &HashSet<StackId>) -> Suspect {
        let Group { mut stacks, frames, rate, error, longer, .. } = group;
        stacks.sort_by(|&a, &b| {
            let strength = |stack: StackId| strengths[stack.0 as usize];
            let tie = || self.compare(self.panel.stack(a), self.panel.stack(b));
            strength(b).total_cmp(&strength(a)).then_with(tie)
        });
        let mut sizes = self.sum(&stacks);
        let judged = match self.kind {
            SeriesKind::Growing => growing::judge(&[0], |_| sizes.clone(), self.dumps),
            SeriesKind::Restarted => survival::judge(&[0], |_| sizes.clone(), self.dumps),
        };
        let judged = judged.first().filter(|_| !stacks.is_empty());
        let (mut rate, mut error, longer) =
            judged.map_or((rate, error, longer), |row| (row.rate, row.error, row.longer));
        let frames = stacks.first().map_or(frames, |&stack| self.panel.stack(stack).to_vec());
        let whole = match self.kind {
            SeriesKind::Growing => self.whole(&frames, &stacks, &sizes, taken),
            SeriesKind::Restarted => None,
        };
        let mut holders = self.holders(&stacks, strengths, rate);
        let with_callees = whole.is_some();
        let evidence = self.evidence(whole.as_ref().map_or(&stacks, |whole| &whole.stacks), strengths);
        if let Some(whole) = whole {
            (rate, error) = (whole.judged.rate, whole.judged.error);
            holders = vec![Holder { function: whole.caller, rate, sizes: whole.sizes.clone() }];
            sizes = whole.sizes;
        }
        if let (true, Some(function)) = (holders.is_empty(), self.cause(&frames)) {
            holders.push(Holder {
                function,
                rate,
                sizes: self.dumps.sizes(self.table(Of::Function).sizes.row(function.0 as usize)),
            });
        }
        let below = self.below(&stacks, strengths, &holders);
        let onset = match self.kind {
            SeriesKind::Growing => onset::of(&sizes, self.dumps),
            SeriesKind::Restarted => None,
        };
        Suspect { frames, holders, below, stacks, sizes, rate, error, onset, longer, with_callees, evidence }
    }

    /// The rows that stand out and have half of their rate from these stacks.
    fn evidence(&self, stacks: &[StackId], strengths: &[f64]) -> Vec<(Of, usize)> {
        let mut evidence = Vec::new();
        for table in self.tables {
            for row in table.rows.iter().filter(|row| row.verdict.is_suspicious()) {
                let of_row: HashSet<StackId> = self.stacks_of(table.of, row.row).into_iter().collect();
                let part: f64 =
                    stacks.iter().filter(|stack| of_row.contains(stack)).map(|stack| strengths[stack.0 as usize]).sum();
                if part > 0.0 && part >= EVIDENCE * row.rate {
                    evidence.push((table.of, row.row));
                }
            }
        }
        evidence
    }

    pub(super) fn compare(&self, a: &[FrameId], b: &[FrameId]) -> Ordering {
        callers::compare(self.panel, a, b)
    }
}

/// A suspect in the making.
pub(super) struct Group {
    pub(super) stacks: Vec<StackId>,
    pub(super) keys: Vec<FrameId>,
    /// The stack with most of it; the function alone where no stack is known.
    pub(super) frames: Vec<FrameId>,
    pub(super) rate: f64,
    error: f64,
    longer: u32,
}

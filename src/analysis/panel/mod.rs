//! The same rows in several profiles: what a trend, a comparison and a gate are made of.
//!
//! A panel has a numbering of its own, under which functions, packages and stacks of all its members are found again. Of each member it keeps the self
//! sizes that are not 0, by function and by stack; those of packages and categories follow from the functions.

mod adding;
mod cells;
mod numbering;
mod runs;
mod stacks;
mod table;

use std::collections::HashSet;

use super::model::{FileInfo, Function, Objects, ObjectsIn, Profile, Share, Warning};
use super::sampling::Sampling;
use crate::profile::{CallFrameTable, Category, FirstSamples, FrameId, HeavyStack, PackageId, Sums, Total};

pub use numbering::Numbering;
pub use stacks::StackId;
pub use table::{Row, Table};

pub(in crate::analysis) use adding::Adding;

use cells::Cells;
use stacks::Stacks;

/// Heaviest stacks of each profile that a panel wants to know. More would be noise: each rests on a few samples.
pub const STACKS: usize = 4096;

/// Profiles side by side, in the order in which they were added.
///
/// # Panics
///
/// Ids of functions, packages and stacks are those of [`Panel::frames`] and of its tables: with those of another panel its methods tell of another row,
/// or panic. So they do where a profile has categories that the panel does not.
#[derive(Debug)]
pub struct Panel {
    categories: Vec<Category>,
    frames: CallFrameTable,
    stacks: Stacks,
    members: Vec<Member>,
    /// What the member that is being made has by function and by stack.
    adding: [Adding; 2],
    /// Whether the last run that was to be added counts by itself, so that it is the last member.
    last_run_counts: bool,
}

/// One profile of a panel, or several that count as one.
#[derive(Clone, Debug)]
pub struct Member {
    /// The (first) file.
    pub file: FileInfo,
    /// The name of the last file, where several were added up.
    pub last: Option<String>,
    /// Names of files that hold the same capture, which do not count.
    pub also: Vec<String>,
    /// Names of files that are earlier readings of the same sampling session, which do not count.
    pub readings: Vec<String>,
    /// Names of files that are of other threads of the same process, which count together with the first.
    pub threads: Vec<String>,
    /// Profiles that were added up.
    pub profiles: u32,
    /// Its sampling interval, and how it is known; of several profiles the longest.
    pub sampling: Sampling,
    /// Which objects are in it.
    pub objects: ObjectsIn,
    /// Sum of all self sizes, bytes. What would carry it past 2^64 - 1 is in no row, and counted among what its [file](Self::file) has in no sum.
    pub total_size: u64,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// What makes its sums doubtful, where it is the sum of several files.
    pub doubts: Vec<Warning>,
    functions: Cells,
    stacks: Cells,
    /// How many stacks are known, one for each node, and their bytes.
    known_stacks: (u64, u64),
    fingerprint: Option<u64>,
    /// The first samples of each reading, where they are known.
    first_samples: Vec<FirstSamples>,
}

/// What a profile brings into a panel, in the numbering of its own tables.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The file.
    pub file: &'a FileInfo,
    /// Its sampling.
    pub sampling: Sampling,
    /// Which objects are in it.
    pub objects: ObjectsIn,
    /// Nodes with a positive self size.
    pub allocating_nodes: u64,
    /// Its call frames.
    pub frames: &'a CallFrameTable,
    /// What these are in a table of many profiles, which the numbering is of; `None` where they are a table of their own.
    pub ids: Option<&'a [FrameId]>,
    /// Self sizes of functions, those that are not 0.
    pub functions: Vec<(FrameId, u64)>,
    /// Its heaviest stacks, [`STACKS`] at most.
    pub stacks: &'a [HeavyStack],
}

impl<'a> Entry<'a> {
    /// What a profile that was read by itself brings.
    pub fn of(profile: &'a Profile, interval: Option<u64>) -> Self {
        let aggregate = &profile.aggregate;
        let sizes = aggregate.frames.ids().zip(&aggregate.by_frame);
        let mut functions = Vec::with_capacity(aggregate.by_frame.len());
        functions.extend(sizes.map(|(id, sums)| (id, sums.self_size)).filter(|&(_, size)| size > 0));
        Self {
            file: &profile.file,
            sampling: profile
                .sampling
                .unwrap_or_else(|| super::interval::sampling(aggregate, profile.file.dialect, interval)),
            objects: ObjectsIn::of(aggregate, profile.file.complete, profile.file.dialect),
            allocating_nodes: aggregate.allocating_nodes,
            frames: &aggregate.frames,
            ids: None,
            functions,
            stacks: &aggregate.stacks,
        }
    }
}

impl Member {
    /// A member of this profile, without its cells.
    fn new(entry: &Entry<'_>) -> Self {
        Self {
            file: entry.file.clone(),
            last: None,
            also: Vec::new(),
            readings: Vec::new(),
            threads: Vec::new(),
            profiles: 1,
            sampling: entry.sampling,
            objects: entry.objects,
            total_size: 0,
            allocating_nodes: entry.allocating_nodes,
            doubts: Vec::new(),
            functions: Cells::default(),
            stacks: Cells::default(),
            known_stacks: (0, 0),
            fingerprint: None,
            first_samples: Vec::new(),
        }
    }

    /// Self sizes by stack.
    pub(in crate::analysis) fn stacks(&self) -> impl Iterator<Item = (StackId, u64)> {
        self.stacks.iter().map(|(id, size)| (StackId(id), size))
    }

    /// How many of its stacks are lighter than those that are known, one for each node, and their bytes.
    pub(in crate::analysis) fn lighter_stacks(&self) -> (u64, u64) {
        let (stacks, size) = self.known_stacks;
        (self.allocating_nodes.saturating_sub(stacks), self.total_size.saturating_sub(size))
    }

    /// Adds what is known of another profile.
    fn take(&mut self, entry: &Entry<'_>) {
        self.profiles += 1;
        self.last = Some(entry.file.name.clone());
        self.allocating_nodes += entry.allocating_nodes;
        // What is one was captured in one way: where a part does not tell how, the others do.
        if entry.sampling.interval > self.sampling.interval {
            self.sampling = entry.sampling;
        } else if self.sampling.interval.is_none() {
            // It is no longer than each of them allows.
            let longest = [self.sampling.candidate, entry.sampling.candidate].into_iter().flatten().min();
            self.sampling.candidate = longest;
        }
        if entry.objects.which != self.objects.which {
            self.objects = ObjectsIn { which: Objects::Unknown, samples: None };
        }
    }
}

impl Panel {
    /// A panel without members; all of them are classified under these categories.
    pub fn new(categories: &[Category]) -> Self {
        Self {
            categories: categories.to_vec(),
            frames: CallFrameTable::default(),
            stacks: Stacks::default(),
            members: Vec::new(),
            adding: Default::default(),
            last_run_counts: false,
        }
    }

    /// Adds a profile that was read by itself, whose sampling interval may be given (0 is none). Gives its place among the members.
    pub fn add(&mut self, profile: &Profile, interval: Option<u64>) -> usize {
        let place = self.enter(Entry::of(profile, interval), &mut Numbering::default());
        self.members[place].doubts =
            profile.warnings.iter().filter(|warning| warning.is_of_the_sum()).cloned().collect();
        place
    }

    /// Adds a profile, whose tables this numbering is of, as a member of its own. Gives its place among the members.
    pub fn enter(&mut self, entry: Entry<'_>, numbering: &mut Numbering) -> usize {
        self.enter_all([entry], numbering);
        self.members.len() - 1
    }

    /// Adds profiles, whose tables this numbering is of, as one member: they count as one from then on.
    pub fn enter_all<'e>(&mut self, entries: impl IntoIterator<Item = Entry<'e>>, numbering: &mut Numbering) {
        let place = self.members.len();
        for entry in entries {
            match self.members.get_mut(place) {
                Some(member) => member.take(&entry),
                None => self.members.push(Member::new(&entry)),
            }
            self.add_up(&entry, place, numbering);
        }
        self.settle(place);
    }

    /// Adds a profile to a member: they count as one from then on.
    fn enter_into(&mut self, place: usize, entry: Entry<'_>, numbering: &mut Numbering) {
        let member = &mut self.members[place];
        member.take(&entry);
        for (adding, cells) in self.adding.iter_mut().zip([&member.functions, &member.stacks]) {
            cells.iter().for_each(|(row, size)| adding.add(row as usize, size));
        }
        self.add_up(&entry, place, numbering);
        self.settle(place);
    }

    /// Adds up what a profile brings to a member.
    fn add_up(&mut self, entry: &Entry<'_>, place: usize, numbering: &mut Numbering) {
        let Self { frames, stacks, members, adding: [of_functions, of_stacks], .. } = self;
        let mut frame = |id: FrameId| {
            let key = entry.ids.map_or(id, |ids| ids[id.0 as usize]);
            numbering.number(key, || frames.adopt(entry.frames, id))
        };
        let member = &mut members[place];
        let mut total = Total { size: member.total_size, left_out: 0 };
        let mut left_out = HashSet::new();
        for &(id, size) in &entry.functions {
            match total.add(size) == size {
                true => of_functions.add(frame(id).0 as usize, size),
                false => _ = left_out.insert(id),
            }
        }
        member.total_size = total.size;
        member.file.unsummed = member.file.unsummed.saturating_add(total.left_out);
        member.known_stacks.0 += entry.stacks.len() as u64;
        let is_in = |stack: &&HeavyStack| stack.frames.last().is_none_or(|end| !left_out.contains(end));
        let mut path = Vec::new();
        for stack in entry.stacks.iter().filter(is_in) {
            member.known_stacks.1 = member.known_stacks.1.saturating_add(stack.self_size);
            path.clear();
            path.extend(stack.frames.iter().map(|&id| frame(id)));
            of_stacks.add(stacks.intern(&path).0 as usize, stack.self_size);
        }
    }

    /// Makes what was added up the member's.
    fn settle(&mut self, place: usize) {
        if let Some(member) = self.members.get_mut(place) {
            let [functions, stacks] = &mut self.adding;
            (member.functions, member.stacks) = (Cells::of(functions), Cells::of(stacks));
        }
    }

    /// The profiles.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The categories, by number.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The distinct functions and packages of all members. Lines and columns count from 1.
    pub fn frames(&self) -> &CallFrameTable {
        &self.frames
    }

    /// Everything that is shown of a function; its sums are not a matter of one profile.
    pub fn function(&self, id: FrameId) -> Function<'_> {
        Function::new(&self.frames, &self.categories, id, Sums::default(), Share::of(0, 0))
    }

    /// The frames of a stack, from below the root to the allocating function; the 256 innermost at most.
    pub fn stack(&self, id: StackId) -> &[FrameId] {
        self.stacks.get(id)
    }

    /// How many self sizes of functions are kept, of all members together.
    pub(in crate::analysis) fn cells(&self) -> usize {
        self.members.iter().map(|member| member.functions.len()).sum()
    }

    /// How many distinct stacks there are.
    pub(in crate::analysis) fn stacks(&self) -> usize {
        self.stacks.len()
    }

    /// Total sizes: a table of one row.
    pub fn totals(&self) -> Table {
        Table::new(1, self.members.len(), |member, cell| cell(0, self.members[member].total_size))
    }

    /// Self sizes by category; rows are numbered as [`Panel::categories`].
    pub fn by_category(&self) -> Table {
        self.by_class(self.categories.len(), |id| usize::from(self.frames.get(id).category.0))
    }

    /// Self sizes by package; rows are numbered as [`PackageId`].
    pub fn by_package(&self) -> Table {
        self.by_class(self.frames.package_count(), |id| {
            let PackageId(package) = self.frames.get(id).package;
            package as usize
        })
    }

    /// Self sizes by function; rows are numbered as [`FrameId`].
    pub fn by_function(&self) -> Table {
        self.table(self.frames.len(), |member| &member.functions)
    }

    /// Self sizes by stack; rows are numbered as [`StackId`]. Of each profile the [`STACKS`] heaviest are known.
    pub fn by_stack(&self) -> Table {
        self.table(self.stacks.len(), |member| &member.stacks)
    }

    fn by_class(&self, rows: usize, class_of: impl Fn(FrameId) -> usize) -> Table {
        let mut adding = Adding::default();
        Table::new(rows, self.members.len(), |member, cell| {
            self.members[member].functions.iter().for_each(|(id, size)| adding.add(class_of(FrameId(id)), size));
            adding.take(cell);
        })
    }

    fn table(&self, rows: usize, cells_of: impl Fn(&Member) -> &Cells) -> Table {
        Table::new(rows, self.members.len(), |member, cell| {
            cells_of(&self.members[member]).iter().for_each(|(row, size)| cell(row as usize, size));
        })
    }
}

#[cfg(test)]
mod tests;

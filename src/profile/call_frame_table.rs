//! The distinct call frames of a file, and the packages they belong to.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::Arc;

use super::string_arena::{hash_table_growth, while_growing};
use super::{CategoryId, Class, FrameKind, Signs, StringArena, TextId};

/// Index of a call frame in its [`CallFrameTable`]. Ids say nothing about order or size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub u32);

/// Index of a package in its [`CallFrameTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageId(pub u32);

/// How a writer counts lines and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineBase {
    /// From 0; -1 is none (the inspector protocol).
    Zero,
    /// From 1; 0 is none (xprofiler and its relatives).
    One,
}

/// A package, told by all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Package {
    /// Its name.
    pub name: TextId,
    /// Its version where the url tells it.
    pub version: Option<TextId>,
    /// Whose code it is.
    pub kind: FrameKind,
}

/// A distinct call frame and what it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct CallFrame {
    /// The function's name.
    pub function: TextId,
    /// The script's url.
    pub url: TextId,
    /// Line as the file has it; see [`CallFrameTable::line`].
    line: i32,
    /// Column as the file has it; see [`CallFrameTable::column`].
    column: i32,
    /// Whose code it is.
    pub kind: FrameKind,
    /// What its texts tell of whoever built its script.
    pub signs: Signs,
    /// The first bytes of the function's name, as a number: where two differ, the names are in the same order.
    pub(crate) beginning: u64,
    /// The package it belongs to.
    pub package: PackageId,
    /// The category its bytes are counted under.
    pub category: CategoryId,
}

/// Call frames without duplicates. Two frames are the same if function, url, line, column and kind are.
///
/// # Panics
///
/// An id is good for the table that gave it. With one of another table methods tell of another frame, package or text, or panic where there are not as many.
#[derive(Debug)]
pub struct CallFrameTable {
    /// Shared with tables of a part of the frames; nobody else has it while texts are interned.
    texts: Arc<StringArena>,
    frames: Vec<CallFrame>,
    packages: Vec<Package>,
    frame_index: HashTable<FrameId>,
    package_index: HashTable<PackageId>,
    hasher: RandomState,
    line_base: LineBase,
}

impl Default for CallFrameTable {
    fn default() -> Self {
        Self {
            texts: Arc::default(),
            frames: Vec::new(),
            packages: Vec::new(),
            frame_index: HashTable::new(),
            package_index: HashTable::new(),
            hasher: RandomState::default(),
            line_base: LineBase::Zero,
        }
    }
}

type Identity = (TextId, TextId, i32, i32, FrameKind);

impl CallFrameTable {
    /// The id of a call frame, which is stored if it is new. `line` and `column` are as the file has them, `class` is what a
    /// [`Classify`](super::Classify) says of it.
    pub fn intern(&mut self, function: &str, url: &str, line: i32, column: i32, class: &Class<'_>) -> FrameId {
        let texts = Arc::make_mut(&mut self.texts);
        let (name, script) = (function, url);
        let (function, url) = (texts.intern(name), texts.intern(script));
        // Of what else decides the class (whether there is a script), the kind tells all.
        let key: Identity = (function, url, line, column, class.kind);
        let hash = self.hasher.hash_one(key);
        let frames = &self.frames;
        if let Some(&id) = self.frame_index.find(hash, |&id| identity(frames, id) == key) {
            return id;
        }
        let package = self.intern_package(&class.package, class.version.as_deref(), class.kind);
        let id = FrameId(self.frames.len() as u32);
        self.frames.push(CallFrame {
            function,
            url,
            line,
            column,
            kind: class.kind,
            signs: Signs::of(class.kind, name, script),
            beginning: beginning(name),
            package,
            category: class.category,
        });
        let (frames, hasher) = (&self.frames, &self.hasher);
        self.frame_index.insert_unique(hash, id, |&id| hasher.hash_one(identity(frames, id)));
        id
    }

    fn intern_package(&mut self, name: &str, version: Option<&str>, kind: FrameKind) -> PackageId {
        let texts = Arc::make_mut(&mut self.texts);
        let key = (texts.intern(name), version.map(|version| texts.intern(version)), kind);
        let hash = self.hasher.hash_one(key);
        let packages = &self.packages;
        if let Some(&id) = self.package_index.find(hash, |&id| package_key(&packages[id.0 as usize]) == key) {
            return id;
        }
        let id = PackageId(self.packages.len() as u32);
        self.packages.push(Package { name: key.0, version: key.1, kind });
        let (packages, hasher) = (&self.packages, &self.hasher);
        self.package_index.insert_unique(hash, id, |&id| hasher.hash_one(package_key(&packages[id.0 as usize])));
        id
    }

    /// The id of a frame of another table, which is stored if it is new. Places count in this table as in `from`, whatever the writers' ways to count.
    pub fn adopt(&mut self, from: &Self, id: FrameId) -> FrameId {
        let frame = from.get(id);
        let package = from.package(frame.package);
        let class = Class {
            kind: frame.kind,
            package: from.text(package.name).into(),
            version: package.version.map(|version| from.text(version).into()),
            category: frame.category,
        };
        let base = self.line_base;
        let place = |one_based: Option<u32>| one_based.map_or(base.none(), |place| base.written(place - 1));
        let (line, column) = (place(from.line(id)), place(from.column(id)));
        self.intern(from.text(frame.function), from.text(frame.url), line, column, &class)
    }

    /// Makes room for so many more frames.
    pub(crate) fn reserve(&mut self, frames: usize) {
        self.frames.reserve(frames);
    }

    /// Takes in a frame of another table, whose texts it [borrows](Self::borrow_texts), under a package of this one. It is not looked for: nothing is interned into such a
    /// table.
    pub(crate) fn copy(&mut self, from: &Self, id: FrameId, package: PackageId) -> FrameId {
        self.frames.push(CallFrame { package, ..*from.get(id) });
        FrameId(self.frames.len() as u32 - 1)
    }

    /// Takes in a package of another table, likewise.
    pub(crate) fn copy_package(&mut self, from: &Self, id: PackageId) -> PackageId {
        self.packages.push(*from.package(id));
        PackageId(self.packages.len() as u32 - 1)
    }

    /// Has the texts and the way to count lines of another table. While it has them that one cannot intern without making a copy of all.
    pub(crate) fn borrow_texts(&mut self, from: &Self) {
        self.texts = Arc::clone(&from.texts);
        self.line_base = from.line_base;
    }

    /// Gives borrowed texts back.
    pub(crate) fn return_texts(&mut self) {
        self.texts = Arc::default();
    }

    /// How the writer counts lines and columns.
    pub fn line_base(&self) -> LineBase {
        self.line_base
    }

    /// Sets how the writer counts lines and columns; it may become known after frames were interned.
    pub fn set_line_base(&mut self, base: LineBase) {
        self.line_base = base;
    }

    /// The frame with this id.
    pub fn get(&self, id: FrameId) -> &CallFrame {
        &self.frames[id.0 as usize]
    }

    /// All frames, by their ids.
    pub(crate) fn all(&self) -> &[CallFrame] {
        &self.frames
    }

    /// What a frame belongs to: its package and its category.
    pub fn class_of(&self, id: FrameId) -> (PackageId, CategoryId) {
        let frame = self.get(id);
        (frame.package, frame.category)
    }

    /// The package with this id.
    pub fn package(&self, id: PackageId) -> &Package {
        &self.packages[id.0 as usize]
    }

    /// A text of a frame or package.
    pub fn text(&self, id: TextId) -> &str {
        self.texts.get(id)
    }

    /// The frame's line, 1-based.
    pub fn line(&self, id: FrameId) -> Option<u32> {
        self.one_based(self.get(id).line)
    }

    /// The frame's column, 1-based.
    pub fn column(&self, id: FrameId) -> Option<u32> {
        self.one_based(self.get(id).column)
    }

    fn one_based(&self, raw: i32) -> Option<u32> {
        self.line_base.zero_based(raw).map(|n| n + 1)
    }

    /// The order of frames in reports where sizes are equal: function, url, line, column, kind.
    pub fn compare(&self, a: FrameId, b: FrameId) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let (left, right) = (self.get(a), self.get(b));
        // Texts are stored once: those with one id are equal.
        let texts = |left: TextId, right: TextId| match left == right {
            true => Ordering::Equal,
            false => self.text(left).cmp(self.text(right)),
        };
        let rest = |id: FrameId| (self.line(id), self.column(id), self.get(id).kind);
        left.beginning
            .cmp(&right.beginning)
            .then_with(|| texts(left.function, right.function))
            .then_with(|| texts(left.url, right.url))
            .then_with(|| rest(a).cmp(&rest(b)))
    }

    /// Bytes of memory that it takes, but for its indexes.
    pub fn memory(&self) -> usize {
        self.texts.memory() + size_of_val(&self.frames[..]) + size_of_val(&self.packages[..])
    }

    /// Bytes of memory that its indexes take until there are `to` as many frames, packages and texts as now.
    pub fn index_memory(&self, to: impl Fn(usize) -> usize + Copy) -> usize {
        self.texts.index_memory(to) + while_growing(&self.frame_index, to) + while_growing(&self.package_index, to)
    }

    /// Bytes of memory that it takes more, at most, once all frames of another table are [taken in](Self::adopt).
    pub fn growth(&self, other: &Self) -> usize {
        self.texts.growth(&other.texts)
            + size_of_val(&other.frames[..])
            + size_of_val(&other.packages[..])
            + hash_table_growth(&self.frame_index, other.frames.len())
            + hash_table_growth(&self.package_index, other.packages.len())
    }

    /// Number of distinct call frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is no call frame.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Number of packages.
    pub fn package_count(&self) -> usize {
        self.packages.len()
    }

    /// All frame ids.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = FrameId> + use<> {
        (0..self.frames.len() as u32).map(FrameId)
    }

    /// All package ids.
    pub fn package_ids(&self) -> impl ExactSizeIterator<Item = PackageId> + use<> {
        (0..self.packages.len() as u32).map(PackageId)
    }
}

fn beginning(name: &str) -> u64 {
    let (mut bytes, name) = ([0; 8], name.as_bytes());
    let length = name.len().min(bytes.len());
    bytes[..length].copy_from_slice(&name[..length]);
    u64::from_be_bytes(bytes)
}

/// A package of one name may be of two kinds: a folder below `node_modules` may have any name.
fn package_key(package: &Package) -> (TextId, Option<TextId>, FrameKind) {
    (package.name, package.version, package.kind)
}

fn identity(frames: &[CallFrame], id: FrameId) -> Identity {
    let frame = &frames[id.0 as usize];
    (frame.function, frame.url, frame.line, frame.column, frame.kind)
}

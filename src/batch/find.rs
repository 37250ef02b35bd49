//! The heap profiles below some folders, in the order of their paths.
//!
//! Symbolic links are followed, and a file that several lead to counts once, under its own name where it has one. What cannot be listed, links that lead back into their own folder, and results of
//! earlier batches are told and passed over. Only regular files are opened: a FIFO would wait forever.

use std::collections::HashMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::name::DumpName;
use super::recognise::{Content, LOOKED_AT, is_other, recognise};
use super::result::is_result;
use crate::error::Kind;
use crate::input::{Input, Options};

/// A file that is a heap profile, or bears the name of one.
#[derive(Clone, Debug)]
pub struct Dump {
    /// Where it is.
    pub path: PathBuf,
    /// How it is called in what is written: below the folder that was named, if that was one alone, else as its path.
    pub name: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// When it was last changed, nanoseconds since 1970.
    pub modified: i64,
    /// Which of the paths that were given is its own, if one is.
    pub given: Option<usize>,
}

/// A file that is a CPU profile.
#[derive(Clone, Debug)]
pub struct CpuFile {
    /// Where it is.
    pub path: PathBuf,
    /// How it is called in what is written.
    pub name: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// When it was last changed, nanoseconds since 1970.
    pub modified: i64,
}

/// Something that was not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// How it is called in what is written.
    pub name: String,
    /// Why.
    pub why: String,
    /// Whether dumps may be missing because of it.
    pub is_failure: bool,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Heap profiles.
    pub dumps: Vec<Dump>,
    /// CPU profiles.
    pub cpu_profiles: Vec<CpuFile>,
    /// What was not looked into.
    pub missed: Vec<Missed>,
    /// Files that are something else.
    pub others: u64,
    /// Files that were met again through a link.
    pub again: u64,
}

/// Finds what is below `roots`, which are folders or files; `output` is the folder that is written to, where nothing is looked for. Files are looked at on the
/// threads of the current rayon pool.
pub fn find(roots: &[PathBuf], output: &Path) -> Found {
    let output = output.canonicalize().ok();
    let base = match roots {
        [root] if root.is_dir() => Some(root.as_path()),
        _ => None,
    };
    let mut search = Search {
        found: Found::default(),
        base,
        seen: HashMap::new(),
        met: Vec::new(),
        are_linked: false,
        below: vec![0; roots.len()],
    };
    let mut linked = Vec::new();
    for (number, root) in roots.iter().enumerate() {
        // How deep the folder is that a link has led to.
        let mut link_at = None;
        let is_output =
            |path: &Path| output.as_deref().is_some_and(|output| path.canonicalize().is_ok_and(|path| path == output));
        // Of what is in one folder the whole paths are in the order of the names, and are at hand.
        let by_path = |a: &DirEntry, b: &DirEntry| a.path().as_os_str().cmp(b.path().as_os_str());
        let mut walk = WalkDir::new(root).follow_links(true).sort_by(by_path).into_iter();
        while let Some(entry) = walk.next() {
            if let Ok(entry) = &entry {
                link_at = link_at.filter(|&depth| entry.depth() > depth);
            }
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    // What lies below a link that the user named has no name but that.
                    if entry.path_is_symlink() && entry.depth() > 0 {
                        link_at = link_at.or(Some(entry.depth()));
                    }
                    let is_output = is_output(entry.path());
                    if !is_output && entry.depth() > 0 && is_result(entry.path()) {
                        search.pass_over(entry.path(), "the result of an earlier batch is passed over");
                    } else if !is_output {
                        continue;
                    }
                    walk.skip_current_dir();
                }
                Ok(entry) if link_at.is_some() || entry.path_is_symlink() => linked.push((number, entry)),
                Ok(entry) => search.meet(number, entry),
                Err(error) => search.missed(&error),
            }
        }
    }
    // These come last: a file goes by its own name, where that was met, too.
    search.look_at_all();
    search.are_linked = true;
    linked.into_iter().for_each(|(number, entry)| search.meet(number, entry));
    search.look_at_all();
    for (number, root) in roots.iter().enumerate() {
        // Of one alone this is told as an error.
        if roots.len() > 1 && root.is_dir() && search.below[number] == 0 {
            search.pass_over(root, "no profile is below it");
        }
    }
    let mut found = search.found;
    found.dumps.sort_by(|a, b| a.path.cmp(&b.path));
    found.cpu_profiles.sort_by(|a, b| a.path.cmp(&b.path));
    found.missed.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// What a file shows by itself.
struct Looked {
    name: String,
    is_file: bool,
    identity: Option<(u64, u64)>,
    content: Result<Content, Kind>,
    bytes: u64,
    modified: i64,
}

impl Found {
    /// Profiles, those that were met again among them.
    fn profiles(&self) -> u64 {
        (self.dumps.len() + self.cpu_profiles.len()) as u64 + self.again
    }
}

struct Search<'a> {
    found: Found,
    base: Option<&'a Path>,
    /// Which of the dumps a file is, if it is one.
    seen: HashMap<(u64, u64), Option<usize>>,
    /// Files that were not looked at yet, with the number of what was named.
    met: Vec<(usize, DirEntry)>,
    /// Whether symbolic links have led to them.
    are_linked: bool,
    /// Profiles below each folder that was named.
    below: Vec<u64>,
}

/// Files that are looked at together.
const TOGETHER: usize = 4096;

impl Search<'_> {
    /// Notes a file below a folder that was named, or one that was named itself.
    fn meet(&mut self, root: usize, entry: DirEntry) {
        self.met.push((root, entry));
        if self.met.len() == TOGETHER {
            self.look_at_all();
        }
    }

    /// Looks at the files that were met, and takes them in their order.
    fn look_at_all(&mut self) {
        let met = std::mem::take(&mut self.met);
        let looked_at: Vec<_> = met.par_iter().map(|(_, entry)| self.look(entry)).collect();
        for ((root, entry), looked) in met.into_iter().zip(looked_at) {
            let before = self.found.profiles();
            match looked {
                Ok(looked) => self.take(root, entry, looked),
                Err(error) => self.missed(&error),
            }
            self.below[root] += self.found.profiles() - before;
        }
    }

    /// What a file is.
    fn look(&self, entry: &DirEntry) -> Result<Looked, walkdir::Error> {
        let (metadata, path) = (entry.metadata()?, entry.path());
        let content = match named_as(path) {
            Content::HeapProfile => Ok(Content::HeapProfile),
            content if !metadata.is_file() || metadata.len() == 0 => Ok(content),
            Content::Other => beginning(path).map(|head| recognise(&head)),
            // Whatever else it is, it is told as a broken one where it belongs to a dump.
            Content::CpuProfile => Ok(match beginning(path).map(|head| recognise(&head)) {
                Ok(Content::HeapProfile) => Content::HeapProfile,
                _ => Content::CpuProfile,
            }),
        };
        Ok(Looked {
            name: self.name(path),
            is_file: metadata.is_file(),
            identity: identity(&metadata),
            content,
            bytes: metadata.len(),
            modified: modified(&metadata),
        })
    }

    /// Takes a file; one that the user named is a dump, unless it is a CPU profile.
    fn take(&mut self, root: usize, entry: DirEntry, looked: Looked) {
        let (named, path) = (entry.depth() == 0, entry.into_path());
        let Looked { name, is_file, identity, content, bytes, modified } = looked;
        if !is_file {
            match content {
                _ if named => self.fail(&path, "it is neither a folder nor a regular file"),
                Ok(Content::HeapProfile | Content::CpuProfile) => self.pass_over(&path, "it is not a regular file"),
                _ => self.found.others += 1,
            }
            return;
        }
        if let Some(&known) = identity.and_then(|identity| self.seen.get(&identity)) {
            self.found.again += 1;
            self.rename(known, path, name);
            return;
        }
        let place = self.found.dumps.len();
        let content = match content {
            Ok(content) => content,
            Err(error) if named => return self.fail(&path, &error.to_string()),
            // Most are none, so it is no failure.
            Err(error) => return self.pass_over(&path, &error.to_string()),
        };
        match content {
            Content::CpuProfile => self.found.cpu_profiles.push(CpuFile { path, name, bytes, modified }),
            Content::Other if !named => self.found.others += 1,
            _ => self.found.dumps.push(Dump { path, name, bytes, modified, given: named.then_some(root) }),
        }
        let is_dump = self.found.dumps.len() > place;
        self.seen.extend(identity.map(|identity| (identity, is_dump.then_some(place))));
    }

    /// Gives a dump the other name of its file, if that tells the process and the one before does not: where hard links lead to a file, no name is more its own.
    fn rename(&mut self, dump: Option<usize>, path: PathBuf, name: String) {
        let tells = |path: &Path| DumpName::of(path).process.is_some();
        if let Some(dump) = dump.filter(|_| !self.are_linked).map(|place| &mut self.found.dumps[place])
            && tells(&path)
            && !tells(&dump.path)
        {
            (dump.path, dump.name) = (path, name);
        }
    }

    fn missed(&mut self, error: &walkdir::Error) {
        let name = error.path().map_or_else(String::new, |path| self.name(path));
        // A link that leads nowhere hides nothing, unless it was named.
        let is_named = error.depth() == 0;
        let (why, is_failure) = match (error.loop_ancestor(), error.io_error()) {
            (Some(ancestor), _) => (format!("a symbolic link back to {}", self.name(ancestor)), false),
            (None, Some(io)) if is_link(error) && is_lost(io) => ("a symbolic link to nothing".to_owned(), is_named),
            (None, Some(io)) if is_link(error) && is_loop(io) => {
                ("a symbolic link back to itself".to_owned(), is_named)
            }
            (None, Some(error)) => (format!("cannot read it: {}", plain(error)), true),
            (None, None) => ("cannot read it".to_owned(), true),
        };
        let is_folder = error.path().is_some_and(Path::is_dir);
        self.found.missed.push(Missed { name, why, is_failure, is_folder });
    }

    fn fail(&mut self, path: &Path, why: &str) {
        let name = self.name(path);
        self.found.missed.push(Missed { name, why: why.to_owned(), is_failure: true, is_folder: false });
    }

    /// Tells what holds no dumps.
    fn pass_over(&mut self, path: &Path, why: &str) {
        let name = self.name(path);
        let is_folder = path.is_dir();
        self.found.missed.push(Missed { name, why: why.to_owned(), is_failure: false, is_folder });
    }

    fn name(&self, path: &Path) -> String {
        let below = self.base.and_then(|base| path.strip_prefix(base).ok()).filter(|path| !path.as_os_str().is_empty());
        below.unwrap_or(path).to_string_lossy().into_owned()
    }
}

/// Extensions of what is made of profiles, and may bear their names in its own.
const MADE_OF_PROFILES: [&str; 12] =
    ["md", "markdown", "txt", "log", "json", "ndjson", "csv", "html", "htm", "svg", "pb", "folded"];

/// What a file's name says that it is. A heap profile by name is one, even if it turns out to be broken.
fn named_as(path: &Path) -> Content {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match () {
        () if MADE_OF_PROFILES.contains(&extension) => Content::Other,
        () if name.contains(".heapprofile") => Content::HeapProfile,
        () if name.contains(".cpuprofile") => Content::CpuProfile,
        () => Content::Other,
    }
}

/// The first bytes of a file's text.
fn beginning(path: &Path) -> Result<Vec<u8>, Kind> {
    let mut input = Input::open(path, &Options { mmap: false, chunk: LOOKED_AT })?;
    let block = input.block(0, LOOKED_AT);
    Ok(block.bytes[..block.bytes.len().min(LOOKED_AT)].to_vec())
}

/// Whether a file begins as a profile does, be it compressed.
pub fn is_profile(path: &Path) -> bool {
    beginning(path).is_ok_and(|head| recognise(&head) != Content::Other)
}

/// Whether the beginning of a file that was taken for a dump shows that it is none, or cannot be read.
pub fn begins_as_other(dump: &Dump) -> bool {
    dump.bytes == 0 || beginning(&dump.path).map_or(true, |head| is_other(&head))
}

/// When a file was last changed.
fn modified(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// The error without a path, which stands before it.
fn plain(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
}

fn is_link(error: &walkdir::Error) -> bool {
    error.path().is_some_and(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()))
}

/// Whether a link names what is not there.
fn is_lost(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether links only lead to links.
fn is_loop(error: &io::Error) -> bool {
    /// On Linux, on macOS and BSD, on Windows. The standard library has a name for it that is not stable.
    const LOOP: [i32; 3] = [40, 62, 1921];
    error.raw_os_error().is_some_and(|code| LOOP.contains(&code))
}

/// What tells a file from all others, whatever paths lead to it.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_files_than_are_looked_at_together_are_found_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = |name: &str| folder.path().join(name);
        for (name, files) in [("a", TOGETHER + 1), ("b", 3), ("empty", 0)] {
            std::fs::create_dir(root(name)).expect("a folder");
            for file in 0..files {
                // Every other one is something else.
                let extension = if file % 2 == 0 { "heapprofile" } else { "js" };
                std::fs::write(root(name).join(format!("{file:05}.{extension}")), "x").expect("a file");
            }
        }
        let found = find(&["b", "a", "empty"].map(root), &root("out"));
        assert_eq!((found.dumps.len(), found.others), (TOGETHER / 2 + 3, TOGETHER as u64 / 2 + 1));
        assert!(found.dumps.is_sorted_by(|a, b| a.path < b.path), "each once, in the order of paths");
        let told: Vec<(&str, bool)> = found.missed.iter().map(|missed| (&*missed.why, missed.is_failure)).collect();
        assert_eq!(told, [("no profile is below it", false)]);
    }
}

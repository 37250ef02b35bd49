//! What was read of each dump, on disk: a line that says whose journal it is, and entries, appended as dumps are read.
//!
//! ```text
//! {"heapsift":"0.1.0","journal":9,"options":"5c1b…"}               the first line
//! frame  ["parse","/srv/app/a.js",25,3,"app","(app)",null,4]       a call frame; they are numbered from 0
//! dump   36,12, 93…,65536,0,2,17,3, 3,65536, {"path":"dumps/a.hea…     a dump, whose frames stand before it: stacks and functions as numbers, and facts
//! ```
//!
//! Entries are written together with those of the next dumps, but soon. Where a run was killed the last one may be torn: it is cut off, and that dump read again,
//! as are those that were not written yet, and all behind an entry that does not have its checksum. A later entry of a path replaces an earlier one. A journal is of use only to the
//! version and the options that wrote it; of another one nothing is taken.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::entry::{self, HEAD, Making, What};
use super::find::CpuFile;
use super::names;
use super::record::{Identity, Record};
use super::stored::{LENGTHS, Parts, Raw, Stored};
use crate::input::{READS_SIDE_BY_SIDE, read_up_to};
use crate::profile::{CallFrameTable, CategoryId, Class, FrameId, FrameKind, PackageId};

/// Version of the shape of entries.
const SHAPE: u32 = 9;

/// Bytes of the longest first line that is taken for one.
const LONGEST_HEADER: u64 = 1024;

/// Bytes that are written together; each write has its price.
const TOGETHER: usize = 64 << 10;

/// How long entries wait for others at most: so much work is lost where a run is killed.
const SOON: Duration = Duration::from_millis(50);

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    records: Records,
    frames: CallFrameTable,
    /// Entries that are not written yet.
    waiting: Vec<u8>,
    /// When some were written last.
    written: Instant,
}

/// What a journal tells of dumps.
#[derive(Debug)]
pub struct Records {
    /// Who writes goes to where that is.
    file: File,
    /// Whose turn it is, where only one can read at a time.
    turn: Mutex<()>,
    end: u64,
    places: Places,
}

/// Where the parts of each dump's entry begin, and how long they are.
type Places = HashMap<String, (u64, Parts)>;

/// What became of a journal that was to be taken up again.
#[derive(Debug)]
pub enum Resumed {
    /// It goes on, and tells of so many dumps.
    Yes(Box<Journal>, usize),
    /// There is none, or none of this version and these options.
    No(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Header {
    heapsift: String,
    journal: u32,
    options: String,
}

/// Function, url, line, column, kind, package, version, category.
type FrameFields = (String, String, Option<u32>, Option<u32>, String, String, Option<String>, u16);

impl Header {
    fn new(options: &str) -> Self {
        Self { heapsift: env!("CARGO_PKG_VERSION").to_owned(), journal: SHAPE, options: options.to_owned() }
    }
}

impl Journal {
    /// A new journal of these options, in the place of any that was there. It is this process' alone, until it is dropped.
    pub fn create(path: &Path, options: &str) -> io::Result<Self> {
        check_plain(path)?;
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        lock(&file)?;
        // Of a file that was cut to nothing, ext4 writes all to the disk as it is closed.
        if file.metadata()?.len() > 0 {
            file.set_len(0)?;
        }
        let mut header = serde_json::to_vec(&Header::new(options))?;
        header.push(b'\n');
        file.write_all(&header)?;
        Ok(Self::of(file, header.len() as u64, Places::new(), CallFrameTable::default()))
    }

    fn of(file: File, end: u64, places: Places, frames: CallFrameTable) -> Self {
        let records = Records { file, turn: Mutex::default(), end, places };
        Self { records, frames, waiting: Vec::new(), written: Instant::now() }
    }

    /// Takes up a journal of these options, which is this process' alone, until it is dropped; there are so many `categories`.
    pub fn resume(path: &Path, options: &str, categories: usize) -> io::Result<Resumed> {
        check_plain(path)?;
        let file = match File::options().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Resumed::No("there is no journal")),
            Err(error) => return Err(error),
        };
        lock(&file)?;
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut header = Vec::new();
        let mut end = reader.by_ref().take(LONGEST_HEADER).read_until(b'\n', &mut header)? as u64;
        let is_whole = header.last() == Some(&b'\n');
        let header = is_whole.then(|| serde_json::from_slice::<Header>(&header).ok()).flatten();
        let own = Header::new(options);
        match header {
            None => return Ok(Resumed::No("the journal does not begin as one")),
            Some(header) if (&header.heapsift, header.journal) != (&own.heapsift, own.journal) => {
                return Ok(Resumed::No("the journal is of another version"));
            }
            Some(header) if header.options != own.options => {
                return Ok(Resumed::No("the journal was made with other options or in another folder"));
            }
            Some(_) => {}
        }
        let mut taken = Taken::default();
        let mut content = Vec::new();
        while let Some(what) = entry::next(&mut reader, &mut content)?
            && taken.entry(what, &content, end + HEAD as u64, categories)
        {
            end += (HEAD + content.len()) as u64;
        }
        drop(reader);
        let Taken { frames, places } = taken;
        file.set_len(end)?;
        let known = places.len();
        Ok(Resumed::Yes(Box::new(Self::of(file, end, places, frames)), known))
    }

    /// What it tells of dumps.
    pub fn records(&mut self) -> io::Result<&mut Records> {
        self.flush()?;
        Ok(&mut self.records)
    }

    /// The call frames of all dumps, and what is told of these: nothing is written any more.
    pub fn close(mut self) -> io::Result<(CallFrameTable, Records)> {
        self.flush()?;
        Ok((self.frames, self.records))
    }

    /// The id of a frame of another table.
    pub fn adopt(&mut self, from: &CallFrameTable, id: FrameId) -> io::Result<FrameId> {
        let before = self.frames.len();
        let id = self.frames.adopt(from, id);
        if self.frames.len() > before {
            let (frames, frame) = (&self.frames, self.frames.get(id));
            let package = frames.package(frame.package);
            let text = |id| frames.text(id).to_owned();
            let fields = (
                text(frame.function),
                text(frame.url),
                frames.line(id),
                frames.column(id),
                frame.kind.name().to_owned(),
                text(package.name),
                package.version.map(text),
                frame.category.0,
            );
            let mut entry = Making::new(256);
            serde_json::to_writer(entry.content(), &fields)?;
            self.waiting.extend(entry.finish(What::Frame)?);
        }
        Ok(id)
    }

    /// The package and the category of a frame.
    pub fn class_of(&self, id: FrameId) -> (PackageId, CategoryId) {
        self.frames.class_of(id)
    }

    /// The [name](names::of_frame) of a frame.
    pub fn name_of(&self, id: FrameId) -> u64 {
        names::of_frame(&self.frames, id)
    }

    /// Adds what was read of a dump, whose frames are in this journal.
    pub fn add(&mut self, stored: Stored) -> io::Result<()> {
        let Stored { path, bytes, parts } = stored;
        let at = self.records.end + (self.waiting.len() + HEAD + LENGTHS) as u64;
        self.waiting.extend_from_slice(&bytes);
        self.records.places.insert(path, (at, parts));
        match self.waiting.len() >= TOGETHER || self.written.elapsed() >= SOON {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Writes what was added.
    pub fn flush(&mut self) -> io::Result<()> {
        let file = &mut self.records.file;
        file.seek(SeekFrom::Start(self.records.end))?;
        file.write_all(&self.waiting)?;
        self.records.end += self.waiting.len() as u64;
        self.waiting.clear();
        self.written = Instant::now();
        Ok(())
    }
}

impl Records {
    /// Drops what is told of a dump.
    pub fn forget(&mut self, path: &str) {
        self.places.remove(path);
    }

    /// What is told of a dump.
    pub fn get(&self, path: &str) -> io::Result<Option<Record>> {
        self.raw(path, true)?.map(|raw| raw.whole().ok_or_else(damaged)).transpose()
    }

    /// The same but for its stacks, which take most of the time.
    pub fn without_stacks(&self, path: &str) -> io::Result<Option<Record>> {
        self.raw(path, false)?.map(|raw| raw.whole().ok_or_else(damaged)).transpose()
    }

    /// The same as it stands there.
    pub fn raw(&self, path: &str, with_stacks: bool) -> io::Result<Option<Raw>> {
        let Some(&(mut at, mut parts)) = self.places.get(path) else { return Ok(None) };
        if !with_stacks {
            at += std::mem::take(&mut parts.stacks) as u64;
        }
        let mut bytes = vec![0; parts.all()];
        let _turn = (!READS_SIDE_BY_SIDE).then(|| self.turn.lock().unwrap_or_else(PoisonError::into_inner));
        match read_up_to(&self.file, &mut bytes, at)? < bytes.len() {
            true => Err(io::ErrorKind::UnexpectedEof.into()),
            false => Ok(Some(Raw { bytes, parts })),
        }
    }
}

/// What is said where an entry is no longer what was written.
pub(super) fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "another program has changed the journal; run it again without --resume")
}

/// Refuses what is there and no plain file: a link would be followed to what is somebody else's, a FIFO waited for.
fn check_plain(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file, as a journal is; remove it"))
        }
        _ => Ok(()),
    }
}

/// Keeps others out of a journal.
fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let message = "another heapsift is writing here; wait for its end, or name another folder with -o";
            Err(io::Error::new(io::ErrorKind::WouldBlock, message))
        }
        // Some file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn take_frame(text: &[u8], frames: &mut CallFrameTable, categories: usize) -> bool {
    let Ok((function, url, line, column, kind, package, version, category)) =
        serde_json::from_slice::<FrameFields>(text)
    else {
        return false;
    };
    use FrameKind::{App, Core, Dependency, Generated, Native, Unknown};
    let kinds = [App, Dependency, Core, Native, Generated, Unknown];
    let Some(kind) = kinds.into_iter().find(|known| known.name() == kind) else { return false };
    if usize::from(category) >= categories {
        return false;
    }
    let class =
        Class { kind, package: package.into(), version: version.map(Into::into), category: CategoryId(category) };
    // A new table counts from 0.
    let place =
        |one_based: Option<u32>| one_based.and_then(|place| i32::try_from(i64::from(place) - 1).ok()).unwrap_or(-1);
    let before = frames.len();
    frames.intern(&function, &url, place(line), place(column), &class);
    frames.len() == before + 1
}

/// What was taken of a journal so far.
#[derive(Default)]
struct Taken {
    frames: CallFrameTable,
    places: Places,
}

impl Taken {
    /// Takes an entry whose content begins at this byte. Gives whether it is right.
    fn entry(&mut self, what: What, content: &[u8], at: u64, categories: usize) -> bool {
        match what {
            What::Frame => take_frame(content, &mut self.frames, categories),
            What::Dump => self.dump(content, at).is_some(),
        }
    }

    fn dump(&mut self, content: &[u8], at: u64) -> Option<()> {
        let parts = Parts::of(content)?;
        let raw = Raw { bytes: &content[LENGTHS..], parts };
        let is_known = |frame: FrameId| (frame.0 as usize) < self.frames.len();
        let are_known = raw.functions().all(|function| function.is_some_and(|(frame, _)| is_known(frame)))
            && raw.stacks().all(|stack| stack.is_some_and(|stack| stack.frames().all(is_known)));
        let record = raw.record(0, |_| true).filter(|_| are_known)?;
        self.places.insert(record.identity.path, (at + LENGTHS as u64, parts));
        Some(())
    }
}

impl Identity {
    /// That of a file.
    pub fn new(path: &Path, bytes: u64, modified: i64) -> Self {
        use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
        const SPECIAL: &AsciiSet = &CONTROLS.add(b'%');
        let bytes_of_path = path.as_os_str().as_encoded_bytes();
        let path = match path.to_str() {
            Some(text) if !text.contains(|c: char| c == '%' || c.is_control()) => text.to_owned(),
            _ => percent_encode(bytes_of_path, SPECIAL).to_string(),
        };
        Self { path, bytes, modified }
    }
}

impl CpuFile {
    /// By what it is known.
    pub fn identity(&self) -> Identity {
        Identity::new(&self.path, self.bytes, self.modified)
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;

//! What was read of each dump, on disk: one JSON object a line, appended as dumps are read.
//!
//! ```text
//! {"heapsift":"0.1.0","journal":1,"options":"5c1b…"}                          the first line
//! {"frame":["parse","/srv/app/a.js",25,3,"app","(app)",null,4]}               a call frame; they are numbered from 0
//! {"path":"dumps/a.heapprofile","bytes":102400,"modified":…,"profile":{…}}    a dump, whose frames stand before it
//! ```
//!
//! A line is written at once. Where a run was killed the last one may be torn: it is cut off, and that dump read again. A later line of a path replaces an
//! earlier one. A journal is of use only to the version and the options that wrote it; of another one nothing is taken.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::record::{Identity, Line, Record};
use crate::profile::{CallFrameTable, CategoryId, Class, FrameId, FrameKind, RawFrame};

/// Version of the shape of lines.
const SHAPE: u32 = 1;

/// Bytes of the longest line that is taken for one: names are not cut, but a dump keeps no more than some thousand numbers.
const LONGEST: u64 = 256 << 20;

/// A journal that is being written.
pub struct Journal {
    records: Records,
    frames: CallFrameTable,
    /// Lines of frames that are not written yet.
    pending: Vec<u8>,
}

/// What a journal tells of dumps.
pub struct Records {
    file: File,
    end: u64,
    /// Where the line of a dump begins, and how long it is.
    lines: HashMap<String, (u64, usize)>,
}

/// What became of a journal that was to be taken up again.
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

#[derive(Serialize, Deserialize)]
struct FrameLine {
    frame: FrameFields,
}

/// Function, url, line, column, kind, package, version, category.
type FrameFields = (String, String, Option<u32>, Option<u32>, String, String, Option<String>, u16);

impl Header {
    fn new(options: &str) -> Self {
        Self { heapsift: env!("CARGO_PKG_VERSION").to_owned(), journal: SHAPE, options: options.to_owned() }
    }
}

impl Journal {
    /// A new journal of these options, in the place of any that was there.
    pub fn create(path: &Path, options: &str) -> io::Result<Self> {
        let mut file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        let header = line(&Header::new(options))?;
        file.write_all(&header)?;
        let end = header.len() as u64;
        let records = Records { file, end, lines: HashMap::new() };
        Ok(Self { records, frames: CallFrameTable::default(), pending: Vec::new() })
    }

    /// Takes up a journal of these options; there are so many `categories`.
    pub fn resume(path: &Path, options: &str, categories: usize) -> io::Result<Resumed> {
        let mut file = match File::options().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Resumed::No("there is no journal")),
            Err(error) => return Err(error),
        };
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut text = Vec::new();
        let header = next(&mut reader, &mut text)?.then(|| serde_json::from_slice::<Header>(&text).ok()).flatten();
        let own = Header::new(options);
        match header {
            None => return Ok(Resumed::No("the journal does not begin as one")),
            Some(header) if (&header.heapsift, header.journal) != (&own.heapsift, own.journal) => {
                return Ok(Resumed::No("the journal is of another version"));
            }
            Some(header) if header.options != own.options => {
                return Ok(Resumed::No("the journal was made with other options"));
            }
            Some(_) => {}
        }
        let mut end = text.len() as u64;
        let (mut frames, mut lines) = (CallFrameTable::default(), HashMap::new());
        while next(&mut reader, &mut text)? {
            let is_right = match text.starts_with(b"{\"frame\":") {
                true => take_frame(&text, &mut frames, categories),
                false => take_record(&text, end, frames.len(), &mut lines),
            };
            if !is_right {
                break;
            }
            end += text.len() as u64;
        }
        drop(reader);
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let known = lines.len();
        let records = Records { file, end, lines };
        Ok(Resumed::Yes(Box::new(Self { records, frames, pending: Vec::new() }), known))
    }

    /// What it tells of dumps.
    pub fn records(&mut self) -> &mut Records {
        &mut self.records
    }

    /// The call frames of all dumps, and what is told of these: nothing is written any more.
    pub fn close(self) -> (CallFrameTable, Records) {
        (self.frames, self.records)
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
            self.pending.extend(line(&FrameLine { frame: fields })?);
        }
        Ok(id)
    }

    /// Adds what was read of a dump, whose frames are in this journal.
    pub fn add(&mut self, record: &Record) -> io::Result<()> {
        let text = line(&Line::from(record))?;
        let mut lines = std::mem::take(&mut self.pending);
        let records = &mut self.records;
        let at = records.end + lines.len() as u64;
        lines.extend_from_slice(&text);
        records.file.write_all(&lines)?;
        records.end += lines.len() as u64;
        records.lines.insert(record.identity.path.clone(), (at, text.len()));
        Ok(())
    }
}

impl Records {
    /// Drops what is told of a dump.
    pub fn forget(&mut self, path: &str) {
        self.lines.remove(path);
    }

    /// What is told of a dump.
    pub fn get(&mut self, path: &str) -> io::Result<Option<Record>> {
        let Some(&(at, len)) = self.lines.get(path) else { return Ok(None) };
        let mut text = vec![0; len];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut text)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        let record = serde_json::from_slice::<Line>(&text).ok().and_then(Line::into_record);
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the journal was changed by another program");
        record.map(Some).ok_or_else(damaged)
    }
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    Ok(text)
}

/// Reads the next line, with its end; a last one without is none.
fn next(reader: &mut BufReader<&File>, text: &mut Vec<u8>) -> io::Result<bool> {
    text.clear();
    reader.take(LONGEST).read_until(b'\n', text)?;
    Ok(text.last() == Some(&b'\n'))
}

fn take_frame(text: &[u8], frames: &mut CallFrameTable, categories: usize) -> bool {
    let Ok(FrameLine { frame }) = serde_json::from_slice(text) else { return false };
    let (function, url, line, column, kind, package, version, category) = frame;
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
    let raw = RawFrame { function: &function, url: &url, has_script: true };
    let before = frames.len();
    frames.intern(raw, place(line), place(column), &class);
    frames.len() == before + 1
}

fn take_record(text: &[u8], at: u64, frames: usize, lines: &mut HashMap<String, (u64, usize)>) -> bool {
    let Some(record) = serde_json::from_slice::<Line>(text).ok().and_then(Line::into_record) else { return false };
    if record.profile.is_some_and(|profile| !profile.is_within(frames)) {
        return false;
    }
    lines.insert(record.identity.path, (at, text.len()));
    true
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

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;

//! What can go wrong with a file, and where.
//!
//! The parser knows a [`Kind`] and an offset; the key path and the excerpt are worked out only for the one error that is shown.

use std::fmt;
use std::io;

/// What is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Kind {
    /// The file could not be opened or read.
    #[error("cannot read it: {0}")]
    Unreadable(#[from] io::Error),
    /// The path names a directory.
    #[error("it is a directory")]
    Directory,
    /// Reading failed on the way, or compressed data is damaged; the text before it was read.
    #[error("{0}")]
    Damaged(String),
    /// Compressed data ends early; the text it holds was read.
    #[error("the compressed data ends early: {0}")]
    CompressedEnd(String),
    /// There is nothing in it, or only whitespace.
    #[error("it is empty; was the process stopped before the profile was written?")]
    Empty,
    /// The text ends before the outermost `}`.
    #[error("it ends early")]
    UnexpectedEnd,
    /// Something else stands where the grammar of JSON wants this.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A control character inside a string.
    #[error("control character U+{0:04X} inside a string (JSON wants it escaped)")]
    ControlCharacter(u8),
    /// A backslash followed by something that JSON does not know.
    #[error("invalid escape in a string")]
    InvalidEscape,
    /// A malformed number.
    #[error("malformed number")]
    InvalidNumber,
    /// A number that no size, line or column can have.
    #[error("number out of range")]
    NumberOutOfRange,
    /// A value of another type than the key wants.
    #[error("wrong type: expected {0}")]
    WrongType(&'static str),
    /// A key that may stand once in its object stands twice.
    #[error("duplicate key \"{0}\"")]
    DuplicateKey(&'static str),
    /// An object closes without a key that it must have.
    #[error("missing key \"{0}\" in the node that ends here")]
    MissingKey(&'static str),
    /// The tables do not fit the memory that the user allows.
    #[error("{0}")]
    OutOfMemory(OutOfMemory),
    /// Who asked for the pass has ended it.
    #[error("reading was stopped")]
    Stopped,
    /// Nesting beyond [`crate::parse::MAX_DEPTH`].
    #[error("nested deeper than {} levels", crate::parse::MAX_DEPTH)]
    TooDeep,
    /// A key, number or call frame beyond [`crate::parse::MAX_TOKEN`].
    #[error("longer than {} MiB", crate::parse::MAX_TOKEN >> 20)]
    TooLong,
    /// Something follows the outermost `}`.
    #[error("unexpected data after the end of the profile")]
    TrailingData,
    /// JSON, but without `head`.
    #[error("no heap profile: its JSON has no \"head\"")]
    NoHead,
    /// Another kind of file that is easily taken for a heap profile.
    #[error("this is {0}")]
    OtherFile(OtherFile),
    /// JSON, but without the nodes of a CPU profile.
    #[error("no CPU profile: its JSON has neither \"nodes\" nor \"head\"")]
    NoNodes,
    /// A file that is no CPU profile where one is wanted.
    #[error("{}", NotCpuProfile(*.0))]
    NotCpuProfile(OtherFile),
    /// A CPU profile that says nothing of any time.
    #[error("{}", NoCpuTime(*.samples))]
    NoCpuTime {
        /// Its samples; none of them is of a node that is known.
        samples: u64,
    },
}

/// How far a pass got in the memory it was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory {
    /// Bytes that were allowed.
    pub limit: u64,
    /// Bytes of the file that were read: all of them where it was read to its end, and there is no room for what is made of it.
    pub read: u64,
    /// Bytes of the file, where they are known, and the memory that all of it needs if the rest is like what was read; none where that is too little to tell.
    pub whole: Option<(u64, u64)>,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let limit = mib(self.limit);
        match self.whole {
            Some((bytes, memory)) if self.read >= bytes => write!(
                f,
                "it was read to its end, but what is made of it does not fit in {limit} MiB; all of it needs at most about {} MiB",
                mib(memory)
            ),
            Some((bytes, memory)) => {
                // Less than all of it is not 100 %.
                let percent = u128::from(self.read) * 100 / u128::from(bytes);
                write!(
                    f,
                    "its call frames and paths do not fit in {limit} MiB: stopped after {percent} % of the file; all of it needs at most about {} MiB",
                    mib(memory)
                )
            }
            None if self.read < 1 << 20 => write!(
                f,
                "its call frames and paths do not fit in {limit} MiB beside what is held already: too little of it was read, and what the rest needs is not known"
            ),
            None => write!(
                f,
                "its call frames and paths do not fit in {limit} MiB: stopped after {:.1} MiB; what the rest needs is not known",
                self.read as f64 / f64::from(1 << 20)
            ),
        }
    }
}

/// Files that users take for heap profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherFile {
    /// A current `.cpuprofile`.
    CpuProfile,
    /// A `.cpuprofile` from before 2016.
    OldCpuProfile,
    /// A `.heapprofile`, where something else is wanted.
    HeapProfile,
    /// A `.heapsnapshot`.
    HeapSnapshot,
    /// A `.heaptimeline`.
    HeapTimeline,
    /// pprof's protobuf.
    Pprof,
    /// A Chrome trace.
    ChromeTrace,
    /// Text in UTF-16.
    Utf16,
    /// Text in UTF-32.
    Utf32,
}

impl fmt::Display for OtherFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CpuProfile => {
                "a CPU profile (.cpuprofile), which holds no sizes; capture a heap profile with `node --heap-prof`, \
                 and give this one beside it: `heapsift report X.heapprofile --cpu X.cpuprofile`"
            }
            Self::OldCpuProfile => {
                "an old CPU profile (hitCount instead of selfSize), which holds no sizes; capture a heap profile with \
                 `node --heap-prof`, and give this one beside it: `heapsift report X.heapprofile --cpu X.cpuprofile`"
            }
            Self::HeapProfile => "a heap profile (.heapprofile)",
            Self::HeapSnapshot => {
                "a heap snapshot (.heapsnapshot): objects, not allocations; open it in DevTools' Memory panel, \
                 or capture a heap profile with `node --heap-prof`"
            }
            Self::HeapTimeline => {
                "an allocation timeline (.heaptimeline); open it in DevTools' Memory panel, \
                 or capture \"Allocation sampling\" instead"
            }
            Self::Pprof => {
                "a pprof profile (protobuf); look at it with `go tool pprof`, or capture a V8 heap profile with `node --heap-prof`"
            }
            Self::ChromeTrace => {
                "a Chrome trace; open it at ui.perfetto.dev, or capture \"Allocation sampling\" in DevTools' Memory panel"
            }
            Self::Utf16 => "text in UTF-16; convert it to UTF-8 with `iconv -f UTF-16 -t UTF-8`",
            Self::Utf32 => "text in UTF-32; convert it to UTF-8 with `iconv -f UTF-32 -t UTF-8`",
        })
    }
}

/// What to say of a file that is no CPU profile where one is wanted.
struct NotCpuProfile(OtherFile);

impl fmt::Display for NotCpuProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0 {
            OtherFile::HeapProfile => {
                return f.write_str(
                    "this is a heap profile (.heapprofile), which holds no times; it comes first, the CPU profile behind \
                     --cpu: `heapsift report X.heapprofile --cpu X.cpuprofile`",
                );
            }
            OtherFile::Utf16 | OtherFile::Utf32 => return write!(f, "this is {}", self.0),
            OtherFile::CpuProfile | OtherFile::OldCpuProfile => "a CPU profile",
            OtherFile::HeapSnapshot => "a heap snapshot (.heapsnapshot)",
            OtherFile::HeapTimeline => "an allocation timeline (.heaptimeline)",
            OtherFile::Pprof => "a pprof profile (protobuf)",
            OtherFile::ChromeTrace => "a Chrome trace",
        };
        write!(f, "this is {what}, not a CPU profile of V8; capture one with `node --cpu-prof app.js`")
    }
}

/// What to say of a CPU profile with so many samples and no time.
struct NoCpuTime(u64);

impl fmt::Display for NoCpuTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("no samples are in this CPU profile"),
            1 => f.write_str("the only sample of this CPU profile is of no node that is known"),
            samples => write!(f, "none of the {samples} samples of this CPU profile is of a node that is known"),
        }
    }
}

/// What is wrong, and where. In words it is both, but for the excerpt: `malformed number (byte 9, in head)`.
#[derive(Debug, thiserror::Error)]
#[error("{kind}{}", At(.place.as_ref()))]
pub struct Problem {
    /// What is wrong.
    pub kind: Kind,
    /// Where; `None` where no byte is to blame.
    pub place: Option<Place>,
}

impl Problem {
    /// Whether the text merely ends too early: what stands there is right.
    pub fn is_early_end(&self) -> bool {
        matches!(self.kind, Kind::UnexpectedEnd | Kind::CompressedEnd(_))
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, place: None }
    }
}

/// A problem with the name of the file that has it.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct Error {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// A place in a file's text (decompressed).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes from the start.
    pub offset: u64,
    /// The key path, such as `head.children[3].callFrame.url`; empty at the top.
    pub path: String,
    /// The text around it, clipped.
    pub excerpt: Excerpt,
}

/// What is said of a place behind the problem.
struct At<'p>(Option<&'p Place>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(Place { offset, path, .. }) if path.is_empty() => write!(f, " (byte {offset})"),
            Some(Place { offset, path, .. }) => write!(f, " (byte {offset}, in {path})"),
        }
    }
}

/// A few bytes on either side of an offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands before it.
    pub before: String,
    /// What stands at it and after.
    pub after: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_say_what_is_wrong_and_where() {
        let at = |path: &str| Some(Place { offset: 9, path: path.to_owned(), excerpt: Excerpt::default() });
        let text = |kind: Kind, place: Option<Place>| Problem { kind, place }.to_string();
        assert_eq!(text(Kind::NoHead, None), "no heap profile: its JSON has no \"head\"");
        assert_eq!(text(Kind::Expected("a number"), at("")), "expected a number (byte 9)");
        assert_eq!(text(Kind::InvalidNumber, at("head.selfSize")), "malformed number (byte 9, in head.selfSize)");
        let problem = Problem { kind: Kind::UnexpectedEnd, place: at("head") };
        assert_eq!(Error { file: "a".to_owned(), problem }.to_string(), "a: it ends early (byte 9, in head)");
    }
}

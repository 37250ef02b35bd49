//! `--times`: a file that says when dumps were taken.
//!
//! One line for each dump: its name or path, a tab, comma or space, and the time, as seconds from anywhere or as `2025-12-07T10:15:00`. Empty lines and those
//! that begin with `#` say nothing.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;

use super::find::Dump;
use super::name::DumpName;

/// When dumps were taken.
#[derive(Clone, Debug, Default)]
pub struct Times(HashMap<String, Time>);

#[derive(Clone, Copy, Debug)]
struct Time {
    seconds: f64,
    line: usize,
}

impl Times {
    /// Reads the text of such a file. An error tells the line.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut times = HashMap::<String, Time>::new();
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            let wrong = |what: &str| format!("line {number}: {what}");
            let line = std::str::from_utf8(line).map_err(|_| wrong("it is no UTF-8"))?.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parts =
                line.rsplit_once(['\t', ',', ' ']).map(|(name, time)| (name.trim_end_matches(['\t', ',', ' ']), time));
            let time = parts.and_then(|(name, time)| Some((name, seconds(time)?)));
            let Some((name, seconds)) = time.filter(|(name, _)| !name.is_empty()) else {
                return Err(wrong("a line is the name of a dump and its time, in seconds or as 2025-12-07T10:15:00"));
            };
            let before = times.insert(name.to_owned(), Time { seconds, line: number });
            if let Some(Time { line, .. }) = before.filter(|before| before.seconds != seconds) {
                return Err(wrong(&format!("the same dump has another time in line {line}")));
            }
        }
        Ok(Self(times))
    }

    /// When a dump was taken: told by its path, by how it is called, or by its name.
    pub fn of(&self, dump: &Dump) -> Option<f64> {
        names_of(dump).into_iter().flatten().find_map(|name| self.0.get(&*name)).map(|time| time.seconds)
    }

    /// Names that are those of no dump, with their lines, in the order of these.
    pub fn unmet(&self, dumps: &[Dump]) -> Vec<(usize, &str)> {
        let names: HashSet<_> = dumps.iter().flat_map(names_of).flatten().collect();
        let unmet = self.0.iter().filter(|(name, _)| !names.contains(name.as_str()));
        let mut unmet: Vec<_> = unmet.map(|(name, time)| (time.line, name.as_str())).collect();
        unmet.sort_unstable();
        unmet
    }
}

/// What a dump may be called.
fn names_of(dump: &Dump) -> [Option<Cow<'_, str>>; 3] {
    let name = dump.path.file_name().map(OsStr::to_string_lossy);
    [dump.path.to_str().map(Cow::from), Some(Cow::from(dump.name.as_str())), name]
}

fn seconds(text: &str) -> Option<f64> {
    let number = text.parse::<f64>().ok().filter(|seconds| seconds.is_finite());
    number.or_else(|| {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let name = DumpName::of(std::path::Path::new(text));
        name.seconds.filter(|_| name.shape == "#").map(|seconds| seconds as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_dump_and_its_time() {
        let text =
            b"\xef\xbb\xbf# taken by cron\n\na.heapprofile\t10\nb dir/b.heapprofile, 20.5\nc,2025-12-07T10:15:00Z\n";
        let times = Times::parse(text).unwrap();
        let dump =
            |path: &str, name: &str| Dump { path: path.into(), name: name.into(), bytes: 0, modified: 0, given: None };
        let of = |path: &str, name: &str| times.of(&dump(path, name));
        assert_eq!(of("dumps/a.heapprofile", "a.heapprofile"), Some(10.0));
        assert_eq!(of("/x/b dir/b.heapprofile", "b dir/b.heapprofile"), Some(20.5));
        assert_eq!(of("c", "c"), Some(f64::from(20_429 * 86_400 + 36_900)));
        assert_eq!(of("d", "d"), None);
        let dumps = [dump("dumps/a.heapprofile", "a.heapprofile"), dump("/x/c", "c")];
        assert_eq!(times.unmet(&dumps), [(4, "b dir/b.heapprofile")]);
        assert_eq!(times.unmet(&[]).len(), 3);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for wrong in ["a", "a b", "a nan", "\u{20}7", "a 2025-13-07T10:15:00"] {
            let told = Times::parse(format!("x 1\n\n{wrong}\r\n").as_bytes()).unwrap_err();
            assert!(told.starts_with("line 3: a line is "), "{wrong}: {told}");
        }
        let table: [(&[u8], &str); 3] = [
            (b"a 1\nb\xff 2\n", "line 2: it is no UTF-8"),
            (b"a 1\nb 2\na 3\n", "line 3: the same dump has another time in line 1"),
            (b"a\x002", "line 1: a line is the name of a dump and its time, in seconds or as 2025-12-07T10:15:00"),
        ];
        for (text, expected) in table {
            assert_eq!(Times::parse(text).unwrap_err(), expected);
        }
        // The same said twice is no mistake.
        assert!(Times::parse(b"a 1\na\t1.0\n").is_ok());
    }
}

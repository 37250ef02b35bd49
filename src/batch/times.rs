//! `--times`: a file that says when dumps were taken.
//!
//! One line for each dump: its name or path, a tab, comma or space, and the time, as seconds from anywhere or as `2025-12-07T10:15:00`. Empty lines and those
//! that begin with `#` say nothing.

use std::collections::HashMap;

use super::find::Dump;
use super::name::DumpName;

/// When dumps were taken.
#[derive(Clone, Debug, Default)]
pub struct Times(HashMap<String, f64>);

impl Times {
    /// Reads the text of such a file. An error tells the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut times = HashMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parts =
                line.rsplit_once(['\t', ',', ' ']).map(|(name, time)| (name.trim_end_matches(['\t', ',', ' ']), time));
            let time = parts.and_then(|(name, time)| Some((name, seconds(time)?)));
            let Some((name, time)) = time.filter(|(name, _)| !name.is_empty()) else {
                return Err(format!(
                    "line {number}: a line is the name of a dump and its time, in seconds or as 2025-12-07T10:15:00"
                ));
            };
            times.insert(name.to_owned(), time);
        }
        Ok(Self(times))
    }

    /// When a dump was taken: told by its path, by how it is called, or by its name.
    pub fn of(&self, dump: &Dump) -> Option<f64> {
        let name = dump.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let names = [dump.path.to_str(), Some(dump.name.as_str()), name.as_deref()];
        names.into_iter().flatten().find_map(|name| self.0.get(name)).copied()
    }
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
        let text = "# taken by cron\n\na.heapprofile\t10\nb dir/b.heapprofile, 20.5\nc,2025-12-07T10:15:00Z\n";
        let times = Times::parse(text).unwrap();
        let of =
            |path: &str, name: &str| times.of(&Dump { path: path.into(), name: name.into(), bytes: 0, modified: 0 });
        assert_eq!(of("dumps/a.heapprofile", "a.heapprofile"), Some(10.0));
        assert_eq!(of("/x/b dir/b.heapprofile", "b dir/b.heapprofile"), Some(20.5));
        assert_eq!(of("c", "c"), Some(f64::from(20_429 * 86_400 + 36_900)));
        assert_eq!(of("d", "d"), None);
        for wrong in ["a", "a b", "a nan", "\u{20}7", "a 2025-13-07T10:15:00"] {
            assert!(Times::parse(wrong).unwrap_err().starts_with("line 1: "), "{wrong}");
        }
    }
}

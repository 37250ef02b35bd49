//! A file for the report of each dump: below `reports/`, along the path of the dump.
//!
//! Names are made fit for any file system: no separators, no control characters, no `..`, no more bytes than one may have. Those that come out alike, even but for
//! capitals, are numbered.

use std::collections::HashSet;
use std::path::{Component, Path};

use super::find::Dump;
use super::result::REPORTS;

/// Bytes of a name; most systems allow 255, and what is added needs some.
const LONGEST: usize = 200;

/// The file for the report of each dump, with `/` between folders.
pub fn report_places(dumps: &[Dump]) -> Vec<String> {
    let (mut files, mut folders) = (HashSet::new(), HashSet::new());
    dumps.iter().map(|dump| place(Path::new(&dump.name), &mut files, &mut folders)).collect()
}

fn place(path: &Path, files: &mut HashSet<String>, folders: &mut HashSet<String>) -> String {
    let parts: Vec<String> = path
        .components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(fit(&name.to_string_lossy())),
            Component::ParentDir => Some("up".to_owned()),
            _ => None,
        })
        .collect();
    let (name, above) = parts.split_last().map_or(("dump", &[][..]), |(name, above)| (name.as_str(), above));
    let mut folder = REPORTS.to_owned();
    for part in above {
        let wanted = format!("{folder}/{part}");
        folder = (1..)
            .map(|n| numbered(&wanted, n))
            .find(|folder| !files.contains(&folder.to_lowercase()))
            .unwrap_or(wanted);
        folders.insert(folder.to_lowercase());
    }
    let wanted = format!("{folder}/{name}");
    let is_free = |file: &String| {
        let file = file.to_lowercase();
        !folders.contains(&file) && files.insert(file)
    };
    (1..).map(|n| numbered(&wanted, n) + ".md").find(is_free).unwrap_or(wanted)
}

fn numbered(name: &str, n: u32) -> String {
    if n == 1 { name.to_owned() } else { format!("{name}-{n}") }
}

/// A name of a file that any system takes.
fn fit(name: &str) -> String {
    let keep = |c: char| if c.is_control() || "/\\:*?\"<>|\u{fffd}".contains(c) { '_' } else { c };
    let mut fitting: String = name.chars().map(keep).collect();
    if fitting.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&end| fitting.is_char_boundary(end)).unwrap_or(0);
        fitting.truncate(end);
    }
    // Some systems drop what stands at the end.
    let trimmed = fitting.trim_end_matches(['.', ' ']).len();
    fitting.replace_range(trimmed.., &"_".repeat(fitting.len() - trimmed));
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dump_has_a_file_of_its_own() {
        let long = "x".repeat(300);
        let names = [
            "a.heapprofile",
            "A.heapprofile",
            "sub/a.heapprofile",
            "../a.heapprofile",
            "/srv/a.heapprofile",
            "a\nb|c",
            "a\u{1b}b|c",
            &long,
            "b.md/c",
            "b",
            "d.heapprofile.md/x",
            "d.heapprofile",
            "dots..",
            "",
        ];
        let dumps: Vec<Dump> = names
            .iter()
            .map(|name| Dump { path: name.into(), name: (*name).into(), bytes: 0, modified: 0, given: None })
            .collect();
        let places = report_places(&dumps);
        let cut = format!("reports/{}.md", "x".repeat(200));
        let expected = [
            "reports/a.heapprofile.md",
            "reports/A.heapprofile-2.md",
            "reports/sub/a.heapprofile.md",
            "reports/up/a.heapprofile.md",
            "reports/srv/a.heapprofile.md",
            "reports/a_b_c.md",
            "reports/a_b_c-2.md",
            &cut,
            "reports/b.md/c.md",
            "reports/b-2.md",
            "reports/d.heapprofile.md/x.md",
            "reports/d.heapprofile-2.md",
            "reports/dots__.md",
            "reports/dump.md",
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn no_folder_has_the_name_of_a_report() {
        let dumps = ["b", "b.md/c"].map(|name| Dump {
            path: name.into(),
            name: name.into(),
            bytes: 0,
            modified: 0,
            given: None,
        });
        assert_eq!(report_places(&dumps), ["reports/b.md", "reports/b.md-2/c.md"]);
    }
}

//! What a report must say of source maps: scripts that have none, and maps that could not be used.

use std::collections::{BTreeMap, BTreeSet};

/// Names that are listed at most.
const LISTED: usize = 5;

/// Something that a report must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A stable identifier.
    pub kind: &'static str,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

/// What was noticed while call frames of one profile were looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Urls of scripts without a map.
    pub(super) missing: BTreeSet<String>,
    /// Urls of scripts that several maps may belong to.
    pub(super) ambiguous: BTreeSet<String>,
    /// Maps that cannot be used, and why.
    pub(super) broken: BTreeMap<String, String>,
    /// What came of the look-ups in each script's map.
    pub(super) looked_up: BTreeMap<String, LookedUp>,
    /// Nothing could be looked up: the root's call frame does not come first.
    pub(super) lines_unknown: bool,
}

/// Functions of a script that were looked up in its map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LookedUp {
    pub(super) asked: usize,
    /// Those that it has.
    pub(super) found: usize,
    /// Those of a line that is mapped at its beginning only.
    pub(super) without_columns: usize,
    /// Those where the text of the source tells whether a function begins.
    pub(super) judged: usize,
    /// Those of them where none begins.
    pub(super) elsewhere: usize,
}

impl LookedUp {
    /// Whether the map has none of the functions.
    fn is_useless(&self) -> bool {
        self.asked > 0 && self.found == 0 && !self.lacks_columns()
    }

    /// Whether the map tells lines only, and the script is minified.
    fn lacks_columns(&self) -> bool {
        self.without_columns > 0 && self.without_columns * 2 >= self.asked
    }

    /// Whether the map is of other code: no function begins in the source where it puts one. Of maps of the very build none of 4676 was put elsewhere (27 bundles
    /// of a service by esbuild, webpack and Rollup, minified or not), of those of another version a thirty-second and more in 67 of 87 pairs, an eighth in 32:
    /// what stands before the first change fits, and in lines that esbuild minifies much behind it.
    fn is_of_other_code(&self) -> bool {
        const LEAST: usize = 3;
        const PART: usize = 32;
        self.elsewhere >= LEAST && self.elsewhere * PART >= self.judged
    }
}

impl Notes {
    /// Takes over what was noticed for another profile.
    pub fn merge(&mut self, other: &Self) {
        self.missing.extend(other.missing.iter().cloned());
        self.ambiguous.extend(other.ambiguous.iter().cloned());
        self.broken.extend(other.broken.iter().map(|(map, why)| (map.clone(), why.clone())));
        for (url, other) in &other.looked_up {
            let sums = self.looked_up.entry(url.clone()).or_default();
            sums.asked += other.asked;
            sums.found += other.found;
            sums.without_columns += other.without_columns;
            sums.judged += other.judged;
            sums.elsewhere += other.elsewhere;
        }
        self.lines_unknown |= other.lines_unknown;
    }

    /// Notes scripts that may have been taken to the sources of another one.
    pub fn add_misled(&mut self, urls: BTreeSet<String>) {
        self.ambiguous.extend(urls);
    }

    /// In words.
    pub fn in_words(&self) -> Vec<Note> {
        let Self { missing, ambiguous, broken, looked_up, lines_unknown } = self;
        let mut notes = Vec::new();
        if *lines_unknown {
            notes.push(Note {
                kind: "source-map-lines",
                message: "Source maps are not used: the root's call frame, which tells how lines count, does not stand before the others."
                    .to_owned(),
                remedy: "Use the file as its writer left it; `jq` may keep the order of keys.",
            });
        }
        notes.extend(broken.iter().take(LISTED).map(|(map, why)| Note {
            kind: "source-map-broken",
            message: format!("The source map {map} cannot be used: {why}."),
            remedy: "Functions of its script are shown as they ran. Build it again, or copy it again from where it was built.",
        }));
        if broken.len() > LISTED {
            notes.push(Note {
                kind: "source-map-broken",
                message: format!("{} more source maps cannot be used.", broken.len() - LISTED),
                remedy: "Functions of their scripts are shown as they ran.",
            });
        }
        // What is the matter with some scripts: what stands before how many they are, and behind.
        let mut of_scripts = |kind, urls: &BTreeSet<String>, [before, behind]: [&str; 2], remedy| {
            if !urls.is_empty() {
                let message = format!("{before} {}{behind}: {}.", scripts(urls.len()), list(urls));
                notes.push(Note { kind, message, remedy });
            }
        };
        let with = |is: fn(&LookedUp) -> bool| -> BTreeSet<String> {
            looked_up.iter().filter(|(_, looked_up)| is(looked_up)).map(|(url, _)| url.clone()).collect()
        };
        of_scripts(
            "source-map-ambiguous",
            ambiguous,
            ["Which source map belongs to", " cannot be told"],
            "Several maps fit it equally well, or another script of its name has the only one. Name its own: --source-map FILE; `heapsift diff` takes those of each side (--source-map-before, --source-map-after).",
        );
        of_scripts(
            "source-map-unused",
            &with(LookedUp::is_useless),
            ["The source map has none of the functions of", ""],
            "It is of another script or of another build. Maps must be of the very build that ran.",
        );
        of_scripts(
            "source-map-columns",
            &with(LookedUp::lacks_columns),
            ["The source map tells lines but no columns, and a line holds many functions, in", ""],
            "These functions are shown as they ran. Build with a map that has columns: in webpack `devtool: \"source-map\"` instead of a cheap one.",
        );
        let other = with(LookedUp::is_of_other_code);
        let of_others = |part: fn(&LookedUp) -> usize| -> usize {
            other.iter().filter_map(|url| looked_up.get(url)).map(part).sum()
        };
        let (judged, elsewhere) = (of_others(|looked_up| looked_up.judged), of_others(|looked_up| looked_up.elsewhere));
        of_scripts(
            "source-map-mismatch",
            &other,
            [
                &format!(
                    "The source map puts {elsewhere} of {judged} functions where no function begins in the source, in"
                ),
                "",
            ],
            "It is of another build, so names and lines of other functions are not to be trusted either. Take the map of the very build that ran.",
        );
        of_scripts(
            "source-map-missing",
            missing,
            ["No source map was found for", ""],
            "If the script was compiled or bundled, name its map or a folder above it: --source-map. Maps must be of the very build that ran.",
        );
        notes
    }
}

fn scripts(count: usize) -> String {
    if count == 1 { "1 script".to_owned() } else { format!("{count} scripts") }
}

/// The first of some names.
fn list(names: &BTreeSet<String>) -> String {
    let listed: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    match names.len() - listed.len() {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_of_other_code_where_several_functions_and_more_than_a_few_are_elsewhere() {
        let table = [(0, 150, false), (2, 8, false), (3, 8, true), (3, 96, true), (3, 97, false), (5, 148, true)];
        for (elsewhere, judged, expected) in table {
            let looked_up = LookedUp { asked: 300, found: 300, judged, elsewhere, ..LookedUp::default() };
            assert_eq!(looked_up.is_of_other_code(), expected, "{elsewhere} of {judged}");
        }
    }

    #[test]
    fn lists_are_short_and_in_order() {
        assert_eq!(Notes::default().in_words(), []);
        let mut notes = Notes::default();
        notes.missing.insert("/srv/b.js".to_owned());
        assert_eq!(notes.in_words()[0].message, "No source map was found for 1 script: /srv/b.js.");
        let other = Notes {
            missing: (0..7).map(|i| format!("/srv/{i}.js")).collect(),
            broken: (0..7).map(|i| (format!("{i}.js.map"), "expected value".to_owned())).collect(),
            ..Notes::default()
        };
        notes.merge(&other);
        let words = notes.in_words();
        assert_eq!(words.len(), 7);
        assert_eq!(words[4].message, "The source map 4.js.map cannot be used: expected value.");
        assert_eq!(words[5].message, "2 more source maps cannot be used.");
        assert_eq!(
            words[6].message,
            "No source map was found for 8 scripts: /srv/0.js, /srv/1.js, /srv/2.js, /srv/3.js, /srv/4.js and 3 more."
        );
    }
}

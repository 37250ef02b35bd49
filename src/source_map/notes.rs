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
    /// Functions that were looked up in each script's map, and those of them that it has.
    pub(super) looked_up: BTreeMap<String, (usize, usize)>,
    /// Nothing could be looked up: the root's call frame does not come first.
    pub(super) lines_unknown: bool,
}

impl Notes {
    /// Takes over what was noticed for another profile.
    pub fn merge(&mut self, other: &Self) {
        self.missing.extend(other.missing.iter().cloned());
        self.ambiguous.extend(other.ambiguous.iter().cloned());
        self.broken.extend(other.broken.iter().map(|(map, why)| (map.clone(), why.clone())));
        for (url, (asked, found)) in &other.looked_up {
            let sums = self.looked_up.entry(url.clone()).or_default();
            *sums = (sums.0 + asked, sums.1 + found);
        }
        self.lines_unknown |= other.lines_unknown;
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
        if !ambiguous.is_empty() {
            notes.push(Note {
                kind: "source-map-ambiguous",
                message: format!(
                    "Several source maps fit {} equally well: {}.",
                    scripts(ambiguous.len()),
                    list(ambiguous)
                ),
                remedy: "Name the one that belongs to it: --source-map FILE.",
            });
        }
        let useless = looked_up.iter().filter(|(_, (asked, found))| *asked > 0 && *found == 0);
        let useless: BTreeSet<String> = useless.map(|(url, _)| url.clone()).collect();
        if !useless.is_empty() {
            notes.push(Note {
                kind: "source-map-unused",
                message: format!(
                    "The source map has none of the functions of {}: {}.",
                    scripts(useless.len()),
                    list(&useless)
                ),
                remedy: "It is of another script or of another build. Maps must be of the very build that ran.",
            });
        }
        if !missing.is_empty() {
            notes.push(Note {
                kind: "source-map-missing",
                message: format!("No source map was found for {}: {}.", scripts(missing.len()), list(missing)),
                remedy: "If the script was compiled or bundled, name its map or a folder above it: --source-map. Maps must be of the very build that ran.",
            });
        }
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

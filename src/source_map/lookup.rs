//! Answers where call frames come from, on all threads.
//!
//! [`SourceMaps`] holds the maps, which are read once; [`Lookups`] asks them for one profile, and keeps what its report must say.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use hashbrown::HashMap;

use super::index::{Found, Index, Kind, MapFile};
use super::load::{Loaded, load_map, load_of_script};
use super::notes::Notes;
use super::table::Table;
use super::urls;
use crate::profile::{Generated, Original, Originals};

/// The source maps that a user names.
pub struct SourceMaps {
    index: Index,
    /// Bytes of memory that maps may take, if that is limited.
    limit: Option<usize>,
    /// Bytes that those take which were read. One is read at a time: reading takes more than keeping.
    held: Mutex<usize>,
}

impl fmt::Debug for SourceMaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceMaps").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl SourceMaps {
    /// Finds the maps below these folders, and those that are named themselves. They may take `limit` bytes of memory.
    ///
    /// # Errors
    ///
    /// Where a path does not exist or a folder cannot be listed.
    pub fn open(paths: &[PathBuf], limit: Option<usize>) -> Result<Self, String> {
        Ok(Self { index: Index::of(paths)?, limit, held: Mutex::new(0) })
    }

    /// Look-ups for one profile.
    pub fn lookups(&self) -> Lookups<'_> {
        self.lookups_without(BTreeSet::new())
    }

    /// The same, with what [`Lookups::misled`] gave for an earlier reading of it: these scripts stay as they ran.
    pub fn lookups_without(&self, misled: BTreeSet<String>) -> Lookups<'_> {
        Lookups { maps: self, misled, scripts: RwLock::default(), claims: Mutex::default(), notes: Mutex::default() }
    }

    fn room(&self) -> usize {
        self.limit.map_or(0, |limit| limit.saturating_sub(*locked(&self.held)))
    }

    /// What a file gives, which is read if it was not.
    fn load<'m>(&self, file: &'m MapFile) -> &'m Loaded {
        file.loaded.get_or_init(|| {
            let mut held = locked(&self.held);
            let room = self.limit.map(|limit| limit.saturating_sub(*held));
            let loaded = match file.kind {
                Kind::Map => load_map(&file.path, room),
                Kind::Script => load_of_script(&file.path, room),
            };
            if let Loaded::Table(table, _) = &loaded {
                *held += table.memory();
            }
            loaded
        })
    }
}

/// Look-ups in source maps for one profile.
pub struct Lookups<'m> {
    maps: &'m SourceMaps,
    /// Urls of scripts that have no map though they find one.
    misled: BTreeSet<String>,
    /// What belongs to the scripts that have occurred.
    scripts: RwLock<HashMap<Box<str>, Script<'m>>>,
    /// The scripts that have found each map.
    claims: Mutex<HashMap<usize, Vec<Claim>>>,
    notes: Mutex<Notes>,
}

impl fmt::Debug for Lookups<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookups").field("maps", &self.maps).field("misled", &self.misled).finish_non_exhaustive()
    }
}

/// A script that has found a map.
struct Claim {
    url: String,
    parts: Vec<String>,
    /// Parts of its path that agree with those of the map.
    common: usize,
}

/// The map of a script and its folder, if there is one.
type Script<'m> = Option<(&'m Table, &'m str)>;

impl<'m> Lookups<'m> {
    /// Bytes of memory that maps may take beyond those they take now; 0 without a limit.
    pub fn room(&self) -> usize {
        self.maps.room()
    }

    /// What was noticed.
    pub fn into_notes(self) -> Notes {
        self.notes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Urls of scripts that have found a map by their names alone, or by less of their path than another script with the same map. Which these are is known once
    /// all of a profile was read: their functions were taken to the sources of another script.
    pub fn misled(&self) -> BTreeSet<String> {
        let claims = locked(&self.claims);
        let mut misled = BTreeSet::new();
        for scripts in claims.values() {
            let most = scripts.iter().map(|script| script.common).max().unwrap_or(0);
            let owners: BTreeSet<_> =
                scripts.iter().filter(|script| script.common == most).map(|script| &script.parts).collect();
            let is_owner = |script: &&Claim| owners.len() == 1 && owners.contains(&script.parts);
            misled.extend(scripts.iter().filter(|script| !is_owner(script)).map(|script| script.url.clone()));
        }
        misled
    }

    fn script(&self, url: &str) -> Script<'m> {
        if let Some(&script) = self.scripts.read().unwrap_or_else(PoisonError::into_inner).get(url) {
            return script;
        }
        let script = self.find(url);
        self.scripts.write().unwrap_or_else(PoisonError::into_inner).insert(url.into(), script);
        script
    }

    fn find(&self, url: &str) -> Script<'m> {
        let parts = urls::parts(url)?;
        let index = &self.maps.index;
        let found = if self.misled.contains(url) { Found::Several } else { index.find(&parts) };
        let loaded = match found {
            Found::File(number, common) => {
                let file = &index.files[number];
                match self.maps.load(file) {
                    Loaded::Table(table, folder) => {
                        let claim = Claim { url: url.to_owned(), parts, common };
                        locked(&self.claims).entry(number).or_default().push(claim);
                        return Some((table, folder));
                    }
                    Loaded::Broken(why) => {
                        locked(&self.notes).broken.insert(file.shown.clone(), why.clone());
                        return None;
                    }
                    Loaded::Nothing => Found::Nothing,
                }
            }
            found => found,
        };
        if loaded == Found::Several {
            locked(&self.notes).ambiguous.insert(url.to_owned());
        } else if urls::is_of_application(url, &parts) {
            locked(&self.notes).missing.insert(url.to_owned());
        }
        None
    }
}

impl Originals for Lookups<'_> {
    fn original(&self, frame: Generated<'_>) -> Option<Original> {
        let Generated { function, url, line, column } = frame;
        let (table, folder) = if url.is_empty() { None } else { self.script(url) }?;
        let place = table.place(function, line, column);
        let original = place.and_then(|place| {
            Some(Original {
                function: table.name(function, line, column).map(str::to_owned),
                url: urls::source_url(url, folder, place.source)?,
                line: place.line,
                column: place.column,
            })
        });
        let mut notes = locked(&self.notes);
        let looked_up = notes.looked_up.entry(url.to_owned()).or_default();
        looked_up.asked += 1;
        looked_up.found += usize::from(original.is_some());
        looked_up.without_columns += usize::from(table.lacks_columns(line, column));
        let agrees = original.as_ref().and_then(|_| table.agrees(function, line, column));
        looked_up.judged += usize::from(agrees.is_some());
        looked_up.elsewhere += usize::from(agrees == Some(false));
        original
    }

    fn lines_unknown(&self) {
        locked(&self.notes).lines_unknown = true;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const MAP: &str = r#"{"version":3,"sources":["../src/a.ts"],"names":["work"],"mappings":"AAAA,SAASA"}"#;

    fn original(lookups: &Lookups<'_>, url: &str) -> Option<Original> {
        lookups.original(Generated { function: "w", url, line: 0, column: 10 })
    }

    #[test]
    fn frames_are_looked_up_and_what_fails_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.js.map", "x/b.js.map", "y/b.js.map"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, MAP).unwrap();
        }
        fs::write(folder.path().join("c.js.map"), "{\"version\":3").unwrap();
        fs::write(folder.path().join("d.js"), "f()").unwrap();
        let maps = SourceMaps::open(&[folder.path().to_owned()], None).unwrap();
        let lookups = maps.lookups();
        let found = original(&lookups, "/srv/dist/a.js").unwrap();
        let expected =
            Original { function: Some("work".to_owned()), url: "/srv/src/a.ts".to_owned(), line: 0, column: 9 };
        assert_eq!(found, expected);
        let urls = ["/srv/b.js", "/srv/c.js", "/srv/d.js", "/srv/node_modules/e/e.js", "node:fs", "", "/srv/a.ts"];
        for url in urls {
            assert_eq!(original(&lookups, url), None, "{url}");
        }
        let notes = lookups.into_notes();
        assert_eq!(notes.missing.iter().collect::<Vec<_>>(), ["/srv/a.ts", "/srv/d.js"]);
        assert_eq!(notes.ambiguous.iter().collect::<Vec<_>>(), ["/srv/b.js"]);
        assert_eq!(notes.broken.keys().collect::<Vec<_>>(), ["c.js.map"]);
        // What another profile does not have, it need not say; what it has, it must, though nothing is read again.
        fs::remove_file(folder.path().join("c.js.map")).unwrap();
        assert_eq!(maps.lookups().into_notes(), Notes::default());
        let again = maps.lookups();
        original(&again, "/srv/c.js");
        assert_eq!(again.into_notes().broken, notes.broken);
    }

    #[test]
    fn a_map_belongs_to_the_script_that_it_fits_best() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("server/users")).unwrap();
        fs::write(folder.path().join("server/users/route.js.map"), MAP).unwrap();
        let maps = SourceMaps::open(&[folder.path().to_owned()], None).unwrap();
        let misled = |urls: &[&str]| {
            let lookups = maps.lookups();
            urls.iter().for_each(|url| assert!(original(&lookups, url).is_some(), "{url}"));
            lookups.misled()
        };
        let (users, orders, more) = ("/srv/users/route.js", "file:///srv/orders/route.js", "/srv/more/route.js");
        assert!(misled(&[orders]).is_empty());
        assert!(misled(&[users, "file:///srv/users/route.js"]).is_empty(), "it is one script");
        let both: BTreeSet<String> = [orders, more].map(str::to_owned).into();
        assert_eq!(misled(&[orders, users, more]), both);
        assert_eq!(misled(&[more, orders]), both);
        let lookups = maps.lookups_without(both);
        assert!(original(&lookups, users).is_some());
        assert!(original(&lookups, orders).is_none());
        assert_eq!(lookups.into_notes().ambiguous.iter().collect::<Vec<_>>(), [orders]);
    }

    #[test]
    fn maps_stay_within_their_memory() {
        let folder = tempfile::tempdir().unwrap();
        let large = format!(r#"{{"version":3,"sources":["a"],"names":[],"mappings":"{}"}}"#, "CAAA,".repeat(1000));
        for name in ["a.js.map", "b.js.map"] {
            fs::write(folder.path().join(name), &large).unwrap();
        }
        let limit = super::super::load::estimate(large.as_bytes()) + 1000;
        let maps = SourceMaps::open(&[folder.path().to_owned()], Some(limit)).unwrap();
        assert_eq!(maps.room(), limit);
        let lookups = maps.lookups();
        assert!(original(&lookups, "/srv/a.js").is_some());
        let left = limit - maps.room();
        assert!((24_000..25_000).contains(&left), "{left}");
        assert!(original(&lookups, "/srv/b.js").is_none());
        let notes = lookups.into_notes();
        assert!(notes.broken["b.js.map"].contains("MB of memory"), "{notes:?}");
    }
}

//! The maps and scripts below the folders that were named, and which of them belongs to a script's url.
//!
//! A map belongs to the script whose name it has (`x.js.map` to `x.js`, `List.vue.map` to what a dev server sends as `List.vue`), or which it names as its `file`, where its own name says nothing or it
//! was named itself. Of several with that name the one counts whose path agrees with the url for the most folders, from the file
//! upwards: profiles are captured elsewhere than where they are read. Where two agree for as many, none is taken. In the same way a map that
//! several scripts of a profile have found belongs to the one it agrees with the most (`lookup`). Within `node_modules`,
//! names such as `index.js` mean nothing, so there the path must agree up to the package's name.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use walkdir::WalkDir;

use super::load::{Loaded, file_field, holds_reference};
use super::urls;

/// Levels of folders that are looked through.
const MAX_DEPTH: usize = 64;

/// What is told of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A map.
    Map,
    /// A script, which may hold a map or name one.
    Script,
}

/// A file that may give a map.
#[derive(Debug)]
pub(super) struct MapFile {
    pub(super) path: PathBuf,
    /// As it is shown: its path below the folder that was named.
    pub(super) shown: String,
    pub(super) kind: Kind,
    /// Folders and name of the script that it belongs to.
    script: Vec<String>,
    /// It was named itself, not found in a folder.
    is_named: bool,
    /// What it gave, once it was read.
    pub(super) loaded: OnceLock<Loaded>,
}

/// What belongs to a url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The file of this number, whose path agrees with that of the url in so many parts, from the file upwards.
    File(usize, usize),
    /// Several files, as far as can be told.
    Several,
    /// No file.
    Nothing,
}

/// Files that may give maps, by the names of the scripts that they belong to.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) files: Vec<MapFile>,
    by_name: HashMap<String, Vec<usize>>,
    known: HashSet<(PathBuf, Vec<String>)>,
}

impl Index {
    /// Finds what is in these folders, and takes these files.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self, String> {
        let mut index = Self::default();
        for path in paths {
            let about = |error: std::io::Error| format!("{}: {error}", path.display());
            // The folders above it are part of a path, too.
            let whole = path.canonicalize().map_err(about)?;
            if whole.is_dir() {
                whole.read_dir().map_err(about)?;
                index.add_folder(&whole);
            } else {
                index.add(&whole, whole.parent().unwrap_or(&whole), true);
            }
        }
        index.known = HashSet::new();
        Ok(index)
    }

    fn add_folder(&mut self, folder: &Path) {
        // Links to folders are not followed: what they lead to is elsewhere, or again.
        let walk = WalkDir::new(folder).max_depth(MAX_DEPTH).sort_by_file_name();
        for entry in walk.into_iter().filter_map(Result::ok) {
            let is_file = entry.file_type().is_file() || (entry.path_is_symlink() && entry.path().is_file());
            if is_file {
                self.add(entry.path(), folder, false);
            }
        }
    }

    /// Takes a file, if it may give a map.
    fn add(&mut self, path: &Path, folder: &Path, is_named: bool) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
        // Sources hold no map; what was saved as a dev server sent it under their name does. Those of packages are not looked through.
        let is_sent = |path: &Path| is_named || (!is_of_package(path) && holds_reference(path));
        let is_script = urls::is_script(name) || (urls::is_compiled(name) && is_sent(path));
        // Of declarations and style sheets.
        let is_other = [".d.ts.map", ".d.mts.map", ".d.cts.map", ".css.map"].iter().any(|end| name.ends_with(end));
        if !is_named && !is_script && (is_other || !name.ends_with(".map")) {
            return;
        }
        if is_script {
            return self.push(path, folder, Kind::Script, Path::new(name), is_named);
        }
        let script = name.strip_suffix(".map").unwrap_or(name);
        let tells = urls::is_script(script) || urls::is_compiled(script);
        if tells {
            self.push(path, folder, Kind::Map, Path::new(script), is_named);
        }
        if is_named || !tells {
            match file_field(path) {
                Some(file) => self.push(path, folder, Kind::Map, &file, is_named),
                None if tells => {}
                None => {
                    self.push(path, folder, Kind::Map, Path::new(&format!("{script}.js")), is_named);
                    // Its script may be called by an extension that is not known here.
                    if script.contains('.') {
                        self.push(path, folder, Kind::Map, Path::new(script), is_named);
                    }
                }
            }
        }
    }

    fn push(&mut self, path: &Path, folder: &Path, kind: Kind, script: &Path, is_named: bool) {
        let whole = path.with_file_name("").join(script);
        let Some(script) = whole.to_str().and_then(|whole| urls::parts(&format!("file://{}", escaped(whole)))) else {
            return;
        };
        let Some(name) = script.last() else { return };
        if !self.known.insert((path.to_owned(), script.clone())) {
            return;
        }
        self.by_name.entry(name.clone()).or_default().push(self.files.len());
        let shown = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        self.files.push(MapFile { path: path.to_owned(), shown, kind, script, is_named, loaded: OnceLock::new() });
    }

    /// The file that belongs to a script with these folders and this name: a map, else a script.
    pub(super) fn find(&self, script: &[String]) -> Found {
        match self.find_kind(script, Kind::Map) {
            Found::Nothing => self.find_kind(script, Kind::Script),
            found => found,
        }
    }

    fn find_kind(&self, script: &[String], kind: Kind) -> Found {
        let Some(files) = script.last().and_then(|name| self.by_name.get(name)) else { return Found::Nothing };
        let (mut best, mut found) = (0, Found::Nothing);
        for &number in files {
            let file = &self.files[number];
            let common = script.iter().rev().zip(file.script.iter().rev()).take_while(|(a, b)| a == b).count();
            let least = if file.is_named { 1 } else { below_modules(script).max(below_modules(&file.script)) };
            if file.kind != kind || common < least {
                continue;
            }
            if common > best {
                (best, found) = (common, Found::File(number, common));
            } else if common == best && !self.same(found, number) {
                found = Found::Several;
            }
        }
        found
    }

    /// Whether what was found is this very file, which may have two names.
    fn same(&self, found: Found, number: usize) -> bool {
        matches!(found, Found::File(other, _) if self.files[other].path == self.files[number].path)
    }
}

/// How much of a path's end means something by itself: the file name, and within `node_modules` all from the package on.
fn below_modules(path: &[String]) -> usize {
    path.iter().rev().position(|part| part == "node_modules").unwrap_or(1).max(1)
}

/// Whether a file is of a package.
fn is_of_package(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "node_modules")
}

/// A path so that it can be read as that of a url.
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let script = if *file == "odd/bundle.map" { r#"{"file":"../js/app.js"}"# } else { "{}" };
            fs::write(path, script).unwrap();
        }
        folder
    }

    fn found(index: &Index, url: &str) -> String {
        match urls::parts(url).map_or(Found::Nothing, |parts| index.find(&parts)) {
            Found::File(number, _) => index.files[number].shown.clone(),
            Found::Several => "several".to_owned(),
            Found::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn a_map_belongs_to_the_script_of_its_name_and_longest_path() {
        let folder = folder(&[
            "dist/index.js.map",
            "dist/api/index.js.map",
            "dist/api/v1/index.js.map",
            "dist/only.mjs.map",
            "dist/only.mjs",
            "dist/plain.cjs",
            "dist/a/same.js.map",
            "dist/b/same.js.map",
            "dist/we ird%20#1.js.map",
            "dist/types.d.ts.map",
            "dist/style.css.map",
            "dist/readme.txt",
            "odd/bundle.map",
            "odd/other.map",
            "node_modules/lodash/index.js.map",
            "node_modules/@a/b/lib/x.js.map",
        ]);
        let index = Index::of(&[folder.path().to_owned()]).unwrap();
        #[rustfmt::skip]
        let table = [
            ("/srv/app/dist/index.js", "dist/index.js.map"),
            ("file:///srv/app/dist/api/index.js", "dist/api/index.js.map"),
            ("file:///srv/app/dist/api/v1/index.js", "dist/api/v1/index.js.map"),
            ("https://host/dist/api/index.js?v=3", "dist/api/index.js.map"),
            (r"C:\app\dist\api\index.js", "dist/api/index.js.map"),
            ("webpack-internal:///./dist/only.mjs", "dist/only.mjs.map"),
            ("/elsewhere/only.mjs", "dist/only.mjs.map"),
            ("/srv/plain.cjs", "dist/plain.cjs"),
            ("/srv/other/index.js", "several"),
            ("/srv/same.js", "several"),
            ("/srv/b/same.js", "dist/b/same.js.map"),
            ("file:///srv/we%20ird%2520%231.js", "dist/we ird%20#1.js.map"),
            ("/srv/we ird%20#1.js", "dist/we ird%20#1.js.map"),
            ("/srv/js/app.js", "odd/bundle.map"),
            ("/srv/app.js", "odd/bundle.map"),
            ("/srv/bundle.js", "nothing"),
            ("/srv/other.js", "odd/other.map"),
            ("/srv/types.d.ts", "nothing"), ("/srv/style.css", "nothing"), ("/srv/readme.txt", "nothing"),
            ("/x/node_modules/lodash/index.js", "node_modules/lodash/index.js.map"),
            ("/x/node_modules/koa/index.js", "nothing"),
            ("/x/node_modules/lodash/sub/index.js", "nothing"),
            ("/x/node_modules/@a/b/lib/x.js", "node_modules/@a/b/lib/x.js.map"),
            ("/x/node_modules/@c/b/lib/x.js", "nothing"),
            ("/x/x.js", "nothing"),
            ("node:fs", "nothing"), ("", "nothing"),
        ];
        for (url, expected) in table {
            assert_eq!(found(&index, url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_compiled_as_it_is_loaded_may_have_a_map() {
        let folder =
            folder(&["src/List.jsx.map", "src/a.ts.map", "src/x.riot.map", "src/plain.ts", "node_modules/x/b.ts"]);
        let sent = "//# sourceMappingURL=data:application/json;base64,e30=";
        for file in ["src/App.vue", "node_modules/x/c.ts", "src/d.d.ts"] {
            fs::write(folder.path().join(file), sent).unwrap();
        }
        let index = Index::of(&[folder.path().to_owned()]).unwrap();
        for (url, expected) in [
            ("http://localhost:5173/src/List.jsx?t=1", "src/List.jsx.map"),
            ("/srv/src/a.ts", "src/a.ts.map"),
            ("/srv/src/x.riot", "src/x.riot.map"),
            ("http://localhost:5173/src/App.vue", "src/App.vue"),
            ("/srv/src/plain.ts", "nothing"),
            ("/srv/node_modules/x/c.ts", "nothing"),
            ("/srv/src/d.d.ts", "nothing"),
            ("/srv/src/a.js", "nothing"),
        ] {
            assert_eq!(found(&index, url), expected, "{url}");
        }
    }

    #[test]
    fn a_file_that_is_named_needs_no_folder() {
        let folder = folder(&["node_modules/a/x.js.map", "odd/bundle.map"]);
        let path = |name: &str| folder.path().join(name);
        let index = Index::of(&[path("node_modules/a/x.js.map"), path("odd/bundle.map"), path("odd")]).unwrap();
        assert_eq!(found(&index, "/srv/x.js"), "x.js.map");
        assert_eq!(found(&index, "/srv/app.js"), "bundle.map", "not two of them");
        let error = Index::of(&[path("missing")]).unwrap_err();
        assert!(error.contains("missing"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_are_not_followed() {
        let folder = folder(&["dist/a.js.map"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("dist/again")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("dist/a.js.map"), folder.path().join("dist/b.js.map")).unwrap();
        let index = Index::of(&[folder.path().to_owned()]).unwrap();
        assert_eq!(index.files.len(), 2);
        assert_eq!(found(&index, "/srv/a.js"), "dist/a.js.map");
        assert_eq!(found(&index, "/srv/b.js"), "dist/b.js.map");
    }
}

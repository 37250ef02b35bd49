//! Whether the application's code is not as it was written: minified, bundled, or compiled as it is loaded. Then functions, files, lines and packages are those
//! of a tool, until source maps tell whose they are.
//!
//! Each script is told one thing at most (`signs`); of the scripts of a kind the one with most bytes is named.

mod signs;

use std::cell::OnceCell;
use std::cmp::Reverse;

use hashbrown::{HashMap, HashSet};

use self::signs::{Compiled, Script, Tools};
use super::model::{FileInfo, Profile, Share, Warning};
use crate::profile::{CallFrame, CallFrameTable, FrameKind, TextId};

/// The kinds of the warnings.
pub(super) const MINIFIED: &str = "minified";
pub(super) const BUNDLED: &str = "bundled";
pub(super) const MAYBE_BUNDLED: &str = "maybe-bundled";
pub(super) const COMPILED: &str = "compiled";

/// The part of all bytes that the functions of such scripts have at least, as its reciprocal: of less there is no need to know more.
const PART: u64 = 20;

/// The part of all bytes that packages have at least, as its reciprocal, where they are loaded beside a bundle: it need not have any then.
const PART_OF_PACKAGES: u64 = 100;

/// The part of the application's bytes that scripts which were compiled as they were loaded have at least, where they have less of all.
const PART_OF_APPLICATION: u64 = 10;

impl FileInfo {
    /// Whether code in it is minified and was not taken to its sources: then its functions are not those of other builds.
    pub(super) fn is_minified(&self) -> bool {
        self.source_maps.iter().any(|warning| warning.kind == MINIFIED)
    }

    /// Whether code of packages in it may count as the application's: it is minified or bundled, and was not taken to its sources.
    pub(super) fn hides_packages(&self) -> bool {
        self.source_maps.iter().any(|warning| [MINIFIED, BUNDLED, MAYBE_BUNDLED].contains(&warning.kind))
    }
}

/// Scripts of the application that are minified.
pub(super) fn minified_scripts(frames: &CallFrameTable) -> HashSet<TextId> {
    let mut scripts: HashMap<TextId, Script> = HashMap::new();
    for id in frames.ids() {
        let frame = frames.get(id);
        if frame.kind == FrameKind::App && !frames.text(frame.url).is_empty() {
            scripts.entry(frame.url).or_default().add(frame.signs, frames.line(id), frames.column(id), 0);
        }
    }
    scripts.into_iter().filter(|(_, script)| script.is_minified()).map(|(url, _)| url).collect()
}

/// What a script is instead of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Minified,
    Bundled,
    /// Nothing tells whether packages are in it.
    MaybeBundled,
    Compiled(Compiled),
}

/// Scripts of which one thing is to be said.
struct Told<'a> {
    /// What the one with most bytes is.
    kind: Kind,
    /// The one with most bytes.
    url: &'a str,
    others: usize,
    size: u64,
}

impl Told<'_> {
    fn more(&self) -> String {
        match self.others {
            0 => String::new(),
            1 => " So is 1 more.".to_owned(),
            more => format!(" So are {more} more."),
        }
    }
}

impl Profile {
    /// Notes what is not as it was written. It is noted of the file as well, so that what compares files can say it. `map_of` gives the path of a script's
    /// map where it is known.
    pub(crate) fn note_unmapped(&mut self, map_of: impl Fn(&str) -> Option<String>) {
        self.forget_unmapped();
        let found = self.unmapped(map_of);
        self.file.source_maps.extend(found.iter().map(|warning| Warning { share: None, ..warning.clone() }));
        self.warnings.extend(found);
    }

    /// Notes what is minified or bundled although it was read with source maps: they have nothing of it.
    #[cfg(feature = "cli")]
    pub(crate) fn note_still_unmapped(&mut self, map_of: impl Fn(&str) -> Option<String>) {
        // The names of sources say that these are compiled, which they were before.
        let found = self.unmapped(map_of).into_iter().filter(|warning| warning.kind != COMPILED);
        for warning in found {
            self.file.source_maps.push(Warning { share: None, ..warning.clone() });
            self.warnings.push(warning);
        }
    }

    /// Takes back what was noted.
    pub(super) fn forget_unmapped(&mut self) {
        let is_other = |warning: &Warning| ![MINIFIED, BUNDLED, MAYBE_BUNDLED, COMPILED].contains(&warning.kind);
        self.warnings.retain(is_other);
        self.file.source_maps.retain(is_other);
    }

    fn unmapped(&self, map_of: impl Fn(&str) -> Option<String>) -> Vec<Warning> {
        let (aggregate, frames) = (&self.aggregate, &self.aggregate.frames);
        // What Vite makes of packages runs in pages, where no function is Node's own.
        let is_page = frames.ids().all(|id| frames.get(id).kind != FrameKind::Core);
        let is_prebundled = |frame: &CallFrame| {
            let package = frames.package(frame.package).name;
            is_page && frames.text(package) == signs::VITE && signs::is_prebundled(frames.text(frame.url))
        };
        let mut scripts: HashMap<TextId, Script> = HashMap::new();
        let (mut of_application, mut of_packages) = (0_u64, 0_u64);
        for (id, sums) in frames.ids().zip(&aggregate.by_frame) {
            let frame = frames.get(id);
            match frame.kind {
                FrameKind::App => of_application = of_application.saturating_add(sums.self_size),
                FrameKind::Dependency if is_prebundled(frame) => {}
                FrameKind::Dependency => {
                    of_packages = of_packages.saturating_add(sums.self_size);
                    continue;
                }
                _ => continue,
            }
            let script = scripts.entry(frame.url).or_default();
            script.add(frame.signs, frames.line(id), frames.column(id), sums.self_size);
        }
        let total = aggregate.total_size;
        let least = total.div_ceil(PART).max(1);
        // Where hardly anything is of packages that are loaded as such.
        let are_in_scripts = of_packages < total.div_ceil(PART_OF_PACKAGES);
        let tools = OnceCell::new();
        let kind = |url: TextId, script: &Script| {
            let how = signs::compiled(|| frames.text(url), script, || *tools.get_or_init(|| Tools::of(frames)));
            let is_prebundled = || is_page && signs::is_prebundled(frames.text(url));
            let has_packages = || script.has_packages() || are_in_scripts || is_prebundled();
            let is_most = || script.size > of_application / 2;
            match how {
                Some(how) => Some(Kind::Compiled(how)),
                None if script.size < least => None,
                None if script.is_minified() => Some(Kind::Minified),
                None if script.is_bundled() || is_prebundled() => {
                    Some(if has_packages() { Kind::Bundled } else { Kind::MaybeBundled })
                }
                None => (are_in_scripts && script.may_be_bundled() && is_most()).then_some(Kind::MaybeBundled),
            }
        };
        // Few are of tools: texts of others are not looked at.
        let told = |(&url, script): (&TextId, &Script)| Some((kind(url, script)?, frames.text(url), script.size));
        let of_tools: Vec<(Kind, &str, u64)> =
            scripts.iter().filter_map(told).filter(|(_, url, _)| !url.is_empty()).collect();
        let told = |is: fn(Kind) -> bool| {
            let of_kind = || of_tools.iter().filter(|(kind, ..)| is(*kind));
            let &(kind, url, _) = of_kind().max_by_key(|&&(_, url, size)| (size, Reverse(url)))?;
            let size = of_kind().fold(0_u64, |sum, (_, _, size)| sum.saturating_add(*size));
            Some(Told { kind, url, others: of_kind().count() - 1, size })
        };
        // Each file of a dev server is small, and of a test runner most bytes are its own.
        let is_much = |told: &Told<'_>| {
            told.size >= least || (told.size > 0 && told.size >= of_application / PART_OF_APPLICATION)
        };
        let found = [
            told(|kind| kind == Kind::Minified),
            told(|kind| kind == Kind::Bundled),
            told(|kind| kind == Kind::MaybeBundled),
            told(|kind| matches!(kind, Kind::Compiled(_))).filter(is_much),
        ];
        let warning = |told: Told<'_>| {
            let warning = match told.kind {
                Kind::Minified => of_minified(&told, map_of(told.url)),
                Kind::Bundled => of_bundled(&told, map_of(told.url)),
                Kind::MaybeBundled => of_maybe_bundled(&told, map_of(told.url)),
                Kind::Compiled(how) => of_compiled(&told, how),
            };
            warning.of(Share::of(told.size, total))
        };
        found.into_iter().flatten().map(warning).collect()
    }
}

/// What to name with `--source-map`: the map that is there, or what is to be looked for.
fn name_map(map: Option<String>) -> String {
    match map {
        Some(map) => format!("Name its source map: --source-map {map}. It must be of the very build that ran."),
        None => "Name the source map that was written with it, or the folder of that: --source-map. It must be of the very build that ran.".to_owned(),
    }
}

fn of_minified(told: &Told<'_>, map: Option<String>) -> Warning {
    Warning::new(
        MINIFIED,
        format!(
            "{} is minified: functions in it are called and placed as its tool left them, and code of packages in it counts as the application's.{}",
            told.url,
            told.more()
        ),
        name_map(map),
    )
}

fn of_bundled(told: &Told<'_>, map: Option<String>) -> Warning {
    let (message, remedy) = match signs::is_prebundled(told.url) {
        true => (
            format!("{} is a bundle that Vite has made of packages: whose code it is cannot be told.{}", told.url, told.more()),
            "Vite keeps the source maps beside it: --source-map node_modules/.vite/deps, as it is while the same packages are installed.".to_owned(),
        ),
        false => (
            format!(
                "{} is a bundle: code of packages in it counts as the application's, and lines are those of the bundle.{}",
                told.url,
                told.more()
            ),
            of_build(map),
        ),
    };
    Warning::new(BUNDLED, message, remedy)
}

fn of_maybe_bundled(told: &Told<'_>, map: Option<String>) -> Warning {
    let message = format!(
        "{} may be a bundle: what it has of packages counts as the application's then, and lines are those of the bundle.{}",
        told.url,
        told.more()
    );
    Warning::new(MAYBE_BUNDLED, message, of_build(map))
}

/// What to name for a bundle, and what to do where there is nothing to name.
fn of_build(map: Option<String>) -> String {
    match map {
        None => format!("{} Where none was written, build with one (esbuild: --sourcemap).", name_map(None)),
        map => name_map(map),
    }
}

fn of_compiled(told: &Told<'_>, how: Compiled) -> Warning {
    let (url, more) = (told.url, told.more());
    const SENT: &str = "Names are right. For lines, save what the dev server sends, under its path (`curl --create-dirs -o sent/PATH URL`), since the source map is in it, and name the folder: --source-map sent.";
    const BUILD: &str = "Names are right. For lines, compile it with a source map first, run what was written, and name the folder: --source-map dist.";
    let message = match how {
        Compiled::Sent | Compiled::Loaded => format!(
            "{url} was compiled as it was loaded: lines and columns are those of the compiled text, not of the file.{more}"
        ),
        Compiled::Test => format!(
            "{url} was run by Jest, which compiles what it loads, as long as `transform` is not empty: lines and columns are those of the compiled text, not of the file.{more}"
        ),
        Compiled::Perhaps => format!(
            "{url} may have been compiled as it was loaded: then lines and columns are those of the compiled text. Where Node itself strips the types they are those of the file.{more}"
        ),
    };
    Warning::new(COMPILED, message, if how == Compiled::Sent { SENT } else { BUILD })
}

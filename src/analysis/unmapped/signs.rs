//! What tells that a script is not as it was written: where its functions stand, and how they and their files are called.

use crate::profile::extensions::{NEVER_RUN, extension};
use crate::profile::{CallFrameTable, FrameKind, Signs};

/// A column behind which nobody begins a function by hand.
const FAR: u32 = 500;

/// Functions of a script that are enough to tell.
const LEAST: usize = 8;

/// A line behind which nobody writes by hand.
const DEEP: u32 = 10_000;

/// Functions behind that line that are enough to tell.
const LEAST_DEEP: usize = 3;

/// Functions with names that bundlers give which are enough to tell.
const LEAST_RENAMED: usize = 3;

/// Functions of a script that are more than a file of a package or of the application has in most profiles.
const MANY: usize = 100;

/// Packages that compile what is loaded.
const LOADERS: [&str; 20] = [
    "tsx",
    "ts-node",
    "ts-node-dev",
    "ts-jest",
    "vite",
    "vite-node",
    "vitest",
    "@vitest/runner",
    "@babel/register",
    "@babel/node",
    "babel-jest",
    "esbuild-register",
    "esbuild-runner",
    "@esbuild-kit/cjs-loader",
    "@esbuild-kit/esm-loader",
    "@swc-node/register",
    "@swc/register",
    "@swc/jest",
    "jiti",
    "sucrase",
];

/// What is known of a script.
#[derive(Clone, Copy, Default)]
pub(super) struct Script {
    pub(super) functions: usize,
    pub(super) size: u64,
    far: usize,
    deep: usize,
    renamed: usize,
    is_of_bundler: bool,
    has_wrappers: bool,
    is_around_packages: bool,
    is_of_jest: bool,
    /// Whether it is called as sources are that are compiled before they run.
    is_source: bool,
}

impl Script {
    /// Adds a function of it.
    pub(super) fn add(&mut self, signs: Signs, line: Option<u32>, column: Option<u32>, size: u64) {
        self.functions += 1;
        self.size = self.size.saturating_add(size);
        self.far += usize::from(column > Some(FAR));
        self.deep += usize::from(line > Some(DEEP));
        self.renamed += usize::from(signs.is_renamed());
        self.is_of_bundler |= signs.is_of_bundle();
        self.has_wrappers |= signs.is_wrapper();
        self.is_around_packages |= signs.is_around_package();
        self.is_source |= signs.is_of_source();
        // The function around a module in Jest; code compiled by others may have the name, too, but not behind what Jest sets before it on the first line.
        self.is_of_jest |= signs.is_called_as_by_jest() && line == Some(1) && column > Some(80);
    }

    /// Whether most of its functions stand where only a minifier puts them.
    pub(super) fn is_minified(&self) -> bool {
        self.functions >= LEAST && self.far * 2 >= self.functions
    }

    /// Whether it has the code of many files.
    pub(super) fn is_bundled(&self) -> bool {
        self.is_of_bundler || self.deep >= LEAST_DEEP || self.renamed >= LEAST_RENAMED
    }

    /// Whether code of packages is in it, if it is a bundle: those of the application alone are not so long.
    pub(super) fn has_packages(&self) -> bool {
        self.is_around_packages || self.deep >= LEAST_DEEP
    }

    /// Whether it may have the code of many files, though nothing of it tells: a tool wrote some of its functions, as it also does in single files, and they are many.
    pub(super) fn may_be_bundled(&self) -> bool {
        self.has_wrappers && self.functions >= MANY
    }
}

/// What has run in the profile that compiles, or does not need to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tools {
    compiles: bool,
    strips: bool,
}

impl Tools {
    pub(super) fn of(frames: &CallFrameTable) -> Self {
        let mut tools = Self::default();
        for frame in frames.ids().map(|id| frames.get(id)) {
            tools.meet(frame.kind, frames.text(frames.package(frame.package).name), frames.text(frame.url));
        }
        tools
    }

    /// Takes notice of a function.
    fn meet(&mut self, kind: FrameKind, package: &str, url: &str) {
        match kind {
            FrameKind::Dependency => self.compiles |= LOADERS.contains(&package),
            FrameKind::Core => {
                self.strips |= url.contains("internal/modules/typescript") || url.contains("internal/deps/amaro");
            }
            _ => {}
        }
    }
}

/// How a script was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compiled {
    /// By a server that sent it.
    Sent,
    /// By a loader.
    Loaded,
    /// By Jest.
    Test,
    /// That cannot be told: types may have been stripped.
    Perhaps,
}

/// Whether a script was compiled as it was loaded, and how. Its `url` and `tools` are asked for only where they matter.
pub(super) fn compiled<'u>(
    url: impl FnOnce() -> &'u str,
    script: &Script,
    tools: impl FnOnce() -> Tools,
) -> Option<Compiled> {
    if !script.is_source {
        return script.is_of_jest.then_some(Compiled::Test);
    }
    let url = url();
    let never_runs = NEVER_RUN.contains(&extension(url));
    if url.starts_with("http://") || url.starts_with("https://") {
        return Some(Compiled::Sent);
    }
    let tools = if never_runs { Tools::default() } else { tools() };
    match never_runs || tools.compiles || script.is_minified() {
        true => Some(Compiled::Loaded),
        false => (!tools.strips).then_some(Compiled::Perhaps),
    }
}

/// The package of code that Vite has put together of several ones; what is of one alone has its name.
pub(super) const VITE: &str = ".vite";

/// Whether a script is what Vite makes of packages before a browser asks for them.
pub(super) fn is_prebundled(url: &str) -> bool {
    url.starts_with("http") && url.contains("/.vite/deps")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script at a url with these functions: name, line, column.
    fn script_at(url: &str, functions: &[(&str, u32, u32)]) -> Script {
        let mut script = Script::default();
        let signs = |name| Signs::of(FrameKind::App, name, url);
        functions.iter().for_each(|&(name, line, column)| script.add(signs(name), Some(line), Some(column), 8));
        script
    }

    fn script(functions: &[(&str, u32, u32)]) -> Script {
        script_at("/srv/dist/main.js", functions)
    }

    #[test]
    fn bundles_are_told_by_names_or_by_their_length() {
        assert!(script(&[("node_modules/koa/lib/request.js", 120, 9)]).is_bundled(), "esbuild");
        assert!(script(&[("./node_modules/koa/lib/request.js", 120, 9)]).is_bundled(), "webpack");
        assert!(script(&[("__commonJS", 7, 18)]).is_bundled());
        assert!(script(&[("a", 10_001, 1), ("b", 20_000, 1), ("c", 45_885, 1)]).is_bundled());
        assert!(!script(&[("a", 10_001, 1), ("b", 9_000, 1), ("c", 10_000, 1)]).is_bundled());
        let single = script(&[("__copyProps", 2, 9), ("load", 9_999, 1)]);
        assert!(!single.is_bundled() && !single.may_be_bundled(), "esbuild puts it into single files, too");
        assert!(script(&[("clone$1", 30, 9), ("parse$2", 80, 9), ("init$1", 99, 9)]).is_bundled(), "Rollup");
        assert!(script(&[("356", 4, 9), ("7243", 80, 9), ("12", 99, 9)]).is_bundled(), "ncc");
        assert!(!script(&[("clone$1", 30, 9), ("parse$2", 80, 9)]).is_bundled(), "two may be chance");
        let many = |first| script(&[&[(first, 9, 9)][..], &[("a", 90, 9); 99]].concat());
        assert!(many("__copyProps").may_be_bundled() && !many("__copyProps").is_bundled());
        assert!(!many("a").may_be_bundled(), "somebody may have written it");
        for (name, line, expected) in [("__commonJS", 7, true), ("__webpack_require__", 7, false), ("a", 10_001, true)]
        {
            assert_eq!(script(&[(name, line, 9); 3]).has_packages(), expected, "{name}");
        }
    }

    #[test]
    fn what_is_compiled_as_it_is_loaded_is_told() {
        let (none, mut loader, mut strips) = (Tools::default(), Tools::default(), Tools::default());
        loader.meet(FrameKind::Dependency, "ts-node", "/srv/node_modules/ts-node/dist/index.js");
        strips.meet(FrameKind::Core, "node:internal/*", "node:internal/modules/typescript");
        let (plain, jest) = (&[("a", 3, 9)][..], &[("Object.<anonymous>", 1, 114)][..]);
        let in_a_line = &[("a", 2, 900); 8][..];
        for (url, functions, tools, expected) in [
            ("http://localhost:5173/src/List.jsx?t=1", plain, none, Some(Compiled::Sent)),
            ("http://localhost:5173/src/a.ts", plain, none, Some(Compiled::Sent)),
            ("http://localhost:5173/src/a.js", plain, none, None),
            ("file:///srv/src/App.tsx", plain, none, Some(Compiled::Loaded)),
            ("file:///srv/src/a.ts", plain, none, Some(Compiled::Perhaps)),
            ("file:///srv/src/a.ts", plain, loader, Some(Compiled::Loaded)),
            ("file:///srv/src/a.ts", plain, strips, None),
            ("file:///srv/src/a.ts", in_a_line, none, Some(Compiled::Loaded)),
            ("/srv/tests/a.js", jest, none, Some(Compiled::Test)),
            ("/srv/src/a.js", plain, loader, None),
            ("/srv/src/a.js", &[("Object.<anonymous>", 1, 1)][..], none, None),
        ] {
            let script = script_at(url, functions);
            assert_eq!(compiled(|| url, &script, || tools), expected, "{url} {tools:?}");
        }
    }
}

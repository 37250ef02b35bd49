//! Functions around modules: those that bundlers write, which stand in a script of the application, but nobody wrote them, and nobody can rework them; and Node's own that load modules.

use super::FrameKind;
use super::extensions::{extension, is_source};

/// Functions of webpack, esbuild, Rollup, Vite and Parcel.
const NAMES: [&str; 17] = [
    "__commonJS",
    "__commonJSMin",
    "__copyProps",
    "__esm",
    "__esmMin",
    "__export",
    "__nccwpck_require__",
    "__reExport",
    "__require",
    "__require2",
    "__toCommonJS",
    "__toESM",
    "__vitePreload",
    "getAugmentedNamespace",
    "getDefaultExportFromCjs",
    "newRequire",
    "parcelRequire",
];

/// Sources of webpack's own, as source maps name them: `webpack://shop/webpack/runtime/define property getters`.
const SOURCES: [&str; 3] = ["/webpack/bootstrap", "/webpack/runtime/", "/webpack/startup"];

/// Functions that tell of a bundle.
const OF_BUNDLES: [&str; 8] = [
    "__commonJS",
    "__commonJSMin",
    "__esmMin",
    "__nccwpck_require__",
    "__require2",
    "__webpack_require__",
    "__webpack_modules__",
    "parcelRequire",
];

/// Those of them that only bundles with packages in them have.
const OF_PACKAGES: [&str; 2] = ["__commonJS", "__commonJSMin"];

/// What the name and the url of a function tell of whoever built its script, and of what loads it. Asked once for each call frame, whose texts nobody needs to look at again for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(u8);

impl Signs {
    const WRAPPER: u8 = 1;
    const BUNDLE: u8 = 2;
    const JEST: u8 = 4;
    const SOURCE: u8 = 8;
    const PACKAGE: u8 = 16;
    const RENAMED: u8 = 32;
    const LOADER: u8 = 64;
    const MODULE: u8 = 128;

    /// Those of a function that is whose code `kind` says: others than the application's, its dependencies' and Node's have none.
    pub fn of(kind: FrameKind, function: &str, url: &str) -> Self {
        let is_app = kind == FrameKind::App;
        match kind {
            FrameKind::App | FrameKind::Dependency => {}
            FrameKind::Core if url.contains("internal/modules/") => return Self(Self::LOADER),
            _ => return Self::default(),
        }
        let signs = [
            (Self::WRAPPER, is_app && is_of_bundler(function, url)),
            (Self::BUNDLE, is_of_bundle(function)),
            (Self::JEST, function == "Object.<anonymous>"),
            (Self::SOURCE, is_source(extension(url))),
            (Self::PACKAGE, OF_PACKAGES.contains(&function) || is_path_of_package(function)),
            (Self::RENAMED, is_renamed(function)),
            (Self::MODULE, !is_app && function.is_empty()),
        ];
        Self(signs.into_iter().filter(|&(_, is_there)| is_there).map(|(sign, _)| sign).sum())
    }

    /// Whether a bundler, not the application, wrote a function that counts as the application's.
    pub fn is_wrapper(self) -> bool {
        self.0 & Self::WRAPPER != 0
    }

    /// Whether its script has the code of many files.
    pub fn is_of_bundle(self) -> bool {
        self.0 & Self::BUNDLE != 0
    }

    /// Whether its script has code of packages.
    pub fn is_around_package(self) -> bool {
        self.0 & Self::PACKAGE != 0
    }

    /// Whether it is called as bundlers call what would have the name of another one. One such name may be chance.
    pub fn is_renamed(self) -> bool {
        self.0 & Self::RENAMED != 0
    }

    /// Whether it is called as the function around a module in Jest, as others may be, too.
    pub fn is_called_as_by_jest(self) -> bool {
        self.0 & Self::JEST != 0
    }

    /// Whether it is Node's own that loads modules.
    pub fn is_of_loader(self) -> bool {
        self.0 & Self::LOADER != 0
    }

    /// Whether it is a package's and has no name, as the function around a module has none.
    pub fn may_be_module(self) -> bool {
        self.0 & Self::MODULE != 0
    }

    /// Whether its script is called as sources are that are compiled before they run.
    pub fn is_of_source(self) -> bool {
        self.0 & Self::SOURCE != 0
    }
}

/// esbuild and webpack call the function around a module by its path.
fn is_of_bundle(function: &str) -> bool {
    OF_BUNDLES.contains(&function) || is_path_of_package(function)
}

fn is_path_of_package(function: &str) -> bool {
    function.contains('/') && function.contains("node_modules/")
}

/// Whether a name is one that Rollup gives where another file has it as well (`clone$1`), that Parcel gives (`$5a2f$var$clone`), or the number of a module of webpack.
fn is_renamed(function: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_identifier = |text: &str| {
        text.len() > 1
            && text.starts_with(|c: char| !c.is_ascii_digit())
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    match function.split_once('$') {
        Some(("", rest)) => rest.contains("$var$") || rest.contains("$export$"),
        Some((name, number)) => is_identifier(name) && is_number(number),
        None => function.len() > 1 && is_number(function),
    }
}

/// Whether a function is a bundler's own by its name, as one that it adds or a module, which it calls by number or path; or by its url.
fn is_of_bundler(function: &str, url: &str) -> bool {
    let is_path = || {
        let begins_so = ["./", "../", "node_modules/"].iter().any(|beginning| function.starts_with(beginning));
        begins_so || function.contains('/') && function.contains("/node_modules/")
    };
    let is_number = || !function.is_empty() && function.bytes().all(|byte| byte.is_ascii_digit());
    let is_named_so = || function.starts_with("__webpack_") || NAMES.contains(&function) || is_number() || is_path();
    is_named_so() || url.starts_with("webpack:") && SOURCES.iter().any(|source| url.contains(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bundler_wrote_is_told_by_its_name() {
        for function in [
            "__webpack_require__",
            "__webpack_exec__",
            "../node_modules/react-dom/cjs/react-dom.development.js",
            "node_modules/koa/lib/request.js",
            "./src/List.jsx",
            "7243",
            "__commonJS",
        ] {
            assert!(is_of_bundler(function, "http://localhost/main.js"), "{function}");
        }
        for function in ["__typename", "render", "get 1", "", "(anonymous)", "node_modules", "1e"] {
            assert!(!is_of_bundler(function, "http://localhost/main.js"), "{function}");
        }
        for function in ["clone$1", "_parse$12", "$5a2f0c$var$clone", "$5a2f0c$export$2e2b", "7243", "56"] {
            assert!(is_renamed(function), "{function}");
        }
        // Such as those of jQuery, ClojureScript, Babel and Svelte.
        for function in ["$", "$1", "a$1", "clone", "clone2", "_callee$", "cljs$core$map$1", "get $1", "1$1", "7", ""] {
            assert!(!is_renamed(function), "{function}");
        }
        assert!(is_of_bundler("", "webpack://shop/webpack/startup"));
        assert!(!is_of_bundler("", "webpack://shop/src/webpack/config.js"));
    }

    #[test]
    fn signs_are_those_of_the_name_and_of_whose_code_it_is() {
        let told = |kind, function| {
            let signs = Signs::of(kind, function, "/srv/dist/main.js");
            let around = (signs.is_around_package(), signs.is_renamed());
            (signs.is_wrapper(), signs.is_of_bundle(), signs.is_called_as_by_jest(), around)
        };
        use FrameKind::{App, Core, Dependency};
        for (kind, function, expected) in [
            (App, "render", (false, false, false, (false, false))),
            (App, "__copyProps", (true, false, false, (false, false))),
            (App, "__commonJS", (true, true, false, (true, false))),
            (App, "__webpack_require__", (true, true, false, (false, false))),
            (Dependency, "__commonJS", (false, true, false, (true, false))),
            (Core, "__commonJS", (false, false, false, (false, false))),
            (Core, "clone$1", (false, false, false, (false, false))),
            (App, "node_modules/koa/lib/request.js", (true, true, false, (true, false))),
            (App, "node_modules", (false, false, false, (false, false))),
            (App, "clone$1", (false, false, false, (false, true))),
            (Dependency, "Object.<anonymous>", (false, false, true, (false, false))),
        ] {
            assert_eq!(told(kind, function), expected, "{kind:?} {function}");
        }
    }
}

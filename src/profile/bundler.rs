//! Functions that bundlers write around modules: they stand in a script of the application, but nobody wrote them, and nobody can rework them.

use super::FrameKind;
use super::extensions::{extension, is_source};

/// Functions of webpack, esbuild, Rollup, Vite and Parcel.
const NAMES: [&str; 14] = [
    "__commonJS",
    "__commonJSMin",
    "__copyProps",
    "__esm",
    "__export",
    "__reExport",
    "__require",
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
const OF_BUNDLES: [&str; 5] =
    ["__commonJS", "__commonJSMin", "__webpack_require__", "__webpack_modules__", "parcelRequire"];

/// What the name and the url of a function tell of whoever built its script. Asked once for each call frame, whose texts nobody needs to look at again for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(u8);

impl Signs {
    const WRAPPER: u8 = 1;
    const BUNDLE: u8 = 2;
    const JEST: u8 = 4;
    const SOURCE: u8 = 8;

    /// Those of a function that is whose code `kind` says: others than the application's and its dependencies' have none.
    pub fn of(kind: FrameKind, function: &str, url: &str) -> Self {
        let is_app = kind == FrameKind::App;
        if !is_app && kind != FrameKind::Dependency {
            return Self::default();
        }
        let signs = [
            (Self::WRAPPER, is_app && is_of_bundler(function, url)),
            (Self::BUNDLE, is_of_bundle(function)),
            (Self::JEST, function == "Object.<anonymous>"),
            (Self::SOURCE, is_source(extension(url))),
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

    /// Whether it is called as the function around a module in Jest, as others may be, too.
    pub fn is_called_as_by_jest(self) -> bool {
        self.0 & Self::JEST != 0
    }

    /// Whether its script is called as sources are that are compiled before they run.
    pub fn is_of_source(self) -> bool {
        self.0 & Self::SOURCE != 0
    }
}

/// esbuild and webpack call the function around a module by its path.
fn is_of_bundle(function: &str) -> bool {
    OF_BUNDLES.contains(&function) || function.contains('/') && function.contains("node_modules/")
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
        assert!(is_of_bundler("", "webpack://shop/webpack/startup"));
        assert!(!is_of_bundler("", "webpack://shop/src/webpack/config.js"));
    }

    #[test]
    fn signs_are_those_of_the_name_and_of_whose_code_it_is() {
        let told = |kind, function| {
            let signs = Signs::of(kind, function, "/srv/dist/main.js");
            (signs.is_wrapper(), signs.is_of_bundle(), signs.is_called_as_by_jest())
        };
        use FrameKind::{App, Core, Dependency};
        for (kind, function, expected) in [
            (App, "render", (false, false, false)),
            (App, "__copyProps", (true, false, false)),
            (App, "__commonJS", (true, true, false)),
            (Dependency, "__commonJS", (false, true, false)),
            (Core, "__commonJS", (false, false, false)),
            (App, "node_modules/koa/lib/request.js", (true, true, false)),
            (App, "node_modules", (false, false, false)),
            (Dependency, "Object.<anonymous>", (false, false, true)),
        ] {
            assert_eq!(told(kind, function), expected, "{kind:?} {function}");
        }
    }
}

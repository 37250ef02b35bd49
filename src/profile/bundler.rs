//! Functions that bundlers write around modules: they stand in a script of the application, but nobody wrote them, and nobody can rework them.

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

/// Whether a function is a bundler's own by its name, as one that it adds or a module, which it calls by number or path; or by its url.
pub(super) fn is_of_bundler(function: &str, url: &str) -> bool {
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
    use super::is_of_bundler;

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
}

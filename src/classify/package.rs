//! Whose code a call frame is, told from its url.
//!
//! The scheme decides first, then the folders. A scheme that nobody knows is the application's if it goes on with `//`
//! (bundlers and Electron serve the application's files so: `app://`, `vscode-file://`), else it is unknown.

use std::borrow::Cow;

use memchr::memchr2;
use percent_encoding::percent_decode_str;

use super::cdn;
use super::node_modules::{self, Named};
use crate::profile::{FrameKind, RawFrame};

/// Where a call frame comes from.
#[derive(Debug)]
pub(super) struct Origin<'a> {
    /// Whose code it is.
    pub(super) kind: FrameKind,
    /// Name of the package.
    pub(super) package: Cow<'a, str>,
    /// The package's version where the url tells it.
    pub(super) version: Option<Cow<'a, str>>,
    /// The url as rules see it: a core module has its `node:` name whatever Node wrote the file.
    pub(super) location: Cow<'a, str>,
}

/// Where `frame` comes from.
pub(super) fn origin(frame: RawFrame<'_>) -> Origin<'_> {
    let url = frame.url;
    if url.is_empty() {
        return match frame.has_script {
            true => whole(FrameKind::Generated, "(generated)", url),
            false => whole(FrameKind::Native, "(native)", url),
        };
    }
    match split_scheme(url) {
        None => from_path(url),
        Some(("node", _)) => core(Cow::Borrowed(url)),
        // Deno's own JavaScript: `ext:deno_web/06_streams.js`.
        Some(("ext", module)) => {
            let end = "ext:".len() + module.find('/').unwrap_or(module.len());
            whole(FrameKind::Core, &url[..end], url)
        }
        Some(("wasm", _)) => whole(FrameKind::Native, "(wasm)", url),
        // Of no page: extensions, the browser's own pages, and what it runs for these.
        Some(("chrome-extension" | "chrome" | "devtools", _)) => whole(FrameKind::Native, "(native)", url),
        Some(("extensions", rest)) if rest.starts_with(':') => whole(FrameKind::Native, "(native)", url),
        Some((scheme @ ("npm" | "jsr"), rest)) => from_path_or(path_of(scheme, rest), url, node_modules::of_specifier)
            .unwrap_or_else(|| whole(FrameKind::Unknown, "(unknown)", url)),
        // The rest of these is source text, no path.
        Some(("data" | "javascript", _)) => whole(FrameKind::App, "(app)", url),
        Some((scheme @ ("http" | "https"), rest)) if rest.starts_with("//") => {
            from_path_or(path_of(scheme, rest), url, cdn::find_on_web).unwrap_or_else(|| application(url))
        }
        Some((scheme, rest)) => from_path_or(path_of(scheme, rest), url, node_modules::find).unwrap_or_else(|| {
            let application = rest.starts_with("//") || matches!(scheme, "file" | "blob" | "about" | "webpack");
            match application {
                true => whole(FrameKind::App, "(app)", url),
                false => whole(FrameKind::Unknown, "(unknown)", url),
            }
        }),
    }
}

/// Code of the application at `url`.
pub(super) fn application(url: &str) -> Origin<'_> {
    whole(FrameKind::App, "(app)", url)
}

/// Whether `url` is `prefix` or below it, as folders go. `file://`, percent escapes and the direction of slashes make no difference.
pub fn is_below(url: &str, prefix: &str) -> bool {
    fn path(text: &str) -> Cow<'_, str> {
        decoded(text.strip_prefix("file://").unwrap_or(text))
    }
    let (url, prefix) = (path(url), path(prefix));
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with('/');
    !url.is_empty() && url.strip_prefix(prefix.trim_end_matches('/')).is_some_and(is_end)
}

/// A frame whose package has no version, and whose url is its location.
fn whole<'a>(kind: FrameKind, package: &'a str, url: &'a str) -> Origin<'a> {
    Origin { kind, package: Cow::Borrowed(package), version: None, location: Cow::Borrowed(url) }
}

/// A core module by its `node:` name.
fn core(module: Cow<'_, str>) -> Origin<'_> {
    let package = match module.starts_with("node:internal/") {
        true => Cow::Borrowed("node:internal/*"),
        false => module.clone(),
    };
    Origin { kind: FrameKind::Core, package, version: None, location: module }
}

/// A url without a scheme: a file, one of Node's own scripts before Node 16, or a name that was given to `vm`.
fn from_path(url: &str) -> Origin<'_> {
    // V8's own scripts of old, such as `native array.js` and `v8/LoadTimesExtension`.
    if url.starts_with("native ") || url.starts_with("v8/") {
        return whole(FrameKind::Native, "(native)", url);
    }
    // What `vm` calls a script that was given no name.
    if url == "evalmachine.<anonymous>" {
        return whole(FrameKind::Generated, "(generated)", url);
    }
    if let Some(origin) = from_path_or(url, url, node_modules::find) {
        return origin;
    }
    match url.strip_suffix(".js") {
        Some(module) if !module.is_empty() && !url.starts_with(['/', '.']) && !url.contains(['\\', ':']) => {
            core(Cow::Owned(format!("node:{module}")))
        }
        _ => whole(FrameKind::App, "(app)", url),
    }
}

/// The package that `find` sees in `path`, once escapes are decoded and `\` is `/`.
fn from_path_or<'a>(
    path: &'a str,
    url: &'a str,
    find: impl for<'p> Fn(&'p str) -> Option<Named<'p>>,
) -> Option<Origin<'a>> {
    let named = match decoded(path) {
        Cow::Borrowed(path) => find(path)?,
        Cow::Owned(path) => find(&path)?.into_owned(),
    };
    Some(Origin {
        kind: FrameKind::Dependency,
        package: named.name,
        version: named.version,
        location: Cow::Borrowed(url),
    })
}

/// `path` with percent escapes decoded and `\` turned to `/`. What is no escape stays; what is no UTF-8 becomes U+FFFD.
fn decoded(path: &str) -> Cow<'_, str> {
    if memchr2(b'%', b'\\', path.as_bytes()).is_none() {
        return Cow::Borrowed(path);
    }
    let mut path = match path.as_bytes().contains(&b'%') {
        true => percent_decode_str(path).decode_utf8_lossy(),
        false => Cow::Borrowed(path),
    };
    if path.as_bytes().contains(&b'\\') {
        path = Cow::Owned(path.replace('\\', "/"));
    }
    path
}

/// The scheme of a url and what follows its colon. A single letter is a drive of Windows.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let end = url.bytes().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')))?;
    let (scheme, rest) = url.split_at(end);
    let rest = rest.strip_prefix(':')?;
    (scheme.len() > 1 && scheme.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((scheme, rest))
}

/// The path within a url: no query, no fragment. (In a bare path `?` and `#` are letters like any other.)
fn path_of<'a>(scheme: &str, rest: &'a str) -> &'a str {
    let rest = match scheme.starts_with("webpack") {
        true => rest.rsplit('!').next().unwrap_or(rest), // loaders!file
        false => rest,
    };
    let end = memchr2(b'?', b'#', rest.as_bytes()).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use FrameKind::{App, Core, Dependency, Generated, Native, Unknown};

    fn of(url: &str, has_script: bool) -> Origin<'_> {
        origin(RawFrame { function: "f", url, has_script, has_line: true })
    }

    #[test]
    fn what_is_below_a_folder_is_told_however_it_is_written() {
        for url in ["/srv/my app/a.js", "file:///srv/my%20app/a.js", "/srv/my app"] {
            for prefix in ["/srv/my app", "/srv/my app/", "file:///srv/my%20app"] {
                assert!(is_below(url, prefix), "{url} {prefix}");
            }
        }
        assert!(is_below(r"C:\srv\a.js", "C:/srv") && is_below("file:///C:/srv/a.js", "/C:/srv/"));
        for url in ["", "/srv/my app2/a.js", "/srv/my", "https://example.org/srv/my app/a.js"] {
            assert!(!is_below(url, "/srv/my app"), "{url}");
        }
    }

    #[test]
    fn the_url_tells_kind_package_and_version() {
        #[rustfmt::skip]
        let table: &[(&str, FrameKind, &str, Option<&str>)] = &[
            // plain npm, CommonJS and ES modules
            ("/srv/app/node_modules/lodash/lodash.js", Dependency, "lodash", None),
            ("file:///srv/app/node_modules/@babel/core/lib/index.js", Dependency, "@babel/core", None),
            ("/srv/app/node_modules/koa/node_modules/koa-compose/index.js", Dependency, "koa-compose", None),
            ("/usr/lib/node_modules/npm/lib/cli.js", Dependency, "npm", None),
            ("node_modules/lodash/lodash.js", Dependency, "lodash", None),
            ("./node_modules/lodash/lodash.js", Dependency, "lodash", None),
            ("/srv/node_modules/single.js", Dependency, "single", None),
            ("/a/node_modules/x.js", Dependency, "x", None),
            ("/a/node_modules/big.js", Dependency, "big", None),
            ("/a/node_modules/big.js/big.mjs", Dependency, "big.js", None),
            ("/a/node_modules/.js", App, "(app)", None),
            ("https://example.com/node_modules/lodash/x.js", Dependency, "lodash", None),
            ("webpack://shop/./node_modules/lodash/lodash.js?a1b2", Dependency, "lodash", None),
            ("webpack:///./node_modules/vue-loader/index.js??ref--4!./src/App.vue?vue&type=script", App, "(app)", None),
            ("webpack-internal:///(rsc)/./node_modules/next/dist/x.js", Dependency, "next", None),
            ("blob:https://example.com/node_modules/a/b.js", Dependency, "a", None),
            ("/srv/leoric@2.13.9/node_modules/leoric/index.js", Dependency, "leoric", None),
            // Windows and escapes
            (r"C:\app\node_modules\x\y.js", Dependency, "x", None),
            (r"C:\app\server.js", App, "(app)", None),
            (r"\\server\share\node_modules\@a\b\y.js", Dependency, "@a/b", None),
            ("file:///C:/app/node_modules/x/y.mjs", Dependency, "x", None),
            ("file:///C:/app/server.mjs", App, "(app)", None),
            ("C:main.js", App, "(app)", None),
            ("file:///srv/node_modules/%40babel%2Fcore/index.js", Dependency, "@babel/core", None),
            ("file:///srv/node%5Fmodules/x/y.js", Dependency, "x", None),
            ("file:///srv/100%/node_modules/x/y.js", Dependency, "x", None),
            ("file:///srv/%FF%zz/node_modules/x/y.js", Dependency, "x", None),
            ("file:///srv/%FF.js", App, "(app)", None),
            ("file:///srv/包/node_modules/模块/入口.js", Dependency, "模块", None),
            ("file:///srv/node_modules/%E6%A8%A1%E5%9D%97/x.js", Dependency, "模块", None),
            ("/home/me/c#/node_modules/x/y.js", Dependency, "x", None),
            // pnpm, bun, deno
            ("/s/node_modules/.pnpm/@babel+core@7.23.0_peer@1.0.0/node_modules/@babel/core/x.js", Dependency, "@babel/core", Some("7.23.0")),
            ("/s/node_modules/.pnpm/@babel+core@7.23.0(peer@1)/node_modules/@babel/core/x.js", Dependency, "@babel/core", Some("7.23.0")),
            ("/s/node_modules/.pnpm/koa@2.15.3/node_modules/koa/x.js", Dependency, "koa", Some("2.15.3")),
            ("/s/node_modules/.pnpm/koa@2.15.3/node_modules/debug/x.js", Dependency, "debug", None),
            ("/s/node_modules/.pnpm/koa@3.0.0-alpha.1/node_modules/koa/x.js", Dependency, "koa", Some("3.0.0-alpha.1")),
            ("/s/node_modules/.pnpm/JSONStream@1.3.5_b3ebsnqp5bwtbgxm4rlkqyxsdu/node_modules/JSONStream/x.js", Dependency, "JSONStream", Some("1.3.5")),
            (r"C:\s\node_modules\.pnpm\@typescript-eslint+eslint-plug_0123456789abcdef0123456789\node_modules\@typescript-eslint\eslint-plugin\x.js", Dependency, "@typescript-eslint/eslint-plugin", None),
            (r"C:\s\node_modules\.pnpm\eslint-plugin-x@6.2_0123456789abcdef0123456789\node_modules\eslint-plugin-x\x.js", Dependency, "eslint-plugin-x", None),
            ("/s/node_modules/.pnpm/foo@file+..+foo/node_modules/foo/x.js", Dependency, "foo", None),
            ("/s/node_modules/.pnpm/node_modules/foo/x.js", Dependency, "foo", None),
            ("/s/node_modules/.pnpm/@babel/core@7.1.0/node_modules/@babel/core/x.js", Dependency, "@babel/core", Some("7.1.0")),
            ("/s/node_modules/.pnpm/registry.npmmirror.com+koa@2.15.3/node_modules/koa/x.js", Dependency, "koa", Some("2.15.3")),
            ("/s/node_modules/.pnpm/registry.npmmirror.com+@babel+core@7.23.0_peer@1.0.0/node_modules/@babel/core/x.js", Dependency, "@babel/core", Some("7.23.0")),
            ("/s/node_modules/.pnpm/localhost+4873+koa@2.15.3/node_modules/koa/x.js", Dependency, "koa", Some("2.15.3")),
            ("/s/node_modules/.pnpm/registry.npmmirror.com+koa@2.15.3/node_modules/debug/x.js", Dependency, "debug", None),
            ("/s/node_modules/.bun/@intlayer+core@8.7.1-canary-0+3f10a4be4e334a9b/node_modules/@intlayer/core/x.mjs", Dependency, "@intlayer/core", Some("8.7.1-canary-0")),
            ("/s/node_modules/.deno/chalk@5.3.0/node_modules/chalk/x.js", Dependency, "chalk", Some("5.3.0")),
            // cnpm and npminstall
            ("file:///a/node_modules/_leoric@2.13.9@leoric/lib/bone.js", Dependency, "leoric", Some("2.13.9")),
            ("/a/node_modules/_@eggjs_tegg-runtime@4.0.0-beta.34@@eggjs/tegg-runtime/x.js", Dependency, "@eggjs/tegg-runtime", Some("4.0.0-beta.34")),
            ("/a/node_modules/_%40eggjs_tracer@4.0.0@%40eggjs/tracer/x.js", Dependency, "@eggjs/tracer", Some("4.0.0")),
            ("/a/node_modules/_@eggjs_router@@eggjs/router/dist/Layer.js", Dependency, "@eggjs/router", None),
            ("/a/node_modules/_koa@koa/index.js", Dependency, "koa", None),
            ("/a/node_modules/_lodash@4.17.21@my-lodash/index.js", Dependency, "my-lodash", None),
            ("/a/node_modules/_foo@github:a_b@foo/index.js", Dependency, "foo", None),
            ("/a/node_modules/_private/index.js", Dependency, "_private", None),
            ("/a/node_modules/_a@1.0.0@a/node_modules/_b@2.0.0@b/x.js", Dependency, "b", Some("2.0.0")),
            ("/a/node_modules/.store/@umijs+renderer-react@3.5.42/node_modules/@umijs/renderer-react/x.js", Dependency, "@umijs/renderer-react", Some("3.5.42")),
            ("/a/node_modules/.store/react@19.0.0-rc-6230622a1a-20240610/node_modules/react/x.js", Dependency, "react", Some("19.0.0-rc-6230622a1a-20240610")),
            // npm's linked strategy
            ("/a/node_modules/.store/@radix-ui/primitive@1.1.7-U6Tg5_5zgTQvcXJNNg7HcQ/node_modules/@radix-ui/primitive/x.js", Dependency, "@radix-ui/primitive", Some("1.1.7")),
            ("/a/node_modules/.store/koa@3.0.0-alpha.1-ytDSaPyJAw3b9aD4KkIiOA/node_modules/koa/x.js", Dependency, "koa", Some("3.0.0-alpha.1")),
            // Yarn: zips, unplugged, virtual, its pnpm linker
            ("/a/.yarn/cache/lodash-npm-4.17.21-6382451519-eb835a2e51.zip/node_modules/lodash/lodash.js", Dependency, "lodash", Some("4.17.21")),
            ("/a/.yarn/cache/@babel-core-npm-7.23.0-a1b2c3d4e5-8.zip/node_modules/@babel/core/x.js", Dependency, "@babel/core", Some("7.23.0")),
            ("/h/.yarn/berry/cache/koa-npm-3.0.0-alpha.1-a1b2c3d4e5-10c0.zip/node_modules/koa/x.js", Dependency, "koa", Some("3.0.0-alpha.1")),
            ("/a/.yarn/__virtual__/react-dom-virtual-0123456789/0/cache/react-dom-npm-18.2.0-dd675bca1c-ca5e7762ec.zip/node_modules/react-dom/x.js", Dependency, "react-dom", Some("18.2.0")),
            ("/a/.yarn/$$virtual/react-dom-virtual-0123456789/0/cache/react-dom-npm-17.0.2-f551215af1-1c1eaa3bca.zip/node_modules/react-dom/x.js", Dependency, "react-dom", Some("17.0.2")),
            ("/a/.yarn/__virtual__/esbuild-virtual-0123456789/0/unplugged/esbuild-npm-0.19.0-a1b2c3d4e5/node_modules/esbuild/lib/main.js", Dependency, "esbuild", Some("0.19.0")),
            ("/h/.cache/yarn/v6/npm-lodash-4.17.21-679591c564c3bffaae8454cf0b3df370c3d6911c-integrity/node_modules/lodash/lodash.js", Dependency, "lodash", None),
            ("/a/.yarn/cache/typescript-patch-6fda4d02cf-a1b2c3d4e5.zip/node_modules/typescript/lib/tsc.js", Dependency, "typescript", None),
            ("/a/.yarn/unplugged/esbuild-npm-0.19.0-a1b2c3d4e5/node_modules/esbuild/lib/main.js", Dependency, "esbuild", Some("0.19.0")),
            ("/a/node_modules/.store/clsx-npm-2.1.0-29d286e1de/package/dist/clsx.mjs", Dependency, "clsx", Some("2.1.0")),
            ("/a/node_modules/.store/@babel-core-npm-7.27.1-0f1bf48e52/package/x.js", Dependency, "@babel/core", Some("7.27.1")),
            ("/a/node_modules/.store/@remix-run-router-virtual-c72daf0d/package/x.js", Dependency, "@remix-run-router", None),
            ("/a/node_modules/.store/lodash-npm-4.17.21-6382451519/node_modules/lodash/x.js", Dependency, "lodash", Some("4.17.21")),
            // nothing usable after node_modules
            ("/srv/app/node_modules", App, "(app)", None),
            ("/srv/app/node_modules/", App, "(app)", None),
            ("/srv/app/node_modules//", App, "(app)", None),
            ("/srv/node_modules/x/node_modules/", Dependency, "x", None),
            ("/srv/node_modules/node_modules/x.js", Dependency, "x", None),
            ("/srv/node_modules/node_modules", App, "(app)", None),
            ("/srv/node_modules/@scope", App, "(app)", None),
            ("/srv/node_modules/@scope/", App, "(app)", None),
            ("/srv/node_modules/.bin/tsc", Dependency, ".bin", None),
            ("/srv/node_modules/.cache/babel/a.js", Dependency, ".cache", None),
            ("/srv/node_modules/.prisma/client/index.js", Dependency, "@prisma/client", None),
            ("/srv/node_modules/.pnpm/@prisma+client@5.1.0/node_modules/.prisma/client/index.js", Dependency, "@prisma/client", Some("5.1.0")),
            ("/srv/node_modules/.hidden.js", App, "(app)", None),
            ("/srv/node_modules/x/node_modules/.bin/tsc", Dependency, "x", None),
            // Vite's bundles of dependencies
            ("http://localhost:5173/node_modules/.vite/deps/koa.js?v=abc", Dependency, "koa", None),
            ("http://localhost:5173/node_modules/.vite/deps/lodash__merge.js", Dependency, "lodash.merge", None),
            ("http://localhost:5173/node_modules/.vite/deps/react-dom_client.js?v=abc", Dependency, "react-dom", None),
            ("/srv/node_modules/.vite/deps_ssr/@vue_shared.js", Dependency, "@vue/shared", None),
            ("/srv/node_modules/.vite/deps/@babel_runtime_helpers_extends.js", Dependency, "@babel/runtime", None),
            ("/srv/node_modules/.vite/deps/a___b_c.js", Dependency, "b", None),
            ("http://localhost:5173/node_modules/.vite/deps/chunk-2LSFTFF7.js", Dependency, ".vite", None),
            ("http://localhost:5173/node_modules/.vite/deps/", Dependency, ".vite", None),
            ("/srv/node_modules/../src/x.js", App, "(app)", None),
            ("/srv/my_node_modules/x/y.js", App, "(app)", None),
            ("/srv/node_modules_old/x/y.js", App, "(app)", None),
            ("/srv//node_modules//x//y.js", Dependency, "x", None),
            ("/srv/node_modules//@a//b/y.js", Dependency, "@a/b", None),
            // core
            ("node:buffer", Core, "node:buffer", None),
            ("node:fs/promises", Core, "node:fs/promises", None),
            ("node:internal/deps/undici/undici", Core, "node:internal/*", None),
            ("internal/process/next_tick.js", Core, "node:internal/*", None),
            ("buffer.js", Core, "node:buffer", None),
            ("fs/promises.js", Core, "node:fs/promises", None),
            ("_http_incoming.js", Core, "node:_http_incoming", None),
            ("ext:deno_web/06_streams.js", Core, "ext:deno_web", None),
            // native
            ("extensions::SafeBuiltins", Native, "(native)", None),
            ("chrome-extension://cjpalhdlnbpafiamejdnhcphjbkeiagm/js/vapi.js", Native, "(native)", None),
            ("devtools://devtools/bundled/core/sdk/sdk.js", Native, "(native)", None),
            ("chrome://settings/lazy_load.rollup.js", Native, "(native)", None),
            ("native array.js", Native, "(native)", None),
            ("wasm://wasm/0003626a", Native, "(wasm)", None),
            // the application
            ("/srv/app/server.js", App, "(app)", None),
            ("./server.js", App, "(app)", None),
            ("../server.js", App, "(app)", None),
            (".js", App, "(app)", None),
            ("src/server.ts", App, "(app)", None),
            ("file:///srv/app/server.mjs?from=/node_modules/x/y.js", App, "(app)", None),
            ("https://www.google.fr/?gws_rd=ssl", App, "(app)", None),
            ("webpack-internal:///./src/x.js", App, "(app)", None),
            ("evalmachine.<anonymous>", Generated, "(generated)", None),
            ("[eval]", App, "(app)", None),
            ("REPL1", App, "(app)", None),
            ("data:text/javascript,import'/node_modules/x/y.js'", App, "(app)", None),
            ("about:srcdoc", App, "(app)", None),
            ("vscode-file://vscode-app/out/main.js", App, "(app)", None),
            ("moz-extension://5b5d8c1c/content.js", App, "(app)", None),
            // registries
            ("npm:foo@1.2", Dependency, "foo", Some("1.2")),
            ("npm:/foo@1.2.3/lib/x.js", Dependency, "foo", Some("1.2.3")),
            ("jsr:@a/b@1", Dependency, "@a/b", Some("1")),
            ("npm:@a/b", Dependency, "@a/b", None),
            ("npm:foo@^1.2", Dependency, "foo", None),
            ("npm:foo@latest", Dependency, "foo", None),
            ("npm:", Unknown, "(unknown)", None),
            ("jsr:@a", Unknown, "(unknown)", None),
            // CDNs
            ("https://esm.sh/koa@2.15.3/es2022/koa.mjs", Dependency, "koa", Some("2.15.3")),
            ("https://esm.sh/v135/@babel/core@7.23.0/x.js", Dependency, "@babel/core", Some("7.23.0")),
            ("https://esm.sh/stable/react@18.2.0/es2022/react.mjs", Dependency, "react", Some("18.2.0")),
            ("https://esm.sh/*koa@2.15.3", Dependency, "koa", Some("2.15.3")),
            ("https://esm.sh/koa?dev", Dependency, "koa", None),
            ("https://esm.sh/", App, "(app)", None),
            ("https://unpkg.com/koa@2.15.3/x.js", Dependency, "koa", Some("2.15.3")),
            ("https://cdn.jsdelivr.net/npm/@vue/shared@3.4.0/+esm", Dependency, "@vue/shared", Some("3.4.0")),
            ("https://ga.jspm.io/npm:koa@2.15.3/x.js", Dependency, "koa", Some("2.15.3")),
            ("https://cdn.jsdelivr.net/gh/a/b@1.0.0/x.js", App, "(app)", None),
            ("https://cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.1/moment.min.js", Dependency, "moment", Some("2.29.1")),
            ("https://cdnjs.cloudflare.com/ajax/libs/Chart.js/4.4.0/chart.umd.min.js", Dependency, "chart.js", Some("4.4.0")),
            ("https://cdnjs.cloudflare.com/ajax/libs/highlight.js/11.9.0/highlight.min.js", Dependency, "highlight.js", Some("11.9.0")),
            ("https://cdnjs.cloudflare.com/ajax/libs/react-dom/18.2.0/umd/react-dom.production.min.js", Dependency, "react-dom", Some("18.2.0")),
            ("https://ajax.googleapis.com/ajax/libs/jquery/3.7.1/jquery.min.js", Dependency, "jquery", Some("3.7.1")),
            ("https://cdnjs.cloudflare.com/ajax/libs/moment.js", App, "(app)", None),
            ("https://cdnjs.cloudflare.com/ajax/libs/", App, "(app)", None),
            ("https://d3js.org/d3.v7.min.js", Dependency, "d3", Some("7")),
            ("https://d3js.org/d3.v3.5.17.js", Dependency, "d3", Some("3.5.17")),
            ("https://d3js.org/d3-array.v3.min.js", Dependency, "d3-array", Some("3")),
            ("https://d3js.org/site.js", App, "(app)", None),
            ("https://code.jquery.com/jquery-3.7.1.slim.min.js", Dependency, "jquery", Some("3.7.1")),
            ("https://code.jquery.com/ui/1.13.2/jquery-ui.js", Dependency, "jquery-ui", Some("1.13.2")),
            ("https://code.jquery.com/mobile.js", App, "(app)", None),
            ("https://example.com/koa@2.15.3/x.js", App, "(app)", None),
            // nobody knows
            ("mystery:thing", Unknown, "(unknown)", None),
        ];
        for &(url, kind, package, version) in table {
            let found = of(url, true);
            assert_eq!((found.kind, &*found.package, found.version.as_deref()), (kind, package, version), "{url}");
        }
    }

    #[test]
    fn without_a_url_the_script_decides() {
        assert_eq!((of("", false).kind, &*of("", false).package), (Native, "(native)"));
        assert_eq!((of("", true).kind, &*of("", true).package), (Generated, "(generated)"));
    }

    #[test]
    fn rules_see_the_modern_name_of_a_core_module() {
        assert_eq!(of("internal/buffer.js", true).location, "node:internal/buffer");
        assert_eq!(of("node:internal/buffer", true).location, "node:internal/buffer");
    }

    #[test]
    fn an_ordinary_url_is_not_copied() {
        for url in ["/a/node_modules/_leoric@2.13.9@leoric/lib/bone.js", "/a/node_modules/@babel/core/x.js", "node:fs"]
        {
            let found = of(url, true);
            assert!(matches!(found.package, Cow::Borrowed(_)), "{url}");
            assert!(!matches!(found.version, Some(Cow::Owned(_))), "{url}");
        }
    }
}

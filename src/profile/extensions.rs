//! Extensions of sources that are compiled before they run, be it as they are loaded: dev servers, loaders and test runners let them run under their own name.

use memchr::{memchr2, memrchr};

/// Those that are compiled wherever they run: V8 cannot read them.
pub(crate) const NEVER_RUN: [&str; 8] = ["tsx", "jsx", "vue", "svelte", "astro", "mdx", "coffee", "marko"];

/// Those that run as they are where types are stripped.
pub(crate) const STRIPPED: [&str; 3] = ["ts", "mts", "cts"];

/// The extension of a script's file, without its dot; empty where it has none.
pub(crate) fn extension(url: &str) -> &str {
    let path = &url[..memchr2(b'?', b'#', url.as_bytes()).unwrap_or(url.len())];
    memrchr(b'.', path.as_bytes()).map_or("", |dot| &path[dot + 1..])
}

/// Whether it is one of them.
pub(crate) fn is_source(extension: &str) -> bool {
    NEVER_RUN.contains(&extension) || STRIPPED.contains(&extension)
}

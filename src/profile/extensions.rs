//! Extensions of sources that are compiled before they run, be it as they are loaded: dev servers, loaders and test runners let them run under their own name.

/// Those that are compiled wherever they run: V8 cannot read them.
pub(crate) const NEVER_RUN: [&str; 8] = ["tsx", "jsx", "vue", "svelte", "astro", "mdx", "coffee", "marko"];

/// Those that run as they are where types are stripped.
pub(crate) const STRIPPED: [&str; 3] = ["ts", "mts", "cts"];

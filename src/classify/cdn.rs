//! The package and version that the url of a CDN names, which has no `node_modules/`.
//!
//! | who | path |
//! |---|---|
//! | those that serve npm | `//esm.sh/@babel/core@7.23.0/es2022/core.mjs` |
//! | cdnjs and its mirrors, Google | `//cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.1/moment.min.js` |
//! | d3js.org | `//d3js.org/d3.v7.min.js` |
//! | jQuery's | `//code.jquery.com/jquery-3.7.1.min.js`, `//code.jquery.com/ui/1.13.2/jquery-ui.js` |

use super::node_modules::{self, Named, can_be_name, next_segment, of_specifier};

/// CDNs that serve npm, up to where the package is named. esm.sh may have a version of its own before that.
const OF_NPM: [&str; 7] = [
    "//esm.sh/",
    "//unpkg.com/",
    "//cdn.jsdelivr.net/npm/",
    "//cdn.skypack.dev/",
    "//esm.run/",
    "//jspm.dev/npm:",
    "//ga.jspm.io/npm:",
];

/// CDNs that have a folder for each library, and in it one for each version.
const OF_FOLDERS: [&str; 3] =
    ["//cdnjs.cloudflare.com/ajax/libs/", "//cdn.bootcdn.net/ajax/libs/", "//ajax.googleapis.com/ajax/libs/"];

/// Libraries that npm has under another name than these.
const NPM_NAMES: [(&str, &str); 15] = [
    ("Chart.js", "chart.js"),
    ("PapaParse", "papaparse"),
    ("angular.js", "angular"),
    ("angularjs", "angular"),
    ("backbone.js", "backbone"),
    ("ember.js", "ember-source"),
    ("fabric.js", "fabric"),
    ("handlebars.js", "handlebars"),
    ("lodash.js", "lodash"),
    ("moment.js", "moment"),
    ("mustache.js", "mustache"),
    ("pdf.js", "pdfjs-dist"),
    ("three.js", "three"),
    ("threejs", "three"),
    ("underscore.js", "underscore"),
];

/// The package of a url on the web (without its scheme).
pub(super) fn find_on_web(path: &str) -> Option<Named<'_>> {
    node_modules::find(path).or_else(|| of_npm(path)).or_else(|| of_folders(path)).or_else(|| of_own_site(path))
}

fn of_npm(path: &str) -> Option<Named<'_>> {
    let specifier = OF_NPM.iter().find_map(|cdn| path.strip_prefix(cdn))?;
    let (first, rest) = next_segment(specifier);
    let is_own = first == "stable" || first.strip_prefix('v').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    of_specifier(if is_own && !rest.is_empty() { rest } else { specifier }.trim_start_matches('*'))
}

fn of_folders(path: &str) -> Option<Named<'_>> {
    let below = OF_FOLDERS.iter().find_map(|cdn| path.strip_prefix(cdn))?;
    let (library, rest) = next_segment(below);
    let (folder, file) = next_segment(rest);
    if !can_be_name(library) || file.is_empty() {
        return None;
    }
    let name = NPM_NAMES.iter().find(|(theirs, _)| *theirs == library).map_or(library, |&(_, npm)| npm);
    Some(Named::new(name, version(folder)))
}

/// Scripts of libraries that their own site serves.
fn of_own_site(path: &str) -> Option<Named<'_>> {
    if let Some(file) = path.strip_prefix("//d3js.org/") {
        let (name, rest) = file.split_once(".v")?;
        let is_of_d3 = name == "d3" || name.starts_with("d3-");
        let numbers = version(rest.split_once(".min.").or_else(|| rest.rsplit_once('.'))?.0)?;
        return is_of_d3.then(|| Named::new(name, Some(numbers)));
    }
    let file = path.strip_prefix("//code.jquery.com/")?;
    if let Some(ui) = file.strip_prefix("ui/") {
        return Some(Named::new("jquery-ui", version(next_segment(ui).0)));
    }
    let rest = file.strip_prefix("jquery-")?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    version(rest[..end].trim_end_matches('.')).map(|version| Named::new("jquery", Some(version)))
}

/// What is one, and no other folder.
fn version(text: &str) -> Option<&str> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    (text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(is_part)).then_some(text)
}

//! `--app`: prefixes that fit no url of a profile, which are usually mistyped.

use crate::profile::{CallFrameTable, FrameKind};

/// Those of `prefixes` that no call frame's url is below.
pub(super) fn unmet<'p>(prefixes: &'p [String], frames: &CallFrameTable) -> Vec<&'p str> {
    let application = || frames.ids().map(|id| frames.get(id)).filter(|frame| frame.kind == FrameKind::App);
    let is_met = |prefix: &str| application().any(|frame| is_below(frames.text(frame.url), prefix));
    prefixes.iter().map(String::as_str).filter(|prefix| !is_met(prefix)).collect()
}

/// Whether the classifier takes `url` to be below `prefix`: by whole names of folders, with or without `file://`.
fn is_below(url: &str, prefix: &str) -> bool {
    let [url, prefix] = [url, prefix].map(|text| text.strip_prefix("file://").unwrap_or(text));
    let rest = url.strip_prefix(prefix.trim_end_matches(['/', '\\']));
    !url.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::Classifier;
    use crate::profile::{Classify, RawFrame};

    #[test]
    fn a_prefix_is_met_where_the_classifier_says_so() {
        let urls = [
            "/srv/node_modules/@acme/a/index.js",
            "file:///srv/node_modules/@acme/a/index.js",
            "C:\\srv\\node_modules\\a\\index.js",
        ];
        let prefixes = [
            "/srv/node_modules/@acme",
            "file:///srv/node_modules/@acme/",
            "/srv/node_modules/@ac",
            "/srv/node_modules/@acme/a/index.js",
            "C:\\srv\\node_modules\\",
            "C:\\srv\\node",
            "/nowhere",
            "/",
            "node_modules",
        ];
        let mut met = 0;
        for prefix in prefixes {
            let classifier = Classifier::builtin().unwrap().with_application(vec![prefix.to_owned()]);
            for url in urls {
                let class = classifier.classify(RawFrame { function: "f", url, has_script: true });
                assert_eq!(is_below(url, prefix), class.kind == FrameKind::App, "{url} below {prefix}");
                met += usize::from(is_below(url, prefix));
            }
        }
        assert_eq!(met, 9);
    }
}

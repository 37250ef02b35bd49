//! The pages that list findings list all of them, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use walkdir::WalkDir;

/// All that makes findings, as text. A gate and a baseline print messages alone; tests make their own.
fn sources() -> Vec<String> {
    let is_counted = |path: &str| {
        let is_other = ["/check/", "/baseline/", "test"].iter().any(|part| path.contains(part));
        path.ends_with(".rs") && !is_other
    };
    ["src/analysis", "src/source_map"]
        .iter()
        .flat_map(|folder| WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)))
        .map(|entry| entry.expect("the folder can be read").into_path())
        .filter(|path| {
            is_counted(&path.to_string_lossy().replace('\\', "/").replacen(env!("CARGO_MANIFEST_DIR"), "", 1))
        })
        .map(|path| fs::read_to_string(path).expect("text"))
        .collect()
}

/// The kinds of all findings that the program makes.
fn made() -> BTreeSet<String> {
    let sources = sources();
    let of = |pattern: &str| Regex::new(pattern).expect("a pattern");
    let named = of(r#"const (\w+): &str = "([a-z-]+)""#);
    let names: BTreeMap<&str, &str> = sources
        .iter()
        .flat_map(|text| named.captures_iter(text))
        .map(|found| found.extract())
        .map(|(_, [name, kind])| (name, kind))
        .collect();
    let maker = of(
        r#"(?:Warning::new|Self::new|of_scripts)\(\s*(?:"([a-z-]+)"|([A-Z_]+)\b|intake::([A-Z_]+))|\bkind: "([a-z-]+)""#,
    );
    let kinds = sources.iter().flat_map(|text| maker.captures_iter(text)).map(|found| {
        let group = |number: usize| found.get(number).map(|text| text.as_str());
        let named = || group(2).or(group(3)).and_then(|name| names.get(name).copied());
        group(1).or(group(4)).or_else(named).expect("a kind that is known").to_owned()
    });
    kinds.collect()
}

/// The kinds that pages list: in the first column of the first table of one, in the row of `warnings` of the other.
fn listed() -> BTreeSet<String> {
    let page = |name: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).expect("the page is there")
    };
    let (doctor, diff) = (page("doctor.md"), page("diff.md"));
    let rows =
        doctor.lines().skip_while(|line| !line.starts_with('|')).skip(2).take_while(|line| line.starts_with('|'));
    let first_cells = rows.filter_map(|row| row.split('|').nth(1));
    let warnings = diff.lines().find(|line| line.starts_with("| `warnings` |")).and_then(|line| line.split_once('('));
    let quoted = Regex::new("`([a-z-]+)`").expect("a pattern");
    first_cells
        .chain(warnings.map(|(_, list)| list))
        .flat_map(|text| quoted.captures_iter(text).map(|found| found[1].to_owned()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_kind_of_finding_is_documented() {
    let (made, listed) = (made(), listed());
    assert!(made.len() > 30, "{made:?}");
    let [missing, unknown] = [made.difference(&listed), listed.difference(&made)].map(Iterator::collect::<Vec<_>>);
    assert!(missing.is_empty() && unknown.is_empty(), "not listed: {missing:?}; listed, but nowhere made: {unknown:?}");
}

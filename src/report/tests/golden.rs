//! Whole reports, compared with the files in `tests/golden`; `HEAPSIFT_BLESS=1` writes these anew.

use std::path::Path;

use super::{Format, Style, print_advised, print_beside};
use crate::analysis::model::{Cpu, Profile, ReportOptions};
use crate::analysis::test_support::{self, ByRules};
use crate::rules::Rules;

fn compare(name: &str, printed: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("HEAPSIFT_BLESS").is_some() {
        std::fs::write(&path, printed).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there; HEAPSIFT_BLESS=1 writes it");
    assert!(golden == printed, "{name} differs; HEAPSIFT_BLESS=1 accepts what is printed now:\n{printed}");
}

fn compare_all(name: &str, profile: &Profile) {
    compare_beside(name, profile, None);
}

fn compare_beside(name: &str, profile: &Profile, cpu: Option<&Cpu>) {
    compare_printed(name, |format, style| print_beside(profile, cpu, ReportOptions::default(), format, style));
}

fn compare_printed(name: &str, print: impl Fn(Format, Style) -> String) {
    let narrow = Style { color: false, width: 60 };
    let colored = Style { color: true, width: 100 };
    compare(&format!("{name}.txt"), &print(Format::Text, Style::default()));
    compare(&format!("{name}.narrow.txt"), &print(Format::Text, narrow));
    compare(&format!("{name}.color.txt"), &print(Format::Text, colored));
    compare(&format!("{name}.md"), &print(Format::Markdown, Style::default()));
    compare(&format!("{name}.json"), &print(Format::Json, Style::default()));
}

#[test]
fn a_small_profile() {
    compare_all("small", &test_support::small());
}

#[test]
fn a_small_profile_beside_a_cpu_profile() {
    compare_beside("cpu", &test_support::small(), Some(&test_support::small_cpu()));
}

#[test]
fn a_small_profile_with_advice() {
    let rules = Rules::builtin().expect("the packs are right");
    let classifier = ByRules::new(&rules);
    let profile = test_support::profile_by(&classifier, &test_support::small_nodes(), &[]);
    let cpu = test_support::cpu_by(&classifier, &test_support::small_times());
    compare_printed("advice", |format, style| print_advised(&profile, None, &rules, format, style));
    compare_printed("advice-cpu", |format, style| print_advised(&profile, Some(&cpu), &rules, format, style));
}

#[test]
fn hostile_names_in_an_incomplete_file() {
    let mut profile = test_support::hostile();
    profile.file.complete = false;
    profile.file.truncated_at = Some(49_152);
    compare_all("hostile", &profile);
}

#[test]
fn a_profile_without_bytes() {
    compare_all("empty", &test_support::profile(&[(0, vec![("idle", "file:///srv/app/idle.js", 1)])], &[]));
}

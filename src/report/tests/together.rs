//! What is told once: of several recommendations, of several things to do in one function, and what is not the application's at all.

use super::advice::{PARSE, markdown, rules, text};
use super::{Format, Style, print_advised};
use crate::analysis::test_support::{ByRules, profile_by};
use crate::rules::Rules;

/// Rules of two categories that say the same, and a third that says more.
fn repeated() -> Rules {
    let rule = |name: &str, items: &str| {
        format!(
            "[[category]]\nid = \"{name}\"\nname = \"{name}\"\nmatch = [{{ function = \"{name}\" }}]\ntarget = 0.3\n\
             [[recommendation]]\nid = \"do-{name}\"\ncategory = \"{name}\"\ntitle = \"Less {name}\"\neffort = \"low\"\n\
             saving = {{ low = 0.9, high = 1.0, why = \"w\" }}\nverify = \"grep it\"\nadvice = [{items}]\n"
        )
    };
    let same = "{ text = \"Keep it\", language = \"js\", code = \"kept\" }";
    rules(&[rule("f", same), rule("g", same), rule("h", &format!("{{ text = \"Bound it\" }}, {same}"))].concat())
}

#[test]
fn what_one_recommendation_has_said_no_later_one_repeats() {
    let rules = repeated();
    let nodes: Vec<_> = (1..)
        .zip(["f", "g", "h"])
        .map(|(i, name)| ((9 - i) << 20, vec![(name, "/srv/node_modules/m/i.js", 1)]))
        .collect();
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    let out = markdown(&profile, &rules);
    for part in [
        "1. Keep it\n   ```js\n   kept\n",
        "\n\nAs priority 1 says.\n",
        "\n\n1. Bound it\n\nAlso as priority 1 says.\n",
    ] {
        assert_eq!(out.matches(part).count(), 1, "{part}\nis not once in\n{out}");
    }
    assert_eq!(
        (out.matches("`grep it`").count(), out.matches("**Verify**: as for priority 1\n").count()),
        (1, 2),
        "{out}"
    );
    let out = text(&profile, &rules, 80);
    assert_eq!((out.matches("- Keep it").count(), out.matches("- as 1 says").count()), (1, 1), "{out}");
    assert_eq!((out.matches("grep it").count(), out.matches("check: as for 1").count()), (1, 2), "{out}");
    // Of each category the rest above 30 % would go, and nearly all is advised on.
    let out = text(&profile, &rules, 120);
    assert!(out.contains(" of the profile, less than this advice brings\n"), "{out}");
    assert!(out.contains(" Targets are of what a category has itself;"), "{out}");
}

#[test]
fn several_things_to_do_in_one_function_are_told_with_what_they_save_together() {
    let rules = Rules::builtin().unwrap();
    let by_kind = ("byKind", "file:///srv/app/catalog.js", 4);
    let nodes = [(42 << 20, vec![by_kind, ("sort", "", 0)]), (20 << 20, vec![by_kind])];
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    let out = text(&profile, &rules, 200);
    let first = "Fewer lists and copies in byKind (app/catalog.js:4)";
    for part in [
        format!("\nDo first: {first} (saves 8-40 MB, medium effort, P0), with 1 more thing to do there: 10-60 MB.\n"),
        format!("  {first} (with 1 more thing to do there: 10-60 MB)\n"),
        "  + Rework the largest functions, `byKind` first\n".to_owned(),
    ] {
        assert!(out.contains(&part), "{part}\nis not in\n{out}");
    }
    let out = markdown(&profile, &rules);
    assert!(out.contains(" less), with 1 more thing to do there: 10-60 MB\n"), "{out}");
    assert!(out.contains("| P0 | + Rework the largest functions, `byKind` first | "), "{out}");
    let json = print_advised(&profile, None, &rules, Format::Json, Style::default());
    assert!(json.contains("\"joint\":{\"function\":{\"function\":\"byKind\","), "{json}");
    assert!(json.contains("\"joint\":null,\"is_part\":true}"), "{json}");
}

#[test]
fn what_captures_is_not_what_is_named_first() {
    let rules = Rules::builtin().unwrap();
    let own = ("post", "node:inspector", 112);
    let nodes = [(5 << 20, vec![own]), (3 << 20, vec![PARSE]), (1 << 20, vec![("f", "/srv/node_modules/m/i.js", 1)])];
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    let out = text(&profile, &rules, 200);
    let first = "\nLargest categories: JSON Parsing 33.33% and Other 11.11%. Largest function: parseJSON (urllib/utils.js:25), 3.00 MB, 33.33%. \
        The capture's own: 5.00 MB, 55.56%, post (node:inspector:112) first.\n";
    assert!(out.contains(first), "{out}");
    assert!(out.contains("5.00 MB are of what captures (post of node:inspector has most of them)"), "{out}");
    let out = markdown(&profile, &rules);
    let (_, summary) = out.split_once("reveals:").expect("a summary");
    assert!(
        summary.trim_start().starts_with("1. **JSON Parsing** (33.33%)") && !summary.contains("Tracing"),
        "{summary}"
    );
    // A little of it is not worth a word.
    let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, vec![PARSE]), (1 << 17, vec![own])], &[]);
    assert!(!text(&profile, &rules, 200).contains("capture's own"));
}

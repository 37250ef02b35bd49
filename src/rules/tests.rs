//! The built-in packs as data, how files are put together, and what is told of their mistakes.

use std::collections::HashSet;

use super::builtin::PACKS;
use super::*;
use crate::profile::{FrameKind, Platform};

fn with(text: &str) -> Result<Rules, RuleError> {
    Rules::with(vec![RulesFile { name: "heapsift.toml".to_owned(), text: text.to_owned() }])
}

fn error(text: &str) -> RuleError {
    match with(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error,
    }
}

fn subject<'a>(package: &'a str, function: &'a str) -> Subject<'a> {
    Subject { kind: FrameKind::Dependency, package, url: "/x.js", function, has_line: true }
}

fn id_of(rules: &Rules, subject: &Subject<'_>) -> String {
    let rule = rules.match_rules().iter().find(|rule| rule.condition.fits(subject));
    let category = rule.map_or(rules.other(), |rule| rule.category);
    rules.categories()[usize::from(category.0)].id.clone()
}

fn category(rules: &Rules, id: &str) -> CategoryId {
    CategoryId(rules.categories().iter().position(|category| category.id == id).unwrap() as u16)
}

#[test]
fn built_in_packs_are_complete() {
    let rules = Rules::builtin().unwrap();
    let all = rules.recommendations().unwrap();
    let mut ids = HashSet::new();
    for recommendation in &all {
        let id = &recommendation.id;
        assert!(ids.insert(id), "{id} is there twice");
        assert!(!recommendation.advice.is_empty() && !recommendation.actions.is_empty(), "{id}");
        // Beside it there is to be room for what it saves.
        let title = recommendation.title.render(|_| Some("package".to_owned())).unwrap();
        assert!(title.chars().count() <= 45, "{id}: its title is too long");
        assert!(recommendation.budget.is_some() && recommendation.verify.is_some(), "{id}");
        let saving = &recommendation.saving;
        assert!(0.0 < saving.low && saving.low < saving.high, "{id}");
        let parts = |part: fn(&Action) -> f64| recommendation.actions.iter().map(part).sum::<f64>();
        let (low, high) = (parts(|action| action.saving.0), parts(|action| action.saving.1));
        assert!(low <= saving.low + 1e-9 && high <= saving.high + 1e-9, "{id}: its actions promise more than it does");
        let asks_for_nothing = |item: &AdviceItem| !item.occasion.is_asked();
        for platform in [Platform::Browser, Platform::Node] {
            let is_elsewhere = recommendation.scope.platform.is_some_and(|wanted| wanted != platform);
            let says_something = recommendation.advice_for(platform).any(asks_for_nothing);
            assert!(is_elsewhere || says_something, "{id}: it may have nothing to say");
        }
        for item in &recommendation.advice {
            let code = item.code.as_deref().unwrap_or_default();
            assert!(code.lines().all(|line| line.chars().count() <= 140), "{id}: {code}");
            assert!(code.lines().count() <= 20, "{id}: {code}");
            // What begins with the name of a package is told where that is.
            let text = item.text.render(|_| Some("place".to_owned())).unwrap();
            let words = ["AsyncLocalStorage", "Canvas", "Configuration", "N+1", "Servers"];
            let is_name = |word: &str| !word.contains([' ', '`', '(']) && !words.contains(&word);
            let is_about = text.split_once(": ").is_some_and(|(names, _)| names.split(", ").all(is_name));
            assert!(!is_about || item.occasion.is_asked(), "{id}: {text}");
        }
    }
    assert!(all.len() > 70, "{} recommendations", all.len());
    for (category, number) in rules.categories().iter().zip(0..) {
        assert!((1..=3).contains(&category.analysis.len()), "{}", category.id);
        assert!(category.analysis.iter().all(|line| line.chars().count() <= 145), "{}", category.id);
        let own = rules.recommendations_for(&[CategoryId(number)]).unwrap();
        assert!(own.iter().all(|recommendation| recommendation.category == CategoryId(number)));
        // What has a target has advice how to come there.
        assert!(rules.target(CategoryId(number)).is_none() || !own.is_empty(), "{}", category.id);
    }
    // A recommendation stands in the file of its category.
    for (source, pack) in rules.sources.iter().zip(&PACKS) {
        for listed in &source.advice {
            assert_eq!(rules.source_of(listed.category()), pack.name);
        }
    }
}

#[test]
fn a_recommendation_asks_where_the_code_ran_and_what_is_beside() {
    let text = |key: &str| {
        format!(
            "[[recommendation]]\nid = \"own\"\ncategory = \"application\"\ntitle = \"T\"\neffort = \"low\"\n{key}\n\
             saving = {{ low = 0.1, high = 0.2, why = \"w\" }}\nadvice = [{{ text = \"a\" }}]\n"
        )
    };
    let suits = |key: &str, platform, frames: &[&str]| {
        let rules = with(&text(key)).unwrap();
        let all = rules.recommendations().unwrap();
        let own = all.iter().find(|recommendation| recommendation.id == "own").unwrap();
        own.scope.suits(platform, |wanted| frames.iter().any(|package| wanted.fits(&subject(package, "f"))))
    };
    use crate::profile::Platform::{Browser, Node};
    let table: [(&str, Platform, &[&str], bool); 8] = [
        ("", Browser, &[], true),
        ("platform = \"browser\"", Browser, &[], true),
        ("platform = \"browser\"", Node, &[], false),
        ("platform = \"node\"", Node, &[], true),
        ("beside = [{ package = \"a\" }]", Node, &["b"], false),
        ("beside = [{ package = \"a\" }, { package = \"b\" }]", Node, &["c", "b"], true),
        ("unless_beside = [{ package = \"a\" }]", Node, &["b", "a"], false),
        ("unless_beside = [{ package = \"a\" }]", Node, &["b"], true),
    ];
    for (key, platform, frames, expected) in table {
        assert_eq!(suits(key, platform, frames), expected, "{key} {platform:?} {frames:?}");
    }
    let error = error(&text("platform = \"deno\""));
    assert_eq!(error.key, "recommendation.platform");
    assert!(error.message.contains("`browser`"), "{error}");
}

#[test]
fn packs_are_built_as_they_are_written() {
    for pack in &PACKS {
        let mut expressions = pack.text.lines().filter(|line| line.contains("regex = "));
        let is_slow = |line: &&str| [r"\w", r"\d", r"\s", "(?i)"].iter().any(|class| line.contains(class));
        assert_eq!(expressions.find(is_slow), None, "{}: classes of Unicode take milliseconds to compile", pack.name);
        assert_eq!(pack.root().unwrap(), tree::Item::from_toml(pack.text).unwrap(), "{}", pack.name);
    }
}

#[test]
fn a_name_is_in_one_pack_only() {
    let rules = Rules::builtin().unwrap();
    let mut found: Vec<String> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    for rule in rules.match_rules().iter().filter(|rule| rule.condition.function().is_empty()) {
        for pattern in rule.condition.package() {
            if let Pattern::Exact(name) | Pattern::Prefix(name) = pattern
                && let Some(other) = seen.insert((name.clone(), matches!(pattern, Pattern::Exact(_))), rule.category)
            {
                let id = |category: CategoryId| &rules.categories()[usize::from(category.0)].id;
                found.push(format!("{name}: {} and {}", id(other), id(rule.category)));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_users_category_comes_before_the_built_in_ones_unless_it_says_otherwise() {
    let text = r#"
        [[category]]
        id = "billing"
        name = "Billing"
        match = [{ package = ["@acme/*", "koa"] }, { url = "*/src/billing/*" }]
        [[category]]
        id = "rest"
        name = "Rest"
        precedence = 0
        match = [{ kind = ["app", "unknown"] }, { package = { regex = "^acme-[a-z]+$" } }, { package = "lodash" }]
        "#;
    let rules = with(text).unwrap();
    for (package, id) in [
        ("@acme/x", "billing"),
        ("koa", "billing"),
        ("koa-x", "http-koa-tegg"),
        ("acme-x", "rest"),
        ("lodash", "utilities"),
    ] {
        assert_eq!(id_of(&rules, &subject(package, "f")), id, "{package}");
    }
    let app =
        Subject { kind: FrameKind::App, package: "(app)", url: "/srv/src/billing/x.js", function: "f", has_line: true };
    assert_eq!(id_of(&rules, &app), "billing");
    assert_eq!(id_of(&rules, &Subject { url: "/srv/src/x.js", ..app }), "application");
    assert_eq!(id_of(&rules, &Subject { kind: FrameKind::Unknown, url: "x", ..app }), "rest");
    let rule = &rules.match_rules()[0];
    let origin = rules.origin(rule);
    assert_eq!((origin.file, origin.line), ("heapsift.toml", Some(5)));
    assert_eq!(rule.condition.reasons(&subject("@acme/x", "f")), r#"package = "@acme/*""#);
}

#[test]
fn later_files_override_earlier_ones_by_id() {
    let file = |name: &str, text: &str| RulesFile { name: name.to_owned(), text: text.to_owned() };
    let rules = Rules::with(vec![
        file("1", "[[category]]\nid = \"utilities\"\nname = \"Helpers\"\nmatch = [{ package = \"mine\" }]\n"),
        file("2", "[[category]]\nid = \"utilities\"\ntarget = 0.5\n[[category]]\nid = \"new\"\nname = \"New\"\nmatch = [{ package = \"mine\" }]"),
    ])
    .unwrap();
    let utilities = category(&rules, "utilities");
    assert_eq!(rules.categories()[usize::from(utilities.0)].name, "Helpers");
    assert!(!rules.categories()[usize::from(utilities.0)].analysis.is_empty(), "what is not mentioned stays");
    assert_eq!(rules.target(utilities), Some(0.5));
    assert_eq!(id_of(&rules, &subject("mine", "f")), "new", "the later file is tried first");
    assert_eq!(id_of(&rules, &subject("lodash", "f")), "utilities", "rules are added");

    let rules = with("[[category]]\nid = \"utilities\"\nreplace = true\nmatch = [{ package = \"mine\" }]").unwrap();
    assert_eq!(id_of(&rules, &subject("mine", "f")), "utilities");
    assert_eq!(id_of(&rules, &subject("lodash", "f")), "other", "unless they are replaced");
    assert_eq!(rules.target(category(&rules, "utilities")), None);
}

#[test]
fn recommendations_are_overridden_added_and_silenced() {
    let text = r#"
        silence = ["json-stringify", "yaml-parsing"]
        [[recommendation]]
        id = "xml-parsing"
        effort = "high"
        minimum = { bytes = 1_000_000 }
        [[recommendation]]
        id = "mine"
        category = "json-parsing"
        match = [{ package = "fast-xml-parser", function = "parse*" }]
        title = "Mine: {share}"
        effort = "low"
        saving = { low = 0.1, high = 0.2, why = "because" }
        advice = [{ text = "do it" }]
        actions = [{ text = "Do it", priority = "P0", effort = "medium", saving = { low = 0, high = 0.1 } }]
        "#;
    let rules = with(text).unwrap();
    let found = rules.recommendations_for(&[category(&rules, "json-parsing")]).unwrap();
    let ids: Vec<&str> = found.iter().map(|recommendation| recommendation.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "json-responses",
            "parsed-held",
            "json-documents",
            "json-bodies",
            "xml-streams",
            "xml-built",
            "xml-parsing",
            "yaml-writing",
            "logged-objects",
            "serializers-once",
            "mine"
        ]
    );
    let (xml, mine) = (found[6], found[10]);
    assert_eq!((xml.effort, xml.minimum_share, xml.minimum_size), (Effort::High, 0.0, 1_000_000));
    assert!(!xml.advice.is_empty() && xml.scope.fits(&subject("sax", "f")), "what is not mentioned stays");
    assert!(
        mine.scope.fits(&subject("fast-xml-parser", "parseXml")) && !mine.scope.fits(&subject("fast-xml-parser", "f"))
    );
    assert_eq!((mine.minimum_share, mine.minimum_size), (0.02, 0));
    assert!(mine.is_worth_it(2, 100) && !mine.is_worth_it(1, 100) && !mine.is_worth_it(0, 0));
    let action = &mine.actions[0];
    assert_eq!((action.urgency, action.effort, action.saving), (Some(Urgency::P0), Effort::Medium, (0.0, 0.1)));
    assert!(!rules.recommendations().unwrap().iter().any(|recommendation| recommendation.id == "yaml-parsing"));
}

#[test]
fn categories_are_known_by_what_they_were_called() {
    let text = "\
[[category]]
id = \"vue-ssr\"
match = [{ package = \"my-pages\" }]
[[recommendation]]
id = \"mine\"
category = \"react-ssr\"
title = \"Mine\"
effort = \"low\"
saving = { low = 0.1, high = 0.2, why = \"because\" }
advice = [{ text = \"do it\" }]
[[check]]
rule = \"category:react-ssr < 40MiB\"
";
    let rules = with(text).unwrap();
    assert!(!rules.categories().iter().any(|category| category.id.ends_with("-ssr")));
    let of_pages = rules.match_rules().iter().find(|rule| rules.origin(rule).line == Some(3)).map(|rule| rule.category);
    assert_eq!(of_pages, Some(category(&rules, "vue")));
    let of_react = rules.recommendations_for(&[category(&rules, "react")]).unwrap();
    assert!(of_react.iter().any(|recommendation| recommendation.id == "mine"));
    let notes: Vec<_> = rules.notes().iter().map(|note| (note.line, &*note.key, &*note.message)).collect();
    let react = "the category `react-ssr` is called `react` by now";
    let expected = [
        (2, "category.id", "the category `vue-ssr` is called `vue` by now"),
        (6, "recommendation.category", react),
        (12, "check.rule", react),
    ];
    assert_eq!(notes, expected);
    assert!(Rules::builtin().unwrap().notes().is_empty());
}

#[test]
fn a_mistake_names_file_line_column_key_and_what_is_allowed() {
    let category = "[[category]]\nid = \"a\"\nname = \"A\"\n";
    let advice = "[[recommendation]]\nid = \"a\"\n";
    #[rustfmt::skip]
    let table: &[(&str, &str, usize, usize, &str, &str)] = &[
        // head, tail, line, column, key, part of the message
        (category, "match = [{ packge = \"x\" }]", 4, 12, "category.match.packge", "allowed are `package`, `url`, `function`, `kind`, `has_line`, `precedence`; did you mean `package`?"),
        (category, "match = [\n  { kind = [\"core\",\n    \"natve\"] },\n]", 6, 5, "category.match.kind", "`generated`, `unknown`; did you mean `native`?"),
        (category, "match = [{ kind = 1 }]", 4, 19, "category.match.kind", "found a whole number"),
        (category, "match = [{ package = [\"x\", \"*\"] }]", 4, 28, "category.match.package", "fits everything"),
        (category, "match = [{ package = [] }]", 4, 22, "category.match.package", "empty list"),
        (category, "match = [{ package = 1 }]", 4, 22, "category.match.package", "expected a text, `{ regex = \"…\" }` or a list of these"),
        (category, "match = [{ function = { regex = \"(a\" } }]", 4, 33, "category.match.function.regex", "unclosed group"),
        (category, "match = [{ function = { regx = \"a\" } }]", 4, 25, "category.match.function.regx", "did you mean `regex`?"),
        (category, "match = [{ package = \"x\" }, { }]", 4, 29, "category.match", "`package`, `url`, `function`, `kind`"),
        (category, "match = { package = \"x\" }", 4, 9, "category.match", "expected a list, found a table"),
        (category, "anaylsis = []", 4, 1, "category.anaylsis", "did you mean `analysis`?"),
        (category, "analysis = [\"\"]", 4, 13, "category.analysis", "not empty"),
        (category, "target = 15", 4, 10, "category.target", "a fraction from 0 to 1"),
        (category, "precedence = 1e3", 4, 14, "category.precedence", "a whole number from -1000 to 1000"),
        (category, "", 2, 6, "category.id", "needs a `match`"),
        (category, "match = [{ package = \"x\" }]\n[[category]]\nid = \"a\"", 6, 6, "category.id", "twice"),
        (category, "match = [{ package = \"ü\" }, { packge = \"x\" }]", 4, 31, "category.match.packge", "`package`"),
        (category, "match = [", 4, 10, "", "array"),
        (category, "match = [{ package = \"x\" }]\n[[categry]]", 5, 3, "categry", "did you mean `category`?"),
        ("", "[[category]]\nid = \"A b\"", 2, 6, "category.id", "lower-case letters"),
        ("", "[[category]]\nid = \"a\"\nmatch = [{ package = \"x\" }]", 1, 1, "category", "`name` is missing"),
        ("", "[[category]]\nid = \"jsn-parsing\"", 2, 6, "category.id", "did you mean `json-parsing`?"),
        ("", "[[category]]\nid = \"other\"\nmatch = [{ package = \"x\" }]", 3, 9, "category.match", "no rule names"),
        ("", "[[categories]]\nid = \"a\"", 1, 3, "categories", "did you mean `category`?"),
        (category, "target = 0.1\ntarget = 0.2", 5, 1, "", "duplicate key `target`"),
        (advice, "match = [{ url = \"*.development.js\" }, { ur = \"x\" }]", 3, 42, "recommendation.match.ur", "did you mean `url`?"),
        (advice, "match = [{ url = [{ regex = \"[\" }] }]", 3, 29, "recommendation.match.url.regex", "unclosed"),
        ("", "silence = [\"xml-parsin\"]", 1, 12, "silence", "did you mean `xml-parsing`?"),
        ("", "silence = true", 1, 11, "silence", "expected a text, found"),
        (advice, "category = \"jsonparsing\"", 3, 12, "recommendation.category", "did you mean `json-parsing`?"),
        (advice, "", 1, 1, "recommendation", "`category` is missing in the recommendation `a`"),
        (advice, "category = \"files\"", 1, 1, "recommendation", "`saving` is missing"),
        (advice, "effort = \"hi\"", 3, 10, "recommendation.effort", "one of `low`, `medium`, `high`"),
        (advice, "title = \"{shar}\"", 3, 9, "recommendation.title", "did you mean `share`?"),
        (advice, "saving = { low = 0.5, high = 0.4, why = \"w\" }", 3, 30, "recommendation.saving.high", "less than `low`"),
        (advice, "saving = { low = 0.5, high = 0.6 }", 3, 10, "recommendation.saving", "`why` is missing"),
        (advice, "advice = [{ text = \"t\", code = \"c\" }]", 3, 11, "recommendation.advice", "needs its `language`"),
        (advice, "minimum = { share = -1 }", 3, 21, "recommendation.minimum.share", "a fraction"),
        (advice, "actions = [{ text = \"t\", priority = \"p0\" }]", 3, 37, "recommendation.actions.priority", "did you mean `P0`?"),
        (advice, "[[recommendation]]\nid = \"a\"", 3, 1, "recommendation", "twice"),
    ];
    for &(head, tail, line, column, key, part) in table {
        let error = error(&format!("{head}{tail}"));
        assert_eq!((error.line, error.column, &*error.key), (line, column, key), "{tail}: {error}");
        assert!(error.message.contains(part) && !error.message.contains('\n'), "{tail}: {error}");
        assert!(error.to_string().starts_with(&format!("heapsift.toml:{line}:{column}: ")), "{error}");
    }
}

//! Advice in all formats: where it stands, that nothing breaks out of it, and what it says of little.

use unicode_width::UnicodeWidthStr;

use super::{Format, Style, print_advised, printed};
use crate::analysis::model::{Profile, Report, ReportOptions};
use crate::analysis::test_support::{self, ByRules, Frame, hostile_by, profile_by};
use crate::profile::Samples;
use crate::rules::{Rules, RulesFile};

pub(super) fn rules(text: &str) -> Rules {
    Rules::with(vec![RulesFile { name: "heapsift.toml".to_owned(), text: text.to_owned() }]).unwrap()
}

pub(super) fn markdown(profile: &Profile, rules: &Rules) -> String {
    print_advised(profile, None, rules, Format::Markdown, Style::default())
}

pub(super) fn text(profile: &Profile, rules: &Rules, width: usize) -> String {
    print_advised(profile, None, rules, Format::Text, Style { color: false, width })
}

pub(super) const PARSE: Frame<'_> = ("parseJSON", "/srv/node_modules/urllib/dist/esm/utils.js", 25);

/// A recommendation whose own texts are as odd as a rule may have them.
const ODD: &str = r#"
    [[recommendation]]
    id = "application-hot-spot"
    title = "Odd | <b> `{top_function}` {top_function}"
    insight = "`{top_function}` and {package} or a ` alone <i>"
    budget = "`a|b` {top_function}"
    verify = "echo `date` | wc"
    saving = { low = 0.1, high = 0.4, why = "x|y <z> {category}" }
    advice = [
      { text = "in {top_function} <b>", language = "js` <x", code = "```\nnot the end\n````\n\tx" },
      { text = "not told: {caused_by} {size}" },
    ]
    actions = [{ text = "Rework `{top_function}` | {top_function}" }]
    [[category]]
    id = "application"
    target = 0.1
    "#;

#[test]
fn hostile_names_and_odd_rules_break_nothing() {
    let rules = rules(ODD);
    let profile = hostile_by(&ByRules::new(&rules));
    let out = markdown(&profile, &rules);
    assert_eq!(out.chars().find(|&c| c != '\n' && c != '\t' && c.is_control()), None);
    assert!(!out.contains('\u{202e}'));
    let (mut fence, mut columns) = (None::<String>, None);
    for line in out.lines() {
        let trimmed = line.trim_start();
        let run = trimmed.chars().take_while(|&c| c == '`').count();
        match &fence {
            Some(open) if trimmed == open => fence = None,
            Some(_) => {}
            None if run >= 3 => fence = Some("`".repeat(run)),
            None => {
                let outside_code: String = line.replace("\\`", "").split('`').step_by(2).collect();
                // The command to verify is in quotes of two backticks.
                assert!(!outside_code.contains('<') || line.starts_with("**Verify**"), "raw HTML: {line}");
                if line.starts_with('|') {
                    let bars = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
                    assert_eq!(*columns.get_or_insert(bars), bars, "{line}");
                } else {
                    columns = None;
                }
            }
        }
    }
    assert_eq!(fence, None, "all blocks end");
    assert!(!out.contains("not told"), "nobody calls it");
    let shown = "a\\u{7c}b\\u{60}c\\u{3c}script>d\\ne\\u{202e}f\\u{1b}[31mg\\u{200b}";
    for part in [
        &*format!("### Priority 1: Odd | &lt;b> `{shown}` a\\|b\\`c&lt;script&gt;d"),
        "**Verify**: ``echo `date` | wc``",
        "   `````jsx",
        "\n   ```\n   not the end\n   ````\n   \tx\n   `````\n",
        "| P0 | Rework `a\\u{7c}b",
        "\\| a\\|b\\`c&lt;script&gt;d",
        "| `a\\|b` a\\|b\\`c",
    ] {
        assert!(out.contains(part), "{part}\nis not in\n{out}");
    }
    for width in [40, 80, 200] {
        for line in text(&profile, &rules, width).lines() {
            assert!(line.width() <= width && !line.contains('\u{1b}'), "{} of {width}: {line}", line.width());
        }
    }
}

#[test]
fn what_to_do_stands_at_both_ends_of_the_text() {
    let rules = Rules::builtin().unwrap();
    let profile = profile_by(&ByRules::new(&rules), &test_support::small_nodes(), &[]);
    let out = text(&profile, &rules, 80);
    let place = |part: &str| out.find(part).unwrap_or_else(|| panic!("{part}\nis not in\n{out}"));
    let head = out[..place("\nCategories")].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(head.contains(" Then: Cache HTTP response JSON (saves 1.9-3.6 MB, low effort, P1)."), "{head}");
    assert!(place("Do first: ") < place("\nWhat to do  saves 3.1-8.3 MB of 9.54 MB in all; the most urgent first\n"));
    assert!(place("\nP1      1.9-3.6 MB  low     Cache HTTP response JSON\n") < place("\nCategories"));
    assert!(place("\nStacks") < place("\nRecommendations  the largest saving first\n"));
    assert!(place("\nRecommendations") < place("\n1. JSON Parsing  saves 2.5-5.5 MB of 5.54 MB, low effort\n"));
    assert!(place("   in parseJSON 5.54 MB") < place("\nBudget  cutting these to target frees "));
}

#[test]
fn a_saving_is_rounded_alike_wherever_it_is_told() {
    let rules = rules(
        "[[category]]\nid = \"a\"\nname = \"A\"\nmatch = [{ function = \"a\" }]\ntarget = 0.0\n\
         [[recommendation]]\nid = \"less\"\ncategory = \"a\"\ntitle = \"Less\"\neffort = \"low\"\n\
         saving = { low = 0.5, high = 1.0, why = \"w\" }\nadvice = [{ text = \"t\" }]\nactions = [{ text = \"Do\" }]\n",
    );
    // 1.47 and 1.43 MB: one is rounded up to more than there is of it.
    for (size, saves, of) in [(1_542_120, "0.7-1.5 MB", "1.5 MB"), (1_500_000, "0.7-1.4 MB", "1.43 MB")] {
        let url = "/srv/node_modules/m/index.js";
        let nodes = [(size, vec![("a", url, 1)]), (8 << 20, vec![("b", url, 9)])];
        let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
        let (text, markdown) = (text(&profile, &rules, 80), markdown(&profile, &rules));
        for part in
            [format!("\nP0  {saves:>14}  low     Do\n"), format!("\n1. Less  saves {saves} of {of}, low effort\n")]
        {
            assert!(text.contains(&part), "{part}\nis not in\n{text}");
        }
        assert!(markdown.contains(&format!(": Less (Potential {saves} savings)\n")), "{markdown}");
    }
}

#[test]
fn long_lists_are_cut_and_say_so() {
    // A category for each of 20 functions, each with advice of its own.
    let names: Vec<String> = (0..20).map(|i| format!("f{i}")).collect();
    let rule = |name: &String| {
        format!(
            "[[category]]\nid = \"{name}\"\nname = \"{name}\"\nmatch = [{{ function = \"{name}\" }}]\ntarget = 0.0\n\
             [[recommendation]]\nid = \"do-{name}\"\ncategory = \"{name}\"\ntitle = \"Less {name}\"\neffort = \"low\"\n\
             saving = {{ low = 0.25, high = 0.5, why = \"w\" }}\nadvice = [{{ text = \"t\" }}]\nactions = [{{ text = \"Do {name}\" }}]\n"
        )
    };
    let rules = rules(&names.iter().map(rule).collect::<String>());
    let url = "/srv/node_modules/m/index.js";
    let nodes: Vec<_> = names.iter().map(|name| (4 << 20, vec![(name.as_str(), url, 1)])).collect();
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    let out = markdown(&profile, &rules);
    for part in [
        "Potential of all of them together: 20-40 MB of 80.00 MB (25-50%).",
        "\n### Priority 8: Less f",
        "\n12 more recommendations (12-24 MB together): Less f",
        "\n| - | 8 more actions | - | - |\n",
        "\n| f0 | 5.00% | 0.00% | Begin with `f0` |\n",
        "\n| **Total Reduction** | - | ~100% | Cutting these to target frees 100% of the profile, more than this advice brings |\n",
    ] {
        assert!(out.contains(part), "{part}\nis not in\n{out}");
    }
    assert!(!out.contains("### Priority 9"));
    let out = text(&profile, &rules, 80);
    assert!(out.contains("\n5. Less f") && !out.contains("\n6. Less f"), "{out}");
    assert!(out.contains("\n    15 more things; -n 0 shows all\n"), "{out}");
    assert!(out.contains("\n15 more recommendations: -n 0. All advice with code: -f markdown.\n"), "{out}");
    // A limit that the user gives is that of these lists, too.
    for limit in [2, 17, 20, 0] {
        let options = ReportOptions { limit: Some(limit), ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        let expected = if limit == 0 { 20 } else { limit };
        let out = printed(&report, Format::Markdown, Style::default());
        assert_eq!(out.matches("\n### Priority ").count(), expected, "{out}");
        assert_eq!(out.matches("| Do f").count(), expected, "{out}");
        let out = printed(&report, Format::Text, Style::default());
        assert_eq!(out.matches(". Less f").count(), expected, "{out}");
        // The headline tells of the first as well.
        assert_eq!(out.matches(" Do f").count(), expected + usize::from(out.contains("first: Do f")), "{out}");
    }
}

#[test]
fn a_command_stands_on_a_line_of_its_own_however_narrow_it_is() {
    let rules = Rules::builtin().unwrap();
    let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, vec![PARSE])], &[]);
    let out = text(&profile, &rules, 40);
    let command = r"grep -rnE --include='*[jt]s' --include='*[jt]sx' --exclude-dir=node_modules 'JSON\.parse|\.json\(\)|dataType: *.json|(from |require\().(axios|got|needle|node-fetch|superagent|undici|urllib)' .";
    assert!(out.lines().any(|line| line.trim() == command), "{out}");
}

#[test]
fn without_anything_to_say_there_is_no_section() {
    let rules = Rules::builtin().unwrap();
    let nodes = [(8, vec![("f", "/srv/node_modules/unheard-of/index.js", 1)])];
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    let out = markdown(&profile, &rules) + &text(&profile, &rules, 80);
    for part in ["Recommendations", "Budget", "Action Items", "To do first", "Do first", "What to do  saves"] {
        assert!(!out.contains(part), "{part} is in\n{out}");
    }
}

#[test]
fn what_is_bundled_is_to_be_read_with_its_map_first_unless_packages_are_beside_it() {
    let rules = Rules::builtin().unwrap();
    let first = |nodes: &[(u64, Vec<Frame<'_>>)]| {
        let mut profile = profile_by(&ByRules::new(&rules), nodes, &[]);
        profile.note_unmapped(|_| None);
        let out = text(&profile, &rules, 400);
        let line = out.lines().find(|line| line.starts_with("Do first: ")).unwrap_or_default().to_owned();
        (line, profile.warnings.iter().map(|warning| warning.kind).collect::<Vec<_>>())
    };
    let url = "/srv/dist/main.js";
    let of = |wrapper| (9 << 20, vec![(wrapper, url, 7), ("clone", url, 900)]);
    let package = |size| (size, vec![("f", "/srv/node_modules/unheard-of/index.js", 1)]);
    let named = "Do first: name the source maps (--source-map): ";
    let (line, kinds) = first(&[of("__commonJS"), package(1 << 20)]);
    assert_eq!(kinds, ["bundled"]);
    let in_bundle =
        "of it is in a bundle, where advice takes code of packages for the application's. Without them: Rework";
    assert!(line.starts_with(named) && line.contains(in_bundle), "{line}");
    let (line, kinds) = first(&[of("__webpack_require__"), package(1 << 10)]);
    assert!(line.starts_with(named) && kinds == ["bundled"], "{line} {kinds:?}");
    let (line, kinds) = first(&[of("__webpack_require__"), package(1 << 20)]);
    assert!(line.contains("Rework the largest functions") && kinds == ["maybe-bundled"], "{line} {kinds:?}");
    let (line, kinds) = first(&[of("__copyProps")]);
    assert!(line.contains("Rework the largest functions") && kinds.is_empty(), "{line} {kinds:?}");
    let (line, _) = first(&[(9 << 20, vec![("__webpack_require__", url, 7), ("clone", "", 900)])]);
    assert!(
        line.starts_with("Do first: build with webpack's `devtool: \"source-map\"` and name its source map"),
        "{line}"
    );
}

#[test]
fn where_no_rule_has_a_word_the_place_to_begin_is_what_to_do() {
    let rules = Rules::builtin().unwrap();
    let stack = vec![("main", "file:///srv/app/main.js", 1), ("f", "/srv/node_modules/unheard-of/index.js", 1)];
    let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, stack)], &[]);
    let what = "which asks for most of the 9.00 MB in unheard-of: ask less often, for less, or keep what it gets";
    let out = text(&profile, &rules, 200);
    let begin = format!("begin with `main (app/main.js:1)`, {what}.\n");
    assert!(out.contains(&format!("\nDo first: {begin}")), "{out}");
    let section = format!(
        "\nWhat to do  what no rule knows more of\nNo rule has advice on 9.00 MB (100.00%); {begin}\nCategories"
    );
    assert!(out.contains(&section) && !out.contains("Recommendations"), "{out}");
    let out = markdown(&profile, &rules);
    let begin = format!("begin with `main` (`app/main.js:1`), {what}");
    assert!(out.contains(&format!("**To do first**: {begin}\n")), "{out}");
    let section = format!("\n## Action Items\n\nNo rule has advice on 9.00 MB (100.00%); {begin}.\n\n---\n");
    assert!(out.contains(&section) && !out.contains("Recommendations"), "{out}");
    // Of actions of rules alone the JSON has a list.
    let json = print_advised(&profile, None, &rules, Format::Json, Style::default());
    assert!(json.contains("\"actions\":[]") && json.contains("\"unadvised\":{\"self_size\":9437184,"), "{json}");
}

#[test]
fn beside_things_to_do_it_stands_with_the_recommendations() {
    let rules = Rules::builtin().unwrap();
    let rest = vec![("main", "file:///srv/app/main.js", 1), ("f", "/srv/node_modules/unheard-of/index.js", 1)];
    let alone = (4 << 20, vec![("g", "/srv/node_modules/another/index.js", 1)]);
    let third = (3 << 20, vec![("h", "/srv/node_modules/a-third/index.js", 1)]);
    let nodes = [(6 << 20, rest), (8 << 20, vec![PARSE]), alone, third];
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    for out in [text(&profile, &rules, 200), markdown(&profile, &rules)] {
        let place = |part: &str| out.find(part).unwrap_or_else(|| panic!("{part}\nis not in\n{out}"));
        assert_eq!(out.matches("No rule has advice on 13.00 MB (61.90%); begin with `main").count(), 1, "{out}");
        assert!(
            place("No rule has advice on ") > place("Recommendations") && out.contains("o first: Cache HTTP")
                || out.contains("**To do first**: Cache HTTP"),
            "{out}"
        );
    }
}

#[test]
fn a_key_insight_is_told_once() {
    let rules = Rules::builtin().unwrap();
    let classifier = ByRules::new(&rules);
    let profile = profile_by(&classifier, &[(9 << 20, vec![PARSE])], &[]);
    let alone = markdown(&profile, &rules);
    let insight = "makes 100.00% of all bytes, `parseJSON` the most of them";
    assert_eq!(alone.matches("**Key Insight**").count(), 1);
    assert_eq!(alone.matches(insight).count(), 1, "{alone}");
    let cpu = test_support::cpu_by(&classifier, &[(1, PARSE), (99, ("(idle)", "", 0))]);
    let beside = print_advised(&profile, Some(&cpu), &rules, Format::Markdown, Style::default());
    assert_eq!(beside.matches("**Key Insight**").count(), 1, "that of the CPU profile");
    assert_eq!(beside.matches(insight).count(), 1, "{beside}");
    assert!(beside.contains("**JSON Parsing is the #1 allocator** (100.00%) despite low CPU usage: "), "{beside}");
}

#[test]
fn the_key_insight_is_that_of_the_first_recommendation() {
    let first = "[[recommendation]]\nid = \"mine\"\ncategory = \"other\"\ntitle = \"Mine\"\neffort = \"low\"\n\
        saving = { low = 0.9, high = 1.0, why = \"w\" }\nadvice = [{ text = \"t\" }]\n";
    let mine = ("f", "/srv/node_modules/unheard-of/index.js", 1);
    for (insight, expected) in [("", 0), ("insight = \"It is mine.\"\n", 1)] {
        let rules = rules(&format!("{first}{insight}"));
        let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, vec![mine]), (1 << 20, vec![PARSE])], &[]);
        let out = markdown(&profile, &rules);
        assert_eq!(out.matches("**Key Insight**").count(), expected, "{out}");
        assert_eq!(out.matches("**Key Insight**: It is mine.").count(), expected, "{out}");
        assert!(out.contains("Parsing responses makes 10.00% of all bytes"), "{out}");
    }
}

#[test]
fn a_command_does_not_capture_more_coarsely_than_the_profile_was() {
    let rules = Rules::builtin().unwrap();
    let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, vec![("work", "/srv/app/a.js", 3)])], &[]);
    for (interval, expected) in [(None, 32_768), (Some(524_288), 32_768), (Some(16_384), 16_384), (Some(1), 1)] {
        let options = ReportOptions { interval, ..ReportOptions::default() };
        let report = Report::new(&profile, options).with_advice(&rules).unwrap();
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
            let out = printed(&report, format, Style { color: false, width: 100 });
            let command = format!("node --heap-prof --heap-prof-interval={expected} app.js");
            assert!(out.contains(&command) && !out.contains("{interval}"), "{interval:?}: {out}");
        }
    }
}

#[test]
fn nothing_is_said_of_node_about_a_page() {
    let rules = Rules::builtin().unwrap();
    let page = ("work", "https://shop.example.com/a.js", 3);
    let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, vec![page])], &[]);
    let report = Report::new(&profile, ReportOptions::default()).with_advice(&rules).unwrap();
    for format in [Format::Text, Format::Markdown] {
        let out = printed(&report, format, Style { color: false, width: 100 });
        assert!(out.contains("of a browser") && out.contains("grep -rnE"), "{out}");
        assert!(
            !["heap-prof", "{capture}", "process.memoryUsage", "Buffer"].iter().any(|word| out.contains(word)),
            "{out}"
        );
    }
}

#[test]
fn a_command_looks_into_the_file_of_the_largest_function() {
    let rules = Rules::builtin().unwrap();
    let command = |url| {
        let nodes = [(1_000_000, vec![("work", url, 1)]), (100, vec![("other", "file:///srv/app/b.js", 1)])];
        let out = text(&profile_by(&ByRules::new(&rules), &nodes, &[]), &rules, 80);
        let (_, command) = out.split_once("grep -rnE --include='").expect("a command");
        command.split_once('\'').expect("its end").0.to_owned()
    };
    assert_eq!(command("file:///srv/app/orders.service.js"), "orders.service.js");
    assert_eq!(command(r"C:\app\orders.js"), "orders.js");
    assert_eq!(command("file:///srv/app/%5Bid%5D%20page.js?v=3"), r"\[id] page.js");
    assert_eq!(command("/srv/app/cart.ts?a1b2"), "cart.ts");
    // What a shell could take for something else.
    for odd in ["file:///srv/app/a'b.js", "file:///srv/app/$(x).js", "file:///srv/app/-x.js", "file:///srv/app/main"] {
        assert_eq!(command(odd), "*[jt]s*", "{odd}");
    }
}

#[test]
fn both_readings_are_told_where_nearly_all_samples_are_left() {
    let rules = Rules::builtin().unwrap();
    let nodes = [(1_000_000, vec![("work", "file:///srv/app/main.js", 1)])];
    let mut profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    assert!(!text(&profile, &rules, 200).contains("objects live"));
    let mut samples = Samples::default();
    (50..=1000).for_each(|ordinal| samples.take(1000, ordinal));
    profile.aggregate.samples = Some(samples);
    let out = text(&profile, &rules, 200);
    for part in [
        "Do first: Rework",
        ". If these objects live: Let go of what `work` made (saves ",
        "  If these objects live: Let go of what `work` made\n\nCategories",
        "\n\nIf these objects live: Application code: what it holds  saves ",
    ] {
        assert!(out.contains(part), "{part}\nis not in\n{out}");
    }
    let out = markdown(&profile, &rules);
    for part in [
        "**To do first**: Rework",
        ". If these objects live: Let go of what `work` made (",
        "\n### If these objects live: Application code: what it holds (Potential ",
        " | If these objects live: Let go of what `work` made | ",
    ] {
        assert!(out.contains(part), "{part}\nis not in\n{out}");
    }
}

#[test]
fn of_functions_as_many_are_named_as_fit_and_who_asked_below_where_it_does_not() {
    let rules = Rules::builtin().unwrap();
    let asks = ("", "file:///srv/app/handlers/list-all-the-records.js", 31);
    let names = ["parseTheBodyOfTheAnswer", "parseNext", "parseAgain"];
    let stack = |name| vec![asks, (name, "/srv/node_modules/urllib/dist/esm/utils.js", 25)];
    let nodes: Vec<_> = (1..).zip(names).map(|(number, name)| ((9 - number) << 20, stack(name))).collect();
    let profile = profile_by(&ByRules::new(&rules), &nodes, &[]);
    let evidence = |width| {
        let out = text(&profile, &rules, width);
        let mut lines = out.lines().skip_while(|line| !line.starts_with("   in parse"));
        let line = lines.next().expect("evidence").to_owned();
        (line, lines.next().filter(|line| line.starts_with("   caused by ")).unwrap_or_default().to_owned())
    };
    let caused = "caused by (anonymous) (handlers/list-all-the-records.js:31)";
    let below = format!("   {caused}");
    let [all, two, one] = [
        "   in parseTheBodyOfTheAnswer 8.00 MB, parseNext 7.00 MB, parseAgain 6.00 MB",
        "   in parseTheBodyOfTheAnswer 8.00 MB, parseNext 7.00 MB, 1 more",
        "   in parseTheBodyOfTheAnswer 8.00 MB, 2 more",
    ];
    assert_eq!(evidence(150), (format!("{all}; {caused}"), String::new()));
    for (width, functions) in [(110, all), (80, all), (66, two)] {
        assert_eq!(evidence(width), (functions.to_owned(), below.clone()), "{width}");
    }
    let (functions, asked) = evidence(50);
    assert!(functions == one && asked.starts_with("   caused by (anonymous) (handlers/list-all-"), "{asked}");
    assert_eq!(evidence(40).0, "   in parseTheBodyOfTheAnswer 8.00 MB, …");
}

#[test]
fn what_does_not_fit_into_a_line_of_things_to_do_goes_on_below() {
    let rules = Rules::builtin().unwrap();
    let own = ("readAllTheRecordsOfTheTable", "file:///srv/app/main.js", 3);
    let profile = profile_by(&ByRules::new(&rules), &[(9 << 20, vec![own]), (1 << 20, vec![PARSE])], &[]);
    let out = text(&profile, &rules, 80);
    let indent = " ".repeat(28);
    let lines = "medium  Rework the largest functions,";
    assert!(out.contains(&format!("{lines}\n{indent}`readAllTheRecordsOfTheTable` first\n")), "{out}");
}

#[test]
fn built_ins_that_a_package_calls_are_told_with_it() {
    let rules = Rules::builtin().unwrap();
    let main = ("main", "file:///srv/app/main.js", 1);
    let package = ("f", "/srv/node_modules/unheard-of/index.js", 1);
    let out = |nodes: &[(u64, Vec<Frame<'_>>)]| text(&profile_by(&ByRules::new(&rules), nodes, &[]), &rules, 200);
    assert!(out(&[(9 << 20, vec![main, package])]).contains("of the 9.00 MB in unheard-of: "));
    let nodes = [(5 << 20, vec![main, package]), (4 << 20, vec![main, package, ("map", "", 0)])];
    assert!(out(&nodes).contains("of the 9.00 MB in unheard-of and the built-ins that it calls: "));
}

//! What the doctor finds, and that it finds nothing where nothing is wrong.

use crate::analysis::model::{Objects, Profile, Report, ReportOptions};
use crate::analysis::sampling::Sampling;
use crate::analysis::test_support::{self, Frame};
use crate::profile::{CutStacks, Dialect, Orphans, Samples};
use crate::rules::Rules;

const INTERVAL: u64 = 512 << 10;

/// A profile of so many functions with as many samples each, captured at [`INTERVAL`].
fn clean(functions: usize, samples: u64) -> Profile {
    let names: Vec<String> = (0..functions).map(|i| format!("f{i}")).collect();
    let nodes: Vec<_> =
        names.iter().map(|name| (samples * (INTERVAL + 16), vec![(name.as_str(), "/srv/app/a.js", 1)])).collect();
    let mut profile = test_support::profile(&nodes, &[]);
    profile.file.dialect = Dialect::Inspector;
    profile
}

/// The kinds of what is found, with the share of the bytes in percent and the command.
fn found(profile: &Profile) -> Vec<(&'static str, Option<u64>, Option<String>)> {
    let report = Report::new(profile, ReportOptions { interval: Some(INTERVAL), ..ReportOptions::default() });
    let warning = |warning: &crate::analysis::model::Warning| {
        let share = warning.share.map(|share| share.in_units_of(100));
        (warning.kind, share, warning.command.clone())
    };
    report.warnings().iter().map(warning).collect()
}

fn samples(count: u64, size: u64, last_ordinal: u64) -> Samples {
    Samples { count, size, last_ordinal, ..Samples::default() }
}

#[test]
fn a_clean_capture_has_no_findings() {
    let mut profile = clean(30, 20);
    assert_eq!(found(&profile), []);
    // With samples that agree, of live objects, and a node for each.
    profile.aggregate.samples = Some(samples(600, profile.aggregate.total_size * 97 / 100, 100_000));
    profile.orphans = Some(Orphans::default());
    assert_eq!(found(&profile), []);
}

#[test]
fn few_samples_are_told_with_an_interval_that_gives_more() {
    assert_eq!(found(&clean(10, 10)), []);
    let command = |interval: u32| Some(format!("node --heap-prof --heap-prof-interval={interval} app.js"));
    // 50 MB are a thousand samples at 32 KB.
    assert_eq!(found(&clean(9, 11)), [("few-samples", Some(100), command(32 << 10))]);
    let mut profile = clean(9, 11);
    profile.file.dialect = Dialect::NodeV8Api;
    let api = "v8.startHeapProfile({ sampleInterval: 32768, stackDepth: 128, forceGC: true })".to_owned();
    assert_eq!(found(&profile), [("few-samples", Some(100), Some(api))]);
    // Where the interval is not known those of the file count, none among them.
    let mut profile = test_support::profile(&[(1 << 20, vec![("read", "/srv/app/a.js", 3)])], &[]);
    let is_told = |profile: &Profile| {
        let report = Report::new(profile, ReportOptions::default());
        report.warnings().iter().any(|warning| warning.kind == "few-samples")
    };
    assert!(!is_told(&profile));
    profile.aggregate.samples = Some(samples(0, 0, 0));
    assert!(is_told(&profile));
}

#[test]
fn what_nobody_would_sample_at_is_no_interval_to_give() {
    let told = |candidate| {
        let mut profile = clean(30, 20);
        profile.sampling = Some(Sampling { candidate, ..Sampling::default() });
        let report = Report::new(&profile, ReportOptions::default());
        let warning = super::capture::interval(&report).expect("it is not known");
        (warning.message, warning.remedy)
    };
    let (message, remedy) = told(Some(20_000));
    assert!(message.ends_with(" Its smallest sizes would fit 20,000 B."), "{message}");
    assert_eq!(remedy, "If it was captured at that, say so: --interval 20000. Default: 16K of DevTools.");
    let (message, remedy) = told(Some(24_016));
    assert!(message.ends_with(" No size is smaller than 24,016 B, so it is no longer than that."), "{message}");
    assert_eq!(remedy, "If it is known, say so: --interval BYTES. Default: 16K of DevTools.");
    let all = "Defaults: 512K of `node --heap-prof`, xprofiler and V8 itself, 32K of the inspector, 16K of DevTools.";
    assert_eq!(told(None).1, all);
    assert_eq!(told(Some(8000)).1, "If it was captured at that, say so: --interval 8000.");
}

#[test]
fn one_interval_is_asked_for() {
    let mut profile = clean(9, 11);
    profile.sampling = Some(Sampling::default());
    let (count, size) = (99, profile.aggregate.total_size);
    profile.aggregate.samples = Some(samples(count, size, count));
    let commands: Vec<_> = found(&profile).into_iter().filter_map(|(.., command)| command).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert_eq!(commands[0], commands[1]);
}

#[test]
fn no_interval_that_is_recommended_is_longer_than_the_own() {
    use super::better_interval;
    let sampled = |interval| Sampling { interval, ..Sampling::default() };
    for (total, own, expected) in [
        (50 << 20, None, 32 << 10),
        (50 << 20, Some(512 << 10), 32 << 10),
        (50 << 20, Some(16 << 10), 16 << 10),
        (0, None, 512),
        (1 << 20, Some(256), 256),
        (u64::MAX, None, 128 << 10),
    ] {
        assert_eq!(better_interval(total, &sampled(own)), expected, "{total} {own:?}");
    }
}

#[test]
fn an_empty_profile_is_told() {
    let mut profile = clean(0, 0);
    assert_eq!(found(&profile)[0].0, "empty");
    profile.file.complete = false;
    assert_eq!(found(&profile), [], "that it is not whole says it already");
}

#[test]
fn an_unknown_interval_is_told() {
    let profile = clean(30, 20);
    let report = Report::new(&profile, ReportOptions::default());
    assert_eq!(report.warnings()[0].kind, "interval-unknown");
    assert_eq!(report.sampling().standard_error(8), None);
}

#[test]
fn cut_stacks_are_told_with_their_part() {
    let mut profile = clean(30, 20);
    let total = profile.aggregate.total_size;
    for (limit, command) in
        [(16, "node --heap-prof --heap-prof-interval=524288 app.js"), (128, "heapsift --repair-stacks FILE")]
    {
        profile.aggregate.cut_stacks =
            Some(CutStacks { limit, self_size: total / 4, truncated: 3, truncated_size: total / 5 });
        assert_eq!(found(&profile), [("cut-stacks", Some(25), Some(command.to_owned()))]);
    }
}

#[test]
fn samples_that_do_not_agree_are_told_unless_their_nodes_are_missing() {
    let mut profile = clean(30, 20);
    let total = profile.aggregate.total_size;
    let kinds =
        |profile: &Profile| found(profile).into_iter().map(|(kind, share, _)| (kind, share)).collect::<Vec<_>>();
    profile.aggregate.samples = Some(samples(600, total * 10 / 9, 100_000));
    assert_eq!(kinds(&profile), [("samples-differ", Some(10))]);
    profile.orphans = Some(Orphans { samples: 60, size: total / 9 });
    assert_eq!(kinds(&profile), [("samples-without-node", Some(10))]);
    profile.aggregate.samples = Some(samples(600, total / 2, 100_000));
    profile.orphans = None;
    assert_eq!(kinds(&profile), [("samples-differ", Some(50))]);
    profile.file.complete = false;
    assert_eq!(kinds(&profile), []);
}

/// What is said of samples and self sizes that differ.
fn of_samples(profile: &Profile) -> Option<(Option<u64>, String)> {
    let report = Report::new(profile, ReportOptions { interval: Some(INTERVAL), ..ReportOptions::default() });
    let told = report.warnings().iter().find(|warning| warning.kind == "samples-differ")?;
    Some((told.share.map(|share| share.in_units_of(1000)), format!("{} {}", told.message, told.remedy)))
}

#[test]
fn a_file_has_one_sum_of_samples_whether_their_nodes_are_looked_for_or_not() {
    let mut profile = clean(30, 20);
    let total = profile.aggregate.total_size;
    profile.aggregate.samples = Some(samples(600, total * 107 / 100, 100_000));
    let told = of_samples(&profile).unwrap();
    profile.orphans = Some(Orphans { samples: 12, size: total * 3 / 100 });
    let (share, text) = of_samples(&profile).unwrap();
    assert_eq!((share, Some(65)), (told.0, told.0));
    let sums = "The elements of `samples` add up to 321.01 MB (9.00 MB of these are of nodes that are not in the tree), the self";
    assert!(text.starts_with(sums), "{text}");
    assert!(told.1.starts_with("The elements of `samples` add up to 321.01 MB, the self"), "{}", told.1);
}

#[test]
fn a_file_is_not_suspected_of_what_v8_has_rounded() {
    let mut profile = clean(30, 20);
    let total = profile.aggregate.total_size;
    let is_suspected = |profile: &Profile| of_samples(profile).map(|(_, text)| text.contains("the file was changed"));
    // Objects about as large as the interval: each sample is 1.2 of it. Then small ones: as many of them are missing.
    for (count, expected) in [(450, false), (540, true)] {
        profile.aggregate.samples = Some(samples(count, total * 9 / 10, 100_000));
        assert_eq!(is_suspected(&profile), Some(expected), "{count}");
    }
    profile.file.merged = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(is_suspected(&profile), Some(false), "each may have an interval of its own");
}

#[test]
fn samples_tell_live_objects_from_all() {
    let table = [
        (600, 600, Objects::All),
        (600, 602, Objects::All),
        (600, 610, Objects::Unknown),
        (600, 660, Objects::Unknown),
        (600, 670, Objects::Live),
        (600, 1_000_000, Objects::Live),
        (40, 40, Objects::AllOfFew),
        (39, 40, Objects::Unknown),
        (600, 0, Objects::Unknown),
    ];
    let mut profile = clean(30, 20);
    for (count, last_ordinal, expected) in table {
        profile.aggregate.samples = Some(samples(count, profile.aggregate.total_size, last_ordinal));
        let report = Report::new(&profile, ReportOptions::default());
        assert_eq!(report.objects().which, expected, "{count} of {last_ordinal}");
        let told = found(&profile).iter().any(|(kind, ..)| *kind == "all-allocations");
        assert_eq!(told, count >= 90 && last_ordinal > 0 && expected != Objects::Live);
    }
}

#[test]
fn what_was_sampled_last_tells_whether_garbage_was_collected() {
    let latest = |there: &str| u64::from_str_radix(there, 2).unwrap();
    let table = [
        ("11111111", Objects::Uncollected),
        ("1111111111", Objects::Uncollected),
        ("01101011", Objects::Uncollected),
        ("1111111100001111", Objects::Live),
        ("00000001", Objects::Live),
    ];
    let mut profile = clean(30, 20);
    for (there, expected) in table {
        let numbered = samples(600, profile.aggregate.total_size, 10_000);
        profile.aggregate.samples = Some(Samples { latest: latest(there), ..numbered });
        profile.file.dialect = Dialect::NodeV8Api;
        let report = Report::new(&profile, ReportOptions::default());
        assert_eq!(report.objects().which, expected, "{there}");
        let api = format!("v8.startHeapProfile({{ sampleInterval: {INTERVAL}, stackDepth: 128, forceGC: true }})");
        let told = vec![("garbage", Some(100), Some(api))];
        assert_eq!(found(&profile), if expected == Objects::Live { vec![] } else { told }, "{there}");
        // Others collect it, whatever was allocated last.
        profile.file.dialect = Dialect::Inspector;
        assert_eq!(Report::new(&profile, ReportOptions::default()).objects().which, Objects::Live, "{there}");
    }
}

#[test]
fn what_is_to_be_captured_again_is_sampled_as_finely() {
    let sampling = |interval, candidate| Sampling { interval, candidate, ..Sampling::default() };
    for (sampling, expected) in [
        (sampling(Some(4096), None), 4096),
        (sampling(Some(24_016), Some(16_384)), 24_016),
        (sampling(None, Some(24_016)), 16_384),
        (sampling(None, Some(3 << 20)), 512 << 10),
        (sampling(None, None), 512 << 10),
    ] {
        assert_eq!(super::same_interval(&sampling), expected, "{sampling:?}");
    }
}

#[test]
fn large_objects_are_told_where_they_matter() {
    let with = |size: u64| {
        let names: Vec<String> = (0..11).map(|i| format!("f{i}")).collect();
        let mut nodes: Vec<_> =
            names.iter().map(|name| (11 * (INTERVAL + 16), vec![(name.as_str(), "/srv/app/a.js", 1)])).collect();
        nodes.push((size, vec![("large", "/srv/app/a.js", 1)]));
        let mut profile = test_support::profile(&nodes, &[]);
        profile.file.dialect = Dialect::Inspector;
        found(&profile).into_iter().map(|(kind, share, _)| (kind, share)).collect::<Vec<_>>()
    };
    assert_eq!(with(8 * (INTERVAL + 16)), [], "eight small objects");
    assert_eq!(with(8 * INTERVAL + INTERVAL / 2), [("large-objects", Some(7))]);
    assert_eq!(with(12 * INTERVAL + INTERVAL / 2), [], "enough samples not to matter");
    assert_eq!(with(INTERVAL + INTERVAL / 2), [], "too small to matter");
}

#[test]
fn code_without_a_url_and_buffers_are_told_from_their_shares() {
    let with = |frame, part: u64| {
        let names: Vec<String> = (0..30).map(|i| format!("f{i}")).collect();
        let mut nodes: Vec<_> =
            names.iter().map(|name| (100 * (INTERVAL + 16), vec![(name.as_str(), "/srv/app/a.js", 1)])).collect();
        nodes.push((part * 30 * (INTERVAL + 16), vec![frame]));
        found(&test_support::profile(&nodes, &[])).into_iter().map(|(kind, share, _)| (kind, share)).collect::<Vec<_>>()
    };
    assert_eq!(with(("row", "", 7), 4), []);
    assert_eq!(with(("row", "", 7), 6), [("no-url", Some(6))]);
}

/// The same as [`found`] for nodes of a page, with messages and remedies.
fn found_in_page(nodes: &[(u64, Vec<Frame<'_>>)]) -> Vec<(&'static str, Option<String>, String)> {
    let rules = Rules::builtin().unwrap();
    let mut profile = test_support::profile_by(&test_support::ByRules::new(&rules), nodes, &[]);
    profile.file.dialect = Dialect::Inspector;
    let report = Report::new(&profile, ReportOptions { interval: Some(INTERVAL), ..ReportOptions::default() });
    report.warnings().iter().map(|w| (w.kind, w.command.clone(), format!("{} {}", w.message, w.remedy))).collect()
}

#[test]
fn commands_are_those_of_the_browser_where_the_code_ran_in_one() {
    let page = ("render", "https://shop.example.com/main.js", 1);
    let found = found_in_page(&[(99 * (INTERVAL + 16), vec![page])]);
    let command = "session.send('HeapProfiler.startSampling', { samplingInterval: 32768 })".to_owned();
    assert_eq!((found.len(), found[0].0, &found[0].1), (1, "few-samples", &Some(command)));
    assert!(found[0].2.contains("the protocol takes any"), "{found:?}");

    let array = ("Uint8Array", "", 0);
    let found = found_in_page(&[(1000 * (INTERVAL + 16), vec![page]), (900 * (INTERVAL + 16), vec![page, array])]);
    let command = "await performance.measureUserAgentSpecificMemory()".to_owned();
    assert_eq!((found.len(), &found[0].1), (1, &Some(command)), "{found:?}");
}

#[test]
fn whose_code_without_a_url_is_is_told_as_far_as_it_is_known() {
    let (bundle, page) =
        (("__webpack_require__", "http://localhost/main.js", 300), ("f", "http://localhost/main.js", 9));
    let (outer, made) = (("runWorkload", "", 3), ("createElement", "", 7));
    let told = |path: &[Frame<'_>]| {
        let found = found_in_page(&[(1000 * (INTERVAL + 16), path.to_vec())]);
        let kind = if path.contains(&bundle) { "webpack-eval" } else { "no-url" };
        assert_eq!(found[0].0, kind);
        found[0].2.clone()
    };
    assert!(told(&[bundle, made]).contains("Have webpack write one map (`devtool: \"source-map\"`)"));
    let (of_main, unloaded) = (("main", "http://localhost/main.js", 9), ("render", "", -1));
    assert!(told(&[bundle, unloaded]).contains("Have webpack write one map"), "V8 has forgotten what it ran");
    let unlike =
        found_in_page(&[(900 * (INTERVAL + 16), vec![unloaded]), (900 * (INTERVAL + 16), vec![bundle, of_main])]);
    assert_eq!(unlike[0].0, "no-url", "its code has a url");
    let called = told(&[page, made]);
    assert!(called.contains("the causes put it down to them") && called.contains("createObjectURL"), "{called}");
    assert!(!called.contains("vm.runInThisContext"));
    let uncalled = told(&[outer, made]);
    assert!(!uncalled.contains("put it down") && uncalled.contains("the causes name nobody else"), "{uncalled}");
}

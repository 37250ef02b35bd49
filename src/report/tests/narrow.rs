//! Reports and the summary of a batch in terminals of any width.

use unicode_width::UnicodeWidthStr;

use super::hostile::is_command;
use super::printed;
use crate::analysis::model::{
    Added, BatchFile, BatchProblem, BatchProfile, Diff, DiffOptions, Entry, Panel, Report, ReportOptions, RollUp,
    SeriesRow, SeriesSuspect, SeriesTrend,
};
use crate::analysis::test_support::{ByRules, Frame, cpu_by, profile, profile_by};
use crate::profile::{CallFrameTable, Filter};
use crate::report::{DiffStyle, Format, Style, render, render_batch, render_diff, render_findings};
use crate::rules::Rules;

const READ: Frame<'_> = ("readAllTheRecordsOfTheTable", "/srv/app/controllers/records/read-all.js", 3);
const PARSE: Frame<'_> = ("parseJSON", "/srv/node_modules/urllib/index.js", 25);
const QUERY: Frame<'_> = ("语言语言语言语言语言语言", "/srv/node_modules/mysql2/lib/connection.js", 7);

/// The text of a batch of dumps that are alike but for two, with long names and a leak.
fn summary(width: usize) -> String {
    let sizes = |dump: u64| match dump {
        3 => vec![(900_000_000, vec![READ])],
        7 => vec![(1000, vec![READ]), (4000, vec![PARSE]), (800, vec![QUERY])],
        _ => vec![(4000 + dump, vec![READ]), (800, vec![PARSE]), (1000 - dump, vec![QUERY])],
    };
    let profiles: Vec<_> = (0..24).map(|dump| profile(&sizes(dump), &[])).collect();
    let mut frames = CallFrameTable::default();
    let adopted: Vec<_> = profiles
        .iter()
        .map(|profile| {
            let entry = Entry::of(profile, Some(8));
            let functions: Vec<_> =
                entry.functions.iter().map(|&(id, size)| (frames.adopt(entry.frames, id), size)).collect();
            (entry, functions)
        })
        .collect();
    let mut added = Added::default();
    for (i, (entry, functions)) in adopted.iter().enumerate() {
        let file = BatchFile {
            name: format!("web/production/x-heapprofile-3070674-20251207-{i}.heapprofile"),
            bytes: 100,
            report: None,
            cpu: None,
            cpu_problem: None,
            cpu_instead: None,
            problem: (i == 9).then(|| {
                Box::new(BatchProblem {
                    message: "it ends early".into(),
                    offset: Some(9),
                    tolerated: false,
                    shortage: None,
                })
            }),
            profile: Some(Box::new(BatchProfile {
                file: entry.file.clone(),
                sampling: entry.sampling,
                objects: entry.objects,
                total_size: profiles[i].aggregate.total_size,
                shown_size: 0,
                by_category: Box::default(),
            })),
            same_as: (i == 8).then_some(4),
        };
        added.add(i, file, functions, |id| frames.class_of(id));
    }
    let mut roll_up = RollUp::new(&profiles[0].aggregate.categories, &frames, added);
    let headline =
        "1 leak suspect: readAllTheRecordsOfTheTable (controllers/records/read-all.js:3) grows by 9.9 ± 0.7 MB a dump.";
    let suspects = vec![SeriesSuspect::default()];
    let trend =
        SeriesTrend { document: "trend/1.md".into(), headline: headline.into(), suspects, ..SeriesTrend::default() };
    let ordered_by = "the number in their names";
    roll_up.series.push(SeriesRow {
        members: (0..24).collect(),
        left_out: Vec::new(),
        ordered_by,
        has_times: false,
        trend,
    });
    roll_up.filters.push(Filter { name: "focus", pattern: "x".repeat(90) });
    assert!(!roll_up.outliers().is_empty(), "some are unlike the others");
    let mut out = Vec::new();
    render_batch(&roll_up, Format::Text, &Style { color: false, width }, None, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in (40..=120).chain([1, 200, 1000]) {
        let (text, bounds) = (summary(width), width.clamp(40, 200));
        for line in text.lines() {
            assert!(line.width() <= bounds, "{} columns of {bounds}: {line}\n{text}", line.width());
        }
    }
}

#[test]
fn no_line_of_a_large_profile_is_wider_than_the_terminal() {
    let rules = Rules::builtin().expect("the packs are right");
    let classifier = ByRules::new(&rules);
    let packages = [
        "pg",
        "koa",
        "lodash",
        "moment",
        "axios",
        "ajv",
        "express",
        "mysql2",
        "uuid",
        "winston",
        "debug",
        "async",
        "redis",
        "mongoose",
        "typeorm",
        "sequelize",
        "graphql",
        "zod",
        "react",
        "handlebars",
        "xml2js",
        "bluebird",
        "rxjs",
        "jsdom",
    ];
    // More than a thousand functions, so that what lists leave out has numbers of all lengths.
    let urls: Vec<String> = (0..1200)
        .map(|i| format!("/srv/node_modules/{}/lib/the-implementation.js", packages[i % packages.len()]))
        .collect();
    let frames = || (1..).zip(&urls).map(|(line, url)| ("doWhatIsToBeDone", &**url, line));
    let caller = ("handle", "/srv/app/routes/index.js", 1);
    let run = |factor: u64| {
        let nodes: Vec<_> = (1..).zip(frames()).map(|(i, frame)| (i * factor * 9000, vec![caller, frame])).collect();
        profile_by(&classifier, &nodes, &[])
    };
    let (profile, grown) = (run(1), run(4));
    let times: Vec<_> = (1..).zip(frames()).map(|(i, frame)| (i * 1000, frame)).collect();
    let cpu = cpu_by(&classifier, &times);
    let mut panel = Panel::new(&profile.aggregate.categories);
    [&profile, &grown].into_iter().for_each(|side| _ = panel.add(side, Some(512)));
    let diff = Diff::new(&panel, DiffOptions { before: 1, normalise: false });
    for (width, limit) in (40..=120).flat_map(|width| [None, Some(1), Some(7)].map(|limit| (width, limit))) {
        let style = Style { color: false, width };
        let report = || Report::new(&profile, ReportOptions { limit, ..ReportOptions::default() });
        let advised = report().with_advice(&rules).expect("rules without mistakes");
        let beside = report().with_cpu(&cpu).with_advice(&rules).expect("rules without mistakes");
        let mut findings = Vec::new();
        render_findings(&advised, Format::Text, &style, &mut findings).expect("writing to memory");
        let mut compared = Vec::new();
        let how = DiffStyle { limit, max_chars: None };
        render_diff(&diff, &how, Format::Text, &style, &mut compared).expect("writing to memory");
        let [findings, compared] = [findings, compared].map(|out| String::from_utf8(out).expect("UTF-8"));
        let texts = [printed(&advised, Format::Text, style), printed(&beside, Format::Text, style), findings, compared];
        for line in texts.iter().flat_map(|text| text.lines()).filter(|line| !is_command(line)) {
            assert!(line.width() <= width, "{} columns of {width}: {line}", line.width());
        }
    }
}

#[test]
fn large_sizes_with_small_errors_fit() {
    let profile = profile(&[(1_360_000_000, vec![READ]), (300_000_000, vec![PARSE]), (90_000, vec![QUERY])], &[]);
    for (interval, width) in [16 << 10, 64].into_iter().flat_map(|interval| [80, 120].map(|width| (interval, width))) {
        let report = Report::new(&profile, ReportOptions { interval: Some(interval), ..ReportOptions::default() });
        let mut out = Vec::new();
        render(&report, Format::Text, &Style { color: false, width }, &mut out).expect("writing to memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.contains("1.27 GB ± "), "{text}");
        assert!(text.lines().all(|line| line.width() <= width), "{text}");
    }
}

#[test]
fn narrow_terminals_show_names() {
    let narrow = summary(40);
    assert!(narrow.contains("  readAllTheRecordsOf…\n"), "{narrow}");
    // What tells one dump from another stands at the end of its name.
    assert!(narrow.contains("  …rofile-3070674-20251207-3.heapprofile\n    total size 858.31 MB, median "), "{narrow}");
    assert!(!narrow.contains('█') && summary(60).contains('█'), "{narrow}");
}

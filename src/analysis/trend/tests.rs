//! Series made by hand, by lot, and captured.

mod exchanged;

use proptest::prelude::*;

use super::*;
use crate::analysis::model::{Entry, IntervalSource, Numbering, ObjectsIn, Sampling};
use crate::analysis::test_support::{Frame, profile};

const R: u64 = 524_288;
const TIMERS: Frame<'_> = ("processTimers", "node:internal/timers", 503);
const ENTRY: Frame<'_> = ("onConnections", "/srv/app/server.js", 90);
const LEAK: Frame<'_> = ("subscribe", "/srv/app/bus.js", 81);
const PUSH: Frame<'_> = ("push", "", 0);
const OTHER: Frame<'_> = ("onRequests", "/srv/app/server.js", 60);
const PARSE: Frame<'_> = ("parse", "/srv/node_modules/fast-xml-parser/p.js", 18);
const CACHE: Frame<'_> = ("set", "/srv/node_modules/lru-cache/index.js", 7);

/// A panel of stacks with their samples in each dump.
fn panel(rows: &[(&[Frame<'_>], &[u64])], objects: Objects) -> Panel {
    sampled(rows, objects, |_| Sampling { interval: Some(R), source: IntervalSource::Given, candidate: None })
}

/// The same with what is known of the sampling of each dump.
fn sampled(rows: &[(&[Frame<'_>], &[u64])], objects: Objects, sampling: impl Fn(usize) -> Sampling) -> Panel {
    let dumps = rows.first().map_or(0, |(_, samples)| samples.len());
    let mut panel: Option<Panel> = None;
    for dump in 0..dumps {
        let nodes: Vec<(u64, Vec<Frame<'_>>)> =
            rows.iter().map(|(path, samples)| (R * samples[dump], path.to_vec())).collect();
        let profile = profile(&nodes, &[]);
        let panel = panel.get_or_insert_with(|| Panel::new(&profile.aggregate.categories));
        let mut entry = Entry::of(&profile, None);
        entry.sampling = sampling(dump);
        entry.objects = ObjectsIn { which: objects, samples: None };
        panel.enter(entry, &mut Numbering::default());
    }
    panel.unwrap_or_else(|| Panel::new(&[]))
}

fn given(kind: SeriesKind) -> (SeriesKind, KindReason) {
    (kind, KindReason::Given)
}

/// The functions that hold the suspects, with their rates in samples.
fn suspects(panel: &Panel, kind: SeriesKind, seconds: Option<&[f64]>) -> Vec<(String, f64)> {
    let trend = Trend::new(panel, given(kind), seconds);
    let name =
        |suspect: &Suspect| suspect.frames.last().map_or(String::new(), |&id| trend.function(id).name.to_owned());
    trend.suspects.iter().map(|suspect| (name(suspect), (suspect.rate / R as f64 * 10.0).round() / 10.0)).collect()
}

fn named(suspects: &[(String, f64)]) -> Vec<(&str, f64)> {
    suspects.iter().map(|(name, rate)| (name.as_str(), *rate)).collect()
}

const GROWING: [(&[Frame<'static>], &[u64]); 4] = [
    (&[TIMERS, ENTRY, LEAK], &[22, 41, 63, 80, 101, 122]),
    (&[TIMERS, OTHER, PARSE], &[40, 90, 130, 15, 60, 110]),
    (&[TIMERS, OTHER, CACHE], &[120, 180, 200, 203, 199, 201]),
    (&[TIMERS, OTHER], &[50, 44, 57, 49, 46, 53]),
];

#[test]
fn what_grows_to_the_end_is_the_suspect_and_shapes_are_named() {
    let panel = panel(&GROWING, Objects::Live);
    let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
    let [suspect] = trend.suspects.as_slice() else { panic!("{:?}", trend.suspects) };
    assert_eq!(
        suspect.frames.iter().map(|&id| trend.function(id).name).collect::<Vec<_>>(),
        ["processTimers", "onConnections", "subscribe"]
    );
    assert!((suspect.rate / R as f64 - 19.9).abs() < 0.2, "{}", suspect.rate);
    assert!(suspect.evidence.iter().any(|(of, _)| *of == Of::Stack));
    let verdict = |name: &str| {
        let row =
            trend.table(Of::Function).rows.iter().find(|row| trend.function(FrameId(row.row as u32)).name == name);
        row.map(|row| row.verdict)
    };
    let found = ["subscribe", "parse", "set", "onRequests"].map(verdict);
    use Verdict::{Grows, SawTooth, Steady, WarmUp};
    assert_eq!(found, [Some(Grows), Some(SawTooth), Some(WarmUp), Some(Steady)]);
}

#[test]
fn a_leak_beside_a_buffer_that_is_emptied_is_the_suspect() {
    // Captured: every fourth dump is taken when the buffer has just been emptied, and V8 inlines what fills it.
    let rows: [(&[Frame<'_>], &[u64]); 5] = [
        (&[TIMERS, ENTRY], &[146, 222, 413, 333, 357, 530, 652, 636]),
        (&[TIMERS, ENTRY, OTHER], &[20, 102, 102, 62, 193, 193, 224, 169]),
        (&[TIMERS, ENTRY, OTHER, LEAK], &[9, 36, 30, 30, 60, 62, 74, 74]),
        (&[TIMERS, ENTRY, OTHER, CACHE], &[22, 22, 22, 1, 7, 13, 43, 0]),
        (&[TIMERS, ENTRY, PUSH], &[2, 4, 4, 4, 4, 4, 4, 4]),
    ];
    let found = suspects(&panel(&rows, Objects::Live), SeriesKind::Growing, None);
    assert_eq!(named(&found), [("onConnections", 80.1)]);
}

#[test]
fn a_total_well_above_the_first_one_is_told_from_what_warms_up_or_falls_again() {
    let has_grown = |samples: &[u64], kind: SeriesKind| {
        Trend::new(&panel(&[(&[TIMERS, OTHER, CACHE], samples)], Objects::Live), given(kind), None).has_grown
    };
    let table: [(&[u64], bool); 9] = [
        (&[203, 392, 577, 436, 625, 808, 1004, 890], true),
        (&[211, 392, 583, 751, 933, 1064, 1213, 1112], true),
        (&[200, 400, 600, 300, 500, 700, 400, 600], true),
        (&[100, 101, 99, 102, 98, 140, 170, 200], true),
        (&[100, 180, 200, 203, 199, 201], false),
        (&[20, 60, 100, 10, 50, 95], false),
        (&[100, 104, 97, 103, 99, 130], false),
        (&[10, 11, 9, 10, 12, 20], false),
        (&[22, 41, 63, 80, 101, 122], true),
    ];
    for (samples, expected) in table {
        assert_eq!(has_grown(samples, SeriesKind::Growing), expected, "{samples:?}");
        assert!(!has_grown(samples, SeriesKind::Restarted), "{samples:?}");
    }
    assert!(!has_grown(&[22, 41, 63], SeriesKind::Growing), "nothing is judged");
}

#[test]
fn without_its_leak_a_series_has_no_suspect() {
    let panel = panel(&GROWING[1..], Objects::Live);
    assert_eq!(suspects(&panel, SeriesKind::Growing, None), []);
}

#[test]
fn rates_are_told_by_the_hour_where_times_are_known() {
    let panel = panel(&GROWING, Objects::Live);
    let trend = Trend::new(&panel, given(SeriesKind::Growing), Some(&[0.0, 600.0, 1200.0, 1800.0, 2400.0, 3000.0]));
    assert!((trend.dumps_per_hour.unwrap() - 6.0).abs() < 1e-9);
    assert!((trend.suspects[0].rate / R as f64 - 19.9).abs() < 0.2);
    for wrong in [&[0.0, 1.0][..], &[0.0, 5.0, 4.0, 6.0, 7.0, 8.0], &[f64::NAN; 6]] {
        assert_eq!(
            Trend::new(&panel, SeriesKind::of(&panel, |_, _| Some(false)), Some(wrong)).dumps_per_hour,
            None,
            "{wrong:?}"
        );
    }
}

#[test]
fn a_leak_that_changes_its_stack_is_one_suspect() {
    // V8 inlines subscribe() once it is hot; push() is a built-in of all.
    let rows: [(&[Frame<'_>], &[u64]); 4] = [
        (&[TIMERS, ENTRY, LEAK, PUSH], &[15, 30, 33, 33, 33, 33]),
        (&[TIMERS, ENTRY, PUSH], &[0, 0, 14, 31, 44, 60]),
        (&[TIMERS, ENTRY], &[8, 14, 21, 33, 40, 47]),
        (&[TIMERS, OTHER, PUSH], &[30, 26, 35, 28, 31, 29]),
    ];
    let found = suspects(&panel(&rows, Objects::Live), SeriesKind::Growing, None);
    let [(name, rate)] = named(&found)[..] else { panic!("{found:?}") };
    assert!(["push", "onConnections"].contains(&name) && rate > 15.0, "{found:?}");
}

#[test]
fn what_grows_in_one_step_of_each_stack_is_no_suspect() {
    // Below one caller twenty functions, two samples of each: together they grow by eight a dump.
    let names: Vec<String> = (0..20).map(|i| format!("f{i}")).collect();
    let paths: Vec<Vec<Frame<'_>>> =
        names.iter().map(|name| vec![TIMERS, ENTRY, (name.as_str(), "/srv/node_modules/koa/lib.js", 1)]).collect();
    let told = |of_each: &dyn Fn(usize) -> Vec<u64>, more: Option<&[u64]>| {
        let sizes: Vec<Vec<u64>> = (0..paths.len()).map(of_each).collect();
        let of_paths = paths.iter().zip(&sizes).map(|(path, sizes)| (path.as_slice(), sizes.as_slice()));
        let mut rows: Vec<(&[Frame<'_>], &[u64])> = of_paths.collect();
        rows.push((&[TIMERS, OTHER, PARSE], &[40, 36, 45, 39, 41, 44]));
        rows.extend(more.map(|sizes| (&[TIMERS, ENTRY, LEAK][..], sizes)));
        let panel = panel(&rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let in_samples = |suspects: &[Suspect]| -> Vec<(usize, f64)> {
            suspects.iter().map(|suspect| (suspect.stacks.len(), (suspect.rate / R as f64).round())).collect()
        };
        (in_samples(&trend.suspects), in_samples(&trend.stepwise))
    };
    let compiled = |i: usize| (0..6).map(|dump| if dump > i % 5 { 2 } else { 0 }).collect();
    assert_eq!(told(&compiled, None), (vec![], vec![(20, 8.0)]));
    // The same sum where four stacks grow again and again.
    let leaks = |i: usize| (0..6).map(|dump| if i < 4 { 2 * dump } else { 0 }).collect();
    assert_eq!(told(&leaks, None), (vec![(4, 8.0)], vec![]));
    // A leak below the same caller is told, and they are counted with it.
    assert_eq!(told(&compiled, Some(&[22, 41, 63, 80, 101, 122])), (vec![(21, 28.0)], vec![]));
}

#[test]
fn a_leak_below_layers_that_are_inlined_one_after_the_other_is_the_suspect() {
    // A framework's layers around the handler are inlined step by step: each dump finds the same bytes on another stack.
    const LAYERS: [Frame<'_>; 5] = [
        ("handle", "/srv/node_modules/express/layer.js", 86),
        ("next", "/srv/node_modules/express/route.js", 121),
        ("dispatch", "/srv/node_modules/express/route.js", 98),
        ("process_params", "/srv/node_modules/express/index.js", 338),
        ("trim_prefix", "/srv/node_modules/express/index.js", 293),
    ];
    let told = |inner: &[Frame<'_>]| {
        let paths: Vec<Vec<Frame<'_>>> = (0..5).map(|layers| [&[TIMERS], &LAYERS[layers..], inner].concat()).collect();
        let sizes: Vec<Vec<u64>> =
            (0..5).map(|layers| (0..6).map(|dump| if dump > layers { 20 } else { 0 }).collect()).collect();
        let mut rows: Vec<(&[Frame<'_>], &[u64])> =
            paths.iter().zip(&sizes).map(|(path, sizes)| (path.as_slice(), sizes.as_slice())).collect();
        rows.push((&[TIMERS, OTHER, CACHE], &[40, 36, 45, 39, 41, 44]));
        let panel = panel(&rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let stacks = |suspects: &[Suspect]| suspects.iter().map(|suspect| suspect.stacks.len()).collect::<Vec<_>>();
        (stacks(&trend.suspects), stacks(&trend.stepwise))
    };
    assert_eq!(told(&[ENTRY, LEAK]), (vec![5], vec![]));
    assert_eq!(told(&[ENTRY, PARSE, PUSH]), (vec![5], vec![]));
    // Without a function of the application nothing says where what is inlined ends.
    assert_eq!(told(&[PARSE, PUSH]), (vec![], vec![5]));
}

#[test]
fn what_a_package_holds_for_the_application_is_looked_for_there() {
    // A request that never settles: the server has made it, the response is written below the handler.
    const SEND: Frame<'_> = ("send", "/srv/node_modules/express/response.js", 111);
    const PARSER: Frame<'_> = ("parserOnIncoming", "node:_http_server", 1026);
    const HANDLE: Frame<'_> = ("handle", "/srv/node_modules/express/index.js", 136);
    let told = |rows: &[(&[Frame<'_>], &[u64])]| {
        let panel = panel(rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let [suspect] = trend.suspects.as_slice() else { panic!("{:?}", trend.suspects) };
        let name = |id: FrameId| trend.function(id).name.to_owned();
        (name(suspect.holders[0].function), suspect.below.map(name))
    };
    let (large, small, less): (&[u64], &[u64], &[u64]) =
        (&[22, 41, 63, 80, 101, 122], &[8, 15, 24, 33, 41, 50], &[2, 6, 9, 13, 16, 20]);
    let sent: (&[Frame<'_>], &[u64]) = (&[PARSER, HANDLE, OTHER, SEND], large);
    let expected = |holder: &str, below: Option<&str>| (holder.to_owned(), below.map(str::to_owned));
    assert_eq!(told(&[sent]), expected("send", Some("onRequests")));
    // Whoever else is on a part of it alone is not told, be it nearer.
    assert_eq!(told(&[sent, (&[PARSER, HANDLE, OTHER, ENTRY, PARSE], small)]), expected("send", Some("onRequests")));
    // What is made before the application is called speaks neither for nor against it; where that is nearly all, it is not the application's.
    let served: (&[Frame<'_>], &[u64]) = (&[PARSER, HANDLE], large);
    assert_eq!(told(&[served, (&[PARSER, HANDLE, OTHER, HANDLE], small)]), expected("handle", Some("onRequests")));
    assert_eq!(told(&[served, (&[PARSER, HANDLE, OTHER, HANDLE], less)]), expected("handle", None));
    // The application's own needs no other.
    assert_eq!(told(&[(&[PARSER, HANDLE, OTHER, LEAK], large)]), expected("subscribe", None));
}

#[test]
fn two_leaks_of_two_entries_are_two_suspects() {
    let rows: [(&[Frame<'_>], &[u64]); 3] = [
        (&[TIMERS, ENTRY, LEAK], &[20, 41, 59, 80, 101, 118]),
        (&[TIMERS, OTHER, PARSE], &[41, 80, 118, 163, 199, 242]),
        (&[TIMERS, CACHE], &[40, 36, 45, 39, 41, 44]),
    ];
    let found = suspects(&panel(&rows, Objects::Live), SeriesKind::Growing, None);
    assert_eq!(named(&found).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["parse", "subscribe"]);
}

#[test]
fn what_survives_each_session_is_the_suspect_beside_what_swings() {
    // 17 to 23 MB in six sessions of 20 seconds and 69 MB in one of 80; the other swings between 21 and 110 MB.
    let leak: &[u64] = &[40, 36, 46, 34, 41, 44, 138];
    let swings: &[u64] = &[42, 130, 220, 70, 55, 180, 90];
    let rows: [(&[Frame<'_>], &[u64]); 3] = [
        (&[TIMERS, ENTRY, LEAK], leak),
        (&[TIMERS, OTHER, PARSE], swings),
        (&[TIMERS, CACHE], &[3, 9, 0, 4, 12, 1, 5]),
    ];
    let found = suspects(&panel(&rows, Objects::Unknown), SeriesKind::Restarted, None);
    let [("subscribe", rate)] = named(&found)[..] else { panic!("{found:?}") };
    assert!((rate - 40.2).abs() < 0.1, "{rate}");
    assert_eq!(suspects(&panel(&rows[1..], Objects::Unknown), SeriesKind::Restarted, None), []);
}

#[test]
fn what_does_not_go_with_the_length_of_a_session_is_no_leak() {
    let seconds = [0.0, 20.0, 100.0, 120.0, 160.0, 180.0, 300.0];
    let swings: (&[Frame<'_>], &[u64]) = (&[TIMERS, OTHER, PARSE], &[42, 130, 220, 70, 55, 180, 90]);
    let with = |samples: &'static [u64]| panel(&[(&[TIMERS, ENTRY, LEAK], samples), swings], Objects::Unknown);
    let by_length = suspects(&with(&[40, 20, 83, 19, 41, 22, 118]), SeriesKind::Restarted, Some(&seconds));
    assert_eq!(named(&by_length).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["subscribe"]);
    let alike = with(&[40, 43, 37, 39, 41, 42, 38]);
    assert_eq!(suspects(&alike, SeriesKind::Restarted, Some(&seconds)), []);
    assert_eq!(suspects(&alike, SeriesKind::Restarted, None).len(), 1, "without times nothing speaks against it");
}

#[test]
fn what_cannot_be_judged_is_said() {
    let unjudged = |panel: &Panel, kind| Trend::new(panel, given(kind), None).unjudged;
    let three: Vec<(&[Frame<'_>], &[u64])> = GROWING.iter().map(|(path, samples)| (*path, &samples[..3])).collect();
    assert_eq!(unjudged(&panel(&three, Objects::Live), SeriesKind::Growing), Some(Unjudged::TooFewDumps));
    assert_eq!(unjudged(&panel(&[], Objects::Live), SeriesKind::Growing), Some(Unjudged::TooFewDumps));
    assert_eq!(unjudged(&panel(&GROWING, Objects::All), SeriesKind::Growing), Some(Unjudged::AllAllocations));
    assert_eq!(unjudged(&panel(&GROWING, Objects::Live), SeriesKind::Growing), None);
}

#[test]
fn sessions_whose_interval_no_dump_tells_are_not_judged() {
    // A dump of one sample of a large array says that it may be longer than all that the others hold.
    let of = |intervals: &[Option<u64>], kind: SeriesKind| {
        let sampling = |dump: usize| {
            let interval = intervals[dump % intervals.len()];
            Sampling { interval, source: IntervalSource::Unknown, candidate: Some(1 << 40) }
        };
        let panel = sampled(&GROWING, Objects::Unknown, sampling);
        let trend = Trend::new(&panel, given(kind), None);
        (trend.unjudged, trend.is_sampling_known)
    };
    use SeriesKind::{Growing, Restarted};
    assert_eq!(of(&[None], Restarted), (Some(Unjudged::IntervalUnknown), false));
    assert_eq!(of(&[None, Some(R)], Restarted), (None, true), "the others share it");
    // Where no row has enough samples, nothing is judged, and so it is not said that there is no suspect.
    assert_eq!(of(&[None], Growing), (Some(Unjudged::TooFewSamples), false));
    assert_eq!(of(&[Some(1 << 40)], Growing), (Some(Unjudged::TooFewSamples), true));
    assert_eq!(of(&[None, Some(R)], Growing), (None, true));
}

#[test]
fn what_captures_is_no_suspect_of_the_application() {
    const POST: Frame<'_> = ("post", "/srv/app/capture.js", 12);
    const MESSAGE: Frame<'_> = ("#onMessage", "node:inspector", 81);
    const ADD_ON: Frame<'_> = ("stopSamplingHeapProfiling", "/srv/node_modules/xprofiler/lib/clean.js", 30);
    let own: &[u64] = &[10, 21, 30, 41, 50, 61];
    let names = |rows: &[(&[Frame<'_>], &[u64])]| {
        let panel = panel(rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let name = |suspect: &Suspect| trend.function(suspect.holders[0].function).name.to_owned();
        let suspects: Vec<String> = trend.suspects.iter().map(name).collect();
        (suspects.join(" "), trend.instrument.as_ref().map(name).unwrap_or_default(), trend.has_grown)
    };
    let of = |suspects: &str, own: &str, has_grown: bool| (suspects.to_owned(), own.to_owned(), has_grown);
    // Below the application that calls it, with natives that it calls, and as a package.
    let message: (&[Frame<'_>], &[u64]) = (&[TIMERS, POST, ("post", "node:inspector", 120), MESSAGE, PUSH], own);
    assert_eq!(names(&[message]), of("", "#onMessage", false));
    assert_eq!(names(&[(&[TIMERS, POST, ADD_ON], own)]), of("", "stopSamplingHeapProfiling", false));
    // A leak beside it is one all the same, also of the same caller; and what the application does with a message is its own.
    let leak: (&[Frame<'_>], &[u64]) = (&[TIMERS, POST, LEAK], &[22, 41, 63, 80, 101, 122]);
    assert_eq!(names(&[message, leak]), of("subscribe", "#onMessage", true));
    assert_eq!(names(&[(&[TIMERS, MESSAGE, LEAK], leak.1)]), of("subscribe", "", true));
    assert_eq!(names(&[(&[TIMERS, POST], leak.1), (message.0, &[10, 11, 10, 9, 11, 10])]), of("post", "", true));
}

#[test]
fn what_a_suspect_likely_keeps_is_no_other_one() {
    const HANDLE: Frame<'_> = ("handle", "/srv/node_modules/fastify/lib/content-type-parser.js", 344);
    const BODY: Frame<'_> = ("parse", "/srv/node_modules/secure-json-parse/index.js", 17);
    const WRITE: Frame<'_> = ("afterWriteDispatched", "node:internal/stream_base_commons", 156);
    let names = |rows: &[(&[Frame<'_>], &[u64])]| {
        let panel = panel(rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let name = |holder: &Holder| trend.function(holder.function).name.to_owned();
        let held = |suspect: &Suspect| suspect.holders.iter().map(name).collect::<Vec<_>>().join(" ");
        trend.suspects.iter().map(held).collect::<Vec<_>>()
    };
    let (much, some, little): (&[u64], &[u64], &[u64]) =
        (&[22, 141, 263, 380, 501, 622], &[10, 71, 130, 191, 250, 311], &[2, 22, 41, 63, 80, 101]);
    let leak: (&[Frame<'_>], &[u64]) = (&[TIMERS, HANDLE, ENTRY, LEAK], much);
    // What was made for the same request before the application was called, and what of Node is left of it.
    assert_eq!(names(&[leak, (&[TIMERS, HANDLE, BODY], some)]), ["subscribe parse"]);
    assert_eq!(names(&[leak, (&[TIMERS, WRITE], little)]), ["subscribe afterWriteDispatched"]);
    // A package that does not call the application, the application itself, and much of Node's are suspects of their own.
    assert_eq!(names(&[leak, (&[TIMERS, CACHE], some)]), ["subscribe", "set"]);
    assert_eq!(names(&[leak, (&[TIMERS, HANDLE, OTHER], some)]), ["subscribe", "onRequests"]);
    assert_eq!(names(&[leak, (&[TIMERS, WRITE], some)]), ["subscribe", "afterWriteDispatched"]);
    assert_eq!(names(&[(&[TIMERS, WRITE], some)]), ["afterWriteDispatched"]);
}

#[test]
fn since_when_a_suspect_grows_is_told_where_that_is_late() {
    let onset = |leak: &[u64]| {
        let panel = panel(&[(&[TIMERS, ENTRY, LEAK], leak), (&[TIMERS, OTHER], &[50; 10])], Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let [suspect] = trend.suspects.as_slice() else { panic!("{:?}", trend.suspects) };
        suspect.onset.map(|onset| (onset.dump, (onset.rate / R as f64).round(), suspect.rate < onset.rate))
    };
    assert_eq!(onset(&[2, 1, 2, 3, 2, 22, 41, 63, 80, 101]), Some((4, 20.0, true)));
    assert_eq!(onset(&[20, 41, 59, 80, 101, 118, 140, 162, 180, 200]), None);
}

#[test]
fn what_v8_inlines_half_way_has_the_rate_and_the_beginning_of_its_caller() {
    let told = |rows: &[(&[Frame<'_>], &[u64])]| {
        let panel = panel(rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        let [suspect] = trend.suspects.as_slice() else { panic!("{:?}", trend.suspects) };
        let holder = trend.function(suspect.holders[0].function).name.to_owned();
        let onset = suspect.onset.map(|onset| onset.dump);
        (holder, (suspect.rate / R as f64).round(), onset, suspect.with_callees)
    };
    // Captured: from the sixth dump on bytes of subscribe() are under the name of its caller, and what was there stays.
    let (inner, outer): (&[u64], &[u64]) = (
        &[98, 193, 275, 385, 483, 537, 537, 537, 537, 537, 537, 537],
        &[0, 0, 0, 0, 0, 32, 127, 222, 304, 392, 475, 558],
    );
    let (below, own): (&[Frame<'_>], &[Frame<'_>]) = (&[TIMERS, ENTRY, LEAK], &[TIMERS, ENTRY]);
    assert_eq!(told(&[(below, inner), (own, outer)]), ("onConnections".to_owned(), 91.0, None, true));
    // The other way round, where V8 gives up what it has inlined.
    assert_eq!(told(&[(own, inner), (below, outer)]), ("onConnections".to_owned(), 91.0, None, true));
    // A leak that begins late does so beside a cache that its caller fills, and one that does not keeps its own rate.
    let cache: (&[Frame<'_>], &[u64]) =
        (&[TIMERS, ENTRY, CACHE], &[60, 100, 120, 121, 119, 120, 122, 118, 120, 121, 120, 119]);
    assert_eq!(told(&[(below, outer), cache]), ("subscribe".to_owned(), 54.0, Some(5), false));
    let leak: &[u64] = &[20, 41, 59, 80, 101, 118, 140, 162, 180, 200, 219, 241];
    assert_eq!(told(&[(below, leak), cache]), ("subscribe".to_owned(), 20.0, None, false));
}

#[test]
fn native_code_without_a_caller_is_no_suspect() {
    const API: Frame<'_> = ("(V8 API)", "", 0);
    let natives: (&[Frame<'_>], &[u64]) = (&[API], &[14, 21, 30, 39, 43, 52, 60, 63]);
    let leak: (&[Frame<'_>], &[u64]) = (&[TIMERS, ENTRY, LEAK], &[92, 191, 290, 356, 473, 538, 625, 736]);
    let of = |rows: &[(&[Frame<'_>], &[u64])], kind| {
        let panel = panel(rows, Objects::Unknown);
        let trend = Trend::new(&panel, given(kind), None);
        let name = |suspect: &Suspect| trend.function(suspect.holders[0].function).name.to_owned();
        let suspects: Vec<String> = trend.suspects.iter().map(name).collect();
        (suspects.join(" "), trend.uncalled.as_ref().map(name).unwrap_or_default())
    };
    let expected = |suspects: &str, uncalled: &str| (suspects.to_owned(), uncalled.to_owned());
    assert_eq!(of(&[leak, natives], SeriesKind::Growing), expected("subscribe", "(V8 API)"));
    assert_eq!(of(&[natives], SeriesKind::Growing), expected("", "(V8 API)"));
    // What is called is its caller's.
    assert_eq!(of(&[(&[TIMERS, LEAK, PUSH], natives.1)], SeriesKind::Growing), expected("subscribe", ""));
    let steady: (&[Frame<'_>], &[u64]) = (&[API], &[40, 36, 46, 34, 41, 44, 39, 42]);
    let swings: (&[Frame<'_>], &[u64]) = (&[TIMERS, OTHER, PARSE], &[42, 130, 220, 70, 55, 180, 90, 61]);
    assert_eq!(of(&[steady, swings], SeriesKind::Restarted), expected("", "(V8 API)"));
}

#[test]
fn parts_of_a_suspect_are_no_more_than_all_of_it() {
    // One session is four times as long, and the rate leaves it out.
    let rows: [(&[Frame<'_>], &[u64]); 3] = [
        (&[TIMERS, ENTRY, LEAK], &[40, 36, 0, 0, 20, 0, 0, 0]),
        (&[TIMERS, ENTRY], &[0, 0, 46, 34, 21, 44, 42, 160]),
        (&[TIMERS, OTHER, PARSE], &[42, 130, 220, 70, 55, 180, 90, 61]),
    ];
    let panel = panel(&rows, Objects::Unknown);
    let trend = Trend::new(&panel, given(SeriesKind::Restarted), None);
    let [suspect] = trend.suspects.as_slice() else { panic!("{:?}", trend.suspects) };
    let parts: f64 = suspect.holders.iter().map(|holder| holder.rate).sum();
    assert_eq!((suspect.holders.len(), suspect.longer), (2, 1));
    assert!((parts - suspect.rate).abs() < 1.0, "{parts} of {}", suspect.rate);
}

#[test]
fn what_only_warms_up_and_falls_again_makes_no_total_that_grew() {
    let fills: (&[Frame<'_>], &[u64]) = (&[TIMERS, OTHER, CACHE], &[162, 341, 436, 436, 436, 436, 436, 436, 436, 436]);
    let falls: (&[Frame<'_>], &[u64]) = (&[TIMERS, ENTRY, PARSE], &[140, 270, 376, 49, 169, 271, 1, 116, 236, 350]);
    let rest: (&[Frame<'_>], &[u64]) = (&[TIMERS], &[14, 18, 19, 20, 17, 19, 18, 19, 20, 21]);
    let has_grown = |rows: &[(&[Frame<'_>], &[u64])]| {
        let panel = panel(rows, Objects::Live);
        let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
        assert!(trend.suspects.is_empty(), "{:?}", trend.suspects);
        trend.has_grown
    };
    assert!(!has_grown(&[fills, falls, rest]));
    // Beside them something else has grown by as much.
    let climbs: (&[Frame<'_>], &[u64]) = (&[TIMERS, ENTRY], &[20, 22, 200, 150, 410, 300, 600, 480, 700, 560]);
    assert!(has_grown(&[fills, falls, climbs]));
}

#[test]
fn a_dump_that_is_left_out_leaves_its_place() {
    let with: [(&[Frame<'_>], &[u64]); 1] = [(&[TIMERS, ENTRY, LEAK], &[20, 40, 80, 100, 120, 140])];
    let panel = panel(&with, Objects::Live);
    let numbers = [0.0, 1.0, 3.0, 4.0, 5.0, 6.0];
    let minutes = numbers.map(|number| 60.0 * number);
    for seconds in [None, Some(&minutes[..])] {
        let trend = Trend::among(&panel, given(SeriesKind::Growing), seconds, Some(&numbers));
        assert!((trend.suspects[0].rate / R as f64 - 20.0).abs() < 1e-6, "{}", trend.suspects[0].rate);
        assert_eq!(trend.dumps_per_hour.map(f64::round), seconds.map(|_| 60.0));
    }
}

#[test]
fn a_holder_has_what_it_holds_in_each_session() {
    // V8 inlines subscribe() from the third session on; its caller is in all of them.
    let rows: [(&[Frame<'_>], &[u64]); 3] = [
        (&[TIMERS, ENTRY, LEAK], &[40, 36, 0, 0, 0, 0, 0]),
        (&[TIMERS, ENTRY], &[0, 0, 46, 34, 41, 44, 42]),
        (&[TIMERS, OTHER, PARSE], &[42, 130, 220, 70, 55, 180, 90]),
    ];
    let panel = panel(&rows, Objects::Unknown);
    let trend = Trend::new(&panel, given(SeriesKind::Restarted), None);
    let [suspect] = trend.suspects.as_slice() else { panic!("{:?}", trend.suspects) };
    let held = |holder: &Holder| {
        let samples: Vec<u64> = holder.sizes.iter().map(|size| size.round() as u64 / R).collect();
        (trend.function(holder.function).name, samples)
    };
    let held: Vec<_> = suspect.holders.iter().map(held).collect();
    assert_eq!(held, [("onConnections", rows[1].1.to_vec()), ("subscribe", rows[0].1.to_vec())]);
}

proptest! {
    #[test]
    fn any_sizes_are_judged(
        rows in prop::collection::vec(prop::collection::vec(prop_oneof![Just(0), 0..300_u64, Just(1 << 42)], 7), 1..5),
        restarted: bool,
    ) {
        let paths: [&[Frame<'_>]; 5] =
            [&[TIMERS, ENTRY, LEAK], &[TIMERS, OTHER, PARSE], &[TIMERS, CACHE], &[], &[TIMERS, OTHER, PARSE, PARSE]];
        let rows: Vec<(&[Frame<'_>], &[u64])> =
            rows.iter().zip(paths).filter(|(_, path)| !path.is_empty()).map(|(row, path)| (path, row.as_slice())).collect();
        let kind = if restarted { SeriesKind::Restarted } else { SeriesKind::Growing };
        let panel = panel(&rows, Objects::Unknown);
        let trend = Trend::new(&panel, given(kind), None);
        for of in Of::ALL {
            let table = trend.table(of);
            for row in &table.rows {
                prop_assert!((0.0..=1.0).contains(&row.p_value) && row.rate.is_finite() && row.error >= 0.0, "{row:?}");
            }
            let all = table.sizes.rows().filter(|row| row.sum() > 0).count();
            prop_assert_eq!(table.rows.len() + table.few, all);
        }
        let rates: Vec<f64> = trend.suspects.iter().map(|suspect| suspect.rate).collect();
        prop_assert!(rates.is_sorted_by(|a, b| a >= b));
    }
}

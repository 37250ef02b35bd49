//! CPU profiles: the same time by call frame as an obvious reader finds, in whatever way they are read; what is refused, and where.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod oracle;
mod random;

use std::borrow::Cow;

use common::rng::Rng;
use common::{fixtures, shared};
use heapsift::cpu::{CpuProfile, Measure, ReadOptions, Role, Untimed, read};
use heapsift::error::{Kind, Problem};
use heapsift::input::Input;
use heapsift::profile::{Category, CategoryId, Class, Classify, FrameKind, RawFrame};
use heapsift::scan::Backend;
use proptest::prelude::*;

/// Tells frames apart by whether they have a script, and by nothing else.
struct ByScript;

impl Classify for ByScript {
    fn classify<'a>(&self, frame: RawFrame<'a>) -> Class<'a> {
        let kind = if frame.has_script { FrameKind::Generated } else { FrameKind::Native };
        Class { kind, package: Cow::Borrowed(""), version: None, category: CategoryId(0) }
    }

    fn categories(&self) -> &[Category] {
        &[]
    }
}

fn read_with(text: &[u8], options: &ReadOptions<'_>) -> Result<CpuProfile, Problem> {
    read(&mut Input::from_bytes(text.to_vec()), &ByScript, options)
}

fn read_text(text: &[u8]) -> Result<CpuProfile, Problem> {
    read_with(text, &ReadOptions::default())
}

/// Ways to read that must make no difference.
fn ways() -> Vec<ReadOptions<'static>> {
    let sizes = [1, 3, 7, 64, 1000, 1 << 20];
    let backends: Vec<_> = Backend::available().collect();
    let way =
        |(i, block_size)| ReadOptions { backend: backends[i % backends.len()], block_size, ..ReadOptions::default() };
    sizes.into_iter().enumerate().map(way).collect()
}

fn agrees(name: &str, text: &[u8], ways: &[ReadOptions<'_>]) {
    let expected = oracle::found(text);
    for way in ways {
        let profile = read_with(text, way).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        assert_eq!(oracle::of_reader(&profile), expected, "{name}, blocks of {}", way.block_size);
        assert_eq!(profile.bytes, text.len() as u64);
    }
}

/// CPU profiles of the project, and those beside it.
fn real_profiles() -> Vec<(String, Vec<u8>)> {
    let mut paths = fixtures("", ".cpuprofile");
    for folder in ["seed", "data/koa-service", "data/typescript"] {
        paths
            .extend(std::fs::read_dir(shared().join(folder)).into_iter().flatten().flatten().map(|entry| entry.path()));
    }
    let named = paths.into_iter().map(|path| (path.display().to_string(), path));
    let profiles = named.filter(|(name, _)| name.contains("cpuprof")).map(|(name, path)| {
        let bytes = std::fs::read(path).expect("a profile can be read");
        let text = if name.ends_with(".zst") { zstd::decode_all(&bytes[..]).expect("zstd") } else { bytes };
        (name, text)
    });
    profiles.collect()
}

#[test]
fn real_profiles_as_the_obvious_reader_reads_them() {
    for (name, text) in real_profiles() {
        let ways = if text.len() > 100_000 { &ways()[3..] } else { &ways()[..] };
        agrees(&name, &text, ways);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn random_profiles_as_the_obvious_reader_reads_them(seed: u64) {
        let mut rng = Rng(seed);
        let style = random::Style::of(&mut rng);
        let text = random::profile(&mut rng, style);
        let ways = ways();
        agrees(&format!("{style:?} of {seed}"), &text, &[ways[seed as usize % 6], ways[5]]);
    }

    /// No text, however it is broken, makes the reader panic, and what is wrong is told in the same way however it is read.
    #[test]
    fn damaged_profiles_are_told_the_same_way(seed: u64, byte: u8, place: prop::sample::Index, way in 0..5_usize) {
        let mut rng = Rng(seed);
        let style = random::Style::of(&mut rng);
        let mut text = random::profile(&mut rng, style);
        let place = place.index(text.len());
        text[place] = byte;
        let told = |way: &ReadOptions<'_>| match read_with(&text, way) {
            Ok(profile) => format!("{:?}", oracle::of_reader(&profile)),
            Err(problem) => format!("{problem:?}"),
        };
        let ways = ways();
        prop_assert_eq!(told(&ways[way]), told(&ways[5]), "{:?} of {}, {} at {}", style, seed, byte, place);
    }
}

/// Cut anywhere, a profile is refused, with the byte where it ends.
fn refused_wherever_cut(name: &str, text: &[u8], step: usize) {
    let whole = text.iter().rposition(|&byte| byte == b'}').expect("an object") + 1;
    let blank = text.iter().position(|byte| !byte.is_ascii_whitespace()).expect("a text");
    let ways = ways();
    for at in (0..whole).step_by(step) {
        let way = &ways[at % ways.len()];
        let problem = match read_with(&text[..at], way) {
            Ok(_) => panic!("{name} cut at {at} of {whole}"),
            Err(problem) => problem,
        };
        if at <= blank {
            assert!(matches!(problem.kind, Kind::Empty), "{name} cut at {at}: {problem:?}");
            continue;
        }
        assert!(matches!(problem.kind, Kind::UnexpectedEnd), "{name} cut at {at}: {problem:?}");
        assert_eq!(problem.place.map(|place| place.offset), Some(at as u64), "{name}");
    }
    agrees(name, &text[..whole], &ways[3..]);
}

#[test]
fn fixtures_cut_at_every_byte() {
    for path in fixtures("confused", ".cpuprofile") {
        refused_wherever_cut(&path.display().to_string(), &std::fs::read(&path).expect("a fixture"), 1);
    }
    for path in fixtures("captured", ".cpuprofile") {
        refused_wherever_cut(&path.display().to_string(), &std::fs::read(&path).expect("a fixture"), 37);
    }
}

#[test]
fn random_profiles_cut_at_every_byte() {
    let mut rng = Rng(20_260_101);
    for _ in 0..40 {
        let style = random::Style::of(&mut rng);
        let text = random::profile(&mut rng, style);
        let step = 1 + text.len() / 400;
        refused_wherever_cut(&format!("{style:?}"), &text, step);
    }
}

#[test]
fn compressed_profiles_and_those_without_their_trailer() {
    let text = std::fs::read(&fixtures("captured", ".cpuprofile")[0]).expect("a fixture");
    let zstd = zstd::encode_all(&text[..], 3).expect("memory takes everything");
    let expected = oracle::found(&text);
    let profile = read_text(&zstd).expect("a profile");
    assert_eq!(oracle::of_reader(&profile), expected);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, &text).expect("memory takes everything");
    let gzip = gzip.finish().expect("memory takes everything");
    for cut in [0, 1, 8] {
        let profile = read_text(&gzip[..gzip.len() - cut]).expect("a profile");
        assert_eq!(oracle::of_reader(&profile), expected, "without {cut} bytes of its trailer");
    }
    let problem = read_text(&gzip[..gzip.len() / 2]).expect_err("a problem");
    assert!(matches!(problem.kind, Kind::CompressedEnd(_)), "{problem:?}");
}

#[test]
fn idle_garbage_collector_and_program_are_told_from_functions_of_these_names() {
    let node = |id: usize, name: &str, script: usize| {
        format!(
            r#"{{"id":{id},"callFrame":{{"functionName":"{name}","scriptId":"{script}","url":"","lineNumber":-1,"columnNumber":-1}},"hitCount":{id}}}"#
        )
    };
    let names = ["(root)", "(program)", "(idle)", "(garbage collector)", "parse"];
    let nodes: Vec<String> =
        names.iter().zip(1..).flat_map(|(name, id)| [node(id, name, 0), node(id + 5, name, 9)]).collect();
    let profile = read_text(format!(r#"{{"nodes":[{}]}}"#, nodes.join(",")).as_bytes()).expect("a profile");
    let roles: Vec<_> = profile.frames.ids().map(|id| (profile.time(id), profile.role(id))).collect();
    let expected = [Role::Program, Role::Program, Role::Idle, Role::GarbageCollector, Role::Function];
    let expected: Vec<_> =
        expected.into_iter().zip(1..).flat_map(|(role, n)| [(n, role), (n + 5, Role::Function)]).collect();
    assert_eq!(roles, expected);
}

/// So many nodes and samples; ids are this far apart.
fn large(nodes: usize, samples: usize, apart: usize) -> String {
    let node = |i: usize| {
        let (id, name) = (i * apart, i % 50);
        format!(
            r#"{{"id":{id},"callFrame":{{"functionName":"f{name}","scriptId":"1","url":"/a.js","lineNumber":1,"columnNumber":2}},"hitCount":3}}"#
        )
    };
    let nodes: Vec<String> = (1..=nodes).map(node).collect();
    let ids: Vec<String> = (0..samples).map(|i| ((i * 7919 % nodes.len() + 1) * apart).to_string()).collect();
    let deltas: Vec<String> = (0..samples).map(|i| (1000 + i % 7).to_string()).collect();
    format!(r#"{{"nodes":[{}],"samples":[{}],"timeDeltas":[{}]}}"#, nodes.join(","), ids.join(","), deltas.join(","))
}

#[test]
fn with_too_little_memory_hits_are_counted_instead_of_time() {
    let text = large(600_000, 10_000, 1_000_003);
    let expected = oracle::found(text.as_bytes());
    assert_eq!(expected.measure, Measure::Microseconds);
    for (limit, enough) in [(16 << 20, false), (96 << 20, true)] {
        let options = ReadOptions { max_memory: Some(limit), block_size: 64 << 10, ..ReadOptions::default() };
        let profile = read_with(text.as_bytes(), &options).expect("a profile");
        if enough {
            assert_eq!(oracle::of_reader(&profile), expected);
        } else {
            assert_eq!((profile.measure, profile.untimed), (Measure::Hits, Some(Untimed::NoRoom)));
            assert_eq!((profile.total, profile.nodes), (1_800_000, 600_000));
        }
    }
}

#[test]
fn samples_go_to_a_file_where_memory_is_short() {
    // Two bytes a sample: more than an eighth of what is allowed.
    let text = large(5000, 1_500_000, 1);
    let options = ReadOptions { max_memory: Some(18 << 20), block_size: 64 << 10, ..ReadOptions::default() };
    let profile = read_with(text.as_bytes(), &options).expect("a profile");
    assert_eq!(oracle::of_reader(&profile), oracle::found(text.as_bytes()));
    assert_eq!(profile.untimed, None);
}

#[test]
fn call_frames_beyond_the_memory_end_the_pass() {
    let node = |id: usize| {
        format!(
            r#"{{"id":{id},"callFrame":{{"functionName":"f{id}","scriptId":"1","url":"/a.js","lineNumber":1,"columnNumber":2}},"hitCount":3}}"#
        )
    };
    let nodes: Vec<String> = (1..=200_000).map(node).collect();
    let text = format!(r#"{{"nodes":[{}]}}"#, nodes.join(","));
    let told = |limit: u64| {
        let options = ReadOptions { max_memory: Some(limit as usize), ..ReadOptions::default() };
        let problem = read_with(text.as_bytes(), &options).expect_err("a problem");
        let Kind::OutOfMemory(told) = problem.kind else { panic!("{problem:?}") };
        assert_eq!(told.limit, limit);
        told
    };
    assert_eq!(told(16 << 20).whole, None, "its beginning tells nothing");
    let told = told(32 << 20);
    assert!(told.whole.is_some_and(|(bytes, memory)| bytes == text.len() as u64 && memory > 32 << 20), "{told:?}");
}

#[test]
fn a_million_levels() {
    let levels = 1_000_000;
    let open = r#"{"functionName":"f","id":1,"hitCount":1,"children":["#;
    let text = format!(r#"{{"head":{}{},"samples":[]}}"#, open.repeat(levels), "]}".repeat(levels));
    let profile = read_text(text.as_bytes()).expect("a profile");
    assert_eq!((profile.nodes, profile.total, profile.frames.len()), (levels as u64, levels as u64, 1));
}

//! Many profiles read with one table of call frames: each gives what it gives by itself, whatever was read before.

#![expect(clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, reason = "the same")]

mod common;

use common::random::{Rng, Style, profile};
use common::{Way, classifier, fixtures, json, on_threads, read_input, read_with, shared_captures};
use heapsift::aggregate::{Kept, KeptOutcome, NotKept, Outcome, ReadOptions};
use heapsift::analysis::model::{Entry, Numbering, Panel, Profile};
use heapsift::error::Problem;
use heapsift::input::Input;
use heapsift::profile::{Aggregate, FrameId};

/// Two tables, for the two ways in which writers count lines.
struct Tables {
    kept: [Kept<'static>; 2],
    numberings: [Numbering; 2],
    latest: usize,
}

impl Tables {
    fn new() -> Self {
        let kept = || Kept::new(classifier(), None);
        Self { kept: [kept(), kept()], numberings: Default::default(), latest: 0 }
    }

    fn read(&mut self, text: &[u8], way: Way) -> Result<KeptOutcome, Problem> {
        let Way { backend, window_size, threads } = way;
        for _ in 0..2 {
            let mut input = Input::from_bytes(text.to_vec());
            let kept = &mut self.kept[self.latest];
            let options = ReadOptions { backend, window_size, ..ReadOptions::default() };
            match on_threads(threads, || kept.read(&mut input, &options)) {
                Ok(outcome) => return Ok(outcome),
                Err(NotKept::Problem(problem)) => return Err(problem),
                Err(NotKept::OtherLines) => self.latest = 1 - self.latest,
            }
        }
        panic!("one of the tables counts as the file does")
    }
}

/// Everything that is said of a file.
fn said(read: Result<Outcome, Problem>) -> String {
    match read {
        Err(problem) => format!("{problem:?}"),
        Ok(mut outcome) => {
            let problem = outcome.problem.take();
            let flags = (outcome.dialect, outcome.bytes, outcome.trailer_missing);
            format!("{problem:?} {flags:?} {}", json("file", outcome))
        }
    }
}

fn plainly(text: &[u8], way: Way) -> Result<Outcome, Problem> {
    read_input(Input::from_bytes(text.to_vec()), way)
}

/// Real files, odd files, files that are none, and files that end early.
fn texts() -> Vec<Vec<u8>> {
    let folders = ["captured", "compressed", "odd", "dialects", "seed", "confused"];
    let mut paths: Vec<_> = folders.iter().flat_map(|folder| fixtures(folder, "")).collect();
    paths.extend(shared_captures().into_iter().filter(|path| path.metadata().is_ok_and(|file| file.len() < 200_000)));
    let whole: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("a fixture can be read")).collect();
    let cut = whole.iter().map(|text| text[..text.len() * 2 / 3].to_vec());
    whole.iter().cloned().chain(cut).collect()
}

#[test]
fn files_after_each_other_give_what_each_gives_by_itself() {
    let texts = texts();
    for way in [(1 << 20, 1), (4096, 1), (4096, 3)] {
        let way = Way { window_size: way.0, threads: way.1, ..Way::plain() };
        let mut tables = Tables::new();
        // There and back again, so that each comes before and after each of its neighbours.
        for (number, text) in texts.iter().enumerate().chain(texts.iter().enumerate().rev()) {
            let read = tables.read(text, way).map(|read| read.outcome);
            assert!(said(read) == said(plainly(text, way)), "file {number}, {way:?}");
        }
    }
}

#[test]
fn random_files_after_each_other_give_what_each_gives_by_itself() {
    let mut tables = Tables::new();
    for seed in 0..200 {
        let mut rng = Rng(seed);
        let style = Style::of(&mut rng);
        let text = profile(&mut rng, style);
        let way = Way { window_size: 4096, threads: 1 + seed as usize % 3, ..Way::plain() };
        let read = tables.read(&text, way).map(|read| read.outcome);
        assert!(said(read) == said(plainly(&text, way)), "seed {seed}");
    }
}

#[test]
fn without_causes_self_sizes_and_stacks_are_the_same() {
    for text in texts() {
        let read = |causes: bool| {
            let options = ReadOptions { causes, ..ReadOptions::default() };
            read_with(Input::from_bytes(text.clone()), Way::plain(), options)
        };
        let (Ok(with), Ok(without)) = (read(true), read(false)) else { continue };
        let (with, without) = (with.aggregate, without.aggregate);
        let sizes = |aggregate: &Aggregate| -> Vec<_> {
            aggregate.by_frame.iter().map(|sums| (sums.self_size, sums.allocating_nodes, sums.nodes)).collect()
        };
        assert_eq!(sizes(&with), sizes(&without));
        assert_eq!(with.stacks, without.stacks);
        assert_eq!((with.total_size, with.allocating_nodes), (without.total_size, without.allocating_nodes));
        assert_eq!((with.sizes, with.samples), (without.sizes, without.samples));
        assert!(without.category_stacks.iter().all(Option::is_none));
        assert!(without.package_causes.iter().chain(&without.category_causes).all(Option::is_none));
        assert!(without.by_frame.iter().all(|sums| sums.caused_size == sums.self_size && sums.total_size == 0));
        assert_eq!((with.entry_points.len(), with.cut_stacks), (without.entry_points.len(), without.cut_stacks));
    }
}

#[test]
fn a_panel_finds_their_frames_again() {
    let (mut tables, way) = (Tables::new(), Way::plain());
    let categories = heapsift::profile::Classify::categories(classifier());
    let (mut kept, mut plain) = (Panel::new(categories), Panel::new(categories));
    for text in texts() {
        let Ok(KeptOutcome { outcome, ids, .. }) = tables.read(&text, way) else { continue };
        let profile = Profile::from_outcome("file".to_owned(), None, outcome).0;
        kept.enter(Entry { ids: Some(&ids), ..Entry::of(&profile, None) }, &mut tables.numberings[tables.latest]);
        let outcome = plainly(&text, way).expect("it was read before");
        plain.add(&Profile::from_outcome("file".to_owned(), None, outcome).0, None);
    }
    assert!(kept.members().len() > 50);
    let rows = |panel: &Panel| -> Vec<String> {
        let table = panel.by_function();
        let frames = panel.frames();
        let row = |id: FrameId| {
            let frame = frames.get(id);
            let place = (
                frames.line(id),
                frames.column(id),
                frame.kind,
                panel.categories()[usize::from(frame.category.0)].id.clone(),
            );
            format!(
                "{:?} {:?} {place:?} {:?}",
                frames.text(frame.function),
                frames.text(frame.url),
                table.row(id.0 as usize).sizes()
            )
        };
        let mut rows: Vec<String> = frames.ids().map(row).collect();
        rows.sort();
        rows
    };
    assert_eq!(rows(&kept), rows(&plain));
}

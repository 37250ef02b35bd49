//! Journals that are cut, changed, and taken up again.

use super::*;
use crate::analysis::model::{FileInfo, IntervalSource, Objects, ObjectsIn, Sampling};
use crate::batch::{ProblemRecord, ProfileRecord};
use crate::profile::{Dialect, HeavyStack};

fn class(package: &str) -> Class<'_> {
    Class { kind: FrameKind::App, package: package.into(), version: Some("1.2".into()), category: CategoryId(1) }
}

fn frames() -> CallFrameTable {
    let mut frames = CallFrameTable::default();
    for (function, url, line) in [("a", "/a.js", 3), ("b\n\"", "", -1), ("é", "/a.js", 0)] {
        frames.intern(RawFrame { function, url, has_script: true }, line, -1, &class("p"));
    }
    frames
}

fn record(path: &str, profile: Option<ProfileRecord>) -> Record {
    Record {
        identity: Identity::new(Path::new(path), 7, 8),
        stacks: 5,
        report: Some("reports/a.md".into()),
        cpu: Some(Identity::new(Path::new("c"), 1, 2)),
        cpu_problem: Some(ProblemRecord { message: "cut".into(), offset: None, tolerated: false }),
        cpu_instead: Some(Identity::new(Path::new("d"), 3, 4)),
        problem: profile.is_none().then(|| ProblemRecord {
            message: "it is empty".into(),
            offset: Some(3),
            tolerated: false,
        }),
        profile,
    }
}

fn profile(ids: &[FrameId]) -> ProfileRecord {
    ProfileRecord {
        file: FileInfo {
            name: "a".into(),
            bytes: 9,
            compressed_bytes: Some(4),
            dialect: Dialect::Xprofiler,
            complete: false,
            truncated_at: Some(8),
            unsummed: 0,
            merged: Vec::new(),
        },
        sampling: Sampling { interval: Some(512), source: IntervalSource::Inferred, candidate: None },
        objects: ObjectsIn { which: Objects::All, samples: Some((3, 4)) },
        total_size: u64::MAX,
        allocating_nodes: 2,
        content: Some(u64::MAX),
        functions: ids.iter().map(|&id| (id, u64::MAX)).collect(),
        stacks: vec![HeavyStack { self_size: 6, frames: ids.to_vec(), frames_omitted: 1 }],
    }
}

/// A journal of three dumps, the second of which brings two frames and the third another one; its records.
fn written(path: &Path) -> Vec<Record> {
    let from = frames();
    let mut journal = Journal::create(path, "options").unwrap();
    let ids: Vec<FrameId> = from.ids().collect();
    let mut records = vec![record("broken", None)];
    journal.add(Lines::of(&records[0]).unwrap()).unwrap();
    for (name, ids) in [("a%\u{1b}", &ids[..2]), ("b", &ids[..])] {
        let ids: Vec<FrameId> = ids.iter().rev().map(|&id| journal.adopt(&from, id).unwrap()).collect();
        let new = record(name, Some(profile(&ids)));
        journal.add(Lines::of(&new).unwrap()).unwrap();
        records.push(new);
    }
    journal.flush().unwrap();
    records
}

#[test]
fn what_was_written_is_read_again_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.ndjson");
    let records = written(&path);
    let whole = std::fs::read(&path).unwrap();
    let header = whole.iter().position(|&byte| byte == b'\n').unwrap();
    for cut in 0..=whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let resumed = Journal::resume(&path, "options", 2).unwrap();
        let Resumed::Yes(mut journal, known) = resumed else {
            assert!(cut <= header, "{cut}");
            continue;
        };
        let ends = whole[..cut].iter().filter(|&&byte| byte == b'\n').count();
        // The lines: header, broken, two frames, three of a, a frame, three of b.
        let expected = match ends {
            ..=1 => 0,
            2..=6 => 1,
            7..=10 => 2,
            _ => 3,
        };
        assert_eq!(known, expected, "{ends} lines");
        for (i, record) in records.iter().enumerate() {
            assert_eq!(
                journal.records().unwrap().get(&record.identity.path).unwrap().as_ref(),
                (i < known).then_some(record),
                "{cut}"
            );
            let without = journal.records().unwrap().without_stacks(&record.identity.path).unwrap();
            let expected = (i < known).then(|| {
                let mut record = record.clone();
                record.profile.iter_mut().for_each(|profile| profile.stacks.clear());
                record
            });
            assert_eq!(without, expected, "{cut}");
        }
        // It goes on from there.
        let from = frames();
        let ids: Vec<FrameId> = from.ids().map(|id| journal.adopt(&from, id).unwrap()).collect();
        let more = record("more", Some(profile(&ids)));
        journal.add(Lines::of(&more).unwrap()).unwrap();
        assert_eq!(journal.records().unwrap().get("more").unwrap(), Some(more.clone()));
        drop(journal);
        let Resumed::Yes(mut journal, again) = Journal::resume(&path, "options", 2).unwrap() else { panic!("{cut}") };
        assert_eq!(again, known + 1);
        assert_eq!(journal.records().unwrap().get("more").unwrap(), Some(more));
    }
}

#[test]
fn frames_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.ndjson");
    written(&path);
    let Resumed::Yes(journal, 3) = Journal::resume(&path, "options", 2).unwrap() else { panic!("it goes on") };
    let (to, _) = journal.close().unwrap();
    let from = frames();
    let told = |table: &CallFrameTable, id: FrameId| {
        let frame = table.get(id);
        let package = table.package(frame.package);
        (
            table.text(frame.function).to_owned(),
            table.text(frame.url).to_owned(),
            (table.line(id), table.column(id), frame.kind, frame.category),
            (table.text(package.name).to_owned(), package.version.map(|version| table.text(version).to_owned())),
        )
    };
    let all = |table: &CallFrameTable| table.ids().map(|id| told(table, id)).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(all(&from).len(), 3);
    assert_eq!(all(&from), all(&to));
}

#[test]
fn a_journal_of_something_else_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.ndjson");
    let why = |options: &str| match Journal::resume(&path, options, 2).unwrap() {
        Resumed::Yes(_, known) => panic!("{known} dumps"),
        Resumed::No(why) => why,
    };
    assert_eq!(why("options"), "there is no journal");
    written(&path);
    assert_eq!(why("others"), "the journal was made with other options");
    std::fs::write(&path, "{\"heapsift\":\"0.0.0\",\"journal\":1,\"options\":\"options\"}\n").unwrap();
    assert_eq!(why("options"), "the journal is of another version");
    std::fs::write(&path, "{}\n").unwrap();
    assert_eq!(why("options"), "the journal does not begin as one");
}

#[test]
fn wrong_numbers_end_what_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.ndjson");
    written(&path);
    let text = std::fs::read_to_string(&path).unwrap();
    for (right, wrong, known) in [
        ("\"functions\":[0", "\"functions\":[9", 1),
        ("[6,1,0", "[6,1,9", 1),
        ("\"app\"", "\"nobody\"", 1),
        ("\"1.2\",1]", "\"1.2\",2]", 1),
    ] {
        std::fs::write(&path, text.replacen(right, wrong, 1)).unwrap();
        let Resumed::Yes(_, found) = Journal::resume(&path, "options", 2).unwrap() else { panic!("{wrong}") };
        assert_eq!(found, known, "{wrong}");
    }
}

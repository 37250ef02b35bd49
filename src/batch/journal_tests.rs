//! Journals that are cut, changed, and taken up again.

use super::*;
use crate::analysis::model::{FileInfo, IntervalSource, Objects, ObjectsIn, Sampling, Warning};
use crate::batch::{Limit, ProblemRecord, ProfileRecord, Stored};
use crate::profile::{Dialect, HeavyStack};

fn class(package: &str) -> Class<'_> {
    Class { kind: FrameKind::App, package: package.into(), version: Some("1.2".into()), category: CategoryId(1) }
}

fn frames() -> CallFrameTable {
    let mut frames = CallFrameTable::default();
    for (function, url, line) in [("a", "/a.js", 3), ("b\n\"", "", -1), ("é", "/a.js", 0)] {
        frames.intern(function, url, line, -1, &class("p"));
    }
    frames
}

fn record(path: &str, profile: Option<ProfileRecord>) -> Record {
    Record {
        identity: Identity::new(Path::new(path), 7, 8),
        stacks: 5,
        limit: Some(Limit { bytes: 9, shows: true }),
        report: Some("reports/a.md".into()),
        cpu: Some(Identity::new(Path::new("c"), 1, 2)),
        cpu_problem: Some(ProblemRecord {
            message: "cut".into(),
            offset: None,
            tolerated: false,
            shortage: Some((16, Some(u64::MAX))),
        }),
        cpu_instead: Some(Identity::new(Path::new("d"), 3, 4)),
        problem: profile.is_none().then(|| ProblemRecord {
            message: "it is empty".into(),
            offset: Some(3),
            tolerated: false,
            shortage: Some((17, None)),
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
            source_maps: vec![Warning::new("source-map-broken", "é", "Build it again.")],
            merged: Vec::new(),
        },
        sampling: Sampling { interval: Some(512), source: IntervalSource::Inferred, candidate: None },
        objects: ObjectsIn { which: Objects::All, samples: Some((3, 4)) },
        total_size: u64::MAX,
        allocating_nodes: 2,
        content: Some(u64::MAX),
        functions: ids.iter().map(|&id| (id, u64::MAX)).collect(),
        stacks: vec![HeavyStack { self_size: 6, frames: ids.to_vec(), frames_omitted: 1 }],
        stack_names: vec![u64::MAX],
    }
}

/// A journal of three dumps, the second of which brings two frames and the third another one; its records.
fn written(path: &Path) -> Vec<Record> {
    let from = frames();
    let mut journal = Journal::create(path, "options").unwrap();
    let ids: Vec<FrameId> = from.ids().collect();
    let mut records = vec![record("broken", None)];
    journal.add(Stored::of(&records[0]).unwrap()).unwrap();
    for (name, ids) in [("a%\u{1b}", &ids[..2]), ("b", &ids[..])] {
        let ids: Vec<FrameId> = ids.iter().rev().map(|&id| journal.adopt(&from, id).unwrap()).collect();
        let new = record(name, Some(profile(&ids)));
        journal.add(Stored::of(&new).unwrap()).unwrap();
        records.push(new);
    }
    journal.flush().unwrap();
    records
}

/// Where the first line and each entry of a journal end.
fn ends(journal: &[u8]) -> Vec<usize> {
    let mut end = journal.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let mut ends = vec![end];
    let (mut rest, mut content) = (&journal[end..], Vec::new());
    while entry::next(&mut rest, &mut content).unwrap().is_some() {
        end += HEAD + content.len();
        ends.push(end);
    }
    ends
}

#[test]
fn what_was_written_is_read_again_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.bin");
    let records = written(&path);
    let whole = std::fs::read(&path).unwrap();
    let ends = ends(&whole);
    // The first line, broken, two frames, a, a frame, b.
    assert_eq!((ends.len(), ends[6]), (7, whole.len()));
    for cut in 0..=whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let resumed = Journal::resume(&path, "options", 2).unwrap();
        let Resumed::Yes(mut journal, known) = resumed else {
            assert!(cut < ends[0], "{cut}");
            continue;
        };
        let expected = [1, 4, 6].iter().filter(|&&dump| ends[dump] <= cut).count();
        assert_eq!(known, expected, "{cut}");
        for (i, record) in records.iter().enumerate() {
            assert_eq!(
                journal.records().unwrap().get(&record.identity.path).unwrap().as_ref(),
                (i < known).then_some(record),
                "{cut}"
            );
            let without = journal.records().unwrap().without_stacks(&record.identity.path).unwrap();
            let expected = (i < known).then(|| {
                let mut record = record.clone();
                if let Some(profile) = &mut record.profile {
                    profile.stacks.clear();
                    profile.stack_names.clear();
                }
                record
            });
            assert_eq!(without, expected, "{cut}");
        }
        // It goes on from there.
        let from = frames();
        let ids: Vec<FrameId> = from.ids().map(|id| journal.adopt(&from, id).unwrap()).collect();
        let more = record("more", Some(profile(&ids)));
        journal.add(Stored::of(&more).unwrap()).unwrap();
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
    let path = folder.path().join("journal.bin");
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
#[cfg(unix)]
fn what_is_no_plain_file_is_neither_read_nor_written() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("journal.bin"), folder.path().join("other"));
    std::fs::write(&other, "somebody's").unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    let (created, resumed) = (Journal::create(&path, "options").err(), Journal::resume(&path, "options", 2).err());
    for error in [created.unwrap(), resumed.unwrap()] {
        assert!(error.to_string().contains("no plain file"), "{error}");
    }
    assert_eq!(std::fs::read(&other).unwrap(), b"somebody's");
}

#[test]
fn a_journal_of_something_else_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.bin");
    let why = |options: &str| match Journal::resume(&path, options, 2).unwrap() {
        Resumed::Yes(_, known) => panic!("{known} dumps"),
        Resumed::No(why) => why,
    };
    assert_eq!(why("options"), "there is no journal");
    written(&path);
    assert_eq!(why("others"), "the journal was made with other options or in another folder");
    std::fs::write(&path, "{\"heapsift\":\"0.0.0\",\"journal\":1,\"options\":\"options\"}\n").unwrap();
    assert_eq!(why("options"), "the journal is of another version");
    std::fs::write(&path, "{}\n").unwrap();
    assert_eq!(why("options"), "the journal does not begin as one");
}

#[test]
fn a_changed_bit_ends_what_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.bin");
    let records = written(&path);
    let whole = std::fs::read(&path).unwrap();
    let ends = ends(&whole);
    for byte in ends[0]..whole.len() {
        let mut changed = whole.clone();
        changed[byte] ^= 1 << (byte % 8);
        std::fs::write(&path, &changed).unwrap();
        let Resumed::Yes(mut journal, known) = Journal::resume(&path, "options", 2).unwrap() else { panic!("{byte}") };
        let expected = [1, 4, 6].iter().filter(|&&dump| ends[dump] <= byte).count();
        assert_eq!(known, expected, "{byte}");
        for record in &records[..known] {
            let taken = journal.records().unwrap().get(&record.identity.path).unwrap();
            assert_eq!(taken.as_ref(), Some(record));
        }
    }
}

#[test]
fn what_is_wrong_in_spite_of_its_checksum_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.bin");
    let entries = |entries: &[Vec<u8>]| {
        let mut bytes = serde_json::to_vec(&Header::new("options")).unwrap();
        bytes.push(b'\n');
        bytes.extend(entries.concat());
        std::fs::write(&path, &bytes).unwrap();
        match Journal::resume(&path, "options", 2).unwrap() {
            Resumed::Yes(journal, known) => (journal.frames.len(), known),
            Resumed::No(why) => panic!("{why}"),
        }
    };
    let entry = |what: What, content: &[u8]| {
        let mut making = Making::new(0);
        making.content().extend_from_slice(content);
        making.finish(what).unwrap()
    };
    let frame = |text: &str| entry(What::Frame, text.as_bytes());
    let right = frame(r#"["a","/a.js",1,2,"app","p",null,1]"#);
    assert_eq!(entries(std::slice::from_ref(&right)), (1, 0));
    for wrong in [
        r#"["a","/a.js",1,2,"nobody","p",null,1]"#,
        r#"["a","/a.js",1,2,"app","p",null,2]"#,
        r#"["a","/a.js",1,2,"app","p",null]"#,
        "",
    ] {
        assert_eq!(entries(&[frame(wrong), right.clone()]), (0, 0), "{wrong}");
    }
    assert_eq!(entries(&[right.clone(), right.clone()]), (1, 0), "a frame comes once");
    let dump = |id: u32| Stored::of(&record("a", Some(profile(&[FrameId(id)])))).unwrap().bytes;
    assert_eq!(entries(&[right.clone(), dump(0)]), (1, 1));
    assert_eq!(entries(&[right.clone(), dump(1)]), (1, 0), "of frames that are not there");
    assert_eq!(entries(&[right.clone(), entry(What::Dump, b"1234567")]), (1, 0));
    assert_eq!(entries(&[right, entry(What::Dump, &[0, 0, 0, 0, 0, 0, 0, 0, b'{', b'}'])]), (1, 0));
}

#[test]
fn what_a_limit_shows_in_is_not_what_is_read_in_more_memory() {
    let limit = |bytes, shows| Some(Limit { bytes, shows });
    let table = [
        (None, None, true),
        (None, Some(20), false),
        (limit(20, true), Some(20), true),
        (limit(20, true), Some(21), false),
        (limit(20, true), None, false),
        (limit(20, false), Some(21), true),
        (limit(20, false), None, true),
        (limit(20, false), Some(19), false),
    ];
    for (then, now, expected) in table {
        assert_eq!(Limit::is_as(then, now), expected, "{then:?} {now:?}");
    }
}

#[test]
fn of_a_journal_of_another_shape_nothing_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.bin");
    written(&path);
    let whole = std::fs::read(&path).unwrap();
    let line = whole.iter().position(|&byte| byte == b'\n').unwrap();
    let header = String::from_utf8(whole[..line].to_vec()).unwrap();
    for shape in [SHAPE - 1, SHAPE + 1] {
        let other = header.replace(&format!("\"journal\":{SHAPE}"), &format!("\"journal\":{shape}"));
        assert_ne!(other, header);
        std::fs::write(&path, [other.as_bytes(), &whole[line..]].concat()).unwrap();
        let resumed = Journal::resume(&path, "options", 2).unwrap();
        assert!(matches!(resumed, Resumed::No("the journal is of another version")), "{shape}");
    }
}

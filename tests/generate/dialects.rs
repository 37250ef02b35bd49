//! What each writer writes, and that every dialect holds the same tree.

use heapsift::generate::{Escapes, Frame, Node, Sample, Style, Tree, Wrapper, read_tree, write_tree};
use heapsift::profile::Dialect;

use crate::{DIALECTS, fixture, text, written};

/// Two functions, one of them with every kind of character, and a builtin.
fn small_tree() -> Tree {
    let mut tree = Tree::default();
    let serve = Frame {
        function: "sérve \"it\"\\\n\u{b}😀".into(),
        script_id: 12,
        url: "file:///a.js".into(),
        line: Some(10),
        column: Some(21),
    };
    for (frame, self_size, id, depth) in
        [(Frame::root(), 0, 1, 0), (serve, 16, 5, 1), (Frame { function: "keys".into(), ..Frame::default() }, 8, 3, 2)]
    {
        let frame = tree.frame_index(frame);
        tree.push(Node { frame, self_size, id, depth });
    }
    tree.samples = Some(vec![Sample { size: 16, node_id: 5, ordinal: 1_234_567 }]);
    tree
}

#[test]
fn each_dialect_is_written_as_its_writer_writes_it() {
    let function = r#""sérve \"it\"\\\n\u000b😀""#;
    let inspector = |id: [&str; 3], end: [&str; 3]| {
        format!(
            concat!(
                r#"{{"callFrame":{{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":0,{}"children":["#,
                r#"{{"callFrame":{{"functionName":{},"scriptId":"12","url":"file:///a.js","lineNumber":9,"columnNumber":20}},"selfSize":16,{}"children":["#,
                r#"{{"callFrame":{{"functionName":"keys","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":8,{}"children":[]{}}}]{}}}]{}}}"#
            ),
            id[0], function, id[1], id[2], end[2], end[1], end[0]
        )
    };
    let with_ids = inspector([r#""id":1,"#, r#""id":5,"#, r#""id":3,"#], [""; 3]);
    let samples = r#""samples":[{"size":16,"nodeId":5,"ordinal":1234567}]"#;
    let tree = small_tree();
    let check = |style: Style, expected: &str| assert_eq!(text(&written(style, &tree)), expected, "{style:?}");

    let bare = format!(r#"{{"head":{with_ids},{samples}}}"#);
    check(Dialect::Inspector.into(), &bare);
    for (wrapper, expected) in [
        (Wrapper::Profile, format!(r#"{{"profile":{bare}}}"#)),
        (Wrapper::Result, format!(r#"{{"id":1,"result":{{"profile":{bare}}}}}"#)),
        (Wrapper::Edge, format!(r#"{{"meta":{{"name":"Profile 1","type":"SAMPLINGHEAP"}},"payload":{bare}}}"#)),
    ] {
        check(Style { wrapper, ..Dialect::Inspector.into() }, &expected);
    }
    check(
        Style { escapes: Escapes::Ascii, ..Dialect::Inspector.into() },
        &bare.replace('é', r"\u00e9").replace('😀', r"\ud83d\ude00"),
    );
    check(Dialect::InspectorLegacy.into(), &format!(r#"{{"head":{}}}"#, inspector([""; 3], [""; 3])));
    let locations = [1, 2, 3].map(|id| format!(r#","locationId":{}"#, id - 1));
    let located = inspector([r#""id":1,"#, r#""id":5,"#, r#""id":3,"#], [&locations[0], &locations[1], &locations[2]]);
    let vscode = text(&written(Dialect::Vscode, &tree)).to_owned();
    assert!(
        vscode.starts_with(&format!(r#"{{"head":{located},{samples},"$vscode":{{"rootPath":"/srv/app","locations":["#)),
        "{vscode}"
    );

    check(
        Dialect::NodeV8Api.into(),
        &format!(
            concat!(
                r#"{{"samples":[{{"size":16,"nodeId":5,"ordinal":1.23457e+06}}],"#,
                r#""head":{{"selfSize":0,"id":1,"callFrame":{{"scriptId":0,"lineNumber":-1,"columnNumber":-1,"functionName":"(root)","url":""}},"children":["#,
                r#"{{"selfSize":16,"id":5,"callFrame":{{"scriptId":12,"lineNumber":9,"columnNumber":20,"functionName":{},"url":"file:///a.js"}},"children":["#,
                r#"{{"selfSize":8,"id":3,"callFrame":{{"scriptId":0,"lineNumber":-1,"columnNumber":-1,"functionName":"keys","url":""}},"children":[]}}]}}]}}}}"#
            ),
            function
        ),
    );
    let one_based = |open: &str, close: &str, fields: [String; 3]| {
        format!(
            r#"{{"head":{{{open}{}{close},"selfSize":0,"children":[{{{open}{}{close},"selfSize":16,"children":[{{{open}{}{close},"selfSize":8,"children":[]}}]}}]}}}}"#,
            fields[0], fields[1], fields[2]
        )
    };
    let fields = |function: &str, script: u32, url: &str, line: u32, column: u32| {
        format!(
            r#""functionName":{function},"scriptId":{script},"url":"{url}","lineNumber":{line},"columnNumber":{column}"#
        )
    };
    check(
        Dialect::V8ProfilerNext.into(),
        &one_based(
            r#""callFrame":{"#,
            "}",
            [
                fields(r#""(root)""#, 0, "", 0, 0),
                fields(function, 12, "file:///a.js", 10, 21),
                fields(r#""keys""#, 0, "", 0, 0),
            ],
        ),
    );
    let fields = |function: &str, script: u32, url: &str, line: u32, column: u32| {
        format!(
            r#""functionName":{function},"scriptId":{script},"lineNumber":{line},"columnNumber":{column},"url":"{url}""#
        )
    };
    check(
        Dialect::HeapProfileNpm.into(),
        &one_based(
            "",
            "",
            [
                fields(r#""(root)""#, 0, "", 0, 0),
                fields(function, 12, "file:///a.js", 10, 21),
                fields(r#""keys""#, 0, "", 0, 0),
            ],
        ),
    );
}

/// What is left of a tree in a dialect that holds less.
fn as_held_by(dialect: Dialect, tree: &Tree) -> Tree {
    let ids = matches!(dialect, Dialect::Inspector | Dialect::NodeV8Api | Dialect::Vscode);
    let mut held = Tree::default();
    for node in tree.nodes() {
        let frame = held.frame_index(tree.frame(node).clone());
        held.push(Node { frame, id: if ids { node.id } else { 0 }, ..*node });
    }
    held.samples = tree.samples.clone().filter(|_| ids);
    held
}

#[test]
fn every_dialect_holds_the_same_tree() {
    for name in ["captured/inspector.heapprofile", "captured/node-heap-prof.heapprofile"] {
        let tree = read_tree(&fixture(name)).unwrap();
        assert!(tree.nodes().len() > 100);
        for dialect in DIALECTS {
            for wrapper in [Wrapper::None, Wrapper::Profile, Wrapper::Result, Wrapper::Edge] {
                for escapes in [Escapes::Raw, Escapes::Ascii] {
                    let style = Style { dialect, wrapper, escapes };
                    let again = read_tree(&written(style, &tree)).unwrap();
                    assert!(again == as_held_by(dialect, &tree), "{name} {style:?}");
                }
            }
        }
    }
}

#[test]
fn captures_are_written_back_byte_for_byte() {
    for (name, dialect) in [
        ("captured/inspector.heapprofile", Dialect::Inspector),
        ("captured/inspector-brief.heapprofile", Dialect::Inspector),
        ("captured/inspector-small.heapprofile", Dialect::Inspector),
        ("captured/inspector-collected.heapprofile", Dialect::Inspector),
        ("captured/node-heap-prof.heapprofile", Dialect::Inspector),
        ("captured/node-v8-api.heapprofile", Dialect::NodeV8Api),
        ("captured/x-heapprofile-4242-20261122-0.heapprofile", Dialect::Xprofiler),
        ("captured/x-heapprofile-4242-20261122-1.heapprofile", Dialect::Xprofiler),
        ("seed/x-heapprofile-3070674-20251207-1.heapprofile", Dialect::Xprofiler),
    ] {
        let capture = fixture(name);
        assert!(written(dialect, &read_tree(&capture).unwrap()) == capture, "{name}");
    }
}

#[test]
fn v8_profiler_next_wraps_what_its_integer_cannot_hold() {
    let mut tree = Tree::default();
    let frame = tree.frame_index(Frame::root());
    tree.push(Node { frame, self_size: 3 << 30, id: 0, depth: 0 });
    assert!(text(&written(Dialect::V8ProfilerNext, &tree)).contains(r#""selfSize":-1073741824,"#));
    assert!(text(&written(Dialect::Xprofiler, &tree)).contains(r#""selfSize": 3221225472,"#));
}

#[test]
fn a_tree_may_be_a_million_levels_deep() {
    let mut tree = Tree::default();
    let frame = tree.frame_index(Frame::default());
    for depth in 0..1_000_000 {
        tree.push(Node { frame, self_size: 0, id: 0, depth });
    }
    let out = written(Dialect::InspectorLegacy, &tree);
    let node = r#"{"callFrame":{"functionName":"","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"children":[]}"#;
    assert_eq!(out.len(), r#"{"head":}"#.len() + 1_000_000 * node.len());
    assert!(out.ends_with(b"]}]}]}]}}"));
}

#[test]
fn what_cannot_be_written_is_refused() {
    for (dialect, tree) in [(Dialect::Unknown, small_tree()), (Dialect::Inspector, Tree::default())] {
        let error = write_tree(dialect, &tree, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
}

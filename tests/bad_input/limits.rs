//! Texts at the limits of what is read: depth, and the length of what is held whole.

use std::io::Read;

use heapsift::input::Input;
use heapsift::parse::{MAX_DEPTH, MAX_TOKEN};
use heapsift::scan::Backend;

use crate::common::{Way, read_input};
use crate::table::{Case, result};

const DEPTH: usize = MAX_DEPTH as usize;

fn ways() -> [Way; 4] {
    let way = |backend, window_size, threads| Way { backend, window_size, threads };
    [
        way(Backend::detect(), 1 << 20, 2),
        way(Backend::Portable, 1000, 3),
        way(Backend::detect(), 256 << 10, 1),
        way(Backend::detect(), 4 << 20, 8),
    ]
}

/// Reads the notation `before`, the bytes `middle`, and the notation `after` in all ways: all must say `expected` of
/// the byte `at` of the middle.
fn expect(before: &str, middle: &[u8], after: &str, expected: &str, at: Option<usize>) {
    let before = Case::of(before).bytes;
    let at = at.map(|at| (before.len() + at) as u64);
    let text = [&before, middle, &Case::of(after).bytes].concat();
    for way in ways() {
        assert_eq!(result(&text, way), (expected.to_owned(), at), "{way:?}");
    }
}

#[test]
fn values_that_are_passed_over_nest_a_million_deep() {
    let nest = ["[".repeat(1 << 20), "]".repeat(1 << 20)].concat();
    expect(r#"{"a":"#, nest.as_bytes(), r#","head":§N}"#, "ok; 1 nodes, 8 bytes", None);
    expect(r#"{"head":§N,"a":"#, nest.as_bytes(), "}", "ok; 1 nodes, 8 bytes", None);
    expect(r#"{"head":{"a":"#, nest.as_bytes(), r#","callFrame":§F,"selfSize":8}}"#, "ok; 1 nodes, 8 bytes", None);
    expect(r#"{"head":{"callFrame":{"a":"#, nest.as_bytes(), r#"},"selfSize":8}}"#, "ok; 1 nodes, 8 bytes", None);
    let mixed = [r#"{"b":["#.repeat(1 << 19), "]}".repeat(1 << 19)].concat();
    expect(r#"{"head":§N,"a":"#, mixed.as_bytes(), "}", "ok; 1 nodes, 8 bytes", None);
    expect(r#"{"head":§N,"samples":"#, nest.as_bytes(), "}", "ok; 1 nodes, 8 bytes, 1 samples", None);
}

#[test]
fn values_nest_up_to_the_limit_and_no_deeper() {
    let nest = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
    expect(r#"{"head":§N,"a":"#, nest(DEPTH).as_bytes(), "}", "ok; 1 nodes, 8 bytes", None);
    expect(r#"{"head":§N,"a":"#, nest(DEPTH + 1).as_bytes(), "}", "TooDeep [a]; 1 nodes, 8 bytes", Some(DEPTH));
    expect(r#"{"a":"#, "[".repeat(DEPTH + 9).as_bytes(), "", "TooDeep [a]", Some(DEPTH));
}

#[test]
fn nodes_nest_up_to_the_limit_and_no_deeper() {
    const OPEN: &str = r#"{"callFrame":{},"selfSize":1,"children":["#;
    let chain = |depth| [OPEN.repeat(depth), "]}".repeat(depth)].concat();
    let deep = chain(300_000);
    expect(r#"{"head":"#, deep.as_bytes(), "}", "ok; 300000 nodes, 300000 bytes", None);

    let text = [r#"{"head":"#, &chain(DEPTH + 1), "}"].concat();
    let clipped = ".children[0]".repeat(8);
    let path = format!("head{clipped}.… {} levels …{clipped}", DEPTH - 16);
    let expected = format!("TooDeep [{path}]; {DEPTH} nodes, {DEPTH} bytes");
    assert_eq!(result(text.as_bytes(), ways()[0]), (expected, Some((8 + DEPTH * OPEN.len()) as u64)));
}

#[test]
fn what_is_held_whole_has_a_greatest_length() {
    let long = vec![b'7'; MAX_TOKEN + 1];
    // A string that is passed over is not held.
    expect(r#"{"head":§N,"a":""#, &long, r#""}"#, "ok; 1 nodes, 8 bytes", None);
    // Keys, call frames and numbers are. Each fault stands where they begin.
    let long = |before: &str| [before.as_bytes(), &long].concat();
    expect("{", &long("\""), r#"":1}"#, "TooLong", Some(0));
    expect(r#"{"head":§N,"#, &long("\""), r#"":1}"#, "TooLong; 1 nodes, 8 bytes", Some(0));
    expect(r#"{"head":§P§N,{"#, &long("\""), r#"":1}]}}"#, "TooLong [head.children[1]]; 2 nodes, 8 bytes", Some(0));
    let frame = long(r#"{"functionName":""#);
    expect(
        r#"{"head":§P§N,{"selfSize":8,"callFrame":"#,
        &frame,
        r#""}}]}}"#,
        "TooLong [head.children[1].callFrame]; 2 nodes, 8 bytes",
        Some(0),
    );
    expect(
        r#"{"head":§P§N,{"callFrame":§F,"selfSize":"#,
        &long(""),
        "}]}}",
        "TooLong [head.children[1].selfSize]; 2 nodes, 8 bytes",
        Some(0),
    );
}

#[test]
fn a_name_of_almost_the_greatest_length_is_read() {
    let name = vec![b'n'; MAX_TOKEN - 100];
    expect(r#"{"head":{"callFrame":{"functionName":""#, &name, r#""},"selfSize":8}}"#, "ok; 1 nodes, 8 bytes", None);
}

#[test]
fn a_key_without_an_end_does_not_fill_the_memory() {
    for before in [r#"{""#, r#"{"head":{"callFrame":{},"selfSize":8,""#, r#"{"head":{"callFrame":{},"selfSize":8},""#] {
        let endless = before.as_bytes().chain(std::io::repeat(b'x'));
        let found = read_input(Input::from_reader(endless), ways()[0]);
        let kind = match found {
            Ok(outcome) => outcome.problem.expect("it is endless").kind,
            Err(problem) => problem.kind,
        };
        assert_eq!(format!("{kind:?}"), "TooLong");
    }
}

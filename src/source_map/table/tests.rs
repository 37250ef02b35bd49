//! What maps made by hand say of places.

use proptest::prelude::*;
use sourcemap::SourceMapBuilder;

use super::*;

/// A mapping: line and column, source (with line and column) and name.
type Row<'a> = ((u32, u32), Option<(&'a str, u32, u32)>, Option<&'a str>);

fn json(rows: &[Row<'_>]) -> Vec<u8> {
    let mut builder = SourceMapBuilder::new(None);
    for &((line, column), source, name) in rows {
        let (file, source_line, source_column) =
            source.map_or((None, 0, 0), |(file, line, column)| (Some(file), line, column));
        builder.add(line, column, source_line, source_column, file, name, false);
    }
    let mut text = Vec::new();
    builder.into_sourcemap().to_writer(&mut text).unwrap();
    text
}

fn shown(place: Option<Place<'_>>) -> String {
    place.map_or_else(|| "-".to_owned(), |place| format!("{}:{}:{}", place.source, place.line, place.column))
}

#[test]
fn the_mapping_at_a_place_or_before_it_in_the_line_counts() {
    let rows = [
        ((0, 0), None, None),
        ((0, 10), Some(("a.ts", 4, 9)), Some("plain")),
        ((0, 20), Some(("b.ts", 1, 2)), None),
        ((0, 30), None, None),
        ((2, 4), Some(("a.ts", 7, 0)), None),
    ];
    let table = Table::decode(&json(&rows)).unwrap();
    #[rustfmt::skip]
    let places = [
        (0, 9, "-"), (0, 10, "a.ts:4:9"), (0, 19, "a.ts:4:9"), (0, 20, "b.ts:1:2"), (0, 29, "b.ts:1:2"), (0, 30, "-"), (0, 9999, "-"),
        (1, 0, "-"), (2, 3, "-"), (2, 4, "a.ts:7:0"), (2, 260, "a.ts:7:0"), (2, 261, "-"), (2, u32::MAX, "-"), (3, 4, "-"), (u32::MAX, u32::MAX, "-"),
    ];
    for (line, column, expected) in places {
        assert_eq!(shown(table.place("f", line, column)), expected, "{line}:{column}");
    }
}

#[test]
fn the_script_itself_belongs_to_a_source_that_is_the_only_one() {
    let of = |sources: &[&'static str]| {
        let rows: Vec<_> = (0..).zip(sources).map(|(i, source)| ((0, 5 * i), Some((*source, 1, 2)), None)).collect();
        Table::decode(&json(&rows)).unwrap()
    };
    assert_eq!(shown(of(&["a.ts"]).place("", 0, 0)), "a.ts:0:0");
    assert_eq!(shown(of(&["a.ts", "b.ts"]).place("", 0, 0)), "-");
    assert_eq!(shown(of(&["a.ts", "b.ts"]).place("", 0, 5)), "b.ts:1:2");
    assert_eq!(shown(of(&["a.ts", "b.ts"]).place("f", 0, 0)), "a.ts:1:2");
}

#[test]
fn a_name_is_taken_where_it_ends_at_the_function() {
    let source = Some(("a.ts", 1, 0));
    let rows = [
        ((0, 9), source, Some("asyncFunction")), // async function h(
        ((0, 20), source, Some("surrogates")),   // 𝒳(
        ((0, 30), source, Some("method")),       // at the parenthesis
        ((0, 40), source, Some("called")),       // b(e=>
        ((0, 42), source, Some("parameter")),
        ((0, 50), source, Some("")),
        ((0, 60), source, None),
        ((0, 61), source, Some("behind")),
    ];
    let table = Table::decode(&json(&rows)).unwrap();
    #[rustfmt::skip]
    let names = [
        ("h", 10, Some("asyncFunction")), ("h", 11, None), ("hh", 11, Some("asyncFunction")), ("h", 9, None),
        ("𝒳", 22, Some("surrogates")), ("𝒳", 21, None),
        ("m", 30, None), ("", 30, None), ("", 9, None),
        ("bc", 42, None), ("x", 51, None), ("f", 61, None), ("ff", 1, None),
    ];
    for (function, column, expected) in names {
        assert_eq!(table.name(function, 0, column), expected, "{function} at {column}");
    }
}

#[test]
fn an_arrow_function_has_the_name_of_what_it_is_assigned_to() {
    let named = |content: &str| {
        let mut builder = SourceMapBuilder::new(None);
        let id = builder.add_source("a.ts");
        builder.set_source_contents(id, Some(content));
        builder.add(0, 10, 0, 0, Some("a.ts"), Some("fast"), false); // r=z=>
        builder.add(0, 12, 0, 7, Some("a.ts"), Some("shape"), false);
        let mut text = Vec::new();
        builder.into_sourcemap().to_writer(&mut text).unwrap();
        let table = Table::decode(&text).unwrap();
        let names = [("r", 12), ("", 12)];
        names.map(|(function, column)| table.name(function, 0, column).map(str::to_owned))
    };
    for content in ["fast = (shape) => shape;", "fast = shape => 1", "fast: (shape) => 1", "fast: F = (shape) => 1"] {
        assert_eq!(named(content), [Some("fast".to_owned()), None], "{content}");
    }
    // Another one is called with it, compared with it, or made of it.
    for content in
        ["fast(shape => shape);", "fast == (shape => 1)", "fast => shape => 1", "fast, shape => 1", "slow = 1"]
    {
        assert_eq!(named(content), [None, None], "{content}");
    }
}

#[test]
fn the_text_of_a_source_tells_what_begins_in_it() {
    let map = |content: &str| {
        let mut builder = SourceMapBuilder::new(None);
        let id = builder.add_source("a.ts");
        builder.set_source_contents(id, Some(content));
        builder.add(0, 0, 0, 0, Some("a.ts"), None, false); // function(
        builder.add(0, 20, 0, 19, Some("a.ts"), Some("count"), false); // q(, whose name is that of something else
        builder.add(0, 40, 0, 30, Some("a.ts"), None, false); // it is the code behind that
        let mut text = Vec::new();
        builder.into_sourcemap().to_writer(&mut text).unwrap();
        Table::decode(&text).unwrap()
    };
    let table = map("function real(a) { other(b) { return 1; } }");
    assert_eq!(table.name("t.exports", 0, 8), Some("real"));
    assert_eq!(table.name("keptName", 0, 8), None);
    assert_eq!(table.name("q", 0, 21), Some("other"), "not `count`, which does not stand there");
    assert_eq!(table.agrees("q", 0, 21), Some(true));
    assert_eq!(table.agrees("q", 0, 41), Some(false));
    assert_eq!(table.agrees("q", 0, 60), None, "too far behind it");
    assert_eq!(table.agrees("", 0, 40), None);
    assert_eq!(table.agrees("<static_initializer>", 0, 40), None, "V8's own");
    // The line was minified before.
    let table = map(&format!("function real(a) {{ other(b) {{ return {}; }} }}", "1+".repeat(200)));
    assert!(table.place("f", 0, 5000).is_some());
}

#[test]
fn lines_of_many_sources_with_one_mapping_tell_nothing() {
    let text = br#"{"version":3,"sources":["a","b","c"],"names":[],"mappings":"AAAA"}"#;
    let table = Table::decode(text).unwrap();
    assert_eq!(shown(table.place("f", 0, 9)), "-");
    assert!(table.lacks_columns(0, 9));
    assert_eq!(
        Table::decode(br#"{"version":3,"sources":[null,""],"names":[],"mappings":"AAAA"}"#).unwrap_err(),
        "none of its sources has a name"
    );
}

#[test]
fn sections_are_laid_out() {
    let section = |source: &'static str| {
        let rows = [((0, 0), Some((source, 0, 0)), Some(source)), ((1, 3), Some((source, 1, 0)), None)];
        String::from_utf8(json(&rows)).unwrap()
    };
    let inner =
        format!(r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":7}},"map":{}}}]}}"#, section("c.ts"));
    let text = format!(
        r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":100}},"map":{}}},{{"offset":{{"line":5,"column":2}},"map":{}}},
        {{"offset":{{"line":9,"column":30}},"map":{inner}}},{{"offset":{{"line":20,"column":0}},"url":"elsewhere.map"}}]}}"#,
        section("a.ts"),
        section("b.ts"),
    );
    let table = Table::decode(text.as_bytes()).unwrap();
    #[rustfmt::skip]
    let places = [
        (0, 99, "-"), (0, 100, "a.ts:0:0"), (1, 2, "-"), (1, 3, "a.ts:1:0"), (5, 1, "-"), (5, 2, "b.ts:0:0"), (6, 3, "b.ts:1:0"),
        (9, 36, "-"), (9, 37, "c.ts:0:0"), (10, 3, "c.ts:1:0"), (20, 0, "-"),
    ];
    for (line, column, expected) in places {
        assert_eq!(shown(table.place("f", line, column)), expected, "{line}:{column}");
    }
    assert_eq!(table.name("bb", 5, 4), Some("b.ts"));
}

#[test]
fn what_is_no_map_is_refused() {
    #[rustfmt::skip]
    let table = [
        "", "{", "[]", "null", "\"x\"", "{\"version\":3,\"sources\":1}",
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"AAAAAAA"}"#,  // seven numbers
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"ACAA"}"#,     // beyond the sources
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"AAAAC"}"#,    // beyond the names
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"ADAA"}"#,     // source -1
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"g"}"#,        // a number that does not end
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"ggggggggggggggA"}"#,
        r#"{"version":3,"sources":["a"],"names":[],"mappings":"AAA,A"}"#,
    ];
    for text in table {
        assert!(Table::decode(text.as_bytes()).is_err(), "{text}");
    }
    let deep = format!("{}{}", r#"{"sections":[{"offset":{"line":0,"column":0},"map":"#.repeat(100_000), "{}");
    assert!(Table::decode(deep.as_bytes()).is_err());
}

#[test]
fn places_that_no_frame_can_have_are_none() {
    // Lines and columns below 0 wrap.
    let text = br#"{"version":3,"sources":["a"],"names":[],"mappings":"AADA,CAAD"}"#;
    let table = Table::decode(text).unwrap();
    assert_eq!(shown(table.place("f", 0, 0)), "-");
    assert_eq!(shown(table.place("f", 0, 1)), "-");
}

#[test]
fn a_map_that_repeats_a_place_is_searched_as_fast() {
    let mut text = br#"{"version":3,"sources":["a"],"names":["n"],"mappings":"AAAAA"#.to_vec();
    text.extend(b",AAAA".repeat(100_000));
    text.extend(b"\"}");
    let table = Table::decode(&text).unwrap();
    assert_eq!(table.mappings.len(), 1);
    assert!(table.memory() < 200, "{}", table.memory());
}

proptest! {
    #[test]
    fn any_mappings_are_read_or_refused(
        mappings in "[ACDEgh,;+/!é]{0,60}", sources in 0..3_usize, names in 0..3_usize, line in 0..4_u32, column in 0..40_u32,
    ) {
        let text = serde_json::json!({
            "version": 3, "sources": vec!["s"; sources], "names": vec!["n"; names], "mappings": mappings,
        });
        if let Ok(table) = Table::decode(text.to_string().as_bytes()) {
            table.place("f", line, column);
            table.name("f", line, column);
        }
    }

    #[test]
    fn look_ups_equal_a_search_from_the_front(
        rows in prop::collection::btree_map((0..4_u32, 0..30_u32), (prop::option::of((0..3_usize, 0..9_u32, 0..9_u32)), any::<bool>()), 0..40),
        line in 0..4_u32, column in 0..40_u32, len in 1..4_usize,
    ) {
        const SOURCES: [&str; 3] = ["a.ts", "b.ts", "c.ts"];
        let rows: Vec<Row<'_>> = rows
            .into_iter()
            .map(|(at, (source, named))| (at, source.map(|(i, line, column)| (SOURCES[i], line, column)), (named && source.is_some()).then_some("n")))
            .collect();
        let table = Table::decode(&json(&rows)).unwrap();
        let last = rows.iter().rfind(|row| row.0.0 == line && row.0.1 <= column);
        let expected = last.and_then(|row| row.1).map(|(source, line, column)| Place { source, line, column });
        prop_assert_eq!(table.place("f", line, column), expected);
        let named_at = |column: u32| rows.iter().any(|row| row.0 == (line, column) && row.2.is_some());
        let function = "f".repeat(len);
        let expected = column >= len as u32 && named_at(column - len as u32) && !named_at(column);
        prop_assert_eq!(table.name(&function, line, column).is_some(), expected);
    }
}

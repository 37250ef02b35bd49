//! What stands at a place of a source, where the map holds the text of its sources: whether a function begins there, and which.
//!
//! It is told by a glance at the rest of the line, not by a parser. In doubt a function begins there: what follows from that none does is a warning.

use std::cell::OnceCell;

use sourcemap::SourceMap;

/// Bytes of a line that are looked at.
const LOOKED_AT: usize = 256;

/// Bytes of text beyond which the sources of a map are not looked at: it would take longer than all else.
const LONGEST: usize = 64 << 20;

/// Words that may stand before a function.
const BEFORE: [&str; 12] = [
    "export ",
    "default ",
    "async ",
    "static ",
    "get ",
    "set ",
    "public ",
    "private ",
    "protected ",
    "override ",
    "readonly ",
    "*",
];

/// Words that are followed by a parenthesis without being a name.
const WORDS: [&str; 20] = [
    "for", "if", "while", "switch", "catch", "return", "new", "throw", "typeof", "await", "yield", "case", "else",
    "delete", "void", "in", "of", "import", "require", "super",
];

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen<'t> {
    /// A function, and its name if that stands there.
    Function(Option<&'t str>),
    /// Something else.
    Other,
}

/// The text of a map's sources.
pub(super) struct Contents<'m> {
    map: &'m SourceMap,
    /// Where the lines of each source begin; those of a source are looked for when it occurs.
    lines: Vec<OnceCell<Vec<u32>>>,
}

impl<'m> Contents<'m> {
    pub(super) fn of(map: &'m SourceMap) -> Self {
        let sources = map.get_source_count();
        let bytes: usize = (0..sources).filter_map(|id| map.get_source_contents(id)).map(str::len).sum();
        let count = if bytes <= LONGEST { sources as usize } else { 0 };
        Self { map, lines: (0..count).map(|_| OnceCell::new()).collect() }
    }

    /// The rest of a line from a column on, and the length of that line. Lines and columns count from 0, columns in UTF-16 code units.
    pub(super) fn rest(&self, source: u32, line: u32, column: u32) -> Option<(&'m str, usize)> {
        let lines = self.lines.get(source as usize)?;
        let text = self.map.get_source_contents(source)?;
        let starts = lines.get_or_init(|| {
            let ends = || memchr::memchr_iter(b'\n', text.as_bytes());
            let mut starts = Vec::with_capacity(1 + ends().count());
            starts.extend(std::iter::once(0).chain(ends().map(|end| end as u32 + 1)));
            starts
        });
        let line = line as usize;
        let start = *starts.get(line)? as usize;
        let end = starts.get(line + 1).map_or(text.len(), |&next| next as usize - 1);
        let line = &text[start..end];
        let rest = match line.get(..column as usize).is_some_and(str::is_ascii) {
            true => &line[column as usize..],
            false => behind(line, column)?,
        };
        Some((&rest[..rest.floor_char_boundary(LOOKED_AT)], line.len()))
    }
}

/// What follows so many UTF-16 code units.
fn behind(line: &str, column: u32) -> Option<&str> {
    let mut passed = 0;
    for (at, char) in line.char_indices() {
        if passed >= column {
            return Some(&line[at..]);
        }
        passed += char.len_utf16() as u32;
    }
    (passed == column).then_some("")
}

/// What begins with this text.
pub(super) fn look(text: &str) -> Seen<'_> {
    let mut text = text.trim_start();
    while let Some(rest) = BEFORE.iter().find_map(|word| text.strip_prefix(word)) {
        text = rest.trim_start();
    }
    if let Some(rest) = text.strip_prefix("function").filter(|rest| identifier(rest).is_empty()) {
        let name = identifier(rest.trim_start_matches([' ', '*']));
        return Seen::Function((!name.is_empty()).then_some(name));
    }
    if text.strip_prefix("class").is_some_and(|rest| identifier(rest).is_empty()) {
        return Seen::Function(None);
    }
    let name = identifier(text);
    let behind = text[name.len()..].trim_start_matches('?');
    // A name that is computed ends there, and is another one.
    let is_computed = behind.starts_with(']');
    let behind = behind.strip_prefix(']').unwrap_or(behind);
    // Many write a space before parameters; one before `<` is that of a comparison.
    let behind = if behind.trim_start().starts_with('(') { behind.trim_start() } else { behind };
    let is_function = if WORDS.contains(&name) {
        false
    } else if behind.starts_with(['(', '<']) {
        match after_parameters(behind) {
            // They go on in the next line.
            None => return Seen::Function(None),
            Some(after) if after.starts_with(['{', ':']) => {
                let is_named = !name.is_empty() && !is_computed && name != "constructor" && after.contains('{');
                return Seen::Function(is_named.then_some(name));
            }
            Some(_) => false,
        }
    } else {
        // A method whose name is a text or computed.
        text.starts_with(['"', '\'', '[']) && (text.contains(") {") || text.contains("){"))
    };
    match is_function || text.contains("=>") || text.contains("function") {
        true => Seen::Function(None),
        false => Seen::Other,
    }
}

/// The identifier that a text begins with, that of a private member included; it may be empty.
fn identifier(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let first = usize::from(text.starts_with('#'));
    let len = text[first..].find(|c| !is_part(c)).unwrap_or(text.len() - first);
    if len == 0 { "" } else { &text[..first + len] }
}

/// What follows the parameters that a text begins with, if they end in it.
fn after_parameters(text: &str) -> Option<&str> {
    let mut depth = 0_u32;
    let open = text.find('(')?;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(text[at + 1..].trim_start());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_told_from_other_code() {
        #[rustfmt::skip]
        let functions = [
            ("function baseClone(value, bitmask) {", Some("baseClone")), ("async function run() {", Some("run")),
            ("export default function* walk(a) {", Some("walk")), ("function(value) {", None), ("function (a) {", None),
            ("parseRows(seed: number): Row[] {", Some("parseRows")), ("#pad(n) { return n; }", Some("#pad")),
            ("static make<T>(a: T) {", Some("make")), ("constructor(a) {", None), ("class A {", None),
            ("(seed: number, i: number): Row => {", None), ("(", None), ("wide(", None), ("n => n + 1", None),
            ("n: number): void => {", None), ("() => {", None), ("makeRow = (seed, i) => {", None),
            ("\"src/main.ts\"() {", None), ("[Symbol.iterator]() {", None), ("b, c) => b", None),
            // With a space before the parameters, as esbuild's mappings have them: they begin with the name.
            ("toProduct (row) {", Some("toProduct")), ("async load (a, b) {", Some("load")), ("constructor () {", None),
            ("kAddNode] (parent, start) {", None), ("wide (", None), ("[kAddNode] (parent) {", None),
        ];
        for (text, name) in functions {
            assert_eq!(look(text), Seen::Function(name), "{text}");
        }
        for text in [
            "seed + i, 5, 6] };",
            "for (let i = 0; i < n; i++) {",
            "'lodash/cloneDeep';",
            "};",
            "",
            "t: 'tok' + i }",
            "(globalThis as any).held = held;",
            "if (a) {",
            "push (1);",
            "while (a) {",
            "rows[i] = 1;",
            "i] = (a);",
            "i < n; i++) {",
            "renderPage (id);",
            "require('./_root'),",
            "rows.push(1);",
            "new ListCache(entries);",
            "push(1);",
            "2, 3] };",
            "#",
            "é",
        ] {
            assert_eq!(look(text), Seen::Other, "{text}");
        }
    }

    #[test]
    fn places_count_in_units_of_utf_16() {
        let text = r#"{"version":3,"sources":["a","b"],"sourcesContent":["one\n\ud835\udcb3 é two\r\n",null],"names":[],"mappings":""}"#;
        let map = SourceMap::from_slice(text.as_bytes()).unwrap();
        let contents = Contents::of(&map);
        #[rustfmt::skip]
        let places = [
            (0, 0, 0, Some("one")), (0, 0, 2, Some("e")), (0, 0, 3, Some("")), (0, 0, 4, None), (0, 1, 0, Some("𝒳 é two\r")),
            (0, 1, 2, Some(" é two\r")), (0, 1, 5, Some("two\r")), (0, 1, 99, None), (0, 2, 0, Some("")), (0, 3, 0, None), (1, 0, 0, None), (2, 0, 0, None),
        ];
        for (source, line, column, expected) in places {
            assert_eq!(contents.rest(source, line, column).map(|(rest, _)| rest), expected, "{source}:{line}:{column}");
        }
    }
}

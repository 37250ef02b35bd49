//! The mappings of one source map in order, and what stands at a place of the generated code.
//!
//! The map is decoded by the crate `sourcemap`; its mappings are then kept in a table of our own. It holds each place once, so that
//! no look-up is long whatever a map repeats, sections are laid out in it, and the contents of sources are not kept.

use std::panic::catch_unwind;

use hashbrown::HashMap;
use sourcemap::{DecodedMap, SourceMap};

use super::content::{Contents, Seen, look};

/// In place of a source: there is none.
const NONE: u32 = u32::MAX;

/// In place of a name: there is none.
const NO_NAME: u32 = (1 << 27) - 1;

/// What is known of a mapping beside the number of its name: what has the name is given a value there in the source (`name = …`, `name: …`).
const ASSIGNED: u32 = 1 << 27;
/// The name is the one of the function that begins in the source there, which the map itself does not tell.
const DECLARED: u32 = 1 << 28;
/// A function begins in the source there.
const FUNCTION: u32 = 1 << 29;
/// None begins there.
const OTHER: u32 = 1 << 30;
/// The line of the source is long: it was minified before.
const LONG_LINE: u32 = 1 << 31;

/// Longest name that is taken over.
const LONGEST_NAME: usize = 4096;

/// Columns behind the last mapping where a function is not of what that one tells: a map with columns has a mapping at each function.
const FAR: u32 = 256;

/// Longest of the names that minifiers give.
const SHORT: usize = 3;

/// Most names that are taken from the text of sources.
const DECLARED_NAMES: usize = 1 << 17;

/// Columns that `async function` and a space take.
const KEYWORDS: u32 = 16;

/// What stands at a place of the generated code. Lines and columns count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mapping {
    line: u32,
    column: u32,
    /// [`NONE`] for what the tool itself wrote; ordered behind any source.
    source: u32,
    source_line: u32,
    source_column: u32,
    /// Number of a name, and what is known beside it.
    name: u32,
}

impl Mapping {
    fn is(&self, what: u32) -> bool {
        self.name & what != 0
    }
}

/// A place in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'t> {
    pub(super) source: &'t str,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The mappings of one map.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// In order of line and column; each place once.
    mappings: Vec<Mapping>,
    sources: Vec<Box<str>>,
    names: Vec<Box<str>>,
    /// There is one mapping for each line of generated code at most, though lines have the code of many sources.
    is_of_lines: bool,
    /// Columns of sources are told.
    has_columns: bool,
}

impl Table {
    /// Reads a source map, which is an error if it is none.
    pub(super) fn decode(text: &[u8]) -> Result<Self, String> {
        // It does not panic on what it should reject, but for overflows where those are checked.
        Self::of(catch_unwind(|| sourcemap::decode_slice(text)))
    }

    /// The same for a map that stands in a script.
    pub(super) fn decode_inline(url: &str) -> Result<Self, String> {
        Self::of(catch_unwind(|| sourcemap::decode_data_url(url)))
    }

    fn of(decoded: std::thread::Result<sourcemap::Result<DecodedMap>>) -> Result<Self, String> {
        let map =
            decoded.map_err(|_| "a number in it is out of range".to_owned())?.map_err(|error| error.to_string())?;
        let mut table = Self::default();
        let mut maps = vec![(&map, 0_u32, 0_u32)];
        while let Some((map, line, column)) = maps.pop() {
            match map {
                DecodedMap::Regular(map) => table.add(map, line, column),
                DecodedMap::Hermes(map) => table.add(map, line, column),
                DecodedMap::Index(index) => maps.extend(index.sections().filter_map(|section| {
                    let (section_line, section_column) = section.get_offset();
                    let column = if section_line == 0 { column } else { 0 };
                    let (line, column) = (line.saturating_add(section_line), column.saturating_add(section_column));
                    Some((section.get_sourcemap()?, line, column))
                })),
            }
        }
        drop(map);
        table.finish();
        if !table.sources.is_empty() && table.sources.iter().all(|source| source.is_empty()) {
            return Err("none of its sources has a name".to_owned());
        }
        Ok(table)
    }

    /// Puts the mappings in order.
    fn finish(&mut self) {
        self.mappings.sort_unstable_by_key(|mapping| Mapping { name: mapping.name & NO_NAME, ..*mapping });
        self.mappings.dedup_by_key(|mapping| (mapping.line, mapping.column));
        self.mappings.shrink_to_fit();
        let mut is_met = vec![false; self.sources.len()];
        for mapping in &self.mappings {
            is_met.get_mut(mapping.source as usize).iter_mut().for_each(|is_met| **is_met = true);
        }
        let met = is_met.iter().filter(|&&is_met| is_met).count();
        let is_one_a_line = self.mappings.windows(2).all(|pair| pair[0].line != pair[1].line);
        self.is_of_lines = is_one_a_line && met * 2 < self.sources.len();
        let with_column = self.mappings.iter().filter(|mapping| mapping.source_column > 0).count();
        // Statements stand at column 0, too.
        self.has_columns = with_column * 4 > self.mappings.len();
    }

    /// Adds the mappings of a map that begins at this place.
    fn add(&mut self, map: &SourceMap, line: u32, column: u32) {
        let (sources, names) = (self.sources.len() as u32, self.names.len() as u32);
        let numbered = |id: u32, count: u32, first: u32, none: u32| match id < count {
            true => first.saturating_add(id).min(none),
            false => none,
        };
        self.sources.extend((0..map.get_source_count()).map(|id| map.get_source(id).unwrap_or_default().into()));
        self.names.extend(map.names().map(Box::from));
        let (source_count, name_count) = (map.get_source_count(), map.get_name_count());
        let contents = Contents::of(map);
        let mut declared = HashMap::new();
        let all_names = &mut self.names;
        self.mappings.extend(map.tokens().map(|token| {
            let token = token.get_raw_token();
            let mut name = numbered(token.name_id, name_count, names, NO_NAME);
            if let Some((rest, len)) = contents.rest(token.src_id, token.src_line, token.src_col) {
                // Some tools keep the name of what stood there before they moved it.
                if all_names.get(name as usize).is_some_and(|name| !rest.starts_with(&**name)) {
                    name = NO_NAME;
                }
                let behind = all_names.get(name as usize).and_then(|name| rest.strip_prefix(&**name));
                if behind.is_some_and(gives_value) {
                    name |= ASSIGNED;
                }
                if len > FAR as usize {
                    name |= LONG_LINE;
                }
                name |= match look(rest) {
                    Seen::Other => OTHER,
                    Seen::Function(Some(its)) if name & NO_NAME == NO_NAME && declared.len() < DECLARED_NAMES => {
                        let number = *declared.entry(its).or_insert_with(|| {
                            all_names.push(its.into());
                            (all_names.len() - 1) as u32
                        });
                        name = name & !NO_NAME | number.min(NO_NAME) | DECLARED;
                        FUNCTION
                    }
                    Seen::Function(_) => FUNCTION,
                };
            }
            Mapping {
                line: token.dst_line.saturating_add(line),
                column: token.dst_col.saturating_add(if token.dst_line == 0 { column } else { 0 }),
                source: numbered(token.src_id, source_count, sources, NONE),
                source_line: token.src_line,
                source_column: token.src_col,
                name,
            }
        }));
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory(&self) -> usize {
        let text = |texts: &[Box<str>]| size_of_val(texts) + texts.iter().map(|text| text.len()).sum::<usize>();
        size_of_val(&self.mappings[..]) + text(&self.sources) + text(&self.names)
    }

    /// Where the function comes from that V8 says to begin there.
    pub(super) fn place(&self, function: &str, line: u32, column: u32) -> Option<Place<'_>> {
        if (function, line, column) == ("", 0, 0) {
            // The script itself, which is the code of all sources.
            let [source] = &self.sources[..] else { return None };
            return Some(Place { source, line: 0, column: 0 });
        }
        let mapping = self.last_until(line, column).filter(|mapping| !self.is_far(mapping, column))?;
        let source = self.sources.get(mapping.source as usize)?;
        // Made up where they cannot be those of a frame.
        let sane = |number: u32| i32::try_from(number).is_ok_and(|number| number < i32::MAX).then_some(number);
        Some(Place { source, line: sane(mapping.source_line)?, column: sane(mapping.source_column)? })
    }

    /// Whether the line has a mapping before this place that says nothing of it: maps without columns have one for a line, of what begins there.
    pub(super) fn lacks_columns(&self, line: u32, column: u32) -> bool {
        self.last_until(line, column).is_some_and(|mapping| self.is_far(mapping, column))
    }

    fn is_far(&self, mapping: &Mapping, column: u32) -> bool {
        self.is_of_lines || (column - mapping.column > FAR && !mapping.is(LONG_LINE))
    }

    /// Whether a function begins in the source where this one is put. Nothing is said of functions that the tool wrote itself, which lie behind what is mapped,
    /// nor of those that V8 makes of the fields of a class (`<static_initializer>`), which begin nowhere.
    pub(super) fn agrees(&self, function: &str, line: u32, column: u32) -> Option<bool> {
        let len = units(function).filter(|_| self.has_columns && !function.starts_with('<'))?;
        let mapping =
            self.last_until(line, column).filter(|mapping| column - mapping.column <= len.saturating_add(1))?;
        mapping.is(FUNCTION | OTHER).then(|| mapping.is(FUNCTION))
    }

    /// The name in the source of the function that V8 says to begin there, where it is sure.
    pub(super) fn name(&self, function: &str, line: u32, column: u32) -> Option<&str> {
        let before = self.name_before(function, line, column).or_else(|| self.assigned(function, line, column));
        let name = before.or_else(|| self.declared(function, line, column))?;
        (name.len() <= LONGEST_NAME && is_of_tool(function, name)).then_some(name)
    }

    /// The name that the map gives to the identifier before the function.
    fn name_before(&self, function: &str, line: u32, column: u32) -> Option<&str> {
        let start = column.checked_sub(units(function)?)?;
        // Where the function itself begins with a named thing, that is a parameter: what stands before it need not be its name.
        let is_named = self.last_until(line, column).is_some_and(|at| at.column == column && self.named(at).is_some());
        let before = self.last_until(line, start).filter(|before| before.column == start && !is_named)?;
        self.named(before)
    }

    /// The name that the map gives to the variable or key before the function, if that is its value: one sign stands between them (`r=(a)=>…`, `r:a=>…`).
    fn assigned(&self, function: &str, line: u32, column: u32) -> Option<&str> {
        let start = column.checked_sub(units(function)?.saturating_add(1))?;
        let before = self.last_until(line, start).filter(|before| before.column == start && before.is(ASSIGNED))?;
        self.named(before)
    }

    /// The name that the map gives to what stands there.
    fn named(&self, mapping: &Mapping) -> Option<&str> {
        let name = self.names.get((mapping.name & NO_NAME) as usize).filter(|_| !mapping.is(DECLARED))?;
        (!name.is_empty()).then_some(name)
    }

    /// The name with which the function begins in its source.
    fn declared(&self, function: &str, line: u32, column: u32) -> Option<&str> {
        let mapping = self.last_until(line, column).filter(|mapping| mapping.is(DECLARED))?;
        let reach = units(function).unwrap_or(0).saturating_add(KEYWORDS);
        let name = self.names.get((mapping.name & NO_NAME) as usize)?;
        (column - mapping.column <= reach).then_some(name)
    }

    /// The last mapping of the line up to this column.
    fn last_until(&self, line: u32, column: u32) -> Option<&Mapping> {
        let behind = self.mappings.partition_point(|mapping| (mapping.line, mapping.column) <= (line, column));
        self.mappings[..behind].last().filter(|mapping| mapping.line == line)
    }
}

/// The length of a name in UTF-16 code units, if it has one.
fn units(name: &str) -> Option<u32> {
    u32::try_from(name.encode_utf16().count()).ok().filter(|&len| len > 0)
}

/// Whether what follows a name gives a value to what has it.
fn gives_value(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.starts_with(':') || behind.starts_with('=') && !behind.starts_with("==") && !behind.starts_with("=>")
}

/// Whether a function's name was made by a tool or by V8, so that `name` may stand for it: it is as short as those of minifiers, it is what V8 makes of that
/// which a function is assigned to (`t.exports`), or bundlers added to it what makes it different from others (`parse2`, `parse$1`).
fn is_of_tool(function: &str, name: &str) -> bool {
    let own = function.trim_start_matches('#');
    let is_suffix = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'$' | b'_'));
    own.chars().count() <= SHORT || own.contains('.') || function.strip_prefix(name).is_some_and(is_suffix)
}

#[cfg(test)]
mod tests;

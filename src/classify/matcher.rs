//! Finds the first rule that fits a call frame, without looking at all of them.
//!
//! Rules are indexed by the names they demand: of the package, else of the function, else by the url. A name that is written out leads to
//! its rules directly, and so does a scope (`@koa/*`); other patterns with a fixed beginning are found by its first byte. Of these, and of what is left,
//! most are ruled out by numbers that stand beside each other: their texts lie all over the memory. Only rules that demand none of these names are tried one by one.
//! Rules are numbered by precedence, so the lowest that fits is the answer.

use std::cell::Cell;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use crate::rules::{MatchRule, Pattern, Subject};

/// The number of a rule, and of the pattern in it that a name has led to.
type Slot = (u32, u32);

/// Which name of a rule an index goes by.
#[derive(Clone, Copy)]
enum Key {
    Package,
    Function,
    Url,
}

impl Key {
    fn patterns(self, rule: &MatchRule) -> &[Pattern] {
        match self {
            Self::Package => rule.condition.package(),
            Self::Function => rule.condition.function(),
            Self::Url => rule.condition.url(),
        }
    }
}

/// Some bytes of a name, at its start or at its end.
type Bytes = u128;

/// How many these are.
const MOST: usize = size_of::<Bytes>();

/// The first and the last bytes of a name.
#[derive(Clone, Copy)]
struct Ends {
    first: Bytes,
    last: Bytes,
}

impl Ends {
    /// Those of a name that begins and ends so.
    fn new(beginning: &str, end: &str) -> Self {
        let (beginning, end) = (beginning.as_bytes(), end.as_bytes());
        let (mut first, mut last) = ([0; MOST], [0; MOST]);
        let count = beginning.len().min(MOST);
        first[..count].copy_from_slice(&beginning[..count]);
        let count = end.len().min(MOST);
        last[MOST - count..].copy_from_slice(&end[end.len() - count..]);
        Self { first: Bytes::from_le_bytes(first), last: Bytes::from_le_bytes(last) }
    }
}

/// A pattern that is no whole name.
struct Part {
    /// How a name begins and ends that fits it, as far as it says that.
    ends: Ends,
    /// Which bits of a name's it says.
    first: Bytes,
    last: Bytes,
    slot: Slot,
}

impl Part {
    fn new(pattern: &Pattern, slot: Slot) -> Self {
        let (beginning, end) = pattern.ends();
        let missing = |text: &str| 8 * (MOST - text.len().min(MOST)) as u32;
        let said = |missing: u32, all: fn(Bytes, u32) -> Option<Bytes>| all(Bytes::MAX, missing).unwrap_or(0);
        Self {
            ends: Ends::new(beginning, end),
            first: said(missing(beginning), Bytes::checked_shr),
            last: said(missing(end), Bytes::checked_shl),
            slot,
        }
    }

    /// Whether a name with these ends may fit.
    fn is_possible(&self, name: Ends) -> bool {
        (name.first & self.first) ^ self.ends.first | (name.last & self.last) ^ self.ends.last == 0
    }
}

/// Rules by a name that they demand.
struct Index {
    key: Key,
    /// By the whole name.
    exact: HashTable<Slot>,
    /// By a beginning that ends with the name's first `/`.
    scopes: HashTable<Slot>,
    /// By the first byte.
    beginnings: HashMap<u8, Vec<Part>>,
    /// The rest.
    others: Vec<Part>,
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}

/// The beginning of a name up to its first `/`.
fn scope(name: &str) -> Option<&str> {
    name.find('/').map(|slash| &name[..=slash])
}

fn text(pattern: &Pattern) -> &str {
    match pattern {
        Pattern::Exact(text) | Pattern::Prefix(text) => text,
        Pattern::Glob(_) | Pattern::Regex(_) => "",
    }
}

impl Index {
    fn new(key: Key) -> Self {
        let (exact, scopes) = (HashTable::new(), HashTable::new());
        Self { key, exact, scopes, beginnings: HashMap::new(), others: Vec::new() }
    }

    fn add(&mut self, rules: &[MatchRule], number: u32) {
        let key = self.key;
        let rehash = |&(rule, pattern): &Slot| hash(text(&key.patterns(&rules[rule as usize])[pattern as usize]));
        for (pattern, place) in key.patterns(&rules[number as usize]).iter().zip(0..) {
            let slot = (number, place);
            match pattern {
                Pattern::Exact(text) => _ = self.exact.insert_unique(hash(text), slot, rehash),
                Pattern::Prefix(text) if scope(text) == Some(text) => {
                    _ = self.scopes.insert_unique(hash(text), slot, rehash);
                }
                _ => {
                    let first = pattern.ends().0.as_bytes().first();
                    let parts = first.map(|&first| self.beginnings.entry(first).or_default());
                    parts.unwrap_or(&mut self.others).push(Part::new(pattern, slot));
                }
            }
        }
    }

    /// The rules below `best` whose pattern fits the name.
    fn candidates<'a>(
        &'a self,
        rules: &'a [MatchRule],
        name: &'a str,
        best: &'a Cell<usize>,
    ) -> impl Iterator<Item = usize> + 'a {
        let fits = |&(rule, pattern): &Slot| self.key.patterns(&rules[rule as usize])[pattern as usize].fits(name);
        let by_hash = |table: &'a HashTable<Slot>, name: &str| table.iter_hash(hash(name));
        let scoped = scope(name).into_iter().flat_map(move |scope| by_hash(&self.scopes, scope));
        let first = name.as_bytes().first().and_then(|first| self.beginnings.get(first));
        let ends = Ends::new(name, name);
        let parts = first.into_iter().flatten().chain(&self.others).filter(move |part| part.is_possible(ends));
        by_hash(&self.exact, name)
            .chain(scoped)
            .chain(parts.map(|part| &part.slot))
            .filter(move |slot| (slot.0 as usize) < best.get() && fits(slot))
            .map(|&(rule, _)| rule as usize)
    }
}

/// An index of rules in order of precedence.
pub(super) struct Matcher {
    indexes: [Index; 3],
    /// Rules that demand none of these names.
    others: Vec<usize>,
}

impl Matcher {
    pub(super) fn new(rules: &[MatchRule]) -> Self {
        let mut matcher = Self { indexes: [Key::Package, Key::Function, Key::Url].map(Index::new), others: Vec::new() };
        for (rule, number) in rules.iter().zip(0_u32..) {
            match matcher.indexes.iter_mut().find(|index| !index.key.patterns(rule).is_empty()) {
                Some(index) => index.add(rules, number),
                None => matcher.others.push(number as usize),
            }
        }
        matcher
    }

    /// The number of the first rule that fits. `rules` are those that the index was made of.
    pub(super) fn first(&self, rules: &[MatchRule], subject: &Subject<'_>) -> Option<usize> {
        let [by_package, by_function, by_url] = &self.indexes;
        let best = Cell::new(rules.len());
        for number in by_package.candidates(rules, subject.package, &best) {
            if rules[number].condition.fits_beside_package(subject) {
                best.set(number);
            }
        }
        for number in by_function.candidates(rules, subject.function, &best) {
            if rules[number].condition.fits_beside_function(subject) {
                best.set(number);
            }
        }
        for number in by_url.candidates(rules, subject.url, &best) {
            if rules[number].condition.fits_beside_names(subject) {
                best.set(number);
            }
        }
        // They are in order.
        let mut others = self.others.iter().copied().take_while(|&number| number < best.get());
        let first = others.find(|&number| rules[number].condition.fits_beside_names(subject));
        first.or_else(|| (best.get() < rules.len()).then(|| best.get()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::profile::FrameKind;
    use crate::rules::{Rules, RulesFile};

    /// Conditions of a file, from small parts that meet often.
    fn file() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec![
            "a",
            "b",
            "a/b",
            "a/*",
            "a*",
            "b*",
            "*b",
            "a*b",
            "@s/*",
            "@s/a",
            "@*",
            "",
            "*/*",
            "*a*",
            "a*a",
            "internal/streams/a*",
            "*nternal/streams/a",
            "i*m",
            "internal/streams/*a",
        ]);
        let names = prop::collection::vec(name, 1..4).prop_map(|names| format!("{names:?}"));
        let key = |key: &'static str| {
            prop::option::of(names.clone()).prop_map(move |names| names.map(|n| format!("{key} = {n}")))
        };
        let kind = prop::option::of(prop::sample::select(vec!["app", "native"]));
        let kind = kind.prop_map(|kind| kind.map(|kind| format!("kind = \"{kind}\"")));
        let rule =
            (key("package"), key("function"), key("url"), kind).prop_filter_map("names nothing", |(a, b, c, d)| {
                let keys: Vec<String> = [a, b, c, d].into_iter().flatten().collect();
                (!keys.is_empty()).then(|| format!("{{ {} }}", keys.join(", ")))
            });
        let category = (prop::collection::vec(rule, 1..4), -2..120);
        prop::collection::vec(category, 1..8).prop_map(|categories| {
            let category = |(i, (rules, precedence)): (usize, (Vec<String>, i32))| {
                let rules = rules.join(", ");
                format!("[[category]]\nid = \"c{i}\"\nname = \"C\"\nprecedence = {precedence}\nmatch = [{rules}]\n")
            };
            categories.into_iter().enumerate().map(category).collect()
        })
    }

    proptest! {
        /// The index must not change what a plain walk over the rules finds.
        #[test]
        fn the_first_rule_wins_however_it_is_indexed(text in file()) {
            let rules = Rules::with(vec![RulesFile { name: "f".to_owned(), text }]).unwrap();
            let rules = rules.match_rules();
            let matcher = Matcher::new(rules);
            let names = [
                "", "a", "b", "a/b", "ab", "aab", "aaa", "@s/a", "@s/c", "@t/a", "c", "koa", "urllib", "internal/stream",
                "internal/streams/a", "internal/streams/ab", "internal/streams", "an internal/streams/a",
            ];
            for kind in [FrameKind::App, FrameKind::Native, FrameKind::Unknown] {
                for package in names {
                    for function in names {
                        for url in ["", "a/b"] {
                            for has_line in [false, true] {
                                let subject = Subject { kind, package, url, function, has_line };
                                let plain = rules.iter().position(|rule| rule.condition.fits(&subject));
                                prop_assert_eq!(matcher.first(rules, &subject), plain, "{:?}", subject);
                            }
                        }
                    }
                }
            }
        }
    }
}

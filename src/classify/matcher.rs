//! Finds the first rule that fits a call frame, without looking at all of them.
//!
//! Rules are indexed by the names they demand: of the package, else of the function, else by the url. A name that is written out leads to
//! its rules directly, and so does a scope (`@koa/*`); other patterns with a fixed beginning are found by its first byte. Only rules with
//! none of these are tried one by one. Rules are numbered by precedence, so the lowest that fits is the answer.

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

/// Rules by a name that they demand.
struct Index {
    key: Key,
    /// By the whole name.
    exact: HashTable<Slot>,
    /// By a beginning that ends with the name's first `/`.
    scopes: HashTable<Slot>,
    /// By the first byte.
    beginnings: HashMap<u8, Vec<Slot>>,
    /// The rest.
    others: Vec<Slot>,
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
                Pattern::Prefix(text) => match text.as_bytes().first() {
                    Some(&first) => self.beginnings.entry(first).or_default().push(slot),
                    None => self.others.push(slot),
                },
                Pattern::Glob(_) | Pattern::Regex(_) => self.others.push(slot),
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
        by_hash(&self.exact, name)
            .chain(scoped)
            .chain(first.into_iter().flatten())
            .chain(&self.others)
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
            "a", "b", "a/b", "a/*", "a*", "b*", "*b", "a*b", "@s/*", "@s/a", "@*", "", "*/*",
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
            let names = ["", "a", "b", "a/b", "ab", "aab", "@s/a", "@s/c", "@t/a", "c", "koa", "urllib"];
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

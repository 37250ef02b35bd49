//! Finds the first rule that fits a call frame, without looking at all of them.
//!
//! Rules are indexed by the names they demand: of the package, else of the function. A name that is written out leads to its rules
//! directly, one with a `*` by its first byte. Only rules with neither are tried one by one. In each list rules stand in the
//! order of the pack, so the first that fits there is its best, and the lowest of all lists is the answer.

use hashbrown::{HashMap, HashSet};

use super::package::Origin;
use crate::profile::{CategoryId, FrameKind};

/// A text that a name must be, or begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// The whole name.
    Exact(Box<str>),
    /// What it begins with: written with a `*` at the end.
    Prefix(Box<str>),
}

impl Pattern {
    /// The pattern that `text` writes, or what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (prefix, open) = match text.strip_suffix('*') {
            Some(prefix) => (prefix, true),
            None => (text, false),
        };
        match (prefix, open) {
            ("", true) => Err("a lone `*` fits everything; leave the key out or name something before the `*`"),
            (prefix, _) if prefix.contains('*') => Err("a `*` may stand only at the end"),
            (prefix, true) => Ok(Self::Prefix(prefix.into())),
            (name, false) => Ok(Self::Exact(name.into())),
        }
    }
}

/// Patterns of which any may fit.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    exact: HashSet<Box<str>>,
    prefixes: Vec<Box<str>>,
}

impl Patterns {
    fn fit(&self, text: &str) -> bool {
        self.exact.contains(text) || self.prefixes.iter().any(|prefix| text.starts_with(&**prefix))
    }
}

impl FromIterator<Pattern> for Patterns {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        let mut set = Self::default();
        for pattern in patterns {
            match pattern {
                Pattern::Exact(name) => _ = set.exact.insert(name),
                Pattern::Prefix(prefix) => set.prefixes.push(prefix),
            }
        }
        set
    }
}

/// What a call frame must have to be counted under a category. What is `None` may be anything.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) category: CategoryId,
    pub(super) package: Option<Patterns>,
    pub(super) url: Option<Patterns>,
    pub(super) function: Option<Patterns>,
    pub(super) kinds: Option<Vec<FrameKind>>,
}

impl Rule {
    fn fits(&self, function: &str, origin: &Origin<'_>) -> bool {
        let fit = |patterns: &Option<Patterns>, text: &str| patterns.as_ref().is_none_or(|p| p.fit(text));
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&origin.kind))
            && fit(&self.package, &origin.package)
            && fit(&self.url, &origin.location)
            && fit(&self.function, function)
    }
}

/// Rules by a name that they demand.
#[derive(Default)]
struct Index {
    exact: HashMap<Box<str>, Vec<usize>>,
    by_first_byte: HashMap<u8, Vec<usize>>,
}

impl Index {
    fn add(&mut self, patterns: &Patterns, rule: usize) {
        for name in &patterns.exact {
            self.exact.entry(name.clone()).or_default().push(rule);
        }
        for prefix in &patterns.prefixes {
            let Some(&first) = prefix.as_bytes().first() else { continue }; // no pattern is a lone `*`
            let rules = self.by_first_byte.entry(first).or_default();
            if rules.last() != Some(&rule) {
                rules.push(rule);
            }
        }
    }

    /// The rules that may fit a name: those that have it whole, and those with a prefix.
    fn candidates(&self, name: &str) -> [&[usize]; 2] {
        let by_first_byte = name.as_bytes().first().and_then(|first| self.by_first_byte.get(first));
        [self.exact.get(name), by_first_byte].map(|rules| rules.map_or(&[][..], Vec::as_slice))
    }
}

/// Rules in order of precedence, indexed.
pub(super) struct Matcher {
    rules: Vec<Rule>,
    by_package: Index,
    by_function: Index,
    others: Vec<usize>,
}

impl Matcher {
    /// `rules` in order of precedence.
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let (mut by_package, mut by_function, mut others) = (Index::default(), Index::default(), Vec::new());
        for (index, rule) in rules.iter().enumerate() {
            match (&rule.package, &rule.function) {
                (Some(package), _) => by_package.add(package, index),
                (None, Some(function)) => by_function.add(function, index),
                (None, None) => others.push(index),
            }
        }
        Self { rules, by_package, by_function, others }
    }

    /// The category of the first rule that fits.
    pub(super) fn category_of(&self, function: &str, origin: &Origin<'_>) -> Option<CategoryId> {
        let [package, package_prefix] = self.by_package.candidates(&origin.package);
        let [function_name, function_prefix] = self.by_function.candidates(function);
        let mut best = self.rules.len();
        for list in [package, function_name, package_prefix, function_prefix, &self.others] {
            let mut better = list.iter().copied().take_while(|&index| index < best);
            best = better.find(|&index| self.rules[index].fits(function, origin)).unwrap_or(best);
        }
        self.rules.get(best).map(|rule| rule.category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(name: &str) -> Pattern {
        Pattern::Exact(name.into())
    }

    fn rule(category: u16, package: &[Pattern], function: &[Pattern]) -> Rule {
        let patterns = |list: &[Pattern]| (!list.is_empty()).then(|| list.iter().cloned().collect());
        Rule {
            category: CategoryId(category),
            package: patterns(package),
            url: None,
            function: patterns(function),
            kinds: None,
        }
    }

    /// The index must not change what a plain walk over the rules finds.
    #[test]
    fn the_first_rule_of_the_pack_wins_however_it_is_indexed() {
        let prefix = |text: &str| Pattern::Prefix(text.into());
        let rules = || {
            vec![
                rule(0, &[exact("a")], &[exact("f")]),
                rule(1, &[prefix("b")], &[]),
                rule(2, &[], &[exact("g")]),
                rule(3, &[exact("a"), exact("b1"), prefix("c")], &[]),
                rule(4, &[], &[prefix("h")]),
                rule(5, &[exact("d")], &[prefix("k"), exact("m")]),
                rule(6, &[], &[exact("f"), exact("m")]),
            ]
        };
        let names = ["a", "b", "b1", "c", "c1", "d", "e", "f", "g", "h", "hh", "k", "kk", "m"];
        for start in 0..rules().len() {
            let rotated = || {
                let mut rules = rules();
                rules.rotate_left(start);
                rules
            };
            let (plain, matcher) = (rotated(), Matcher::new(rotated()));
            let mut found = HashSet::new();
            for package in names {
                for function in names {
                    let origin = Origin {
                        kind: FrameKind::Dependency,
                        package: package.into(),
                        version: None,
                        location: "/x".into(),
                    };
                    let expected = plain.iter().find(|rule| rule.fits(function, &origin)).map(|rule| rule.category);
                    assert_eq!(matcher.category_of(function, &origin), expected, "{package} {function}");
                    found.insert(expected);
                }
            }
            assert!(found.len() >= 7, "the table reaches most rules");
        }
    }

    #[test]
    fn a_star_stands_for_the_rest_and_only_at_the_end() {
        assert_eq!(Pattern::parse("koa"), Ok(exact("koa")));
        assert_eq!(Pattern::parse("koa-*"), Ok(Pattern::Prefix("koa-".into())));
        assert_eq!(Pattern::parse(""), Ok(exact("")));
        for wrong in ["*", "*koa", "k*a", "koa**"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}

//! Finds the first rule that fits a call frame, without looking at all of them.
//!
//! Rules are indexed by the exact names they demand: of the package, else of the function. Only rules with neither are tried
//! one by one. In each of the three lists rules stand in the order of the pack, so the first that fits there is
//! its best, and the lowest of the three is the answer.

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

/// Rules in order of precedence, indexed.
pub(super) struct Matcher {
    rules: Vec<Rule>,
    by_package: HashMap<Box<str>, Vec<usize>>,
    by_function: HashMap<Box<str>, Vec<usize>>,
    others: Vec<usize>,
}

impl Matcher {
    /// `rules` in order of precedence.
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let (mut by_package, mut by_function, mut others) = (HashMap::new(), HashMap::new(), Vec::new());
        for (index, rule) in rules.iter().enumerate() {
            let (key, map) = match (&rule.package, &rule.function) {
                (Some(package), _) => (package, &mut by_package),
                (None, Some(function)) => (function, &mut by_function),
                (None, None) => {
                    others.push(index);
                    continue;
                }
            };
            for name in &key.exact {
                map.entry(name.clone()).or_insert_with(Vec::new).push(index);
            }
            if !key.prefixes.is_empty() {
                others.push(index);
            }
        }
        Self { rules, by_package, by_function, others }
    }

    /// The category of the first rule that fits.
    pub(super) fn category_of(&self, function: &str, origin: &Origin<'_>) -> Option<CategoryId> {
        let first = |indices: &[usize]| indices.iter().copied().find(|&index| self.rules[index].fits(function, origin));
        let lists = [
            self.by_package.get(&*origin.package).map_or(&[][..], Vec::as_slice),
            self.by_function.get(function).map_or(&[][..], Vec::as_slice),
            &self.others,
        ];
        let best = lists.into_iter().filter_map(first).min()?;
        Some(self.rules[best].category)
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

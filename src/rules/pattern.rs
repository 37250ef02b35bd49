//! Texts that a name must be or look like.
//!
//! A text is the whole name; a `*` in it stands for anything, `/` included. A regular expression is written as such:
//! `{ regex = "^#?request" }`. It is searched for, without backtracking, so no expression takes longer than the length of the
//! name allows; it is compiled when the file is read, since only so can a mistake in it be told. Of what is built in only recommendations have any, so none is
//! compiled to classify frames; their classes are of ASCII (`[0-9A-Za-z_]`), since those of Unicode (`\w`) take milliseconds to compile.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// How large a compiled expression may be.
const REGEX_LIMIT: usize = 1 << 20;

/// A text that a name must be or look like.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// The whole name.
    Exact(Box<str>),
    /// What it begins with: written with a `*` at the end.
    Prefix(Box<str>),
    /// What stands between the stars, in order: the first at the start of the name, the last at its end.
    Glob(Box<[Box<str>]>),
    /// A regular expression that is found somewhere in it.
    Regex(Box<Regex>),
}

impl Pattern {
    /// The pattern that `text` writes, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.contains('*') {
            return Ok(Self::Exact(text.into()));
        }
        if text.bytes().all(|b| b == b'*') {
            return Err("`*` alone fits everything; leave the key out, or name something beside the `*`".to_owned());
        }
        match text.strip_suffix('*') {
            Some(prefix) if !prefix.contains('*') => Ok(Self::Prefix(prefix.into())),
            _ => Ok(Self::Glob(text.split('*').map(Into::into).collect())),
        }
    }

    /// The pattern of a regular expression, or what is wrong with it.
    pub fn regex(expression: &str) -> Result<Self, String> {
        let compiled = RegexBuilder::new(expression).size_limit(REGEX_LIMIT).build();
        compiled.map(|regex| Self::Regex(Box::new(regex))).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "the expression is too large; shorten it, or lower its counts".to_owned()
            }
            // It is drawn over several lines, the reason on the last.
            other => {
                let text = other.to_string();
                let reason = text.lines().last().unwrap_or_default();
                format!("no valid regular expression: {}", reason.trim_start_matches("error: "))
            }
        })
    }

    /// How each name that fits begins and ends; empty where anything may stand there.
    pub fn ends(&self) -> (&str, &str) {
        match self {
            Self::Exact(text) => (text, text),
            Self::Prefix(text) => (text, ""),
            Self::Glob(pieces) => match &**pieces {
                [first, .., last] => (first, last),
                _ => ("", ""),
            },
            Self::Regex(_) => ("", ""),
        }
    }

    /// Whether a name is as the pattern says.
    pub fn fits(&self, name: &str) -> bool {
        match self {
            Self::Exact(text) => **text == *name,
            Self::Prefix(prefix) => name.starts_with(&**prefix),
            Self::Glob(pieces) => glob_fits(pieces, name),
            Self::Regex(regex) => regex.is_match(name),
        }
    }
}

/// As it is written in a file of rules.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) => write!(f, "\"{text}\""),
            Self::Prefix(prefix) => write!(f, "\"{prefix}*\""),
            Self::Glob(pieces) => write!(f, "\"{}\"", pieces.join("*")),
            Self::Regex(regex) => write!(f, "{{ regex = \"{regex}\" }}"),
        }
    }
}

/// Each piece where it is found first: what is left for the others can only be longer so.
fn glob_fits(pieces: &[Box<str>], name: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(mut rest) = name.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
        return false;
    };
    for piece in middle {
        match rest.find(&**piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_anything() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("koa", &["koa"], &["", "koa-", "Koa"]),
            ("", &[""], &["a"]),
            ("koa-*", &["koa-", "koa-router"], &["koa", "xkoa-"]),
            ("*.mjs", &["a.mjs", ".mjs"], &["a.mjs.js"]),
            ("a*a", &["aa", "aba"], &["a", "ab"]),
            ("*/src/*/api/*.js", &["/a/src/x/y/api/z.js", "/src//api/.js"], &["/src/api/z.js", "/a/src/x/api/z.jsx"]),
            ("a**b", &["ab", "a*b"], &["a", "b"]),
            ("*ü*", &["ü", "für"], &["u"]),
        ];
        for (text, fit, others) in table {
            let pattern = Pattern::parse(text).unwrap();
            assert!(fit.iter().all(|name| pattern.fits(name)), "{text}");
            assert_eq!(pattern.to_string(), format!("\"{text}\""));
            assert!(!others.iter().any(|name| pattern.fits(name)), "{text}");
            let (beginning, end) = pattern.ends();
            assert!(fit.iter().all(|name| name.starts_with(beginning) && name.ends_with(end)), "{text}");
            let pieces = text.split('*').collect::<Vec<_>>();
            assert_eq!((Some(&beginning), Some(&end)), (pieces.first(), pieces.last()), "{text}");
        }
        for wrong in ["*", "**"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_expression_is_searched_for_and_its_mistakes_are_told() {
        let pattern = Pattern::regex("^(get|set)[A-Z]").unwrap();
        assert!(pattern.fits("getName") && !pattern.fits("forgetName"));
        for (wrong, part) in [("(", "unclosed group"), (r"(a)\1", "backreferences"), (r"\w{1000}{1000}", "too large")] {
            let message = Pattern::regex(wrong).unwrap_err();
            assert!(message.contains(part) && !message.contains('\n'), "{wrong}: {message}");
        }
    }

    proptest! {
        #[test]
        fn a_glob_is_what_the_expression_with_dots_says(glob in "[ab*]{0,7}", name in "[ab]{0,9}") {
            if let Ok(pattern) = Pattern::parse(&glob) {
                let expression = format!("^{}$", glob.replace('*', ".*"));
                prop_assert_eq!(pattern.fits(&name), Regex::new(&expression).unwrap().is_match(&name), "{}", glob);
            }
        }
    }
}

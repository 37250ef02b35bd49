//! What `heapsift check` holds: `total +5% or 20MiB`, `category:json-parsing < 40MiB`, `package:typeorm +10%`.
//!
//! A subject, then how much it may be. Several allowances with `or` between them: the largest counts, so that `+5% or 1MiB` lets a small thing grow by
//! what nobody would look at. docs/check.md tells the grammar to users.

use super::error::suggested_category;
use super::former::called_now;
use crate::profile::{Category, Size};

/// One rule of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRule {
    /// As it was written, without space around it.
    pub text: String,
    /// What is held.
    pub subject: CheckSubject,
    /// What it may be; one or more, of which the largest counts.
    pub allowances: Vec<Allowance>,
}

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckSubject {
    /// All bytes.
    Total,
    /// A category, by id.
    Category(String),
    /// A package in all its versions.
    Package(String),
    /// Functions.
    Function {
        /// Their name; empty for anonymous ones.
        name: String,
        /// A part of the place where they stand, such as `urllib/` or `src/cache.js`; empty for any.
        place: String,
    },
}

/// How large something may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Smaller than so many bytes.
    Below(u64),
    /// So many hundredths of a percent larger than the baseline.
    Percent(u32),
    /// So many bytes larger than the baseline.
    Growth(u64),
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {}: {message}", .characters + 1)]
pub struct CheckRuleError {
    /// Bytes before it.
    pub offset: usize,
    /// Characters before it.
    pub characters: usize,
    /// What is wrong, and what is allowed.
    pub message: String,
}

const SUBJECTS: &str = "`total`, `category:ID`, `package:NAME` or `function:NAME`";
const ALLOWANCES: &str = "`< 40MiB`, `+5%` or `+20MiB`";
/// Hundredths of a percent that a rule may allow at most: a hundredfold.
const MOST: u32 = 1_000_000;

impl CheckRule {
    /// Reads a rule.
    pub fn parse(text: &str) -> Result<Self, CheckRuleError> {
        let mut cursor = Cursor { text, at: 0 };
        let subject = subject(&mut cursor)?;
        let begins_limit = cursor.rest().is_empty() || cursor.rest().starts_with(['<', '+', '-']);
        if subject != CheckSubject::Total && !begins_limit {
            return Err(cursor.fail(format!("expected {ALLOWANCES}; a name with spaces in it stands in quotes")));
        }
        let mut allowances = vec![allowance(&mut cursor, false)?];
        while !cursor.rest().is_empty() {
            if cursor.word() != "or" {
                return Err(cursor.fail("expected `or` and another limit, or the end of the rule"));
            }
            cursor.at += "or".len();
            let grows = allowances.iter().any(|allowance| !matches!(allowance, Allowance::Below(_)));
            allowances.push(allowance(&mut cursor, grows)?);
        }
        Ok(Self { text: text.trim().to_owned(), subject, allowances })
    }

    /// Whether what it is about is known: one of these categories, or anything that is none.
    pub(crate) fn is_of_known(&self, categories: &[Category]) -> Result<(), String> {
        let CheckSubject::Category(id) = &self.subject else { return Ok(()) };
        let id = called_now(id).unwrap_or(id);
        let mut known = categories.iter().map(|category| &*category.id);
        match known.any(|known| known == id) {
            true => Ok(()),
            false => {
                let near = suggested_category(id, categories.iter().map(|category| (&*category.id, &*category.name)));
                Err(format!("there is no category `{id}`{near}; `heapsift rules list` shows all"))
            }
        }
    }

    /// The category that it is about as it is written and as it is called now, where that was called otherwise.
    pub(crate) fn former_category(&self) -> Option<(&str, &'static str)> {
        let CheckSubject::Category(id) = &self.subject else { return None };
        called_now(id).map(|now| (&**id, now))
    }

    /// Whether it has a limit that something can be within: one that was read has.
    pub(crate) fn has_limit(&self) -> bool {
        !self.allowances.is_empty() && !self.allowances.contains(&Allowance::Below(0))
    }

    /// Whether it says something of a baseline.
    pub fn needs_baseline(&self) -> bool {
        self.allowances.iter().any(|allowance| !matches!(allowance, Allowance::Below(_)))
    }
}

impl std::str::FromStr for CheckRule {
    type Err = CheckRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// What follows, behind white space.
    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    /// What follows up to white space.
    fn word(&mut self) -> &'t str {
        self.rest().split(char::is_whitespace).next().unwrap_or_default()
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        self.at += if found { prefix.len() } else { 0 };
        found
    }

    /// Whether this character stands right here; then it is passed.
    fn take_next(&mut self, c: char) -> bool {
        let found = self.text[self.at..].starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    fn fail(&self, message: impl Into<String>) -> CheckRuleError {
        CheckRuleError { offset: self.at, characters: self.text[..self.at].chars().count(), message: message.into() }
    }
}

fn subject(cursor: &mut Cursor<'_>) -> Result<CheckSubject, CheckRuleError> {
    if cursor.word() == "total" {
        cursor.at += "total".len();
        return Ok(CheckSubject::Total);
    }
    let kinds = ["category", "package", "function"];
    let rest = cursor.rest();
    let Some(kind) =
        kinds.into_iter().find(|kind| rest[..].strip_prefix(kind).is_some_and(|rest| rest.starts_with(':')))
    else {
        return Err(cursor.fail(format!("expected {SUBJECTS}")));
    };
    cursor.at += kind.len() + 1;
    let start = cursor.at;
    // Without quotes a function's name ends at an @, unless it begins with it.
    let name = name(cursor, kind == "function")?;
    if name.is_empty() {
        cursor.at = start;
        let what = if kind == "category" { "id of a category" } else { "name" };
        return Err(cursor.fail(format!("expected the {what}")));
    }
    Ok(match kind {
        "category" => CheckSubject::Category(name),
        "package" => CheckSubject::Package(name),
        _ => {
            let place = match cursor.take_next('@') {
                true => self::name(cursor, false)?,
                false => String::new(),
            };
            let name = if name == "(anonymous)" { String::new() } else { name };
            CheckSubject::Function { name, place }
        }
    })
}

/// A name up to white space or in quotes.
fn name(cursor: &mut Cursor<'_>, ends_at_place: bool) -> Result<String, CheckRuleError> {
    let rest = &cursor.text[cursor.at..];
    if rest.starts_with('"') {
        return quoted(cursor);
    }
    let is_end = |(at, c): (usize, char)| c.is_whitespace() || ends_at_place && c == '@' && at > 0;
    let end = rest.char_indices().find(|&found| is_end(found)).map_or(rest.len(), |(at, _)| at);
    cursor.at += end;
    Ok(rest[..end].to_owned())
}

/// A name in quotes; `\"` and `\\` stand for what follows the backslash.
fn quoted(cursor: &mut Cursor<'_>) -> Result<String, CheckRuleError> {
    let start = cursor.at;
    let mut name = String::new();
    let mut characters = cursor.text[start + 1..].char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => {
                cursor.at = start + 1 + at + 1;
                return Ok(name);
            }
            '\\' => name.extend(characters.next().map(|(_, c)| c)),
            c => name.push(c),
        }
    }
    Err(cursor.fail("the quote is not closed"))
}

/// `may_be_bare`: the `+` goes without saying.
fn allowance(cursor: &mut Cursor<'_>, may_be_bare: bool) -> Result<Allowance, CheckRuleError> {
    if cursor.take("<") {
        if cursor.rest().starts_with('=') {
            return Err(cursor.fail("a rule says what something stays below: `<`, without `=`"));
        }
        return match size(cursor, "`5MiB` or `5B`")? {
            0 => Err(cursor.fail("nothing is smaller than 0 bytes")),
            bytes => Ok(Allowance::Below(bytes)),
        };
    }
    if cursor.rest().starts_with('-') {
        return Err(
            cursor.fail("a rule says how much something may grow; to hold what was saved, write the baseline anew")
        );
    }
    let has_plus = cursor.take("+");
    let begins_with_digit = cursor.rest().starts_with(|c: char| c.is_ascii_digit());
    if !(has_plus || may_be_bare && begins_with_digit) {
        return Err(cursor.fail(format!("expected {ALLOWANCES}")));
    }
    let word = cursor.word();
    match word.strip_suffix('%') {
        Some(number) => {
            let percent = hundredths(number).filter(|&percent| percent <= MOST).ok_or_else(|| {
                cursor.fail("expected a percentage up to 10000%, with at most two decimals, such as `+2.5%`")
            })?;
            cursor.at += word.len();
            Ok(Allowance::Percent(percent))
        }
        None => size(cursor, "`5%`, `5MiB` or `5B`").map(Allowance::Growth),
    }
}

/// A size; its unit may stand behind a space. A number without one, but for 0, could as well be meant as something else: such as one of `examples`.
fn size(cursor: &mut Cursor<'_>, examples: &str) -> Result<u64, CheckRuleError> {
    let rest = cursor.rest();
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let spaces = rest[digits..].len() - rest[digits..].trim_start_matches(' ').len();
    let letters = |from: usize| rest[from..].find(char::is_whitespace).unwrap_or(rest.len() - from);
    let mut length = digits + letters(digits);
    // `40 MiB`, but not `40 or`.
    let unit = &rest[digits + spaces..][..letters(digits + spaces)];
    if length == digits && digits > 0 && format!("1{unit}").parse::<Size>().is_ok() {
        length = digits + spaces + unit.len();
    }
    let Size(bytes) = rest[..length].parse().map_err(|message| cursor.fail(format!("{message}, such as `20MiB`")))?;
    if length == digits && bytes > 0 {
        return Err(cursor.fail(format!("the number lacks its unit, as in {examples}")));
    }
    cursor.at += length;
    Ok(bytes)
}

/// A decimal with at most two places, times 100.
fn hundredths(number: &str) -> Option<u32> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 2 {
        return None;
    }
    let part = part.parse::<u32>().ok()? * if part.len() == 1 { 10 } else { 1 };
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::Allowance::{Below, Growth, Percent};
    use super::CheckSubject::{Category, Package, Total};
    use super::*;

    const MB: u64 = 1 << 20;

    fn function(name: &str, place: &str) -> CheckSubject {
        CheckSubject::Function { name: name.to_owned(), place: place.to_owned() }
    }

    #[test]
    fn rules_are_read() {
        let table: [(&str, CheckSubject, &[Allowance]); 25] = [
            ("total +5%", Total, &[Percent(500)]),
            ("total +5% or 20MiB", Total, &[Percent(500), Growth(20 * MB)]),
            ("total +20MiB or +5%", Total, &[Growth(20 * MB), Percent(500)]),
            ("total +20 MiB or 5%", Total, &[Growth(20 * MB), Percent(500)]),
            ("total < 1.5MiB or +0.25 GiB", Total, &[Below(3 * MB / 2), Growth(256 * MB)]),
            ("total < 1TiB", Total, &[Below(1 << 40)]),
            ("  total  +0%  ", Total, &[Percent(0)]),
            ("total +0", Total, &[Growth(0)]),
            ("total + 2.5%", Total, &[Percent(250)]),
            ("total +0.25% or 1024B", Total, &[Percent(25), Growth(1024)]),
            ("total < 400MiB or +5%", Total, &[Below(400 * MB), Percent(500)]),
            ("category:json-parsing < 40MiB", Category("json-parsing".into()), &[Below(40 * MB)]),
            ("category:json-parsing <40 mb", Category("json-parsing".into()), &[Below(40 * MB)]),
            ("package:typeorm +10%", Package("typeorm".into()), &[Percent(1000)]),
            ("package:@koa/router +1G", Package("@koa/router".into()), &[Growth(1 << 30)]),
            ("package:(app) +10%", Package("(app)".into()), &[Percent(1000)]),
            ("function:parseJSON +1KB", function("parseJSON", ""), &[Growth(1024)]),
            ("function:parse@node_modules/@babel/x +1KB", function("parse", "node_modules/@babel/x"), &[Growth(1024)]),
            ("function:(anonymous)@src/a.js +1KB", function("", "src/a.js"), &[Growth(1024)]),
            (r#"function:"get \"a\\b\" +5%"@"x y" +1%"#, function("get \"a\\b\" +5%", "x y"), &[Percent(100)]),
            (r#"function:"get @user"@src/users.js +1%"#, function("get @user", "src/users.js"), &[Percent(100)]),
            (r#"function:"a@b" +1%"#, function("a@b", ""), &[Percent(100)]),
            ("function:@user +1%", function("@user", ""), &[Percent(100)]),
            ("function:@user@a@b +1%", function("@user", "a@b"), &[Percent(100)]),
            ("function:@@iterator +1%", function("@", "iterator"), &[Percent(100)]),
        ];
        for (text, subject, allowances) in table {
            let expected = CheckRule { text: text.trim().to_owned(), subject, allowances: allowances.to_vec() };
            assert_eq!(CheckRule::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let table = [
            ("", 1, "expected `total`, `category:ID`"),
            ("totl +5%", 1, "expected `total`, `category:ID`"),
            ("total", 6, "expected `< 40MiB`, `+5%` or `+20MiB`"),
            ("total 5%", 7, "expected `< 40MiB`, `+5%` or `+20MiB`"),
            ("total -5%", 7, "write the baseline anew"),
            ("total +5.125%", 8, "at most two decimals"),
            ("total +-5%", 8, "expected a percentage up to 10000%"),
            ("total +10001%", 8, "up to 10000%"),
            ("total +%", 8, "a percentage"),
            (
                "total +5X",
                8,
                "a size is a number, with K, M, G or T behind it; decimals only with one of these, such as `20MiB`",
            ),
            ("total +1.5", 8, "a size is a number, with K, M, G or T behind it; decimals only"),
            ("total +5", 8, "the number lacks its unit, as in `5%`, `5MiB` or `5B`"),
            ("total <5", 8, "the number lacks its unit, as in `5MiB` or `5B`"),
            ("total +5% or 20", 14, "the number lacks its unit"),
            ("total < 5 or +5%", 9, "the number lacks its unit"),
            ("total < 0", 10, "nothing is smaller than 0 bytes"),
            ("total <= 4MB", 8, "a rule says what something stays below"),
            ("total < 5%", 9, "a size is a number"),
            ("total < 99999999999999999999", 9, "a size is less than 2^64 bytes, such as `20MiB`"),
            ("total +5% 20MiB", 11, "expected `or`"),
            ("total +5% or", 13, "expected `< 40MiB`"),
            ("total < 40MiB or 20MiB", 18, "expected `< 40MiB`"),
            ("category: < 4MB", 10, "expected the id of a category"),
            ("package:\"a +5%", 9, "the quote is not closed"),
            ("function:a@\"b +5%", 12, "the quote is not closed"),
            ("function:\"a\"b +5%", 13, "expected `< 40MiB`"),
            ("function:get @user +5%", 14, "a name with spaces in it stands in quotes"),
            ("größe:ä +5%", 1, "expected `total`"),
            ("package:größe 5%", 15, "expected `< 40MiB`"),
        ];
        for (text, character, message) in table {
            let error = CheckRule::parse(text).expect_err(text);
            assert!(error.message.contains(message), "{text}: {error}");
            assert_eq!(error.characters + 1, character, "{text}: {error}");
            assert!(text.is_char_boundary(error.offset));
        }
    }
}

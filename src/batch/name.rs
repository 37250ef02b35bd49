//! What names of dumps tell: whose they are, and when.
//!
//! | writer | name |
//! |---|---|
//! | xprofiler | `x-heapprofile-{pid}-{yyyymmdd}-{n}`, `x-cpuprofile-…` |
//! | Node | `Heap.{yyyymmdd}.{hhmmss}.{pid}.{thread}.{n}`, `CPU.…` |
//!
//! In other names only numbers are seen; a day with a time of day behind it is one number.

use std::path::Path;

use crate::analysis::model::FileDate;

/// What a name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DumpName {
    /// The name with a `#` for each number; of the writers that are known with the numbers of the process.
    pub shape: String,
    /// The numbers that stand for `#`, from left to right.
    pub numbers: Vec<u64>,
    /// The process.
    pub process: Option<u64>,
    /// Seconds since 1970, where the name has a day and a time of day. The time zone is unknown, so only differences count.
    pub seconds: Option<u64>,
}

impl DumpName {
    /// What the name of the file tells.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = stem(&name);
        xprofiler(stem).or_else(|| node(stem)).unwrap_or_else(|| other(stem))
    }

    /// Whether it tells the thread of the process, too: those of Node do.
    pub(super) fn tells_thread(&self) -> bool {
        self.process.is_some() && self.seconds.is_some()
    }

    /// What names of all processes of a program share, where the name tells the process.
    pub fn program(&self) -> Option<String> {
        self.process.map(|process| self.shape.replacen(&process.to_string(), "#", 1))
    }
}

/// A name without what says how it is written: `.heapprofile` and what follows, else `.gz` or `.zst` and one more extension.
fn stem(name: &str) -> &str {
    for extension in [".heapprofile", ".cpuprofile"] {
        if let Some((stem, _)) = name.split_once(extension) {
            return stem;
        }
    }
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    name.strip_suffix(".json").unwrap_or(name)
}

fn xprofiler(stem: &str) -> Option<DumpName> {
    let rest = stem.strip_prefix("x-heapprofile-").or_else(|| stem.strip_prefix("x-cpuprofile-"))?;
    let mut parts = rest.split('-');
    let [process, day, n] = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    let (process, day) = (number(process)?, days(day)?);
    Some(DumpName {
        shape: format!("x-{process}-#-#"),
        numbers: vec![day, number(n)?],
        process: Some(process),
        seconds: None,
    })
}

fn node(stem: &str) -> Option<DumpName> {
    let mut parts = stem.split('.');
    let _ = parts.next().filter(|kind| ["Heap", "CPU"].contains(kind))?;
    let [day, time, process, thread, n] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    let (process, thread) = (number(process)?, number(thread)?);
    let seconds = days(day)? * 86_400 + time_of_day(time)?;
    let shape = format!("Heap.#.{process}.{thread}.#");
    Some(DumpName { shape, numbers: vec![seconds, number(n)?], process: Some(process), seconds: Some(seconds) })
}

fn other(stem: &str) -> DumpName {
    let mut name = DumpName { shape: String::new(), numbers: Vec::new(), process: None, seconds: None };
    let mut rest = stem;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        name.shape.push_str(before);
        name.shape.push('#');
        if let Some((seconds, after)) = name.seconds.is_none().then(|| stamp(from)).flatten() {
            name.seconds = Some(seconds);
            name.numbers.push(seconds);
            rest = after;
            continue;
        }
        let length = run(from);
        // Of a number that no counter has, the first digits decide.
        name.numbers.push(number(&from[..length.min(19)]).unwrap_or(u64::MAX));
        rest = &from[length..];
    }
    name.shape.push_str(rest);
    name
}

/// A day and a time of day at the beginning of a text, as `20251207T101500`, `20251207-101500`, `2025-12-07T10-15-00`, with what follows.
fn stamp(text: &str) -> Option<(u64, &str)> {
    let (day, rest) = match run(text) {
        8 => (days(&text[..8])?, &text[8..]),
        4 if text.len() > 10 && text.is_char_boundary(10) => {
            (days(&FileDate::in_name(&text[..10])?.to_string().replace('-', ""))?, &text[10..])
        }
        _ => return None,
    };
    let rest = rest.strip_prefix(['T', '-', '_', '.', ' '])?;
    match run(rest) {
        6 => Some((day * 86_400 + time_of_day(&rest[..6])?, &rest[6..])),
        2 => {
            let bytes = rest.as_bytes();
            let separator = *bytes.get(2)?;
            if bytes.get(5) != Some(&separator)
                || !b"-:._".contains(&separator)
                || run(&rest[3..]) != 2
                || run(&rest[6..]) < 2
            {
                return None;
            }
            let digits = [&rest[..2], &rest[3..5], &rest[6..8]].concat();
            Some((day * 86_400 + time_of_day(&digits)?, &rest[8..]))
        }
        _ => None,
    }
}

/// Digits at the beginning of a text.
fn run(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// Days since 1970 of `yyyymmdd`.
fn days(digits: &str) -> Option<u64> {
    (run(digits) == 8 && digits.len() == 8).then(|| FileDate::in_name(digits)).flatten().map(FileDate::days)
}

/// Seconds since midnight of `hhmmss`.
fn time_of_day(digits: &str) -> Option<u64> {
    if digits.len() != 6 || run(digits) != 6 {
        return None;
    }
    let [hours, minutes, seconds] = [0, 2, 4].map(|at| number(&digits[at..at + 2]));
    let (hours, minutes, seconds) = (hours?, minutes?, seconds?);
    (hours < 24 && minutes < 60 && seconds <= 60).then_some(hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_process_and_time() {
        // 2025-12-07 is day 20,429; 10:15:00 is 36,900 s.
        const DAY: u64 = 20_429;
        const TIME: u64 = DAY * 86_400 + 36_900;
        type Row<'a> = (&'a str, &'a str, &'a [u64], Option<u64>, Option<u64>);
        #[rustfmt::skip]
        let table: [Row<'_>; 14] = [
            ("x-heapprofile-3070674-20251207-1.heapprofile", "x-3070674-#-#", &[DAY, 1], Some(3_070_674), None),
            ("x-cpuprofile-3070674-20251207-12.cpuprofile.gz", "x-3070674-#-#", &[DAY, 12], Some(3_070_674), None),
            ("x-heapprofile-1-20251301-1.heapprofile", "x-heapprofile-#-#-#", &[1, 20_251_301, 1], None, None),
            ("Heap.20251207.101500.4242.0.001.heapprofile", "Heap.#.4242.0.#", &[TIME, 1], Some(4242), Some(TIME)),
            ("CPU.20251207.101500.4242.0.002.cpuprofile", "Heap.#.4242.0.#", &[TIME, 2], Some(4242), Some(TIME)),
            ("Heap-20251207T101500.heapprofile", "Heap-#", &[TIME], None, Some(TIME)),
            ("web-2025-12-07T10:15:00Z-3.heapprofile", "web-#Z-#", &[TIME, 3], None, Some(TIME)),
            ("web-2025-12-07_10-15-00.json.gz", "web-#", &[TIME], None, Some(TIME)),
            ("web-20251207-256000", "web-#-#", &[20_251_207, 256_000], None, None),
            ("dump12-07", "dump#-#", &[12, 7], None, None),
            ("before.heapprofile", "before", &[], None, None),
            ("é2é", "é#é", &[2], None, None),
            ("2025-12-0é", "#-#-#é", &[2025, 12, 0], None, None),
            ("99999999999999999999999", "#", &[9_999_999_999_999_999_999], None, None),
        ];
        for (name, shape, numbers, process, seconds) in table {
            let expected = DumpName { shape: shape.into(), numbers: numbers.into(), process, seconds };
            assert_eq!(DumpName::of(Path::new(name)), expected, "{name}");
        }
    }
}

//! The day that a file's name tells. A report shows a date only where the name has one: no clock, no time stamp of the disk.

use std::fmt;

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileDate {
    year: u16,
    month: u8,
    day: u8,
}

impl FileDate {
    /// The first day in `name`: `20251207` standing alone among digits, or `2025-12-07`.
    ///
    /// This covers `x-heapprofile-{pid}-{yyyymmdd}-{n}`, `Heap.{yyyymmdd}.{hhmmss}…` and `Heap-{yyyymmdd}T{hhmmss}`;
    /// process ids have at most seven digits.
    pub fn in_name(name: &str) -> Option<Self> {
        let runs: Vec<(usize, &str)> = digit_runs(name).collect();
        runs.iter().enumerate().find_map(|(i, &(start, run))| match run.len() {
            8 => Self::new(&run[..4], &run[4..6], &run[6..]),
            4 => match (runs.get(i + 1), runs.get(i + 2)) {
                (Some(&(second, month)), Some(&(third, day)))
                    if month.len() == 2
                        && day.len() == 2
                        && &name[start + 4..second] == "-"
                        && &name[second + 2..third] == "-" =>
                {
                    Self::new(run, month, day)
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// Days since 1970.
    pub fn days(self) -> u64 {
        // A year that begins in March has its leap day at its end.
        let (year, month) = (u64::from(self.year), u64::from(self.month));
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let before = year * 365 + year / 4 - year / 100 + year / 400;
        before + (153 * month + 2) / 5 + u64::from(self.day) - 719_469
    }

    fn new(year: &str, month: &str, day: &str) -> Option<Self> {
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        ((2000..2100).contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }
}

impl fmt::Display for FileDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The runs of ASCII digits in `text`, each with the place where it starts.
fn digit_runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(|c: char| c.is_ascii_digit())?;
        let length = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
        from = start + length;
        Some((start, &text[start..from]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_day_in_the_name_is_a_date() {
        let table = [
            ("x-heapprofile-3070674-20251207-1.heapprofile", Some("2025-12-07")),
            ("Heap.20240229.235959.4242.0.001.heapprofile", Some("2024-02-29")),
            ("Heap-20251207T101112.heapprofile", Some("2025-12-07")),
            ("before 2025-12-07.heapprofile.gz", Some("2025-12-07")),
            ("ü20251207", Some("2025-12-07")),
            ("12345678-20251207", Some("2025-12-07")),
            ("Heap.20230229.heapprofile", None),
            ("Heap.20251301.heapprofile", None),
            ("Heap.20250431.heapprofile", None),
            ("Heap.20251200.heapprofile", None),
            ("18991231.heapprofile", None),
            ("202512071.heapprofile", None),
            ("2025-12-7.heapprofile", None),
            ("2025.12.07.heapprofile", None),
            ("-", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(FileDate::in_name(name).map(|d| d.to_string()).as_deref(), expected, "{name}");
        }
    }
}

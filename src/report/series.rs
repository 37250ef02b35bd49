//! The series of a batch in words: what each is called, and whether any of them shows a leak.

use super::escape;
use super::trend::left_out_dumps;
use super::units::{Grouped, count};
use crate::analysis::model::{RollUp, SeriesRow};

/// The series, those that leak first, as they were found otherwise.
pub(super) fn leaking_first<'r>(roll_up: &'r RollUp<'_>) -> Vec<&'r SeriesRow> {
    let (leaking, others): (Vec<&SeriesRow>, Vec<&SeriesRow>) = roll_up.series.iter().partition(|row| leaks(row));
    leaking.into_iter().chain(others).collect()
}

/// Whether a series has a leak suspect.
pub(super) fn leaks(row: &SeriesRow) -> bool {
    !row.trend.suspects.is_empty()
}

/// What a series is called: by its first dump and its last, what their names share said once.
pub(super) fn name(roll_up: &RollUp<'_>, row: &SeriesRow) -> String {
    let file = |place: Option<usize>| place.map_or("", |place| &*roll_up.files()[place].name);
    let (first, last) = ends(row);
    escape::name(&range(file(first), file(last)))
}

/// The first dump of a series and the last, of those that are judged if there are any.
pub(super) fn ends(row: &SeriesRow) -> (Option<usize>, Option<usize>) {
    let dumps = if row.members.is_empty() { &row.left_out } else { &row.members };
    (dumps.first().copied(), dumps.last().copied())
}

/// `a/dump-{1..12}.json` for `a/dump-1.json` and `a/dump-12.json`; numbers stay whole.
fn range(first: &str, last: &str) -> String {
    if first == last {
        return first.to_owned();
    }
    let same = first.chars().zip(last.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let begin = first[..same].trim_end_matches(|c: char| c.is_ascii_digit());
    let (from, to) = (&first[begin.len()..], &last[begin.len()..]);
    let same: usize =
        from.chars().rev().zip(to.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let end = from[from.len() - same..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{begin}{{{}..{}}}{end}", &from[..from.len() - end.len()], &to[..to.len() - end.len()])
}

/// Whether there is a leak, in a sentence; and what could not be judged, and why.
pub(super) fn verdict(roll_up: &RollUp<'_>) -> Vec<String> {
    let series = &roll_up.series;
    let judged: Vec<&SeriesRow> = series.iter().filter(|row| row.trend.unjudged.is_none()).collect();
    let suspects: usize = series.iter().map(|row| row.trend.suspects.len()).sum();
    let mut sentences = Vec::new();
    match (suspects, judged.as_slice()) {
        (0, []) => {}
        (0, [only]) => sentences.push(only.trend.headline.clone()),
        (0, judged) => {
            let number = Grouped(judged.len() as u64);
            sentences.push(format!("No leak suspect in {number} series{}.", grown(roll_up, judged)));
        }
        (suspects, _) => {
            let leaking = series.iter().filter(|row| leaks(row)).count() as u64;
            let suspects = count(suspects, "leak suspect");
            sentences.push(format!("{suspects} in {} of {} series.", Grouped(leaking), Grouped(series.len() as u64)));
        }
    }
    sentences.extend(unjudged(roll_up));
    sentences.extend(left_out(roll_up));
    sentences.extend(runs(roll_up));
    sentences.extend(threads(roll_up));
    if sentences.is_empty() && !roll_up.files().is_empty() {
        let more = match roll_up.files().len() {
            1 => "",
            _ => " If they are, --series growing or restarted makes a series of those of one folder.",
        };
        let told = "Whether there is a leak is not known: as far as names tell, no two dumps are of one process.";
        sentences.push(format!("{told}{more}"));
    }
    sentences
}

/// That some of the series without a suspect have grown all the same, and the first of them by name.
fn grown(roll_up: &RollUp<'_>, judged: &[&SeriesRow]) -> String {
    let grown: Vec<&SeriesRow> = judged.iter().copied().filter(|row| row.trend.has_grown).collect();
    let which = match grown.as_slice() {
        [] => return String::new(),
        [only] => format!("1 of them, {}", name(roll_up, only)),
        [first, ..] => format!("{} of them, the first {}", Grouped(grown.len() as u64), name(roll_up, first)),
    };
    format!(", but the total grew in {which}: nothing grew steadily enough to be named; take more dumps")
}

/// That dumps are left out of their series.
fn left_out(roll_up: &RollUp<'_>) -> Option<String> {
    let places = roll_up.series.iter().flat_map(|row| &row.left_out);
    let names: Vec<&str> = places.map(|&place| &*roll_up.files()[place].name).collect();
    left_out_dumps(&names)
}

/// Why series could not be judged, once for each reason.
fn unjudged(roll_up: &RollUp<'_>) -> Vec<String> {
    let series = &roll_up.series;
    let mut reasons: Vec<(&str, String, u64)> = Vec::new();
    for row in series {
        let Some(why) = row.trend.unjudged else { continue };
        match reasons.iter_mut().find(|(known, ..)| *known == why) {
            Some((.., number)) => *number += 1,
            // Where other dumps are there, too, it is to be said which are meant.
            None if row.members.len() + row.left_out.len() < roll_up.files().len() => {
                reasons.push((why, format!("{}: {}", name(roll_up, row), row.trend.headline), 1));
            }
            None => reasons.push((why, row.trend.headline.clone(), 1)),
        }
    }
    let told = |(_, headline, number)| match number {
        1 if series.len() == 1 => headline,
        1 => format!("1 series is not judged: {headline}"),
        number => format!("{} series are not judged, the first: {headline}", Grouped(number)),
    };
    reasons.into_iter().map(told).collect()
}

/// That dumps may be a series, but nobody has said so.
fn runs(roll_up: &RollUp<'_>) -> Option<String> {
    let runs = Grouped(roll_up.around.runs);
    let mut first: Vec<String> = roll_up.around.first_runs.iter().map(|name| escape::name(name)).collect();
    if runs.0 > first.len() as u64 {
        first.push("…".to_owned());
    }
    // Of each several threads may be among them.
    let processes = if roll_up.around.threads.is_empty() { runs.to_string() } else { "several".to_owned() };
    (runs.0 > 0).then(|| {
        format!(
            "{runs} dumps are of {processes} processes ({}): that is no series, so nothing tells whether they show a leak. If one program was started again for each, \
             --series restarted makes a series of those of one folder.",
            first.join(if runs.0 > 2 { ", " } else { " and " })
        )
    })
}

/// That dumps of one process are of several threads.
fn threads(roll_up: &RollUp<'_>) -> Option<String> {
    let processes = &roll_up.around.threads;
    let first: Vec<String> = processes.first()?.iter().take(2).map(|name| escape::name(name)).collect();
    let dumps: usize = processes.iter().map(Vec::len).sum();
    let more = if dumps > 2 { ", …" } else { "" };
    Some(format!(
        "{} dumps are of threads of {} ({}{more}): each thread has a heap of its own, so they are no series, and nothing tells whether they show a leak.",
        Grouped(dumps as u64),
        match processes.len() {
            1 => "one process".to_owned(),
            many => format!("{} processes", Grouped(many as u64)),
        },
        first.join(if dumps > 2 { ", " } else { " and " }),
    ))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn a_series_is_called_by_its_first_dump_and_its_last() {
        let table = [
            ("a/dump-1.json", "a/dump-8.json", "a/dump-{1..8}.json"),
            ("a/dump-1.json", "a/dump-12.json", "a/dump-{1..12}.json"),
            ("dump-10", "dump-19", "dump-{10..19}"),
            ("x1-a1", "x2-a1", "x{1..2}-a1"),
            ("x11", "x21", "x{11..21}"),
            ("dump.json", "dump2.json", "dump{..2}.json"),
            ("é", "è", "{é..è}"),
            ("a", "a", "a"),
            ("", "", ""),
            ("", "b", "{..b}"),
            (
                "Heap.20261129.001258.169.0.001.heapprofile",
                "Heap.20261129.001333.177.0.001.heapprofile",
                "Heap.20261129.{001258.169..001333.177}.0.001.heapprofile",
            ),
        ];
        for (first, last, expected) in table {
            assert_eq!(range(first, last), expected);
        }
    }
}

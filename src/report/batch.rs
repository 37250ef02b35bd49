//! The roll-up of a batch in a format, and the sentences that its formats share.

use std::io::{self, Write};

use super::units::{Size, count};
use super::{Format, Grouped, Percent, Style, escape, html, json, markdown, text};
use crate::analysis::model::{BatchProblem, RollUp, Shortage, Warning};

/// What is said above a list of outliers.
pub(super) const OUTLIERS: &str =
    "More than five times as far from the median as dumps usually are, or as sampling alone makes them.";

/// What is said above a list of copies.
pub(super) const COPIES: &str = "They count in sums as any dump does, but once in a series.";

/// What is said above sums over all dumps.
pub(super) const SUMS: &str =
    "Sums over all dumps; of one process an object that lives through several dumps counts in each.";

/// Writes the roll-up of a batch.
pub fn render_batch(
    roll_up: &RollUp<'_>,
    format: Format,
    style: &Style,
    limit: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    match format {
        Format::Text => text::batch::write(roll_up, style, limit, &mut out)?,
        Format::Markdown => markdown::batch::write(roll_up, limit, &mut out)?,
        Format::Html => html::page(|text| markdown::batch::write(roll_up, limit, text), &mut out)?,
        Format::Json => json::batch::write(roll_up, limit, &mut out)?,
    }
    out.flush()
}

/// Writes a line of JSON for each file of a batch.
pub fn render_batch_files(roll_up: &RollUp<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    json::batch::write_files(roll_up, &mut out)?;
    out.flush()
}

/// What is wrong with a file, in a line.
pub fn problem(problem: &BatchProblem) -> String {
    let place = problem.offset.map_or_else(String::new, |offset| format!(" (byte {})", Grouped(offset)));
    let remedy = match problem.shortage {
        // What is held already may be that of the files before it.
        Some(Shortage { needed: None, .. }) => "; raise --max-memory",
        Some(_) => "; raise --max-memory, or leave it out",
        None => "",
    };
    super::escaped(&format!("{}{place}{remedy}", problem.message))
}

/// What is to be said of dumps that do not fit into the memory that is allowed, if there are any: two sentences.
pub(super) fn unfitting(roll_up: &RollUp<'_>) -> Option<String> {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let shortages = || roll_up.unfitting().map(|(.., shortage)| shortage);
    let limit = mib(shortages().map(|shortage| shortage.limit).max()?);
    let (dumps, unread) =
        (shortages().count(), roll_up.unfitting().filter(|(file, ..)| file.profile.is_none()).count());
    let counts = match unread {
        0 => "what was read before counts".to_owned(),
        unread if unread == dumps => format!("nothing of {} counts", if dumps == 1 { "it" } else { "them" }),
        unread => format!("nothing of {} counts, of the others what was read before", Grouped(unread as u64)),
    };
    // Where of one nothing is known it may need more than the others.
    let needed = shortages().try_fold(0, |most, shortage| Some(shortage.needed?.max(most)));
    let needed = needed.map_or(String::new(), |needed| format!(" to about {} MiB", mib(needed)));
    let (does, it) = if dumps == 1 { ("does", "it") } else { ("do", "them") };
    let dumps = count(dumps as u64, "dump");
    Some(format!(
        "{dumps} {does} not fit into the {limit} MiB of --max-memory: {counts}. Raise it{needed} and go on with --resume, which reads {it} again."
    ))
}

/// What makes the sums doubtful: what, and what to do.
pub(super) fn warnings(roll_up: &RollUp<'_>) -> Vec<String> {
    let told = |warning: Warning| {
        let share =
            warning.share.map(|share| format!(" {} of all bytes are in dumps of the latter kind.", Percent(share)));
        format!("{}{} {}", escape::visible(&warning.message), share.unwrap_or_default(), warning.remedy)
    };
    roll_up.warnings().into_iter().map(told).collect()
}

/// What a tired reader needs first, in a sentence or a few.
pub(super) fn headline(roll_up: &RollUp<'_>) -> Vec<String> {
    let files = roll_up.files();
    let mut sentences = Vec::new();
    if files.is_empty() {
        sentences.push("No heap profiles were found.".to_owned());
    } else {
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        let dumps = count(files.len() as u64, "dump");
        let shown = match roll_up.filters.is_empty() {
            true => String::new(),
            false => format!(", of which {} are shown", Size(roll_up.shown_size())),
        };
        let (bytes, total) = (Size(bytes), Size(roll_up.total_size()));
        sentences.push(format!("{dumps} ({bytes} on disk), {total} in all of them together{shown}."));
    }
    let failed = roll_up.broken().count();
    let unread = roll_up.broken().filter(|(file, _)| file.profile.is_none()).count();
    if failed > 0 {
        let what = match unread {
            0 => "what stands before the damage counts".to_owned(),
            unread if unread == failed => {
                format!("nothing could be read of {}", if failed == 1 { "it" } else { "them" })
            }
            unread => format!("nothing could be read of {}, the others count up to the damage", Grouped(unread as u64)),
        };
        let be = if failed == 1 { "is" } else { "are" };
        sentences.push(format!("{} {be} broken: {what}.", count(failed as u64, "dump")));
    }
    sentences.extend(unfitting(roll_up));
    let missed = || roll_up.around.missed.iter().filter(|missed| missed.is_failure);
    for (is_folder, what) in [(true, "folder"), (false, "file")] {
        let count_of = missed().filter(|missed| missed.is_folder == is_folder).count() as u64;
        if count_of > 0 {
            sentences.push(format!("{} cannot be read: dumps may be missing.", count(count_of, what)));
        }
    }
    let cpu = roll_up.cpu_failures().len() as u64;
    if cpu > 0 {
        sentences.push(format!("{} cannot be used.", count(cpu, "CPU profile")));
    }
    match roll_up.around.again {
        0 => {}
        1 => sentences.push("1 more name leads to a file that is counted already.".to_owned()),
        again => {
            let names = count(again, "more name");
            sentences.push(format!("{names} lead to files that are counted already."));
        }
    }
    match roll_up.copies().count() as u64 {
        0 => {}
        1 => sentences.push("1 dump holds the same as another one; a series has it once, unless it is the next reading of one session.".to_owned()),
        copies => sentences.push(format!("{} hold the same as others; a series has each once, but for readings of one session that follow upon each other.", count(copies, "dump"))),
    }
    let top: Vec<String> = roll_up
        .categories()
        .iter()
        .take(3)
        .map(|(category, over)| format!("{} {}", escape::name(&category.name), Percent(roll_up.share(over.self_size))))
        .collect();
    if !top.is_empty() {
        sentences.push(format!("Largest categories: {}.", top.join(", ")));
    }
    let mut files: Vec<usize> = roll_up.outliers().iter().map(|outlier| outlier.file).collect();
    files.sort_unstable();
    files.dedup();
    match files.len() {
        0 => {}
        1 => sentences.push("1 dump is unlike the others.".to_owned()),
        unlike => sentences.push(format!("{} are unlike the others.", count(unlike as u64, "dump"))),
    }
    sentences
}

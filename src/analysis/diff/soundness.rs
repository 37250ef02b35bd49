//! What makes a comparison doubtful: sides that were not captured alike, or that say too little.

use super::plain::TIMES;
use super::{Diff, DiffRow, Subject, Verdict};
use crate::analysis::doctor::better_interval;
use crate::analysis::interval;
use crate::analysis::likeness::{self, Capture, is_collected};
use crate::analysis::model::Warning;
use crate::analysis::panel::Member;
use crate::analysis::sampling::Sampling;
use crate::profile::Dialect;

/// Samples of a side below which only very large changes can be seen.
const FEW: u64 = 40;

/// Both sides, by what they are called.
type Sides<'a> = [(&'static str, &'a [Member]); 2];

/// Everything that is to be said first; `has_rebuilt` tells whether each side has another build of minified scripts, `iterators` are those that may differ by when loops were compiled.
pub(super) fn warnings(diff: &Diff<'_>, has_rebuilt: bool, iterators: &[u32]) -> Vec<Warning> {
    let [before, after] = diff.sides();
    let sides = [("before", before), ("after", after)];
    let members = named(sides);
    let captures: Vec<Capture<'_>> =
        members.iter().map(|(name, member)| Capture { name, ..Capture::of(member) }).collect();
    let found = [
        incomplete(sides),
        likeness::unsummed(all(sides).map(|member| &member.file)),
        empty(sides),
        likeness::repeated(before),
        likeness::repeated(after),
        likeness::one_session(before),
        likeness::one_session(after),
        likeness::threads(before),
        likeness::threads(after),
        on_both_sides(sides),
        interval_unknown(&members),
        likeness::objects(&captures),
        likeness::writers(&captures),
        garbage(sides, diff.total().verdict == Verdict::Unknown && diff.changes().is_empty()),
        scatter(sides, diff.scatter()),
        likeness::intervals(
            &captures,
            "that is accounted for",
            "The smaller one on both sides would show smaller changes.",
        ),
        few_files(sides),
        few_samples(sides),
        has_rebuilt.then(builds_differ),
        compiled(diff, iterators),
    ];
    let source_maps = likeness::source_maps(all(sides).map(|member| &member.file));
    found.into_iter().flatten().chain(of_sums(sides)).chain(source_maps).collect()
}

fn builds_differ() -> Warning {
    Warning::new(
        "builds-differ",
        "The sides are of different builds, and scripts of one or both are minified: a minifier calls functions as it pleases, so functions of these scripts and stacks through them are not compared. Sums are.",
        "Name the source maps of each side: --source-map-before old/dist --source-map-after new/dist.",
    )
}

/// What iterators gave differs by much, which is taken for noise.
fn compiled(diff: &Diff<'_>, iterators: &[u32]) -> Option<Warning> {
    /// Part of all bytes that is worth a word.
    const WORTH: u128 = 20;
    let is_one = |row: &&DiffRow| matches!(row.subject, Subject::Function(function) if iterators.contains(&function));
    let row = diff.functions().iter().filter(is_one).max_by_key(|row| row.difference().unsigned_abs())?;
    let is_much = row.difference().unsigned_abs() * WORTH >= u128::from(diff.total().before.min(diff.total().after));
    (is_much && row.verdict == Verdict::Noise).then(|| {
        Warning::new(
            "compiled",
            "What iterators give a loop (`next`) differs by much and counts as noise: V8 allocates it until it has compiled the loop, which is sooner in one run than in another.",
            "Compare several captures a side: --before A1 A2 A3 --after B1 B2 B3.",
        )
    })
}

fn all(sides: Sides<'_>) -> impl Iterator<Item = &Member> {
    sides.into_iter().flat_map(|(_, files)| files)
}

/// All with what they are called: a sum of several by its side, and so what is called as a file of the other side is.
fn named(sides: Sides<'_>) -> Vec<(String, &Member)> {
    let named = |side, member: &Member| {
        let name = &member.file.name;
        let is_on_both = sides.iter().all(|(_, files)| files.iter().any(|other| other.file.name == *name));
        match member.file.merged.is_empty() {
            true if is_on_both => format!("{name} ({side})"),
            true => name.clone(),
            false => format!("the {name} {side}"),
        }
    };
    let of_side = |(side, files)| <[Member]>::iter(files).map(move |member| (named(side, member), member));
    sides.into_iter().flat_map(of_side).collect()
}

fn incomplete(sides: Sides<'_>) -> Option<Warning> {
    let names: Vec<&str> =
        all(sides).map(|member| &member.file).filter(|file| !file.complete).map(|file| &*file.name).collect();
    let consequence = match sides.map(|(_, files)| files.iter().any(|member| !member.file.complete)) {
        [false, false] => return None,
        [true, false] => "looks as if it had grown",
        [false, true] => "looks as if it had shrunk",
        [true, true] => "may look as if it had grown or shrunk",
    };
    let message = format!("Read in part only: {}. What is missing {consequence}.", names.join(", "));
    Some(Warning::new("incomplete", message, "Capture again, and let the process finish writing the file."))
}

/// What makes sums of several files doubtful, each side's by itself.
fn of_sums(sides: Sides<'_>) -> impl Iterator<Item = Warning> {
    let of_side = |(side, files)| {
        let doubts = <[Member]>::iter(files).flat_map(|member| &member.doubts);
        doubts.map(move |doubt| Warning { message: format!("The sum {side}: {}", doubt.message), ..doubt.clone() })
    };
    sides.into_iter().flat_map(of_side)
}

fn empty(sides: Sides<'_>) -> Option<Warning> {
    let (side, _) = sides.into_iter().find(|(_, files)| files.iter().all(|file| file.total_size == 0))?;
    let is_all = sides.iter().all(|(_, files)| files.iter().all(|file| file.total_size == 0));
    let message = match is_all {
        true => "There are no bytes on either side: nothing can be compared.".to_owned(),
        false => format!(
            "There are no bytes {side}. A row counts as a change where even samples of {} KB, V8's usual interval, would have shown it. Whether the program did its work the file does not tell.",
            interval::DEFAULT >> 10
        ),
    };
    Some(Warning::new(
        "empty",
        message,
        "Make sure that the program worked while it was profiled, and take a smaller interval.",
    ))
}

fn interval_unknown(members: &[(String, &Member)]) -> Option<Warning> {
    let sampled = members.iter().filter(|(_, member)| member.total_size > 0);
    let captures: Vec<(&str, Sampling)> = sampled.map(|(name, member)| (&**name, member.sampling)).collect();
    let consequences = [
        "what differs by more than the noise of that is a change, and more may be",
        "nothing tells a change from noise",
    ];
    likeness::interval_unknown(&captures, consequences)
}

fn on_both_sides([(_, before), (_, after)]: Sides<'_>) -> Option<Warning> {
    let is_same = |&(a, b): &(&Member, &Member)| a.is_same_capture(b);
    let (old, new) = before.iter().flat_map(|a| after.iter().map(move |b| (a, b))).find(is_same)?;
    let message = format!("{} before and {} after are the same capture.", old.file.name, new.file.name);
    Some(Warning::new("same-capture", message, "Give the captures of what is to be compared."))
}

fn garbage(sides: Sides<'_>, is_untold: bool) -> Option<Warning> {
    let writer = all(sides).find(|member| !is_collected(member.file.dialect, member.objects.which))?.file.dialect;
    let capture = match writer {
        Dialect::NodeV8Api => "with `v8.startHeapProfile({ forceGC: true })`",
        _ => "with `node --heap-prof`",
    };
    let remedy = format!(
        "Give several files a side (--before A --before B --after C --after D): their spread tells. Or capture {capture}."
    );
    let is_one = sides.iter().all(|(_, files)| files.len() == 1);
    is_one.then(|| {
        let consequence = match is_untold {
            true => "With one file a side and so few samples, nothing can be called a change.",
            false => "With one file a side only what stands out far from all other rows is called a change.",
        };
        let message = format!(
            "{writer} does not collect garbage before it writes: sizes swing with what was not collected yet. {consequence}"
        );
        Warning::new("garbage", message, remedy)
    })
}

fn scatter(sides: Sides<'_>, scatter: Option<f64>) -> Option<Warning> {
    let times = scatter?.sqrt();
    // Of other writers that is said already.
    let is_said = !all(sides).all(|member| is_collected(member.file.dialect, member.objects.which));
    (!is_said).then(|| {
        Warning::new(
            "scatter",
            format!(
                "Half of the functions differ by more than {times:.0} times what sampling explains: much has changed, or each file caught the program at something else. Only what stands out \
                 from all others is called a change, and a total that differs {TIMES:.0} times with what holds most of it."
            ),
            "Give captures of several runs a side (--before A B --after C D): their spread tells, which readings of one run do not. Or compare programs that rest, or that did the same work.",
        )
    })
}

/// Two files tell by how much runs differ, but hardly how sure that is: the t distribution with two degrees of freedom is wide.
fn few_files(sides: Sides<'_>) -> Option<Warning> {
    let files = sides.map(|(_, files)| files.len());
    (files.iter().all(|&files| files > 1) && files.contains(&2)).then(|| {
        let message = "Two files a side tell badly how much runs differ: what is real may be called noise.";
        Warning::new("few-files", message, "Give four a side, or one, where sampling alone is the noise.")
    })
}

fn few_samples(sides: Sides<'_>) -> Option<Warning> {
    let samples = |files: &[Member]| -> Option<u64> {
        let mut samples = files.iter().map(|file| file.total_size.checked_div(file.sampling.interval?));
        samples.try_fold(0_u64, |sum, samples| Some(sum.saturating_add(samples?)))
    };
    let (side, files, count) = sides
        .into_iter()
        .filter_map(|(side, files)| Some((side, files, samples(files)?)))
        .filter(|&(.., count)| count > 0)
        .min_by_key(|&(.., count)| count)
        .filter(|&(.., count)| count < FEW)?;
    // Both sides are sampled alike, so finer than the finer one.
    let finest = all(sides).map(|member| member.sampling).min_by_key(|sampling| sampling.interval)?;
    let largest = files.iter().map(|file| file.total_size).max()?;
    let remedy = match better_interval(largest, &finest) {
        better if finest.interval.is_some_and(|interval| better < interval) => {
            format!("Take a smaller sampling interval, such as --heap-prof-interval={better}, or several files a side.")
        }
        _ => "Give several files a side, or let the program do more while it is profiled.".to_owned(),
    };
    let message =
        format!("There are only some {count} samples {side}: only very large changes can be told from noise.");
    Some(Warning::new("few-samples", message, remedy))
}

#[cfg(test)]
mod tests {
    use super::super::tests::samples;
    use super::super::{Diff, DiffOptions};
    use crate::analysis::panel::Panel;

    #[test]
    fn a_finer_interval_is_finer_than_that_of_the_files() {
        let run = |count: u64| samples(&[(count, &[("main", "/srv/app/a.js", 3)])]);
        let remedy = |intervals: [u64; 2]| {
            // 1 MB, and half of it.
            let runs = [run(2048), run(1024)];
            let mut panel = Panel::new(&runs[0].aggregate.categories);
            runs.iter().zip(intervals).for_each(|(run, interval)| {
                panel.add(run, Some(interval));
            });
            let diff = Diff::new(&panel, DiffOptions { before: 1, normalise: false });
            diff.warnings().iter().find(|warning| warning.kind == "few-samples").map(|warning| warning.remedy.clone())
        };
        let smaller = |interval: u64| {
            Some(format!(
                "Take a smaller sampling interval, such as --heap-prof-interval={interval}, or several files a side."
            ))
        };
        assert_eq!(remedy([512 << 10; 2]), smaller(512));
        assert_eq!(remedy([16 << 10; 2]), smaller(512));
        let none = Some("Give several files a side, or let the program do more while it is profiled.".to_owned());
        assert_eq!(remedy([512, 512 << 10]), none);
        assert_eq!(remedy([512; 2]), None);
    }
}

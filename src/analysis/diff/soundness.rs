//! What makes a comparison doubtful: sides that were not captured alike, or that say too little.

use super::noise::collects_garbage;
use super::{Diff, Verdict};
use crate::analysis::model::{Objects, Warning};
use crate::analysis::panel::Member;
use crate::profile::Size;

/// Samples of a side below which only very large changes can be seen.
const FEW: u64 = 40;

/// Both sides, by what they are called.
type Sides<'a> = [(&'static str, &'a [Member]); 2];

/// Everything that is to be said first.
pub(super) fn warnings(diff: &Diff<'_>) -> Vec<Warning> {
    let [before, after] = diff.sides();
    let sides = [("before", before), ("after", after)];
    let found = [
        incomplete(sides),
        empty(sides),
        interval_unknown(sides),
        objects(sides),
        writers(sides),
        garbage(sides, diff.total().verdict),
        scatter(sides, diff.scatter()),
        intervals(sides),
        few_samples(sides),
    ];
    found.into_iter().flatten().collect()
}

fn all(sides: Sides<'_>) -> impl Iterator<Item = &Member> {
    sides.into_iter().flat_map(|(_, files)| files)
}

fn incomplete(sides: Sides<'_>) -> Option<Warning> {
    let names: Vec<&str> =
        all(sides).map(|member| &member.file).filter(|file| !file.complete).map(|file| &*file.name).collect();
    (!names.is_empty()).then(|| {
        let message = format!("Read in part only: {}. What is missing looks as if it had shrunk.", names.join(", "));
        Warning::new("incomplete", message, "Capture again, and let the process finish writing the file.")
    })
}

fn empty(sides: Sides<'_>) -> Option<Warning> {
    let (side, _) = sides.into_iter().find(|(_, files)| files.iter().all(|file| file.total_size == 0))?;
    let message = format!("There are no bytes {side}: nothing can be compared.");
    Some(Warning::new("empty", message, "Let the program work while it is profiled, and take a smaller interval."))
}

fn interval_unknown(sides: Sides<'_>) -> Option<Warning> {
    let member = all(sides).find(|member| member.sampling.interval.is_none() && member.total_size > 0)?;
    Some(Warning::new(
        "interval-unknown",
        format!("The sampling interval of {} is not known, so nothing tells a change from noise.", member.file.name),
        "Give it: --interval 512K is the default of `node --heap-prof`, xprofiler and V8 itself; the inspector's is 32K, DevTools' 16K.",
    ))
}

fn objects(sides: Sides<'_>) -> Option<Warning> {
    let [before, after] = sides.map(|(_, files)| {
        let which = files.first().map(|file| file.objects.which)?;
        files.iter().all(|file| file.objects.which == which).then_some(which)
    });
    let differ = matches!(
        (before, after),
        (Some(Objects::Live), Some(Objects::All)) | (Some(Objects::All), Some(Objects::Live))
    );
    differ.then(|| {
        Warning::new(
            "objects-differ",
            "One side has live objects only, the other all that were allocated (or hardly anything was collected).",
            "Capture both sides with the same flags and for the same time.",
        )
    })
}

fn writers(sides: Sides<'_>) -> Option<Warning> {
    let first = all(sides).next()?.file.dialect;
    let other = all(sides).find(|member| member.file.dialect != first)?.file.dialect;
    let garbage = match collects_garbage(first) == collects_garbage(other) {
        true => "",
        false => ", and only one of them collects garbage before it writes",
    };
    Some(Warning::new(
        "writers-differ",
        format!("The files are of different writers ({first}, {other}){garbage}."),
        "Capture both sides in the same way.",
    ))
}

fn garbage(sides: Sides<'_>, verdict: Verdict) -> Option<Warning> {
    let writer = all(sides).map(|member| member.file.dialect).find(|&dialect| !collects_garbage(dialect))?;
    let remedy = "Give several files a side (--before A --before B --after C --after D): their spread tells. Or capture with `node --heap-prof`.";
    let is_one = sides.iter().all(|(_, files)| files.len() == 1);
    is_one.then(|| {
        let consequence = match verdict {
            Verdict::Unknown => "With one file a side and so few samples, nothing can be called a change.",
            _ => "With one file a side only what stands out far from all other rows is called a change.",
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
    let is_said = !all(sides).all(|member| collects_garbage(member.file.dialect));
    (!is_said).then(|| {
        Warning::new(
            "scatter",
            format!(
                "Half of the functions differ by more than {times:.0} times what sampling explains: much has changed, or each file caught the program at something else. Only what stands out \
                 from all others is called a change."
            ),
            "Give several files a side (--before A B --after C D): their spread tells. Or compare programs that rest, or that did the same work.",
        )
    })
}

fn intervals(sides: Sides<'_>) -> Option<Warning> {
    let known = || all(sides).filter_map(|member| member.sampling.interval);
    let (least, most) = (known().min()?, known().max()?);
    (least != most).then(|| {
        Warning::new(
            "intervals-differ",
            format!("The sampling intervals differ ({} to {}); that is accounted for.", Size(least), Size(most)),
            "The smaller one on both sides would show smaller changes.",
        )
    })
}

fn few_samples(sides: Sides<'_>) -> Option<Warning> {
    let samples = |files: &[Member]| -> Option<u64> {
        let samples = |file: &Member| Some(file.total_size / file.sampling.interval?);
        files.iter().map(samples).sum()
    };
    let (side, count) = sides
        .into_iter()
        .filter_map(|(side, files)| Some((side, samples(files)?)))
        .filter(|&(_, count)| count > 0)
        .min_by_key(|&(_, count)| count)
        .filter(|&(_, count)| count < FEW)?;
    Some(Warning::new(
        "few-samples",
        format!("There are only some {count} samples {side}: only very large changes can be told from noise."),
        "Take a smaller sampling interval, such as --heap-prof-interval=32768, or several files a side.",
    ))
}

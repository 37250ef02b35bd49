//! Recommendations in words that all formats share. What comes from the profile is visible text already (see [`super::escape`]).

use std::borrow::Cow;

use super::units::{Percent, SavingOf, Size, count};
pub(super) use super::verify::verify;
use super::words::{Said, Words};
use super::{escape, label};
use crate::analysis::model::{
    Brings, BudgetRow, Function, Joint, Largest, Objects, Program, Recommended, Report, Share, SizeRange, Task,
    Unadvised, Warning, too_few_samples,
};
use crate::profile::{FrameId, FrameKind};
use crate::rules::{Placeholder, Template, Urgency};

/// Recommendations that are told in full, unless the user gave a limit.
pub(super) const RECOMMENDATIONS: usize = 8;
/// Things to do that are listed, unless the user gave a limit.
pub(super) const TASKS: usize = 12;
/// What shares of a budget are of.
const BUDGET: &str = "Targets are shares of this profile's total. Of a smaller total what is left has a larger share, so after a change compare bytes (`heapsift diff`).";
/// What is said of targets that ask for less than the advice brings, and why that is so.
const LESS: &str = ", less than this advice brings";
const WHY_LESS: &str =
    "Targets are of what a category has itself; advice also counts what is made below its functions, in any category.";
/// What is said where samples leave open whether what they show lives.
pub(super) const IF_LIVE: &str = "Nearly all samples that were taken are left: either collected objects are in the file as well, or hardly anything was collected. The advice above is for the \
     first; what follows is for the second, and would come before it.";
/// What begins all that is told of the second reading.
pub(super) const SECOND: &str = "If these objects live: ";
/// What begins advice that holds as far as there is no source map.
pub(super) const WITHOUT: &str = "Without them:";
/// Frames of a stack that are named.
const STEPS: usize = 5;
/// What is said of a cause that most stacks do not show.
pub(super) const LIKELY: &str = "most likely ";

/// What recommendations have said, each by its number: nobody reads it twice.
#[derive(Default)]
pub(super) struct Told<'t>(Vec<(Cow<'t, str>, usize)>);

impl<'t> Told<'t> {
    /// Which has said this before; from now on, this one has.
    pub(super) fn before(&mut self, text: Cow<'t, str>, number: usize) -> Option<usize> {
        let before = self.0.iter().find(|(told, _)| *told == text).map(|&(_, number)| number);
        if before.is_none() {
            self.0.push((text, number));
        }
        before
    }
}

/// What stands in a place of a text; nothing where the profile does not tell.
pub(super) fn fill(report: &Report<'_>, row: &Recommended<'_>, place: Placeholder) -> Option<String> {
    let largest = row.evidence.functions.first().map(|&id| report.function(id));
    Some(match place {
        Placeholder::Category => escape::name(&report.category(row.rule.category).name),
        Placeholder::Package => owner(report, row)?,
        Placeholder::Size => Size(row.matched_size).to_string(),
        Placeholder::Share => Percent(report.share(row.matched_size)).to_string(),
        Placeholder::TopFunction => label::telling(&largest?),
        Placeholder::TopFunctionSize => Size(largest?.sums.actionable_size).to_string(),
        Placeholder::TopFunctionShare => Percent(report.share(largest?.sums.actionable_size)).to_string(),
        Placeholder::CausedBy => label::placed(&report.function(row.evidence.caused_by?)),
        Placeholder::Callers => match row.evidence.caused_by {
            Some(id) => label::placed(&report.function(id)),
            None => match *row.evidence.askers.as_slice() {
                [] => "the callers that the stacks name".to_owned(),
                [one] => label::placed(&report.function(one)),
                [one, other, ..] => [one, other].map(|id| label::placed(&report.function(id))).join(" and "),
            },
        },
    })
}

/// Whose code most of it is, in a sentence.
fn owner(report: &Report<'_>, row: &Recommended<'_>) -> Option<String> {
    let frames = &report.aggregate().frames;
    let package = frames.package(row.evidence.package?);
    Some(match package.kind {
        FrameKind::App => "the application".into(),
        FrameKind::Native => "V8".into(),
        FrameKind::Generated => "generated code".into(),
        FrameKind::Dependency | FrameKind::Core | FrameKind::Unknown => escape::name(frames.text(package.name)),
    })
}

/// A text with its places filled, for where backticks stand for themselves.
pub(super) fn sentence(report: &Report<'_>, row: &Recommended<'_>, template: &Template) -> Option<String> {
    template.render(|place| fill(report, row, place)).map(|text| super::escaped(&text))
}

/// The recommendation whose insight is the key insight (an index): the first one, or none. Beside a CPU profile that has one, there is none.
pub(super) fn key_insight(report: &Report<'_>) -> Option<usize> {
    let has_other = report.correlation().is_some_and(|beside| !beside.insights().is_empty());
    let has_insight = |row: &Recommended<'_>| {
        row.rule.insight.as_ref().is_some_and(|text| text.places().all(|place| fill(report, row, place).is_some()))
    };
    let first = report.advice().recommendations.first().filter(|row| !has_other && row.saving.high > 0);
    first.is_some_and(has_insight).then_some(0)
}

/// What part of the bytes that it speaks of a recommendation saves: `45-90%`.
pub(super) fn fraction(row: &Recommended<'_>) -> impl Words + use<> {
    percents(Share::of(row.of_matched.low, row.matched_size), Share::of(row.of_matched.high, row.matched_size))
}

/// What a recommendation brings: `size` says how much it saves, where it saves bytes; and under which condition.
pub(super) fn saves<S: Words>(row: &Recommended<'_>, size: S) -> impl Words + use<S> {
    let chance = if row.may_be_chance { ", by fewer than five samples" } else { "" };
    match row.brings {
        Brings::Bytes => (Some(size), "", chance),
        Brings::BytesIfSeveral => (Some(size), ", if several are held", chance),
        Brings::LowerPeak => (None, "only lowers the peak", ""),
        Brings::FewerAllocations => (None, "only allocates less, and holds more", ""),
    }
}

/// What a recommendation saves where it alone is followed, where that is more than beside the others.
pub(super) fn alone(report: &Report<'_>, row: &Recommended<'_>) -> Option<SavingOf> {
    row.saves_more_alone().then_some(saving_of(report, row.alone))
}

/// The same of a thing to do.
pub(super) fn task_alone(report: &Report<'_>, task: &Task<'_>) -> Option<SavingOf> {
    task.saves_more_alone().then_some(saving_of(report, task.alone))
}

/// What is said of the first of several things to do in one function: how many others there are, and what all of them save. `name` quotes a function with its place, which
/// `text`, what is to be done, may have named.
pub(super) fn joint(
    report: &Report<'_>,
    task: &Task<'_>,
    text: &str,
    name: impl Fn(&Function<'_>) -> String,
) -> Option<String> {
    let Joint { function, others, saving } = task.joint?;
    let others = count(others as u64, "more thing");
    let function = report.function(function);
    let place = match text.contains(&label::placed(&function)) {
        true => "there".to_owned(),
        false => format!("in {}", name(&function)),
    };
    Some(format!("with {others} to do {place}: {}", saving_of(report, saving)))
}

/// What stands before a thing to do that belongs to the one before.
pub(super) fn part(task: &Task<'_>) -> Option<&'static str> {
    task.is_part.then_some("+ ")
}

/// What a profile's bytes can be fewer by.
pub(super) fn saving_of(report: &Report<'_>, saving: SizeRange) -> SavingOf {
    SavingOf { saving, whole: report.total_size() }
}

/// What all of it saves together, of the whole profile.
pub(super) fn together(report: &Report<'_>) -> SavingOf {
    saving_of(report, report.advice().together())
}

/// What a recommendation saves, and of how much, where that is no more than what it speaks of. A saving is rounded alike wherever it is told; so is what it is of, where it would seem
/// to be more than that.
pub(super) fn saving(report: &Report<'_>, row: &Recommended<'_>) -> impl Words + use<> {
    let (saving, size) = (saving_of(report, row.saving), row.matched_size);
    let alike = saving_of(report, SizeRange { low: size, high: size });
    let whole = Said(move |text: &mut String| match saving.seems_more_than(size) {
        true => alike.add_to(text),
        false => Size(size).add_to(text),
    });
    (saving, (!row.saves_more_than_matched()).then_some((" of ", whole)))
}

/// A range of shares in whole percents.
pub(super) fn percents(low: Share, high: Share) -> impl Words + use<> {
    let (low, high) = (low.in_units_of(100), high.in_units_of(100));
    ((low != high).then_some((low, "-")), high, "%")
}

/// The functions of the heaviest stack, from the allocating one outwards, and whether there are more.
pub(super) fn steps<'a>(row: &Recommended<'a>) -> (impl ExactSizeIterator<Item = &'a FrameId> + use<'a>, bool) {
    let frames = row.evidence.stack.map_or(&[][..], |stack| stack.frames.as_slice());
    let is_cut = frames.len() > STEPS || row.evidence.stack.is_some_and(|stack| stack.frames_omitted > 0);
    (frames.iter().rev().take(STEPS), is_cut)
}

/// How many of the functions are not named.
pub(super) fn unnamed(row: &Recommended<'_>) -> usize {
    row.evidence.function_count - row.evidence.functions.len()
}

/// The title as plain text; the category's name where it cannot be filled.
pub(super) fn title(report: &Report<'_>, row: &Recommended<'_>) -> String {
    sentence(report, row, &row.rule.title).unwrap_or_else(|| escape::name(&report.category(row.rule.category).name))
}

/// What to do about a category that is over its budget: what its recommendations say, else where to look.
///
/// `text` fills a text, `name` quotes a function's name.
pub(super) fn budget_action(
    report: &Report<'_>,
    row: &BudgetRow,
    text: impl Fn(&Recommended<'_>, &Template) -> Option<String>,
    name: impl Fn(&Function<'_>) -> String,
) -> String {
    let recommendations = row.by.iter().filter_map(|&index| report.advice().recommendations.get(index));
    let texts: Vec<String> = recommendations.filter_map(|row| text(row, row.rule.budget.as_ref()?)).collect();
    match row.largest {
        Some(largest) if texts.is_empty() => format!("Begin with {}", name(&report.function(largest))),
        _ => texts.join("; "),
    }
}

/// What is to be said where the targets ask for more than all advice brings, or for less than that brings at least.
pub(super) fn beyond(report: &Report<'_>) -> &'static str {
    let (asked, brought) = (report.advice().reduction(), report.advice().together());
    match () {
        () if asked > brought.high => ", more than this advice brings",
        () if asked < brought.low => LESS,
        () => "",
    }
}

/// What is said below the budget.
pub(super) fn below_budget(report: &Report<'_>) -> impl Words + use<> {
    (BUDGET, (beyond(report) == LESS).then_some((" ", WHY_LESS)))
}

/// What is to be said where no rule has a word for most of a profile: that, and where to begin, which is what is to be done where there is no other thing to do.
/// `name` quotes a package's name, `function` a function with its place.
pub(super) fn unadvised(
    report: &Report<'_>,
    name: impl Fn(&str) -> String,
    function: impl Fn(&Function<'_>) -> String,
) -> Option<[String; 2]> {
    let Unadvised { size, package, is_start, is_unloaded, caused_by, largest, program, .. } =
        report.advice().unadvised?;
    let frames = &report.aggregate().frames;
    let most = package.map_or("of that".to_owned(), |(id, size)| {
        let package = frames.package(id);
        let name = match package.kind {
            FrameKind::Core => "Node's own code".to_owned(),
            FrameKind::Generated if is_unloaded => "scripts that were unloaded".to_owned(),
            FrameKind::Generated => "generated code".to_owned(),
            _ => name(frames.text(package.name)),
        };
        // What built-ins make for a package counts for it.
        let is_more =
            package.kind == FrameKind::Dependency && size > report.aggregate().by_package[id.0 as usize].self_size;
        format!("of the {} in {name}{}", Size(size), if is_more { " and the built-ins that it calls" } else { "" })
    });
    let what = match report.objects().which {
        Objects::Live => "look there for who keeps it",
        Objects::All | Objects::AllOfFew | Objects::Uncollected | Objects::Unknown => {
            "ask less often, for less, or keep what it gets"
        }
    };
    let named = package.map_or(String::new(), |(id, _)| name(frames.text(frames.package(id).name)));
    let begin = match (caused_by, largest) {
        _ if is_start => {
            "capture it while it works, and for longer: most of what is here is loaded as Node starts".to_owned()
        }
        (Some(id), _) => format!("begin with {}, which asks for most {most}: {what}", function(&report.function(id))),
        (None, Some(Largest { function: id, asked_by })) => {
            let largest = report.function(id);
            let asked_by =
                asked_by.map_or(String::new(), |id| format!(", asked by {}", function(&report.function(id))));
            format!(
                "begin with {}, which makes {} {most}{asked_by}",
                function(&largest),
                Size(largest.sums.actionable_size)
            )
        }
        (None, None) => format!("begin with the heaviest stacks, which say who asks for most {most}"),
    };
    let takes = |folder: &str| format!("`--app '{folder}'` takes its code for the application");
    let is_safe = |c: char| c.is_alphanumeric() || " ._-+@~,=()[]/:\\%".contains(c);
    let begin = match program.filter(|program| program.folder.chars().all(is_safe)) {
        Some(Program { folder, is_started: true }) => {
            format!("the program itself is {named}, in node_modules: {}. Or {begin}", takes(folder))
        }
        Some(Program { folder, is_started: false }) => {
            format!(
                "{begin}; no code of an application asks for it, so if {named} is the program itself, {}",
                takes(folder)
            )
        }
        None => begin,
    };
    Some([format!("No rule has advice on {} ({})", Size(size), Percent(report.share(size))), begin])
}

/// Whether what no rule has a word for is to be looked at before all that they say: that saves less, and one function asks for most of it, or it saves hardly anything beside it.
pub(super) fn is_unadvised_first(report: &Report<'_>) -> bool {
    /// So many times as much as all advice saves makes that a trifle.
    const TIMES: u64 = 4;
    let advice = report.advice();
    let most = advice.together().high;
    let is_first = |left: Unadvised| left.size > if left.is_of_one { most } else { most.saturating_mul(TIMES) };
    advice.unadvised.is_some_and(is_first)
}

/// What comes before all advice where the profile has too few samples to go by.
pub(super) fn samples_first(report: &Report<'_>) -> Option<String> {
    let samples = too_few_samples(report)?;
    let more = "a shorter interval, a longer run, or the child process, if one did the work";
    Some(format!("capture more: all of this rests on some {} ({more})", count(samples, "sample")))
}

/// What comes before all advice where much of the code is minified, in a bundle or run by `eval`, and was not taken to its sources: advice about it can only guess. With it goes whether it is told all the same,
/// as in bundles, where names are right.
pub(super) fn sources_first(report: &Report<'_>) -> Option<(String, bool)> {
    /// In parts of a hundred.
    const MUCH: u64 = 20;
    const NAME: &str = "name the source maps (--source-map)";
    const BUILD: &str = "build with webpack's `devtool: \"source-map\"` and name its source map (--source-map)";
    let share_of = |kind: &str| {
        let share = report.warnings().iter().find(|warning| warning.kind == kind)?.share?;
        (share.in_units_of(100) >= MUCH).then_some(share)
    };
    let (kind, share) = [Warning::MINIFIED, Warning::BUNDLED, Warning::EVALUATED]
        .into_iter()
        .find_map(|kind| Some((kind, share_of(kind)?)))?;
    let (what, of_it) = match kind {
        Warning::MINIFIED => (NAME, "minified code, of which advice can only guess"),
        Warning::BUNDLED => (NAME, "in a bundle, where advice takes code of packages for the application's"),
        _ => (BUILD, "code that webpack runs by `eval`, of which advice can only guess"),
    };
    Some((format!("{what}: {} of it is {of_it}", Percent(share)), kind == Warning::BUNDLED))
}

/// What would be done first if all objects lived, where the samples leave that open. `text` fills a text.
pub(super) fn if_live<'r, 'a, T>(
    report: &'r Report<'a>,
    text: impl Fn(&Recommended<'_>, &'a Template) -> Option<T>,
) -> Option<(&'r Task<'a>, T)> {
    let reading = report.advice().if_live.as_deref()?;
    let task = reading.task.as_ref()?;
    Some((task, text(&reading.recommended, &task.action.text)?))
}

/// How urgent the most urgent thing to do of a recommendation (an index) is.
pub(super) fn urgency(report: &Report<'_>, index: usize) -> Option<Urgency> {
    report.advice().tasks.iter().filter(|task| task.recommendation == index).map(|task| task.urgency).min()
}

/// What to do, the most urgent first, each with its text; left out is what cannot be told.
///
/// `text` fills a text.
pub(super) fn tasks<'r, 'a, T>(
    report: &'r Report<'a>,
    text: impl Fn(&Recommended<'_>, &'a Template) -> Option<T>,
) -> impl Iterator<Item = (&'r Task<'a>, T)> {
    let advice = report.advice();
    advice.tasks.iter().filter_map(move |task| {
        let row = advice.recommendations.get(task.recommendation)?;
        Some((task, text(row, &task.action.text)?))
    })
}

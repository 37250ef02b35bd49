//! What the sizes of a row in the files of both sides may differ by without a change: what is known of that for one comparison.

use super::judge::Verdict;
use crate::analysis::doctor::Objects;
use crate::analysis::interval;
use crate::analysis::likeness::is_collected;
use crate::analysis::noise::{LEVEL, Measured, Scatter};
use crate::analysis::panel::{Member, Row};
use crate::analysis::significance::Runs;

/// The sizes of a row in all files, in bytes, normalised where that is wanted.
pub(super) type Sizes = Vec<f64>;

/// What is known of the noise of a comparison.
#[derive(Clone)]
pub(super) struct Noise {
    /// Files before.
    before: usize,
    /// What the sizes of each file are multiplied with, and the sampling interval after that.
    files: Vec<(f64, f64)>,
    scatter: Scatter,
    /// By how much more than sampling explains what is held at a moment may scatter, and how many samples tell that.
    state: Option<(f64, f64)>,
    /// Whether all that was allocated is in the files: what a program holds at a moment does not count there.
    is_of_all: bool,
    /// Whether an interval is not known and the longest that it can be stands for it: then more may have changed than stands out.
    is_bound: bool,
    /// Whether a side has no bytes: then all is gone, or new, and nothing scatters.
    has_empty_side: bool,
}

/// Whether all that was allocated is in these files. One with few samples does not tell by itself, but where it lacks none and others have all it was captured as they were.
fn are_of_all(members: &[Member]) -> bool {
    let has = |member: &Member| match member.objects.which {
        Objects::All => Some(true),
        Objects::AllOfFew => None,
        Objects::Unknown => (member.total_size > 0).then_some(false),
        Objects::Live | Objects::Uncollected => Some(false),
    };
    let mut told = members.iter().filter_map(has).peekable();
    told.peek().is_some() && told.all(|has| has)
}

/// The variance of what two files hold, were what was allocated at one moment there or not as one, in that which sampling explains; and the samples that tell it. `files` are what sizes are
/// multiplied with, and intervals.
fn state(members: &[Member], files: &[(f64, f64)]) -> Option<(f64, f64)> {
    let [before, after] = members else { return None };
    let moments = [before.moments()?, after.moments()?];
    let of_files = moments.iter().zip(files);
    let held: f64 = of_files.map(|(moments, &(factor, _))| moments.variance() * factor * factor).sum();
    let sizes =
        members.iter().zip(files).map(|(member, &(factor, interval))| member.total_size as f64 * factor * interval);
    let sampled: f64 = sizes.sum();
    (sampled > 0.0).then(|| (held / sampled, moments.iter().map(|moments| moments.count() as f64).sum()))
}

impl Noise {
    /// The noise of these files, of which `before` are before; `None` where nothing tells how long a sampling interval can be. Sizes after are multiplied with `factor`.
    pub(super) fn new(members: &[Member], before: usize, factor: f64) -> Option<Self> {
        let longest = |members: &[Member]| members.iter().filter_map(|member| member.sampling.longest()).max();
        let sides = members.split_at(before);
        let files = members.iter().enumerate().map(|(place, member)| {
            let (factor, side) = if place < before { (1.0, sides.0) } else { (factor, sides.1) };
            // A file without bytes was captured as the others of its side; where it has none, as those of the other, or as coarsely as is usual.
            let of_others = || longest(side).or_else(|| Some(longest(members)?.max(interval::DEFAULT)));
            let of_others = || of_others().filter(|_| member.total_size == 0);
            Some((factor, member.sampling.longest().or_else(of_others)? as f64 * factor))
        });
        let files = files.collect::<Option<Vec<_>>>()?;
        let collect_garbage = members.iter().all(|member| is_collected(member.file.dialect, member.objects.which));
        let scatter = Scatter::of(members.len(), collect_garbage);
        let is_of_all = collect_garbage && are_of_all(members);
        let is_empty = |side: &[Member]| side.iter().all(|member| member.total_size == 0);
        let state = state(members, &files).filter(|_| collect_garbage);
        let has_empty_side = is_empty(sides.0) || is_empty(sides.1);
        let is_unknown = |member: &Member| member.total_size > 0 && member.sampling.interval.is_none();
        let is_bound = has_empty_side || members.iter().any(is_unknown);
        Some(Self { before, files, scatter, state, is_of_all, is_bound, has_empty_side })
    }

    /// The same with sizes after that are so many times as large.
    pub(super) fn scaled(&self, times: f64) -> Self {
        let mut noise = self.clone();
        for (factor, interval) in &mut noise.files[self.before..] {
            (*factor, *interval) = (*factor * times, *interval * times);
        }
        noise
    }

    /// These sizes with those after that are so many times as large.
    pub(super) fn scaled_sizes(&self, sizes: &[f64], times: f64) -> Sizes {
        let factor = |file: usize| if file < self.before { 1.0 } else { times };
        sizes.iter().enumerate().map(|(file, size)| size * factor(file)).collect()
    }

    /// The sizes of a row.
    pub(super) fn sizes(&self, row: Row<'_>) -> Sizes {
        self.sizes_from(row, &vec![0; self.files.len()])
    }

    /// The sizes of a row, of which a file tells only those from so many bytes.
    pub(super) fn sizes_from(&self, row: Row<'_>, floors: &[u64]) -> Sizes {
        let mut sizes = floors.to_vec();
        row.cells().for_each(|(file, size)| sizes[file] = size);
        self.factored(&sizes)
    }

    /// Sizes in all files, normalised where that is wanted.
    pub(super) fn factored(&self, sizes: &[u64]) -> Sizes {
        sizes.iter().zip(&self.files).map(|(&size, &(factor, _))| size as f64 * factor).collect()
    }

    /// The sizes of a row with so many bytes more on the side that has less.
    pub(super) fn lifted(&self, sizes: &[f64], bytes: f64) -> Sizes {
        let [before, after] = self.means(sizes);
        let is_lifted = |file: usize| (file < self.before) == (before < after);
        sizes.iter().enumerate().map(|(file, size)| size + if is_lifted(file) { bytes } else { 0.0 }).collect()
    }

    /// Learns from the functions whose bytes have not moved by how much rows scatter, where the spread of several files does not show it.
    pub(super) fn learn<'a>(&mut self, functions: impl Iterator<Item = &'a Sizes>) {
        if self.files.len() <= 2 && !self.is_of_all && !self.has_empty_side {
            let mut scatter = self.scatter;
            scatter.learn(functions.map(|sizes| self.sides(sizes)));
            if let Some((factor, samples)) = self.state {
                scatter.at_most(factor, samples);
            }
            self.scatter = scatter;
        }
    }

    /// By how much more rows are scattered than sampling and load explain, where that is far more.
    pub(super) fn scatter(&self) -> Option<f64> {
        self.scatter.if_wild()
    }

    /// What is said of a row that does not stand out: where nearly all differ, or at a shorter interval it might, that does not make it the same.
    pub(super) fn else_said(&self) -> Verdict {
        match self.is_unknown() || self.is_bound || self.scatter().is_some() {
            true => Verdict::Unknown,
            false => Verdict::Noise,
        }
    }

    /// How many files there are.
    pub(super) fn files(&self) -> usize {
        self.files.len()
    }

    /// Whether all that was allocated is in the files.
    pub(super) fn is_of_all(&self) -> bool {
        self.is_of_all
    }

    /// Whether nothing can be said of any row.
    pub(super) fn is_unknown(&self) -> bool {
        self.scatter == Scatter::Unknown
    }

    /// The sizes of both sides.
    fn sides(&self, sizes: &[f64]) -> [Measured; 2] {
        [0..self.before, self.before..self.files.len()].map(|side| {
            let runs = Runs::of(&sizes[side.clone()]);
            let intervals = self.files[side.clone()].iter().map(|&(_, interval)| interval);
            let sum: f64 = sizes[side.clone()].iter().sum();
            let variance: f64 = intervals.clone().zip(&sizes[side]).map(|(interval, size)| interval * size).sum();
            let unit = if sum > 0.0 { variance / sum } else { intervals.sum::<f64>() / runs.count as f64 };
            Measured { runs, unit, swing: 0.0 }
        })
    }

    /// Mean sizes of both sides.
    pub(super) fn means(&self, sizes: &[f64]) -> [f64; 2] {
        self.sides(sizes).map(|side| side.runs.mean)
    }

    /// The standard error of the difference.
    pub(super) fn error(&self, sizes: &[f64]) -> f64 {
        self.scatter.error(self.sides(sizes))
    }

    /// How probable it is that the sides differ by as much without a change.
    pub(super) fn p_value(&self, sizes: &[f64]) -> f64 {
        self.scatter.p_value(self.sides(sizes))
    }

    /// The same where a run has this standard error beside all others.
    pub(super) fn p_value_with(&self, sizes: &[f64], swing: f64) -> f64 {
        self.scatter.p_value(self.sides(sizes).map(|side| Measured { swing, ..side }))
    }

    /// Whether one side is more than so many times as large as the other, beyond all that sampling and load explain, however far rows are scattered.
    pub(super) fn is_times_apart(&self, sizes: &[f64], times: f64) -> bool {
        let [before, after] = self.means(sizes);
        let times = if after < before { times } else { 1.0 / times };
        let scaled = Self { scatter: Scatter::None, ..self.scaled(times) };
        let sizes = self.scaled_sizes(sizes, times);
        let [old, new] = scaled.means(&sizes);
        (new < old) == (after < before) && old != new && scaled.p_value(&sizes) <= LEVEL
    }

    /// The least that the p-value of sizes with this sum can be.
    pub(super) fn least(&self, sizes: &[f64]) -> f64 {
        self.scatter.least_p_value(self.sides(sizes))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{compared, names, panel, samples};
    use super::*;
    use crate::analysis::model::{Profile, Sampling};
    use crate::analysis::panel::Panel;
    use crate::analysis::test_support::Frame;
    use crate::profile::FirstSamples;

    const MAIN: Frame<'_> = ("main", "/srv/app/a.js", 3);
    const CACHE: Frame<'_> = ("cache", "/srv/app/a.js", 40);
    const QUERY: Frame<'_> = ("query", "/srv/node_modules/pg/lib/client.js", 7);

    /// Two profiles, of which the second does not tell its interval, but that it is this at most.
    fn bound(before: Profile, mut after: Profile, longest: u64) -> Panel {
        let mut panel = Panel::new(&before.aggregate.categories);
        panel.add(&before, Some(512));
        after.sampling = Some(Sampling { candidate: Some(longest), ..Sampling::default() });
        panel.add(&after, None);
        panel
    }

    #[test]
    fn an_interval_that_is_not_known_is_no_longer_than_sizes_allow() {
        let before = || samples(&[(9000, &[MAIN, QUERY]), (300, &[MAIN]), (40, &[MAIN, CACHE])]);
        // Next to nothing is left.
        let improved = bound(before(), samples(&[(1, &[MAIN]), (3, &[MAIN, CACHE])]), 512);
        let diff = compared(&improved, 1);
        let changes: Vec<_> = diff.changes().iter().map(|change| names(&diff, change)[0].clone()).collect();
        let expected = ["main …", "query"].map(str::to_owned);
        assert_eq!((&changes[..], diff.total().verdict), (&expected[..], Verdict::Changed));
        let warning = &diff.warnings()[0];
        assert_eq!(warning.kind, "interval-unknown");
        assert!(warning.message.contains("taken for 512 B, the longest that it can be"), "{}", warning.message);
        // What does not stand out may have changed.
        let same = || samples(&[(9100, &[MAIN, QUERY]), (280, &[MAIN]), (240, &[MAIN, CACHE])]);
        let verdicts = |longest: u64| {
            let panel = bound(before(), same(), longest);
            let diff = compared(&panel, 1);
            diff.functions().iter().map(|row| (row.after / 512, row.verdict)).collect::<Vec<_>>()
        };
        use Verdict::{Changed, Unknown};
        assert_eq!(verdicts(512), [(240, Changed), (9100, Unknown), (280, Unknown)]);
        // As the interval may be so much longer, fewer samples are behind it.
        assert_eq!(verdicts(32 * 512), [(240, Unknown), (9100, Unknown), (280, Unknown)]);
    }

    #[test]
    fn what_is_gone_with_all_other_bytes_has_changed() {
        let nothing = || Profile { sampling: Some(Sampling::default()), ..samples(&[]) };
        let verdict = |samples_before: u64| {
            let lines = [3, 8, 20, 40, 60].map(|line| [("f", "/srv/app/a.js", line)]);
            let nodes: Vec<(u64, &[Frame<'_>])> = lines.iter().map(|path| (samples_before / 5, &path[..])).collect();
            let panel = panel(&[samples(&nodes), nothing()]);
            compared(&panel, 1).total().verdict
        };
        // In as many bytes as 100 usual intervals have nothing is not sampled by chance; in some of its own interval it may be.
        let usual = interval::DEFAULT / 512;
        assert_eq!((verdict(100 * usual), verdict(3 * usual)), (Verdict::Changed, Verdict::Unknown));
        let panel = panel(&[nothing(), nothing()]);
        assert_eq!(compared(&panel, 1).total().verdict, Verdict::Unknown);
    }

    #[test]
    fn a_file_with_few_samples_of_which_none_is_missing_is_as_the_others() {
        let numbered = |counts: [u64; 5], last_ordinal: u64| {
            let names = ["cache", "query", "parse", "render", "load"];
            let paths = names.map(|name| [MAIN, (name, "/srv/app/a.js", 40)]);
            let mut profile =
                samples(&counts.iter().zip(&paths).map(|(&count, path)| (count, &path[..])).collect::<Vec<_>>());
            let count = counts.iter().sum();
            profile.aggregate.samples = Some(crate::profile::Samples { count, last_ordinal, ..Default::default() });
            profile
        };
        let all = || numbered([100, 90, 130, 70, 80], 470);
        let told = |last_ordinal| {
            let panel = panel(&[all(), numbered([2, 3, 30, 2, 3], last_ordinal)]);
            compared(&panel, 1).changes().len()
        };
        assert!(told(40) > 0);
        assert_eq!(told(49), 0, "some are missing: what is held at a moment scatters");
    }

    #[test]
    fn a_file_without_bytes_does_not_keep_others_from_being_compared() {
        let runs = [(100, None), (104, None), (0, Some(Sampling::default())), (900, None), (950, None), (910, None)];
        let runs = runs.map(|(count, sampling)| Profile { sampling, ..samples(&[(count, &[MAIN])]) });
        let panel = panel(&runs);
        assert_eq!(compared(&panel, 3).total().verdict, Verdict::Changed);
    }

    #[test]
    fn what_was_gathered_is_judged_by_more_than_what_was_held_for_a_moment() {
        const NAMES: [&str; 7] = ["track", "query", "parse", "render", "load", "read", "write"];
        let run = |counts: [u64; 7]| {
            let paths = NAMES.map(|name| [(name, "/srv/app/a.js", 40)]);
            samples(&counts.iter().zip(&paths).map(|(&count, path)| (count, &path[..])).collect::<Vec<_>>())
        };
        let (before, after) = (run([600, 0, 40, 0, 50, 30, 60]), run([0, 40, 0, 40, 2, 70, 50]));
        // The numbers that the samples of a file have, so far apart from the first.
        let told = |apart: Option<u64>| {
            let mut panel = Panel::new(&before.aggregate.categories);
            for (place, profile) in [&before, &after].into_iter().enumerate() {
                let count = profile.aggregate.total_size / 512;
                let first = apart.map(|apart| {
                    let mut first = FirstSamples::default();
                    (0..count).for_each(|i| first.take(90_000 - i * apart, 512));
                    first.close();
                    first
                });
                panel.add_run(profile, Some(512), place, first);
            }
            let diff = compared(&panel, 1);
            diff.changes().first().map(|change| names(&diff, change).swap_remove(0))
        };
        assert_eq!(told(None), None);
        assert_eq!(told(Some(1)), None, "a request held them all");
        assert_eq!(told(Some(100)).as_deref(), Some("track"));
    }
}

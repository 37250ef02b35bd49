//! The rows of a table with what is said of them.

use std::collections::{BTreeMap, BTreeSet};

use super::around::Swing;
use super::callees::WithCallees;
use super::judge::{Near, Verdict, judge, judge_shares};
use super::noise::{Noise, Sizes};
use super::scale::Scale;
use super::{DiffRow, Subject};
use crate::analysis::panel::{STACKS, Table};

/// What rows are judged by.
pub(super) struct Comparison {
    before: usize,
    scale: Scale,
    /// Where most rows are as large as before; none where a sampling interval is not known.
    noise: Option<Noise>,
    /// Where both sides have one total; none where sizes are not scaled.
    of_shares: Option<Noise>,
}

impl Comparison {
    /// With what is known of the noise at the scale at which most rows are as large as before.
    pub(super) fn new(noise: Option<Noise>, before: usize, scale: Scale) -> Self {
        let scaled = noise.as_ref().filter(|_| scale != Scale::NONE);
        let of_shares = scaled.map(|noise| noise.scaled(scale.shares / scale.most));
        Self { before, scale, noise, of_shares }
    }

    /// What sizes differ by without a change, as they are: none where sampling intervals are not known, or where shares are compared.
    pub(super) fn noise(&self) -> Option<&Noise> {
        self.noise.as_ref().filter(|_| self.scale == Scale::NONE)
    }

    /// What sizes differ by without a change, at the scale at which most are as large as before; none where sampling intervals are not known.
    pub(super) fn noise_of_most(&self) -> Option<&Noise> {
        self.noise.as_ref()
    }

    /// By how much more most functions differ than sampling explains, where that is so much that hardly any stands out.
    pub(super) fn scatter(&self) -> Option<f64> {
        self.noise.as_ref().and_then(Noise::scatter)
    }

    /// The rows of a table that have bytes, judged.
    pub(super) fn rows(
        &self,
        table: &Table,
        subject: fn(u32) -> Subject,
        near: &Near<'_>,
        swings: &[Swing],
    ) -> Vec<DiffRow> {
        let floors = match near {
            Near::Stacks(_) => floors(table),
            _ => vec![0; table.members()],
        };
        let sizes = |noise: &Noise| table.rows().map(|row| noise.sizes_from(row, &floors)).collect::<Vec<Sizes>>();
        let judged = self.noise.as_ref().map(|noise| {
            let rows = sizes(noise);
            let verdicts = judge(noise, &rows, near, swings);
            match &self.of_shares {
                None => (noise, rows, verdicts),
                Some(of_shares) => {
                    let shares = sizes(of_shares);
                    let verdicts = judge_shares((of_shares, &shares), (noise, &rows), &verdicts, near, swings);
                    (of_shares, shares, verdicts)
                }
            }
        });
        let is_shown = |row: usize| table.len() == 1 || table.row(row).cells().len() > 0;
        let row = |row: usize| {
            let [before, after] = self.means(&table.row(row).sizes());
            let (standard_error, verdict) = match &judged {
                Some((noise, sizes, verdicts)) => (Some(noise.error(&sizes[row]).round() as u64), verdicts[row]),
                None => (None, Verdict::Unknown),
            };
            DiffRow { subject: subject(row as u32), before, after, standard_error, verdict }
        };
        (0..table.len()).filter(|&row| is_shown(row)).map(row).collect()
    }

    /// All functions of stacks, each with all that it calls; none where not all stacks are known. `paths` are the functions of each.
    pub(super) fn with_callees(&self, by_stack: &Table, paths: &[Vec<u32>]) -> Vec<WithCallees> {
        let Some(noise) = self.noise.as_ref().filter(|_| floors(by_stack).iter().all(|&floor| floor == 0)) else {
            return Vec::new();
        };
        let mut sums: BTreeMap<u32, (Vec<u64>, usize)> = BTreeMap::new();
        for (row, path) in by_stack.rows().zip(paths) {
            let mut met = BTreeSet::new();
            for (level, &function) in path.iter().enumerate().filter(|(_, function)| met.insert(**function)) {
                let (sum, depth) = sums.entry(function).or_insert_with(|| (vec![0; by_stack.members()], 0));
                row.cells().for_each(|(file, size)| sum[file] = sum[file].saturating_add(size));
                *depth = level.max(*depth);
            }
        }
        let sizes: Vec<Sizes> = sums.values().map(|(sums, _)| noise.factored(sums)).collect();
        let judged = sizes.iter().zip(judge(noise, &sizes, &Near::None, &[]));
        let rows = sums.into_iter().zip(judged).map(|((function, (sums, depth)), (sizes, verdict))| {
            let [before, after] = self.means(&sums);
            let standard_error = Some(noise.error(sizes).round() as u64);
            let row = DiffRow { subject: Subject::WithCallees(function), before, after, standard_error, verdict };
            WithCallees { row, depth, is_asking: false }
        });
        rows.collect()
    }

    /// What a row is told to have before and after, by its sizes in all files: of several files the mean. Exact, unless it is scaled.
    fn means(&self, sizes: &[u64]) -> [u64; 2] {
        let (before, after) = sizes.split_at(self.before);
        [mean(before, 1.0), mean(after, self.scale.shares)]
    }
}

/// Says the same of a stack and of the function it ends in, where all bytes of that are allocated there: they are one thing, though each was tested beside
/// others. A stack has not changed where its function's bytes have moved the same way. One that has changed has: for a stack fewer rows are near by that may have got its bytes, for a function fewer rows share the level.
/// `ends` are the functions by stack; `is_replaced` tells of a function whether it may be called otherwise on the other side, and so its stacks.
pub(super) fn agree(
    (stacks, by_stack): (&mut [DiffRow], &Table),
    (functions, by_function): (&mut [DiffRow], &Table),
    ends: &[Option<u32>],
    is_replaced: impl Fn(u32) -> bool,
) {
    let places: BTreeMap<Subject, usize> = functions.iter().enumerate().map(|(i, row)| (row.subject, i)).collect();
    for row in stacks {
        let Subject::Stack(stack) = row.subject else { continue };
        let Some(function) = ends[stack as usize] else { continue };
        let is_one = by_stack.row(stack as usize) == by_function.row(function as usize) && !is_replaced(function);
        if let Some(&place) = places.get(&Subject::Function(function)).filter(|_| is_one) {
            let verdict = &mut functions[place].verdict;
            match row.verdict {
                Verdict::Changed => *verdict = Verdict::Changed,
                _ => row.verdict = *verdict,
            }
        } else if let Some(&place) = places.get(&Subject::Function(function)) {
            // Where what a function has lost is in another one, none of its stacks has changed by that; nor where it may be another one.
            let whole = &functions[place];
            let is_same_way = whole.difference().signum() == row.difference().signum();
            let may_have_gone = whole.verdict == Verdict::Moved || is_replaced(function);
            if row.verdict == Verdict::Changed && may_have_gone && is_same_way {
                row.verdict = whole.verdict;
            }
        }
    }
}

/// The size below which a file's stacks are not known: 0 where all are.
fn floors(table: &Table) -> Vec<u64> {
    let mut known: BTreeMap<usize, (usize, u64)> = BTreeMap::new();
    for (file, size) in table.rows().flat_map(|row| row.cells()) {
        let (stacks, least) = known.entry(file).or_insert((0, u64::MAX));
        (*stacks, *least) = (*stacks + 1, size.min(*least));
    }
    let floor = |file| known.get(&file).filter(|(stacks, _)| *stacks >= STACKS).map_or(0, |&(_, least)| least);
    (0..table.members()).map(floor).collect()
}

/// The mean of sizes, multiplied with `factor`, and rounded half up; 0 of none. Without a factor it is exact: doubles hold 53 bits.
pub(super) fn mean(sizes: &[u64], factor: f64) -> u64 {
    let (sum, count) = (sizes.iter().map(|&size| u128::from(size)).sum::<u128>(), sizes.len().max(1));
    match factor {
        1.0 => ((2 * sum + count as u128) / (2 * count as u128)) as u64,
        factor => (sum as f64 * factor / count as f64).round() as u64,
    }
}

/// The mean sizes of a row before and after; those after are multiplied with `factor`.
pub(super) fn mean_sizes(table: &Table, row: usize, before: usize, factor: f64) -> [f64; 2] {
    let mut sums = [0.0; 2];
    table.row(row).cells().for_each(|(member, size)| sums[usize::from(member >= before)] += size as f64);
    let files = [before, table.members() - before];
    [sums[0] / files[0].max(1) as f64, sums[1] * factor / files[1].max(1) as f64]
}

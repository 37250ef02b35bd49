//! Which rows of a table have changed: those that differ by more than noise, and whose bytes did not merely move to a row near by.

use super::callers::Callers;
use super::noise::{Noise, Sizes};
use super::scale;
use crate::analysis::noise::LEVEL;
use crate::analysis::significance::{holm, testable};

/// Rows near by take part in a move where their own difference is as improbable as this.
const LIKELY: f64 = 0.2;

/// Where rows have exchanged bytes, all of them together must differ so that it is as improbable as this.
/// So must all stacks that end in a stack's function.
const EXCHANGE: f64 = 0.01;

/// Rows whose moves are looked for. Where more have changed, these are different programs.
const MOST: usize = 200;

/// Frames of a stack, from the inside, that are compared with those of another.
const FRAMES: usize = 32;

/// What is said of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It differs by more than noise.
    Changed,
    /// It does, but rows near by differ by as much the other way: the bytes are counted elsewhere.
    Moved,
    /// It differs by no more than two runs of one program do.
    Noise,
    /// What the noise is cannot be told, or it is so large that nearly all rows may have changed.
    Unknown,
}

/// Which rows may have got a row's bytes.
pub(super) enum Near<'a> {
    /// None.
    None,
    /// All.
    All,
    /// Functions that have a caller in common.
    Functions(&'a Callers),
    /// Stacks that are alike: their functions, from the outermost.
    Stacks(&'a [Vec<u32>]),
}

impl Near<'_> {
    /// Rows that may have got bytes of a row.
    fn of(&self, row: u32, rows: usize) -> Vec<u32> {
        match self {
            Self::None => Vec::new(),
            Self::Functions(callers) => callers.kin(row),
            Self::All | Self::Stacks(_) => (0..rows as u32).collect(),
        }
    }

    /// Whether one of those is looked at; `p` is how probable its own difference is without a change.
    fn takes_part(&self, row: u32, other: u32, p: impl FnOnce() -> f64) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Functions(callers) => callers.are_direct(row, other) || p() < LIKELY,
            Self::Stacks(stacks) => alike(&stacks[row as usize], &stacks[other as usize]),
        }
    }

    /// Whether one of two rows calls the other: one may have been inlined into the other, by which bytes go from row to row and nowhere else.
    fn are_direct(&self, row: u32, other: u32) -> bool {
        match self {
            Self::None | Self::All => false,
            Self::Functions(callers) => callers.are_direct(row, other),
            Self::Stacks(stacks) => is_call_of(&stacks[row as usize], &stacks[other as usize]),
        }
    }
}

/// Whether one stack is the other with a call more.
fn is_call_of(a: &[u32], b: &[u32]) -> bool {
    let (shorter, longer) = if a.len() < b.len() { (a, b) } else { (b, a) };
    longer.split_last().is_some_and(|(_, callers)| callers == shorter)
}

/// Whether half of the shorter stack is in the other, in its order.
fn alike(a: &[u32], b: &[u32]) -> bool {
    let inner = |stack: &[u32]| stack[stack.len().saturating_sub(FRAMES)..].to_vec();
    let (a, b) = (inner(a), inner(b));
    let mut longest = vec![0; b.len() + 1];
    for x in &a {
        let mut diagonal = 0;
        for (i, y) in b.iter().enumerate() {
            let above = longest[i + 1];
            longest[i + 1] = if x == y { diagonal + 1 } else { above.max(longest[i]) };
            diagonal = above;
        }
    }
    longest[b.len()] * 2 >= a.len().min(b.len())
}

/// Judges the rows of a table.
pub(super) fn judge(noise: &Noise, rows: &[Sizes], near: &Near<'_>) -> Vec<Verdict> {
    if noise.is_unknown() {
        return vec![Verdict::Unknown; rows.len()];
    }
    let (named, level) = named(noise, rows);
    let mut verdicts = vec![noise.else_said(); rows.len()];
    if named.len() > MOST {
        named.iter().for_each(|&row| verdicts[row] = Verdict::Changed);
        return verdicts;
    }
    for (&row, taken) in named.iter().zip(taken(noise, rows, &named, near)) {
        let is_lost = is_lost_in_exchange(noise, rows, row, &named, near);
        verdicts[row] = match judge_move(noise, rows, row, taken, near, level) {
            Verdict::Changed if is_lost => noise.else_said(),
            verdict => verdict,
        };
    }
    verdicts
}

/// Judges rows whose shares are compared, with what was said of them at the scale at which most are as large as before. A share that
/// differs only since those of others do, the other way, has moved there.
pub(super) fn judge_shares(
    (noise, shares): (&Noise, &[Sizes]),
    (of_most, rows): (&Noise, &[Sizes]),
    verdicts: &[Verdict],
    near: &Near<'_>,
) -> Vec<Verdict> {
    if noise.is_unknown() {
        return verdicts.to_vec();
    }
    let mut said = vec![noise.else_said(); shares.len()];
    for row in named(noise, shares).0 {
        let (share, size) = (&shares[row], &rows[row]);
        let is_same_way = sign(noise, share) == sign(of_most, size);
        let differs_itself = is_same_way && 2.0 * distance(of_most, size) >= distance(noise, share);
        said[row] = match verdicts[row] {
            Verdict::Changed if is_same_way && !is_made_up_for(noise, shares, row, near) => Verdict::Changed,
            Verdict::Changed => Verdict::Moved,
            other if differs_itself => other,
            _ => Verdict::Moved,
        };
    }
    said
}

/// Whether a row near by has gone the other way, so that both together are as large as before, at the scale at which most others are.
fn is_made_up_for(noise: &Noise, shares: &[Sizes], row: usize, near: &Near<'_>) -> bool {
    let sizes = &shares[row];
    let has_gone_against = |noise: &Noise, other: &[f64], sizes: &[f64]| {
        sign(noise, other) == -sign(noise, sizes) && 2.0 * distance(noise, other) >= distance(noise, sizes)
    };
    near.of(row as u32, shares.len()).into_iter().any(|id| {
        let other = &shares[id as usize];
        // Most are done with here.
        if !has_gone_against(noise, other, sizes) || !near.takes_part(row as u32, id, || noise.p_value(other)) {
            return false;
        }
        let mut both = sizes.clone();
        add(&mut both, other);
        let rest = (0..shares.len()).filter(|&rest| rest != row && rest != id as usize);
        let times = scale::median(rest.map(|rest| noise.means(&shares[rest]))).unwrap_or(1.0);
        let scaled = [sizes, other, &both].map(|sizes| noise.scaled_sizes(sizes, times));
        let (noise, [sizes, other, both]) = (noise.scaled(times), scaled);
        has_gone_against(&noise, &other, &sizes) && noise.p_value(&both) > EXCHANGE
    })
}

/// The rows that differ by more than noise, and how improbable each test asks a difference to be.
fn named(noise: &Noise, rows: &[Sizes]) -> (Vec<usize>, f64) {
    let least: Vec<f64> = rows.iter().map(|sizes| noise.least(sizes)).collect();
    let tested: Vec<usize> =
        testable(&least, LEVEL).iter().enumerate().filter(|&(_, &is)| is).map(|(row, _)| row).collect();
    let p_values: Vec<f64> = tested.iter().map(|&row| noise.p_value(&rows[row])).collect();
    let named = tested.iter().zip(holm(&p_values, LEVEL)).filter(|&(_, is_named)| is_named).map(|(&row, _)| row);
    (named.collect(), LEVEL / tested.len() as f64)
}

/// Whether other named rows near by exchanged so many bytes that this one's difference is within the noise of those.
fn is_lost_in_exchange(noise: &Noise, rows: &[Sizes], row: usize, named: &[usize], near: &Near<'_>) -> bool {
    let direction = sign(noise, &rows[row]);
    let is_near = near.of(row as u32, rows.len());
    let is_near = |other: usize| {
        other != row
            && is_near.binary_search(&(other as u32)).is_ok()
            && near.takes_part(row as u32, other as u32, || 0.0)
    };
    let others: Vec<usize> = named.iter().copied().filter(|&other| is_near(other)).collect();
    if !others.iter().any(|&other| sign(noise, &rows[other]) == -direction) {
        return false;
    }
    let mut all = rows[row].clone();
    others.iter().for_each(|&other| add(&mut all, &rows[other]));
    sign(noise, &all) != direction || noise.p_value(&all) > EXCHANGE
}

/// How many bytes of each of the named rows' differences others near by make up for. Each of their bytes makes up for one. Callers and callees do so first, with
/// one another, then all others, and those that fit best before those that fit less: so a row that has changed stays one beside others that only exchanged their
/// bytes, and does not take what is theirs.
fn taken(noise: &Noise, rows: &[Sizes], named: &[usize], near: &Near<'_>) -> Vec<f64> {
    let mut left: Vec<f64> = rows.iter().map(|sizes| distance(noise, sizes)).collect();
    let mut order = named.to_vec();
    order.sort_by(|&a, &b| left[b].total_cmp(&left[a]));
    let rounds = [true, false].into_iter().flat_map(|is_direct| order.iter().map(move |&row| (is_direct, row)));
    for (is_direct, row) in rounds {
        let direction = sign(noise, &rows[row]);
        let mut others: Vec<u32> = near.of(row as u32, rows.len());
        others.retain(|&other| {
            let sizes = &rows[other as usize];
            sign(noise, sizes) == -direction
                && near.are_direct(row as u32, other) == is_direct
                && near.takes_part(row as u32, other, || noise.p_value(sizes))
        });
        let misfit = |&other: &u32| (left[other as usize] - left[row]).abs();
        others.sort_by(|a, b| misfit(a).total_cmp(&misfit(b)));
        for other in others {
            let bytes = left[row].min(left[other as usize]);
            left[row] -= bytes;
            left[other as usize] -= bytes;
        }
    }
    named.iter().map(|&row| distance(noise, &rows[row]) - left[row]).collect()
}

/// What is said of a row that differs by more than noise, of which others near by have taken so many bytes.
fn judge_move(noise: &Noise, rows: &[Sizes], row: usize, taken: f64, near: &Near<'_>, level: f64) -> Verdict {
    let direction = sign(noise, &rows[row]);
    let with = |others: &mut dyn Iterator<Item = usize>| {
        let mut sum = rows[row].clone();
        others.for_each(|other| add(&mut sum, &rows[other]));
        sum
    };
    let mut sums = vec![noise.lifted(&rows[row], taken)];
    sums.push(match near {
        Near::None => rows[row].clone(),
        // What a function allocates may count for its callers now, or may have before.
        Near::Functions(callers) => with(&mut callers.direct(row as u32).map(|caller| caller as usize)),
        // Of a few rows all may have taken part, however little.
        Near::All => with(&mut (0..rows.len()).filter(|&other| sign(noise, &rows[other]) == -direction)),
        // The same function may be called from elsewhere.
        Near::Stacks(stacks) => {
            let ends_alike = |other: &usize| stacks[*other].last() == stacks[row].last();
            let sum = with(&mut (0..rows.len()).filter(|other| *other != row).filter(ends_alike));
            let is_same = sign(noise, &sum) == direction && noise.p_value(&sum) <= EXCHANGE;
            if is_same { rows[row].clone() } else { sum }
        }
    });
    let has_changed = |sum: &Sizes| sign(noise, sum) == direction && noise.p_value(sum) <= level;
    let has_gone =
        |sum: &Sizes| sign(noise, sum) != direction || 2.0 * distance(noise, sum) < distance(noise, &rows[row]);
    match () {
        () if sums.iter().all(has_changed) => Verdict::Changed,
        () if sums.iter().any(has_gone) => Verdict::Moved,
        () => noise.else_said(),
    }
}

/// Bytes by which the sides differ.
fn distance(noise: &Noise, sizes: &[f64]) -> f64 {
    let [before, after] = noise.means(sizes);
    (after - before).abs()
}

/// Adds the sizes of another row.
pub(super) fn add(sum: &mut Sizes, sizes: &Sizes) {
    sum.iter_mut().zip(sizes).for_each(|(sum, size)| *sum += size);
}

/// Whether a row has grown (1), shrunk (-1), or neither.
fn sign(noise: &Noise, sizes: &[f64]) -> i32 {
    let [before, after] = noise.means(sizes);
    i32::from(after > before) - i32::from(after < before)
}

//! Which rows of a table have changed: those that differ by more than noise, and whose bytes did not merely move to a row near by.

use super::callers::Callers;
use super::noise::{Noise, Sizes};
use crate::analysis::significance::{holm, testable};

/// The probability to call anything a change where nothing is, over all tables.
const LEVEL: f64 = 0.05;

/// Tables that share it: total, categories, packages, functions, stacks.
const TABLES: f64 = 5.0;

/// Rows near by take part in a move where their own difference is as improbable as this.
const LIKELY: f64 = 0.2;

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
    /// What the noise is cannot be told.
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
    Stacks(Vec<Vec<u32>>),
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

    /// Whether one of those may have, which differs the other way; `p` is how probable that is without a change.
    fn may_have_got(&self, row: u32, other: u32, p: impl FnOnce() -> f64) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Functions(callers) => callers.are_direct(row, other) || p() < LIKELY,
            Self::Stacks(stacks) => alike(&stacks[row as usize], &stacks[other as usize]),
        }
    }
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
    let level = LEVEL / TABLES;
    let least: Vec<f64> = rows.iter().map(|sizes| noise.least(sizes)).collect();
    let tested: Vec<usize> =
        testable(&least, level).iter().enumerate().filter(|&(_, &is)| is).map(|(row, _)| row).collect();
    let p_values: Vec<f64> = tested.iter().map(|&row| p_value(noise, rows, row, near)).collect();
    let named: Vec<usize> =
        tested.iter().zip(holm(&p_values, level)).filter(|&(_, is_named)| is_named).map(|(&row, _)| row).collect();
    let mut verdicts = vec![Verdict::Noise; rows.len()];
    for &row in &named {
        let has_moved = named.len() <= MOST && has_moved(noise, rows, row, near, level / tested.len() as f64);
        verdicts[row] = if has_moved { Verdict::Moved } else { Verdict::Changed };
    }
    verdicts
}

/// How probable a row's difference is without a change; of a function also where what it allocates counts for its callers now, or did before.
fn p_value(noise: &Noise, rows: &[Sizes], row: usize, near: &Near<'_>) -> f64 {
    let p = noise.p_value(&rows[row]);
    let Near::Functions(callers) = near else { return p };
    let mut together = rows[row].clone();
    callers.direct(row as u32).for_each(|caller| add(&mut together, &rows[caller as usize]));
    let is_same = sign(noise, &together) == sign(noise, &rows[row]);
    p.max(if is_same { noise.p_value(&together) } else { 1.0 })
}

/// Whether rows near by differ the other way, so that together nothing has changed.
fn has_moved(noise: &Noise, rows: &[Sizes], row: usize, near: &Near<'_>, level: f64) -> bool {
    let direction = sign(noise, &rows[row]);
    let mut together = rows[row].clone();
    for other in near.of(row as u32, rows.len()) {
        let sizes = &rows[other as usize];
        let is_other_way = sign(noise, sizes) == -direction;
        if is_other_way && near.may_have_got(row as u32, other, || noise.p_value(sizes)) {
            add(&mut together, sizes);
        }
    }
    sign(noise, &together) != direction || noise.p_value(&together) > level
}

fn add(sum: &mut Sizes, sizes: &Sizes) {
    sum.iter_mut().zip(sizes).for_each(|(sum, size)| *sum += size);
}

/// Whether a row has grown (1), shrunk (-1), or neither.
fn sign(noise: &Noise, sizes: &[f64]) -> i32 {
    let [before, after] = noise.means(sizes);
    i32::from(after > before) - i32::from(after < before)
}

//! Which rows of a table have changed: those that differ by more than noise, and whose bytes did not merely move to a row near by.

use super::around::Swing;
use super::callers::Callers;
use super::exchange::{self, Flow};
use super::noise::{Noise, Sizes};
use super::parts::Exchanged;
use super::scale;
use crate::analysis::noise::LEVEL;
use crate::analysis::significance::{holm, testable};

/// Rows near by take part in a move where their own difference is as improbable as this.
pub(super) const LIKELY: f64 = 0.2;

/// Where rows have exchanged bytes, all of them together must differ so that it is as improbable as this.
/// So must all stacks that end in a stack's function.
pub(super) const EXCHANGE: f64 = 0.01;

/// Rows whose moves are looked for. Where more have changed, these are different programs, unless they are stacks.
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
    /// Packages or categories whose functions may have exchanged bytes.
    Classes(&'a Exchanged),
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
            Self::Classes(exchanged) => exchanged.with(row),
            Self::Stacks(_) => (0..rows as u32).collect(),
        }
    }

    /// Whether one of those is looked at; `p` is how probable its own difference is without a change.
    fn takes_part(&self, row: u32, other: u32, p: impl FnOnce() -> f64) -> bool {
        match self {
            Self::None => false,
            Self::Classes(_) => true,
            Self::Functions(callers) => callers.are_direct(row, other) || p() < LIKELY,
            Self::Stacks(stacks) => alike(&stacks[row as usize], &stacks[other as usize]),
        }
    }

    /// Whether one of two rows calls the other: one may have been inlined into the other, by which bytes go from row to row and nowhere else.
    fn are_direct(&self, row: u32, other: u32) -> bool {
        match self {
            Self::None | Self::Classes(_) => false,
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

/// Judges the rows of a table. `swings` are standard errors of a run by what is around each, as far as that is known.
pub(super) fn judge(noise: &Noise, rows: &[Sizes], near: &Near<'_>, swings: &[Swing]) -> Vec<Verdict> {
    if noise.is_unknown() {
        return vec![Verdict::Unknown; rows.len()];
    }
    let (named, level) = named(noise, rows, swings);
    let mut verdicts = vec![noise.else_said(); rows.len()];
    let exchanging = match near {
        _ if named.len() <= MOST => &named[..],
        // Of many stacks it is asked only what all that end in one function differ by: where outer calls of a program are inlined or not, each of its stacks is another one.
        Near::Stacks(_) => &[],
        _ => {
            named.iter().for_each(|&row| verdicts[row] = Verdict::Changed);
            return verdicts;
        }
    };
    let may_have_escaped = |row: usize| {
        let swing = swings.get(row).copied().unwrap_or_default();
        swing.escaped > 0.0 && noise.p_value_with(&rows[row], swing.around.hypot(swing.escaped)) > level
    };
    let flows = flows(noise, rows, exchanging, near);
    for &row in &named {
        let is_lost = is_lost_in_exchange(noise, rows, row, exchanging, near);
        verdicts[row] = match judge_move(noise, rows, row, &flows, near, level) {
            Verdict::Changed if is_lost || may_have_escaped(row) => noise.else_said(),
            verdict => verdict,
        };
    }
    answer(noise, rows, &flows, &mut verdicts);
    verdicts
}

/// Says of rows, too, that their bytes have moved, where most of them are in rows of which that was said.
fn answer(noise: &Noise, rows: &[Sizes], flows: &[Flow], verdicts: &mut [Verdict]) {
    let mut answered: Vec<usize> = Vec::new();
    for row in flows.iter().flat_map(|flow| [flow.from, flow.to]).filter(|&row| verdicts[row] == noise.else_said()) {
        let moved = exchange::partners(flows, row).filter(|&(other, _)| verdicts[other] == Verdict::Moved);
        let bytes: f64 = moved.map(|(_, bytes)| bytes).sum();
        if 2.0 * bytes > distance(noise, &rows[row]) && noise.p_value(&rows[row]) <= EXCHANGE {
            answered.push(row);
        }
    }
    answered.into_iter().for_each(|row| verdicts[row] = Verdict::Moved);
}

/// Judges rows whose shares are compared, with what was said of them at the scale at which most are as large as before. A share that
/// differs only since those of others do, the other way, has moved there.
pub(super) fn judge_shares(
    (noise, shares): (&Noise, &[Sizes]),
    (of_most, rows): (&Noise, &[Sizes]),
    verdicts: &[Verdict],
    near: &Near<'_>,
    swings: &[Swing],
) -> Vec<Verdict> {
    if noise.is_unknown() {
        return verdicts.to_vec();
    }
    let mut said = vec![noise.else_said(); shares.len()];
    for row in named(noise, shares, swings).0 {
        let (share, size) = (&shares[row], &rows[row]);
        let is_same_way = sign(noise, share) == sign(of_most, size);
        let differs_itself = is_same_way && 2.0 * distance(of_most, size) >= distance(noise, share);
        said[row] = match verdicts[row] {
            Verdict::Changed if is_same_way => match made_up_for(noise, shares, row, near) {
                None => Verdict::Changed,
                Some(true) => Verdict::Moved,
                Some(false) => noise.else_said(),
            },
            Verdict::Changed => Verdict::Moved,
            other if differs_itself => other,
            _ => Verdict::Moved,
        };
    }
    said
}

/// Whether a row near by has gone the other way, so that both together are as large as before, at the scale at which most others are; and whether one has by more than noise.
fn made_up_for(noise: &Noise, shares: &[Sizes], row: usize, near: &Near<'_>) -> Option<bool> {
    let sizes = &shares[row];
    let has_gone_against = |noise: &Noise, other: &[f64], sizes: &[f64]| {
        sign(noise, other) == -sign(noise, sizes) && 2.0 * distance(noise, other) >= distance(noise, sizes)
    };
    let others = near.of(row as u32, shares.len()).into_iter().filter_map(|id| {
        let other = &shares[id as usize];
        // Most are done with here.
        if !has_gone_against(noise, other, sizes) || !near.takes_part(row as u32, id, || noise.p_value(other)) {
            return None;
        }
        let mut both = sizes.clone();
        add(&mut both, other);
        let rest = (0..shares.len()).filter(|&rest| rest != row && rest != id as usize);
        let times = scale::median(rest.map(|rest| noise.means(&shares[rest]))).unwrap_or(1.0);
        let scaled = [sizes, other, &both].map(|sizes| noise.scaled_sizes(sizes, times));
        let (noise, [sizes, other, both]) = (noise.scaled(times), scaled);
        let makes_up = has_gone_against(&noise, &other, &sizes) && noise.p_value(&both) > EXCHANGE;
        makes_up.then(|| noise.p_value(&other) <= EXCHANGE)
    });
    others.max()
}

/// The rows that differ by more than noise, and how improbable each test asks a difference to be.
fn named(noise: &Noise, rows: &[Sizes], swings: &[Swing]) -> (Vec<usize>, f64) {
    let swing = |row: usize| swings.get(row).map_or(0.0, |swing| swing.around);
    let least: Vec<f64> = rows.iter().map(|sizes| noise.least(sizes)).collect();
    let tested: Vec<usize> =
        testable(&least, LEVEL).iter().enumerate().filter(|&(_, &is)| is).map(|(row, _)| row).collect();
    let p_values: Vec<f64> = tested.iter().map(|&row| noise.p_value_with(&rows[row], swing(row))).collect();
    let named = tested.iter().zip(holm(&p_values, LEVEL)).filter(|&(_, is_named)| is_named).map(|(&row, _)| row);
    (named.collect(), LEVEL / tested.len() as f64)
}

/// Whether other named rows near by exchanged so many bytes that this one's difference is within the noise of those. Of packages and categories their functions tell.
fn is_lost_in_exchange(noise: &Noise, rows: &[Sizes], row: usize, named: &[usize], near: &Near<'_>) -> bool {
    if named.is_empty() || matches!(near, Near::Classes(_)) {
        return false;
    }
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

/// What the named rows have exchanged with others near by.
fn flows(noise: &Noise, rows: &[Sizes], named: &[usize], near: &Near<'_>) -> Vec<Flow> {
    if !matches!(near, Near::Functions(_) | Near::Stacks(_)) {
        return Vec::new();
    }
    let differences: Vec<f64> = rows.iter().map(|sizes| difference(noise, sizes)).collect();
    exchange::flows(&differences, named, |row, is_direct| {
        let direction = differences[row].signum();
        let mut others = near.of(row as u32, rows.len());
        others.retain(|&other| {
            let place = other as usize;
            differences[place] * direction < 0.0
                && near.are_direct(row as u32, other) == is_direct
                && near.takes_part(row as u32, other, || noise.p_value(&rows[place]))
        });
        others.into_iter().map(|other| other as usize).collect()
    })
}

/// A row together with others that may have got its bytes.
struct Together {
    sizes: Sizes,
    /// Whether those differ by more than noise themselves, the other way.
    is_proved: bool,
}

/// What is said of a row that differs by more than noise. Its bytes have moved where others near by differ the other way by about as much (nothing is left that exceeds the noise, and less
/// than half of the difference), and by more than noise themselves. Where they do not, it is within what it may have exchanged with them, which is noise.
fn judge_move(noise: &Noise, rows: &[Sizes], row: usize, flows: &[Flow], near: &Near<'_>, level: f64) -> Verdict {
    let (direction, own) = (sign(noise, &rows[row]), distance(noise, &rows[row]));
    let mut all = vec![without_flows(noise, rows, row, flows)];
    all.extend(with_near(noise, rows, row, flows, near));
    let has_changed = |sum: &Sizes| sign(noise, sum) == direction && noise.p_value(sum) <= level;
    let has_gone = |sum: &Sizes| sign(noise, sum) != direction || 2.0 * distance(noise, sum) < own;
    match () {
        () if all.iter().all(|together| has_changed(&together.sizes)) => Verdict::Changed,
        () if all.iter().any(|together| together.is_proved && has_gone(&together.sizes)) => Verdict::Moved,
        () => noise.else_said(),
    }
}

/// A row without the bytes that it has exchanged with others.
fn without_flows(noise: &Noise, rows: &[Sizes], row: usize, flows: &[Flow]) -> Together {
    let is_beyond_noise = |other: usize| noise.p_value(&rows[other]) <= EXCHANGE;
    let taken: f64 = exchange::partners(flows, row).map(|(_, bytes)| bytes).sum();
    let proved = exchange::partners(flows, row).filter(|&(other, _)| is_beyond_noise(other));
    let proved: f64 = proved.map(|(_, bytes)| bytes).sum();
    Together { sizes: noise.lifted(&rows[row], taken), is_proved: 2.0 * proved > distance(noise, &rows[row]) }
}

/// A row with those that may have got its bytes whatever they differ by.
fn with_near(noise: &Noise, rows: &[Sizes], row: usize, flows: &[Flow], near: &Near<'_>) -> Option<Together> {
    let direction = sign(noise, &rows[row]);
    let with = |others: &mut dyn Iterator<Item = Sizes>| {
        let mut sizes = vec![0.0; rows[row].len()];
        others.for_each(|other| add(&mut sizes, &other));
        let is_proved = sign(noise, &sizes) == -direction && noise.p_value(&sizes) <= EXCHANGE;
        add(&mut sizes, &rows[row]);
        Together { sizes, is_proved }
    };
    match near {
        Near::None => None,
        Near::Classes(exchanged) => {
            let (sizes, proved) = exchanged.without(row, &rows[row]);
            let is_proved = 2.0 * proved * f64::from(direction) > distance(noise, &rows[row]);
            Some(Together { sizes, is_proved })
        }
        // What a function allocates may count for its callers now, or may have before: what those have not exchanged with others.
        Near::Functions(callers) => {
            let without_others = |caller: u32| {
                let caller = caller as usize;
                let others = exchange::partners(flows, caller).filter(|&(other, _)| other != row);
                let bytes: f64 = others.map(|(_, bytes)| bytes).sum();
                match sign(noise, &rows[caller]) == -direction {
                    true => noise.lifted(&rows[caller], bytes),
                    false => rows[caller].clone(),
                }
            };
            Some(with(&mut callers.direct(row as u32).map(without_others)))
        }
        // The same function may be called from elsewhere.
        Near::Stacks(stacks) => {
            let ends_alike = |other: &usize| *other != row && stacks[*other].last() == stacks[row].last();
            let together = with(&mut (0..rows.len()).filter(ends_alike).map(|other| rows[other].clone()));
            let has_changed = sign(noise, &together.sizes) == direction && noise.p_value(&together.sizes) <= EXCHANGE;
            (!has_changed).then_some(together)
        }
    }
}

/// Bytes after less those before.
pub(super) fn difference(noise: &Noise, sizes: &[f64]) -> f64 {
    let [before, after] = noise.means(sizes);
    after - before
}

/// Bytes by which the sides differ.
fn distance(noise: &Noise, sizes: &[f64]) -> f64 {
    difference(noise, sizes).abs()
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

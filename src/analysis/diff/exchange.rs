//! Which rows near by may have exchanged bytes, and how many.

use std::collections::BTreeMap;

/// Bytes by which one row has shrunk that may be those by which another has grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flow {
    /// The row that has shrunk.
    pub(super) from: usize,
    /// The one that has grown.
    pub(super) to: usize,
    pub(super) bytes: f64,
}

/// What rows (of these differences) have exchanged with those near by. Each byte makes up for one other. Callers and callees do so first, with one another, then all
/// others, and those that fit best before those that fit less: so a row that has changed stays one beside others that only exchanged their bytes, and does not take
/// what is theirs. `near` gives the rows near by that differ the other way: the callers and callees, then all others.
pub(super) fn flows(differences: &[f64], rows: &[usize], near: impl Fn(usize, bool) -> Vec<usize>) -> Vec<Flow> {
    let mut left: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    let mut order = rows.to_vec();
    order.sort_by(|&a, &b| left[b].total_cmp(&left[a]));
    let mut flows: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (is_direct, row) in
        [true, false].into_iter().flat_map(|is_direct| order.iter().map(move |&row| (is_direct, row)))
    {
        let mut others = near(row, is_direct);
        let misfit = |&other: &usize| (left[other] - left[row]).abs();
        others.sort_by(|a, b| misfit(a).total_cmp(&misfit(b)));
        for other in others {
            let bytes = left[row].min(left[other]);
            left[row] -= bytes;
            left[other] -= bytes;
            if bytes > 0.0 {
                let (from, to) = if differences[row] < 0.0 { (row, other) } else { (other, row) };
                *flows.entry((from, to)).or_insert(0.0) += bytes;
            }
        }
    }
    flows.into_iter().map(|((from, to), bytes)| Flow { from, to, bytes }).collect()
}

/// The rows that a row has exchanged bytes with, and how many.
pub(super) fn partners(flows: &[Flow], row: usize) -> impl Iterator<Item = (usize, f64)> {
    flows.iter().filter_map(move |flow| match flow {
        Flow { from, to, bytes } if *from == row => Some((*to, *bytes)),
        Flow { from, to, bytes } if *to == row => Some((*from, *bytes)),
        _ => None,
    })
}

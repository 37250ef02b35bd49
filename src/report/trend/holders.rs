//! The functions that hold a suspect, in words.

use super::size;
use crate::analysis::model::{Holder, Of, Suspect, Trend};
use crate::profile::FrameId;

/// The function that holds most of it.
pub(in crate::report) fn holder(suspect: &Suspect) -> FrameId {
    suspect.holders.first().map_or(FrameId(0), |holder| holder.function)
}

/// The function to look at first: the application's where what holds is somebody else's.
pub(in crate::report) fn look_at(suspect: &Suspect) -> FrameId {
    suspect.below.unwrap_or_else(|| holder(suspect))
}

/// The functions that hold a suspect, and the function of the application that they are below, where they are somebody else's; and whether they are several.
pub(in crate::report) fn who(suspect: &Suspect, name: impl Fn(FrameId) -> String) -> (String, bool) {
    let (holders, are_many) = holders(suspect, &name);
    match suspect.below {
        Some(below) => (format!("below {}, {holders}", name(below)), are_many),
        None => (holders, are_many),
    }
}

/// The functions that hold a suspect, as `name` quotes them, and whether they are several; each with its part of the rate where they are.
pub(in crate::report) fn holders(suspect: &Suspect, name: impl Fn(FrameId) -> String) -> (String, bool) {
    match named(suspect).as_slice() {
        [] | [_] => (name(holder(suspect)), false),
        [named @ .., last] => {
            let with_rate = |holder: &&Holder| format!("{} ({})", name(holder.function), size(holder.rate));
            let named: Vec<String> = named.iter().map(with_rate).collect();
            (format!("{} and {}", named.join(", "), with_rate(last)), true)
        }
    }
}

/// In how many sessions those that are named hold anything.
pub(super) fn sessions(trend: &Trend<'_>, suspect: &Suspect) -> usize {
    let named = named(suspect);
    // The heaviest stacks of a dump may not have all that a function allocates.
    let own: Vec<Vec<f64>> = named.iter().map(|holder| trend.sizes(Of::Function, holder.function.0 as usize)).collect();
    let holds = |session: usize| {
        let held = named.iter().map(|holder| &holder.sizes).chain(&own);
        held.filter_map(|sizes| sizes.get(session)).any(|&size| size > 0.0)
    };
    (0..trend.panel().members().len()).filter(|&session| holds(session)).count()
}

/// Those that are worth a name; one at the least, where any is known.
fn named(suspect: &Suspect) -> Vec<&Holder> {
    /// Below this part of the rate a function is not worth its name.
    const WORTH_NAMING: f64 = 0.1;
    let all: f64 = suspect.holders.iter().map(|holder| holder.rate).sum();
    let is_large = |holder: &&Holder| holder.rate >= WORTH_NAMING * all;
    let large: Vec<&Holder> = suspect.holders.iter().filter(is_large).collect();
    if large.is_empty() { suspect.holders.iter().take(1).collect() } else { large }
}

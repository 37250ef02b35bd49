//! Things to do in one and the same function of the application, as what it sorts, what it copies and what it makes itself: who looks into it sees them all,
//! so they are told as one, the first of them with what all save.

use std::cmp::Reverse;

use super::super::report::Report;
use super::super::rows::Summed;
use super::savings::SizeRange;
use super::{Brings, Recommended, Task, alone};
use crate::profile::FrameId;
use crate::rules::Urgency;

/// What saves less than one part in so many of the most that one of them does is a trifle beside it.
const TRIFLE: u128 = 10;

/// Things to do in one function of the application and what it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joint {
    /// The function.
    pub function: FrameId,
    /// How many things to do follow the first and belong to it.
    pub others: usize,
    /// What all of them save.
    pub saving: SizeRange,
}

/// Puts behind the first of what is to be done in one function the others, where all of them save telling more; of things to do in their order.
pub(super) fn joined<'a>(
    report: &Report<'_>,
    recommendations: &[Recommended<'_>],
    mut tasks: Vec<Task<'a>>,
) -> Vec<Task<'a>> {
    let mut places: Vec<usize> = (0..tasks.len()).collect();
    let mut left = places.clone();
    while let Some((function, members)) = largest(report, recommendations, &tasks, &left) {
        left.retain(|number| !members.contains(number));
        let [first, others @ ..] = members.as_slice() else { break };
        let saving = saving(&tasks, &members);
        if tasks[*first].urgency == Urgency::P2 || !alone::is_telling(saving, tasks[*first].alone) {
            continue;
        }
        tasks[*first].joint = Some(Joint { function, others: others.len(), saving });
        for &other in others {
            tasks[other].is_part = true;
            places[other] = *first;
        }
    }
    let mut placed: Vec<(usize, Task<'a>)> = places.into_iter().zip(tasks).collect();
    placed.sort_by_key(|&(place, _)| place);
    placed.into_iter().map(|(_, task)| task).collect()
}

/// What things to do (by their numbers) save together: each byte once, but never less than one of them alone.
fn saving(tasks: &[Task<'_>], members: &[usize]) -> SizeRange {
    let members = members.iter().map(|&number| &tasks[number]);
    let sum = members.clone().fold(SizeRange::default(), |sum, task| sum.and(task.saving));
    members.fold(sum, |sum, task| sum.or(task.alone))
}

/// The function in which things to do of several recommendations, of those that are `left`, save most together, and which these are; of equal ones the innermost.
fn largest(
    report: &Report<'_>,
    recommendations: &[Recommended<'_>],
    tasks: &[Task<'_>],
    left: &[usize],
) -> Option<(FrameId, Vec<usize>)> {
    let carriers = |number: usize| {
        let row = &recommendations[tasks[number].recommendation];
        if row.brings == Brings::Bytes { row.evidence.carriers.as_slice() } else { &[] }
    };
    let mut functions: Vec<FrameId> = left.iter().flat_map(|&number| carriers(number)).copied().collect();
    functions.sort_unstable();
    functions.dedup();
    let found = functions.into_iter().filter_map(|function| {
        let mut members: Vec<usize> =
            left.iter().copied().filter(|&number| carriers(number).contains(&function)).collect();
        let middle = |number: usize| tasks[number].saving.twice_the_middle();
        let most = members.iter().map(|&number| middle(number)).max()?;
        members.retain(|&number| TRIFLE * middle(number) >= most);
        let of_one = members.iter().all(|&number| tasks[number].recommendation == tasks[members[0]].recommendation);
        let saves = saving(tasks, &members).twice_the_middle();
        (!of_one).then_some((saves, function, members))
    });
    let aggregate = report.aggregate();
    let key = |saves: u128, id: FrameId| (Reverse(saves), id.sums(aggregate).total_size);
    let found = found.min_by(|a, b| key(a.0, a.1).cmp(&key(b.0, b.1)).then_with(|| aggregate.frames.compare(a.1, b.1)));
    found.map(|(_, function, members)| (function, members))
}

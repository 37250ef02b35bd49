//! What is said of how a pass ended: what is wrong with the file and where, and what was read of it.

use std::sync::Arc;

use super::{Ended, Outcome, Pass};
use crate::aggregate::tally::Tally;
use crate::error::{Excerpt, Kind, Place, Problem};
use crate::input::{End, Input, Source};
use crate::parse::TreeReader;
use crate::profile::{CallFrameTable, Category, Dialect, FrameId, Samples};

/// How a pass ended, in the terms of an [`Outcome`].
pub(in crate::aggregate) struct Conclusion {
    dialect: Dialect,
    bytes: u64,
    problem: Option<Problem>,
    trailer_missing: bool,
    has_another_profile: bool,
}

/// What a pass has added up.
pub(in crate::aggregate) struct PassSums {
    pub(super) fold: Tally,
    pub(super) samples: Option<Samples>,
    pub(super) interval: Option<u64>,
    pub(super) negative_sizes: u64,
}

impl PassSums {
    /// What the pass found; `frames` are those that its rows have, and `is_replaced` says of which texts had to be replaced.
    pub(in crate::aggregate) fn outcome(
        self,
        conclusion: Conclusion,
        frames: CallFrameTable,
        categories: Arc<[Category]>,
        is_replaced: impl Fn(FrameId) -> bool,
    ) -> Outcome {
        let (mut aggregate, tree) = self.fold.finish(frames);
        aggregate.categories = categories;
        aggregate.samples = self.samples;
        aggregate.interval = self.interval;
        aggregate.negative_sizes = self.negative_sizes;
        let nodes = aggregate.frames.ids().zip(&aggregate.by_frame).filter(|(_, sums)| sums.nodes > 0);
        aggregate.replaced_texts = nodes.filter(|&(id, _)| is_replaced(id)).count() as u64;
        let Conclusion { dialect, bytes, problem, trailer_missing, has_another_profile } = conclusion;
        Outcome { aggregate, tree, dialect, bytes, problem, trailer_missing, has_another_profile }
    }
}

impl Pass<'_, '_> {
    /// What is to be said of how it ended, once everything that was read is folded.
    pub(super) fn conclude(&mut self, end: Ended) -> Result<Conclusion, Problem> {
        let frames = self.part.as_deref().map_or(&self.resolver.frames, |part| &part.frames);
        self.deferred.flush(&mut self.fold, frames);
        let complete = self.document.is_complete();
        let mut trailer_missing = false;
        let problem = match end {
            Ended::Text(End::Damaged(why)) => Some((self.seen, Kind::Damaged(why), String::new())),
            _ if complete && !self.document.head_seen => return Err(self.document.without_head().into()),
            Ended::Fault(fault) if matches!(fault.kind, Kind::OtherFile(_)) => return Err(fault.kind.into()),
            Ended::Fault(fault) => Some((self.pos.wrapping_add(fault.at as u64), fault.kind, fault.path)),
            Ended::OutOfMemory => Some((self.pos, Kind::OutOfMemory(self.extrapolated()), String::new())),
            Ended::Stopped => Some((self.pos, Kind::Stopped, String::new())),
            Ended::Text(End::Cut(_)) if complete => {
                trailer_missing = true;
                None
            }
            Ended::Text(_) if complete => None,
            Ended::Text(End::Cut(why)) => Some((self.seen, Kind::CompressedEnd(why), String::new())),
            Ended::Text(_) if self.document.is_empty() => return Err(Kind::Empty.into()),
            Ended::Text(_) => Some((self.seen, Kind::UnexpectedEnd, String::new())),
        };
        let problem = problem.map(|(offset, kind, tail)| {
            let path = self.key_path(&tail);
            let excerpt = excerpt(self.input, offset);
            Problem { kind, place: Some(Place { offset, path, excerpt }) }
        });
        let opened = self.tree.as_ref().is_some_and(TreeReader::has_begun) || self.document.tree_seen();
        let problem = match problem {
            Some(problem) if !opened => return Err(problem),
            problem => problem,
        };
        let traits = match &self.tree {
            Some(tree) if !self.document.tree_seen() => tree.traits(),
            _ => &self.document.traits,
        };
        let dialect = traits.dialect();
        // How far a stream was read ahead of a fault depends on threads and windows; how long it is, nobody knows.
        let bytes = match problem.as_ref().and_then(|problem| problem.place.as_ref()) {
            Some(place) if self.input.kind() == Source::Stream => place.offset,
            _ => self.input.text_len().unwrap_or(self.seen),
        };
        let has_another_profile = self.document.has_another_head;
        Ok(Conclusion { dialect, bytes, problem, trailer_missing, has_another_profile })
    }

    /// The key path to where the pass stands, with the keys inside the innermost known object.
    fn key_path(&mut self, tail: &str) -> String {
        let mut path = self.document.path();
        let mut push = |part: &str| {
            if !path.is_empty() && !part.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        };
        if let Some(tree) = self.tree.as_ref().filter(|_| !self.document.tree_seen()) {
            push("head");
            let counts = self.fold.child_counts(tree.open_rows());
            let (levels, new) = (counts.len(), usize::from(tree.in_new_child()));
            // The number of a child that is open counts already; that of one without a row does not.
            let steps = (levels + new).saturating_sub(1);
            for (i, count) in counts.into_iter().take(steps).enumerate() {
                if i == CLIPPED_PATH && steps > 2 * CLIPPED_PATH {
                    push(&format!("… {} levels …", steps - 2 * CLIPPED_PATH));
                }
                if i < CLIPPED_PATH || i + CLIPPED_PATH >= steps || steps <= 2 * CLIPPED_PATH {
                    let open = u32::from(i + 1 < levels);
                    push(&format!("children[{}]", count.saturating_sub(open)));
                }
            }
        }
        push(tail);
        path
    }
}

/// Levels of a key path that are shown at each end of a long one.
const CLIPPED_PATH: usize = 8;

/// The text around an offset, as far as it can still be had. Characters that stand in it only in part are left out.
pub(crate) fn excerpt(input: &mut Input, offset: u64) -> Excerpt {
    const BEFORE: u64 = 32;
    const AFTER: usize = 32;
    let start = offset.saturating_sub(BEFORE);
    let before = (offset - start) as usize;
    let bytes = input.peek(start, before + AFTER);
    let (mut before, mut after) = bytes.split_at(before.min(bytes.len()));
    if start > 0 {
        let rest = before.iter().take_while(|&&byte| byte & 0xc0 == 0x80).count();
        before = &before[rest.min(3)..];
    }
    if after.len() == AFTER {
        let part = after.utf8_chunks().last().map_or(0, |chunk| chunk.invalid().len());
        after = &after[..AFTER - part];
    }
    Excerpt { before: String::from_utf8_lossy(before).into_owned(), after: String::from_utf8_lossy(after).into_owned() }
}

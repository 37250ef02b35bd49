//! Another reading of a profile, where its samples leave open which objects are in it.

use super::super::report::Report;
use super::Recommended;
use super::plan::{self, Task};

/// What would come first, told by itself.
#[derive(Clone, Debug)]
pub struct IfLive<'a> {
    /// The recommendation; what it saves is what it saves alone.
    pub recommended: Recommended<'a>,
    /// What to do first about it. (It belongs to none of the other recommendations.)
    pub task: Option<Task<'a>>,
}

impl<'a> IfLive<'a> {
    pub(super) fn new(report: &Report<'a>, recommended: Recommended<'a>) -> Self {
        let recommended = Recommended { saving: recommended.alone, ..recommended };
        let task = plan::tasks(report, std::slice::from_ref(&recommended)).into_iter().next();
        Self { recommended, task }
    }
}

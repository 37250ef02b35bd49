//! What to do about a problem: in the words of the command and its options, which the library knows nothing of.

use crate::error::Kind;

/// What a problem means for the report of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// There is none.
    Nothing,
    /// It holds what stands before the problem, and the run fails.
    Part,
    /// It holds what stands before the problem, and the user wants no more.
    Tolerated,
    /// It is whole, but for what the CPU profile would have added.
    NoCorrelation,
    /// There is none to be: how fast it is made cannot be measured.
    NoMeasurement,
}

/// What to do about it, where that does not go without saying.
pub(super) fn remedy(kind: &Kind, consequence: Consequence) -> Option<&'static str> {
    use Consequence::{NoCorrelation, NoMeasurement, Nothing, Part, Tolerated};
    Some(match (kind, consequence) {
        (Kind::Unreadable(_) | Kind::OtherFile(_) | Kind::NotCpuProfile(_), _) => return None,
        (Kind::Directory, NoCorrelation) => "the report goes without it; name a CPU profile in it",
        (Kind::Directory, _) => "name the heap profiles in it",
        (Kind::NoCpuTime { .. }, _) => {
            "the report goes without it; let the process work while it is profiled, as with `node --cpu-prof app.js`"
        }
        (Kind::Empty | Kind::NoNodes | Kind::Expected("a JSON object"), NoCorrelation) => {
            "capture a CPU profile with `node --cpu-prof app.js`"
        }
        (Kind::OutOfMemory(_), NoCorrelation) => "the report goes without it; raise --max-memory, or leave it out",
        (_, NoCorrelation) => {
            "the report goes without it; copy the file again, or capture a CPU profile anew with `node --cpu-prof app.js`"
        }
        (Kind::Empty | Kind::NoHead | Kind::Expected("a JSON object"), _) => {
            "capture a heap profile with `node --heap-prof app.js`"
        }
        (_, NoMeasurement) => "only whole heap profiles can be measured; copy the file again, or capture it anew",
        (Kind::OutOfMemory(_), Nothing) => "nothing of it is reported; raise --max-memory, or leave it out",
        (Kind::OutOfMemory(_), _) => "what stands before it is reported; raise --max-memory, or leave it out",
        (Kind::UnexpectedEnd | Kind::CompressedEnd(_), Part) => {
            "what was complete is reported; the process was probably killed while writing, or a copy was cut short. \
             --allow-truncated accepts such files"
        }
        (_, Part) => "what stands before it is reported; copy the file again, or capture it anew",
        (_, Tolerated) => "what was complete is reported",
        (_, Nothing) => "nothing can be reported; copy the file again, or capture it anew",
    })
}

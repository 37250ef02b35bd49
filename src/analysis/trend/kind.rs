//! Whether the dumps of a series are readings of one session or sessions of their own. No file says so; what speaks for one or the other is asked in the order
//! of its weight.

use crate::analysis::model::Panel;
use crate::profile::Dialect;

/// What the dumps of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesKind {
    /// One session, read again and again: what is kept adds up.
    Growing,
    /// A session for each dump: each has only what was allocated since its own start.
    Restarted,
}

/// How the kind of a series is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindReason {
    /// The user said so.
    Given,
    /// The dumps are of several processes.
    Processes,
    /// The numbers of the samples go on from dump to dump, or stand for the same samples; or they begin anew.
    Numbers,
    /// This writer works so.
    Writer(Dialect),
    /// Nothing tells; this is what is usual.
    Assumed,
}

impl SeriesKind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Growing => "growing",
            Self::Restarted => "restarted",
        }
    }

    /// The kind of a series of which nobody has said it, and how it is known. `is_one_session` says of a member and the next one whether they share samples, or
    /// nothing where these are too few to tell; it is asked only where the highest number does not rise, as where a process was idle or the object that was sampled
    /// last is gone, and of others where that does not tell.
    pub fn of(panel: &Panel, is_one_session: impl Fn(usize, usize) -> Option<bool>) -> (Self, KindReason) {
        let members = panel.members();
        if processes(panel) > 1 {
            return (Self::Restarted, KindReason::Processes);
        }
        let taken: Vec<u64> = members.iter().filter_map(|member| Some(member.objects.samples?.1)).collect();
        if taken.len() == members.len() && taken.len() > 1 {
            let goes_on = goes_on(&taken, |next| is_one_session(next - 1, next));
            return (if goes_on { Self::Growing } else { Self::Restarted }, KindReason::Numbers);
        }
        let dialect = members.first().map_or(Dialect::Unknown, |member| member.file.dialect);
        match dialect {
            Dialect::Xprofiler | Dialect::V8ProfilerNext | Dialect::NodeV8Api => {
                (Self::Restarted, KindReason::Writer(dialect))
            }
            Dialect::HeapProfileNpm => (Self::Growing, KindReason::Writer(dialect)),
            Dialect::Inspector | Dialect::InspectorLegacy | Dialect::Vscode | Dialect::Unknown => {
                (Self::Growing, KindReason::Assumed)
            }
        }
    }
}

/// Whether dumps with these highest numbers are of one session. The highest number alive falls where its object is collected, so the samples that a dump shares with
/// the one before it count for more. Where they are too few to tell, but all agree, the rest of the series decides.
fn goes_on(taken: &[u64], is_one_session: impl Fn(usize) -> Option<bool>) -> bool {
    let (rise, fall): (Vec<usize>, Vec<usize>) = (1..taken.len()).partition(|&next| taken[next - 1] < taken[next]);
    let mut is_sure = fall.is_empty();
    for next in fall {
        match is_one_session(next) {
            Some(false) => return false,
            told => is_sure |= told.is_some(),
        }
    }
    is_sure || rise.into_iter().any(|next| is_one_session(next) == Some(true))
}

/// How often the process changes along a series, and one more, as far as names tell.
pub(super) fn processes(panel: &Panel) -> usize {
    let mut ids: Vec<&str> = panel.members().iter().filter_map(|member| process_in(&member.file.name)).collect();
    ids.dedup();
    ids.len()
}

/// The id of the process in the name of a file of Node or xprofiler.
pub(in crate::analysis) fn process_in(name: &str) -> Option<&str> {
    let id = match (name.strip_prefix("Heap."), name.strip_prefix("x-heapprofile-")) {
        (Some(rest), _) => rest.split('.').nth(2),
        (_, Some(rest)) => rest.split('-').next(),
        _ => None,
    };
    id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::model::{Objects, ObjectsIn};
    use crate::analysis::test_support::{Frame, profile};

    const READ: Frame<'_> = ("read", "/srv/app/a.js", 3);

    fn kind(dumps: &[(&str, Dialect, Option<u64>)]) -> (SeriesKind, KindReason) {
        let mut panel = Panel::new(&[]);
        for &(name, dialect, taken) in dumps {
            let mut profile = profile(&[(80, vec![READ])], &[]);
            profile.file.name = name.into();
            profile.file.dialect = dialect;
            let mut entry = crate::analysis::model::Entry::of(&profile, None);
            entry.objects = ObjectsIn { which: Objects::Unknown, samples: taken.map(|taken| (1, taken)) };
            panel.enter(entry, &mut crate::analysis::model::Numbering::default());
        }
        SeriesKind::of(&panel, |_, next| match dumps[next].0 {
            "same session" => Some(true),
            "few samples" => None,
            _ => Some(false),
        })
    }

    #[test]
    fn processes_speak_before_numbers_and_these_before_the_writer() {
        use Dialect::{HeapProfileNpm, Inspector, Xprofiler};
        use SeriesKind::{Growing, Restarted};
        let table = [
            (vec![("a", Inspector, Some(10)), ("b", Inspector, Some(20))], (Growing, KindReason::Numbers)),
            (vec![("a", Inspector, Some(10)), ("b", Inspector, Some(10))], (Restarted, KindReason::Numbers)),
            (
                vec![("a", Inspector, Some(10)), ("same session", Inspector, Some(9)), ("c", Inspector, Some(11))],
                (Growing, KindReason::Numbers),
            ),
            (
                vec![("a", Inspector, Some(10)), ("same session", Inspector, Some(9)), ("c", Inspector, Some(9))],
                (Restarted, KindReason::Numbers),
            ),
            (vec![("a", Inspector, Some(10)), ("b", Inspector, None)], (Growing, KindReason::Assumed)),
            (vec![("a", Xprofiler, None); 2], (Restarted, KindReason::Writer(Xprofiler))),
            (vec![("a", HeapProfileNpm, None); 2], (Growing, KindReason::Writer(HeapProfileNpm))),
            (vec![("a", Inspector, Some(10))], (Growing, KindReason::Assumed)),
            (
                vec![
                    ("Heap.20251207.101112.7.0.001.heapprofile", Inspector, Some(10)),
                    ("Heap.20251207.101212.8.0.001.heapprofile", Inspector, Some(20)),
                ],
                (Restarted, KindReason::Processes),
            ),
            (
                vec![
                    ("x-heapprofile-7-20251207-0.heapprofile", Xprofiler, None),
                    ("x-heapprofile-7-20251207-1.heapprofile", Xprofiler, None),
                ],
                (Restarted, KindReason::Writer(Xprofiler)),
            ),
        ];
        for (dumps, expected) in table {
            assert_eq!(kind(&dumps), expected, "{dumps:?}");
        }
        assert_eq!(kind(&[]), (Growing, KindReason::Assumed));
    }

    #[test]
    fn few_samples_do_not_outvote_a_session() {
        use SeriesKind::{Growing, Restarted};
        let table = [
            // What shares samples elsewhere decides, be it where the highest number rises or where it falls.
            (vec![("a", 10), ("same session", 20), ("few samples", 5)], Growing),
            (vec![("a", 10), ("same session", 9), ("few samples", 5)], Growing),
            (vec![("a", 10), ("few samples", 5), ("b", 20), ("same session", 30)], Growing),
            (vec![("a", 10), ("b", 20), ("few samples", 5)], Restarted),
            (vec![("a", 10), ("few samples", 5), ("few samples", 4)], Restarted),
            (vec![("a", 10), ("same session", 20), ("few samples", 5), ("b", 4)], Restarted),
        ];
        for (dumps, expected) in table {
            let dumps: Vec<_> = dumps.into_iter().map(|(name, n)| (name, Dialect::Inspector, Some(n))).collect();
            assert_eq!(kind(&dumps), (expected, KindReason::Numbers), "{dumps:?}");
        }
    }

    #[test]
    fn a_process_is_found_in_names_of_node_and_xprofiler_alone() {
        let table = [
            ("Heap.20251207.101112.4242.0.001.heapprofile", Some("4242")),
            ("x-heapprofile-3070674-20251207-1.heapprofile", Some("3070674")),
            ("Heap.20251207.101112", None),
            ("x-heapprofile-", None),
            ("Heap.a.b.c.d", None),
            ("dump-12.heapprofile", None),
        ];
        for (name, expected) in table {
            assert_eq!(process_in(name), expected, "{name}");
        }
    }
}

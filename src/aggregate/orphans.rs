//! What `samples` tell one by one: those of nodes that are not in the tree, since V8 writes some, and the first ones. A second reading of a file tells, and is worth it only for who asks what is wrong with a capture.

use crate::input::{Block, End, Input};
use crate::parse::{Behind, Document, FindOrphans, IdReader, NodeIds, ReadDocument, ReadIds, Step};
use crate::profile::{FirstSamples, Orphans};
use crate::scan::{self, Backend};

/// Bytes of text that are looked at at a time.
const BLOCK: usize = 1 << 20;

/// Counts the samples whose node is not in the tree. `open` gives the file from its beginning; the ids may take `memory` bytes.
///
/// Gives nothing where it cannot be told: there are more ids than that, an element of `samples` is none, or the file is not whole.
pub fn orphans(mut open: impl FnMut() -> Option<Input>, backend: Backend, memory: usize) -> Option<Orphans> {
    let (mut ids, mut first) = (NodeIds::within(memory), FirstSamples::default());
    // Samples that stand before the tree are passed at first.
    match scan_file(&mut open()?, backend, &mut ids, &mut first)? {
        Found::Orphans(orphans) => Some(orphans),
        Found::SamplesFirst => match scan_file(&mut open()?, backend, &mut ids, &mut first)? {
            Found::Orphans(orphans) => Some(orphans),
            Found::SamplesFirst => None,
        },
    }
    .filter(|_| !ids.overflowed)
}

/// The first samples of a file, by which readings of one session are told; none where an element of `samples` is none, or the file is not whole.
pub fn first_samples(mut input: Input, backend: Backend) -> Option<FirstSamples> {
    let mut first = FirstSamples::default();
    scan_file(&mut input, backend, &mut NodeIds::within(0), &mut first)?;
    first.close();
    Some(first)
}

enum Found {
    Orphans(Orphans),
    SamplesFirst,
}

fn scan_file(input: &mut Input, backend: Backend, ids: &mut NodeIds, first: &mut FirstSamples) -> Option<Found> {
    let ids_are_known = !ids.is_empty();
    let mut document = Document::new();
    let mut tree: Option<IdReader> = None;
    let mut orphans = Orphans::default();
    let mut samples_first = false;
    let (mut pos, mut want) = (0, BLOCK);
    loop {
        let Block { bytes, end, behind } = input.block(pos, want);
        drop(behind);
        let shown = bytes.len();
        let mut is_complete = false;
        let mut used;
        if let Some(reader) = &mut tree {
            let (closed, came) = scan::run(backend, ReadIds { reader, ids, bytes });
            used = came;
            if closed.ok()? {
                document.tree_closed(document.traits.clone());
                tree = None;
            }
        } else {
            let run = ReadDocument { document: &mut document, bytes, pos: 0, stop_at_samples: true };
            let (step, came) = scan::run(backend, run);
            used = came;
            match step.ok()? {
                Step::Head => tree = Some(IdReader::new()),
                Step::Complete => is_complete = true,
                Step::More => {}
                Step::Samples => {
                    let check = document.tree_seen() || ids_are_known;
                    samples_first |= !check;
                    let run = FindOrphans { ids, orphans: &mut orphans, first, bytes, pos: used };
                    let (came, passed, behind) = scan::run(backend, run);
                    if passed.count > 0 {
                        document.take_samples(&passed);
                    }
                    used = came;
                    match behind {
                        Behind::Odd => return None,
                        Behind::More => {}
                        Behind::Last => {
                            let document = &mut document;
                            let run = ReadDocument { document, bytes, pos: used, stop_at_samples: false };
                            let (step, came) = scan::run(backend, run);
                            used = came;
                            match step.ok()? {
                                Step::Head => tree = Some(IdReader::new()),
                                Step::Complete => is_complete = true,
                                Step::More | Step::Samples => {}
                            }
                        }
                    }
                }
            }
        }
        pos += used as u64;
        input.release(pos);
        if end != End::More && (is_complete || used == 0 || used == shown) {
            return match (document.is_complete(), samples_first) {
                (false, _) => None,
                (true, true) => Some(Found::SamplesFirst),
                (true, false) => Some(Found::Orphans(orphans)),
            };
        }
        want = if used == 0 { want * 2 } else { BLOCK };
    }
}

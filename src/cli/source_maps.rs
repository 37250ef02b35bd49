//! `--source-map`: the maps that are used for all profiles of a run.

use super::args::ReadArgs;
use crate::aggregate::PROGRAM;
use crate::analysis::model::{Profile, Warning};
use crate::report::escaped;
use crate::source_map::{Notes, SourceMaps};

/// The part of the memory that maps may take.
const SHARE: usize = 4;

/// Finds the maps that the arguments name.
pub(super) fn open(args: &ReadArgs) -> Result<Option<SourceMaps>, String> {
    if args.source_map.is_empty() {
        return Ok(None);
    }
    let limit = args.max_memory.map(|limit| limit.saturating_sub(PROGRAM) / SHARE);
    let opened = SourceMaps::open(&args.source_map, limit);
    opened.map(Some).map_err(|error| format!("--source-map: {}", escaped(&error)))
}

/// Has the report of a profile say what was noticed.
pub(super) fn note(profile: &mut Profile, notes: &Notes) {
    let warning = |note: crate::source_map::Note| Warning::new(note.kind, note.message, note.remedy);
    profile.warnings.extend(notes.in_words().into_iter().map(warning));
}

//! `--source-map`: the maps that are used for all profiles of a run, or for those of a side.

use std::path::PathBuf;

use crate::aggregate::PROGRAM;
use crate::analysis::model::{Profile, Warning};
use crate::report::escaped;
use crate::source_map::{Notes, SourceMaps, map_on_disk};

/// The part of the memory that maps may take.
const SHARE: usize = 4;

/// Finds the maps that the arguments name. They take a part of the memory; where a run has several such sets, each a part of that.
pub(super) fn open(paths: &[PathBuf], max_memory: Option<usize>, sets: usize) -> Result<Option<SourceMaps>, String> {
    if paths.is_empty() {
        return Ok(None);
    }
    let limit = max_memory.map(|limit| limit.saturating_sub(PROGRAM) / (SHARE * sets));
    let opened = SourceMaps::open(paths, limit);
    opened.map(Some).map_err(|error| format!("--source-map: {}", escaped(&error)))
}

/// Has the report of a profile name the map of a script where both are on this machine.
pub(super) fn name(profile: &mut Profile) {
    if !profile.file.source_maps.is_empty() {
        profile.note_unmapped(map_of);
    }
}

/// The path of a script's map, where both are on this machine.
fn map_of(url: &str) -> Option<String> {
    map_on_disk(url).map(|path| path.display().to_string())
}

/// Has the report of a profile say what was noticed.
pub(super) fn note(profile: &mut Profile, notes: &Notes) {
    let warning = |note: crate::source_map::Note| Warning::new(note.kind, note.message, note.remedy);
    profile.note_source_maps(notes.in_words().into_iter().map(warning).collect());
    profile.note_still_unmapped(map_of);
}

//! An interrupted run leaves no half-written file behind and ends with 130.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Temporary files that are being written.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Exit code of an interrupted run.
const INTERRUPTED: i32 = 130;

/// Removes unfinished files when the run is interrupted.
pub(crate) fn install() {
    // Where no handler can be installed the default stays: the process ends, and temporary files may remain.
    let _ = ctrlc::set_handler(|| {
        // Held to the end: see `settled`.
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        for path in unfinished.drain(..) {
            let _ = std::fs::remove_file(path);
        }
        std::process::exit(INTERRUPTED);
    });
}

/// Comes back only if no interrupt is being handled. What fails because its file has just been removed need not be told.
pub(crate) fn settled() {
    drop(UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Remembers a file that is to go if the run is interrupted before the guard is dropped.
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    pub(crate) fn new(path: &Path) -> Self {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.0);
    }
}

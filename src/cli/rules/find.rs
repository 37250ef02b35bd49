//! Files of rules: where they are, and what is in them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::fault::Fault;
use crate::rules::RulesFile;

/// The name that is looked for.
pub(in crate::cli) const NAME: &str = "heapsift.toml";
/// No file of rules is as large; something else was named.
const LIMIT: u64 = 4 << 20;

/// `heapsift.toml` in the working directory, or in the nearest one above it that has one.
pub(super) fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let found = here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    // In the working directory itself its name is enough.
    Some(if found.parent() == Some(&here) { PathBuf::from(NAME) } else { found })
}

/// Reads a file of rules.
pub(super) fn read(path: &Path) -> Result<RulesFile, Fault> {
    read_as(path, "file of rules")
}

/// Reads a file in TOML, which messages call `what`.
pub(in crate::cli) fn read_as(path: &Path, what: &str) -> Result<RulesFile, Fault> {
    let name = path.display().to_string();
    let fail = |message: &str| Fault::of_file(&name, message);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| fail(&format!("cannot read it: {error}")))?;
    if file.metadata().is_ok_and(|file| file.is_dir()) {
        return Err(fail(&format!("it is a directory, not a {what}")));
    }
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| fail(&format!("cannot read it: {error}")))?;
    if bytes.len() as u64 > LIMIT {
        return Err(fail(&format!("longer than {} MiB; it is no {what}", LIMIT >> 20)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(RulesFile { name, text }),
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
            Err(fail(&format!("line {line} is not valid UTF-8; a {what} is TOML in UTF-8")))
        }
    }
}

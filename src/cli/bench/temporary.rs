//! A generated profile in the folder for temporary files, gone when it is dropped or the run is interrupted.

use std::path::Path;

use tempfile::TempPath;

use crate::cli::interrupt::Unfinished;
use crate::generate::{Options, Truth, random_profile};
use crate::report::{Size, escaped};

pub(super) struct Temporary {
    pub(super) path: TempPath,
    _unfinished: Unfinished,
}

impl Temporary {
    /// Writes a profile, and says what is in it.
    pub(super) fn generate(options: &Options) -> Result<(Self, Truth), String> {
        Self::generate_in(&std::env::temp_dir(), options)
    }

    fn generate_in(folder: &Path, options: &Options) -> Result<(Self, Truth), String> {
        let failed = |error: std::io::Error| {
            let reason = error.raw_os_error().map_or(error, std::io::Error::from_raw_os_error);
            let folder = escaped(&folder.display().to_string());
            format!("cannot write the generated profile to {folder}: {reason}; TMPDIR names another folder")
        };
        let free = rustix::fs::statvfs(folder).map(|of| of.f_bavail.saturating_mul(of.f_frsize)).unwrap_or(u64::MAX);
        if free < options.size {
            let (size, free, folder) = (Size(options.size), Size(free), escaped(&folder.display().to_string()));
            return Err(format!("{size} do not fit into {folder}, which has {free} left; TMPDIR names another folder"));
        }
        let made = tempfile::Builder::new().prefix("heapsift-").suffix(".heapprofile").tempfile_in(folder);
        let (file, path) = made.map_err(failed)?.into_parts();
        let temporary = Self { _unfinished: Unfinished::new(&path), path };
        let truth = random_profile(options, file).map_err(failed)?;
        Ok((temporary, truth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Layout;

    fn names(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn it_is_there_as_long_as_it_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new(Layout::Xprofiler, 20_000, 3);
        let (temporary, truth) = Temporary::generate_in(folder.path(), &options).unwrap();
        assert_eq!(std::fs::metadata(&temporary.path).unwrap().len(), truth.bytes);
        assert_eq!(names(folder.path()), 1);
        drop(temporary);
        assert_eq!(names(folder.path()), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let made = Temporary::generate_in(Path::new("/nowhere"), &Options::new(Layout::Xprofiler, 20_000, 3));
        let message = made.err().unwrap();
        assert!(message.starts_with("cannot write the generated profile to /nowhere: "), "{message}");
    }

    #[test]
    fn what_does_not_fit_is_not_begun() {
        let folder = tempfile::tempdir().unwrap();
        let made = Temporary::generate_in(folder.path(), &Options::new(Layout::Xprofiler, u64::MAX, 3));
        let message = made.err().unwrap();
        assert!(
            message.contains(" do not fit into ") && message.ends_with("; TMPDIR names another folder"),
            "{message}"
        );
        assert_eq!(names(folder.path()), 0);
    }
}

//! Folders that hold the result of a batch.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The file that tells what was read of each dump.
pub const JOURNAL: &str = "journal.bin";
/// The file with the sums over all dumps.
pub const ROLL_UP: &str = "rollup.json";

/// The folder of reports.
pub const REPORTS: &str = "reports";
/// The folder of what grows along each series.
pub const TRENDS: &str = "trend";

/// Whether a file begins as the report of a dump does, or the trend of a series.
pub fn is_of_batch(file: &Path) -> bool {
    const BEGINNINGS: [&[u8]; 3] = [
        b"# Heap Allocation Profile Analysis\n",
        b"# Heap Profile Trend\n",
        b"{\"schema_version\":1,\"kind\":\"trend\",",
    ];
    begins(file, |head| BEGINNINGS.iter().any(|beginning| head.starts_with(beginning)))
}

/// Whether a folder holds what an earlier batch wrote, whole or not: the journal is there from its beginning.
pub fn is_result(folder: &Path) -> bool {
    let is_roll_up = |head: &[u8]| {
        head.starts_with(b"{\"schema_version\":") && memchr::memmem::find(head, b"\"kind\":\"batch\"").is_some()
    };
    begins(&folder.join(JOURNAL), |head| head.starts_with(b"{\"heapsift\":\""))
        || begins(&folder.join(ROLL_UP), is_roll_up)
}

/// Whether a file is there and its beginning is as it should be.
fn begins(path: &Path, as_wanted: impl Fn(&[u8]) -> bool) -> bool {
    const LOOKED_AT: u64 = 64;
    // A FIFO would wait forever.
    if !path.metadata().is_ok_and(|file| file.is_file()) {
        return false;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut head));
    read.is_ok() && as_wanted(&head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_batch_wrote_is_told_by_how_it_begins() {
        let table: [(&[u8], bool); 6] = [
            (b"# Heap Allocation Profile Analysis\n\n**File**", true),
            (b"# Heap Profile Trend\n", true),
            (b"{\"schema_version\":1,\"kind\":\"trend\",\"series\"", true),
            (b"# Heap Profile Trends of mine\n", false),
            (b"{\"schema_version\":1,\"kind\":\"report\",", false),
            (b"", false),
        ];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        for (bytes, expected) in table {
            std::fs::write(&file, bytes).unwrap();
            assert_eq!(is_of_batch(&file), expected, "{}", String::from_utf8_lossy(bytes));
        }
        assert!(!is_of_batch(folder.path()));
    }

    #[test]
    fn a_result_is_told_by_how_its_files_begin() {
        let table: [(&str, &[u8], bool); 7] = [
            (JOURNAL, b"{\"heapsift\":\"0.1.0\",\"journal\":1,\"options\":\"\"}\n", true),
            (ROLL_UP, b"{\"schema_version\":1,\"kind\":\"batch\",\"summary\":{}}\n", true),
            (ROLL_UP, b"{\"schema_version\":1,\"kind\":\"report\"}\n", false),
            (ROLL_UP, b"{\"kind\":\"batch\"}\n", false),
            (JOURNAL, b"{\"time\":1}\n", false),
            (JOURNAL, b"", false),
            ("index.md", b"# Heap Profiles\n", false),
        ];
        for (name, bytes, expected) in table {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), bytes).unwrap();
            assert_eq!(is_result(folder.path()), expected, "{name} {}", String::from_utf8_lossy(bytes));
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(JOURNAL)).unwrap();
        assert!(!is_result(folder.path()));
        assert!(!is_result(&folder.path().join("missing")));
    }
}

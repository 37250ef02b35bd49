//! The memory of the process as a whole, which is the command's to care for, not the library's.

/// Lets the allocator give freed memory back at once and keep one pool for all threads, so that the process takes what it uses. By itself glibc
/// keeps up to 64 MiB of what was freed, and more for each thread. It also makes large lists grow by moving their pages, not by a copy beside them.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is told by a call of the C library")]
pub(crate) fn keep_little_memory() {
    /// What glibc begins with; set by hand it does not follow the sizes that are freed.
    const THRESHOLD: i32 = 128 << 10;
    let options = [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, THRESHOLD), (libc::M_TRIM_THRESHOLD, THRESHOLD)];
    for (option, value) in options {
        // SAFETY: `mallopt` takes two integers and changes only how the allocator goes on; glibc locks its state meanwhile.
        let _ = unsafe { libc::mallopt(option, value) }; // declined, memory is not as tight
    }
}

/// Elsewhere the allocator is left alone.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_little_memory() {}

/// Has a write beyond the limit of a file's size (`ulimit -f`) fail as one on a full disk does; by itself it ends the process, and what was begun stays.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the system is told by a call of the C library")]
pub(crate) fn outlive_file_limits() {
    // SAFETY: no handler is installed: the signal is ignored.
    let _ = unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) }; // declined, it is as before
}

/// Elsewhere the signal is left alone, if there is one.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn outlive_file_limits() {}

/// Bytes of memory that the process occupies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resident {
    /// What it has made itself.
    pub(crate) own: usize,
    /// Pages of files, which is its code where nothing else is mapped.
    pub(crate) of_files: usize,
}

/// What the process occupies now, where the system tells it.
pub(crate) fn resident_memory() -> Option<Resident> {
    Some(Resident { own: own_status("RssAnon:")?, of_files: own_status("RssFile:")? })
}

/// The greatest number of bytes of memory that the process has occupied, where the system tells it.
pub(crate) fn peak_memory() -> Option<usize> {
    own_status("VmHWM:")
}

/// A number of bytes in what the system says of the process.
fn own_status(name: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

//! What was measured on, and how much memory this process has taken.

use std::fs;

use serde::Serialize;

use crate::scan::Backend;

/// The machine, as far as it tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Model of the CPU.
    pub cpu: Option<String>,
    /// Threads that can run at once.
    pub cores: usize,
    /// Back ends that the CPU has.
    pub back_ends: Vec<&'static str>,
    /// Bytes of a page of memory.
    pub page_size: Option<usize>,
    /// Name of the operating system.
    pub os: &'static str,
    /// Name of the instruction set.
    pub architecture: &'static str,
}

impl Machine {
    /// This machine.
    pub fn detect() -> Self {
        Self {
            cpu: fs::read_to_string("/proc/cpuinfo").ok().as_deref().and_then(cpu_model),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            back_ends: Backend::available().map(Backend::name).collect(),
            page_size: page_size(),
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
        }
    }
}

#[cfg(target_os = "linux")]
fn page_size() -> Option<usize> {
    Some(rustix::param::page_size())
}

#[cfg(not(target_os = "linux"))]
fn page_size() -> Option<usize> {
    None
}

/// The model in the text of `/proc/cpuinfo`; not every architecture has one there.
fn cpu_model(cpuinfo: &str) -> Option<String> {
    value(cpuinfo, "model name").filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The greatest resident memory that this process has had, in bytes.
pub(super) fn peak_memory() -> Option<u64> {
    peak_of(&fs::read_to_string("/proc/self/status").ok()?)
}

/// The peak in the text of `/proc/self/status`.
fn peak_of(status: &str) -> Option<u64> {
    let kilobytes: u64 = value(status, "VmHWM")?.strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// What stands behind a name and a colon, at the first line that has it.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_model_is_that_of_the_cpu() {
        let table = [
            (
                "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9R14\n\nmodel name\t: other",
                Some("AMD EPYC 9R14"),
            ),
            ("processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c", None),
            ("model name:", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(cpu_model(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_peak_is_in_units_of_1024_bytes() {
        let table = [
            ("Name:\tx\nVmPeak:\t  100 kB\nVmHWM:\t   1664 kB\nVmRSS:\t 12 kB", Some(1664 << 10)),
            ("VmRSS:\t 12 kB", None),
            ("VmHWM:\t 12 pages", None),
            ("VmHWM:\t many kB", None),
            ("VmHWM:\t 18446744073709551615 kB", None),
        ];
        for (text, expected) in table {
            assert_eq!(peak_of(text), expected, "{text}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_both() {
        assert!(peak_memory().unwrap() > 100 << 10);
        assert!(Machine::detect().page_size.unwrap().is_power_of_two());
    }
}

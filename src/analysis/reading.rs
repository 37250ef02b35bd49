//! What it means that a category takes so much CPU time and so much memory.

use super::share::{Priority, Share};

/// How much of the memory a category has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemoryLevel {
    /// Below 5 %.
    Low,
    /// From 5 %.
    Medium,
    /// From 10 %.
    High,
    /// From 20 %.
    VeryHigh,
}

impl MemoryLevel {
    /// The level of a share.
    pub fn of(share: Share) -> Self {
        match share.priority() {
            Priority::High if share.is_at_least(20) => Self::VeryHigh,
            Priority::High => Self::High,
            Priority::Medium => Self::Medium,
            Priority::Low => Self::Low,
        }
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::VeryHigh => "very_high",
        }
    }

    /// From 10 %.
    pub fn is_high(self) -> bool {
        self >= Self::High
    }
}

/// A combination of levels in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The two levels.
    pub levels: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// The reading of a combination of levels.
pub fn reading(cpu: Priority, memory: MemoryLevel) -> Reading {
    let (levels, advice) = match (cpu, memory) {
        (Priority::High, MemoryLevel::VeryHigh) => ("High CPU + Very High Memory", "optimize both"),
        (Priority::High, MemoryLevel::High) => ("High CPU + High Memory", "optimize both"),
        (Priority::High, MemoryLevel::Medium) => ("High CPU, Medium Memory", "optimize CPU time first"),
        (Priority::High, MemoryLevel::Low) => ("High CPU, Low Memory", "optimize CPU time; it holds little"),
        (Priority::Medium, MemoryLevel::VeryHigh) => ("Medium CPU, Very High Memory", "make fewer or smaller objects"),
        (Priority::Medium, MemoryLevel::High) => ("Medium CPU, High Memory", "make fewer or smaller objects"),
        (Priority::Medium, MemoryLevel::Medium) => ("Medium CPU, Medium Memory", "second in line for both"),
        (Priority::Medium, MemoryLevel::Low) => ("Medium CPU, Low Memory", "a matter of CPU time; it holds little"),
        (Priority::Low, MemoryLevel::VeryHigh) => ("Low CPU, Very High Memory", "cache, stream or release results"),
        (Priority::Low, MemoryLevel::High) => ("Low CPU, High Memory", "cache, stream or release results"),
        (Priority::Low, MemoryLevel::Medium) => ("Low CPU, Medium Memory", "cheap to make; see who holds it"),
        (Priority::Low, MemoryLevel::Low) => ("Low CPU, Low Memory", "leave it"),
    };
    Reading { levels, advice }
}

/// What to do about code of Node or V8 that is not low in both. There are stacks of the memory alone; who spends its time is in the CPU profile.
pub(super) fn works_for_others(memory: MemoryLevel) -> &'static str {
    match memory {
        MemoryLevel::Low => "it works for its callers: see the CPU flame chart",
        _ => "it works for its callers: see the stacks",
    }
}

/// What to do about built-ins of the language that take no time: CPU profiles have no frames for most of them, and count their time as that of their callers.
pub(super) const TIME_IS_THAT_OF_CALLERS: &str = "its callers have its CPU time, too: see the stacks";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_levels_change_exactly_at_their_bounds() {
        let table = [
            (0, 0, MemoryLevel::Low),
            (49, 1000, MemoryLevel::Low),
            (50, 1000, MemoryLevel::Medium),
            (99, 1000, MemoryLevel::Medium),
            (100, 1000, MemoryLevel::High),
            (199, 1000, MemoryLevel::High),
            (200, 1000, MemoryLevel::VeryHigh),
            (1000, 1000, MemoryLevel::VeryHigh),
        ];
        for (part, whole, expected) in table {
            assert_eq!(MemoryLevel::of(Share::of(part, whole)), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn every_combination_has_its_own_name() {
        let cpus = [Priority::Low, Priority::Medium, Priority::High];
        let memories = [MemoryLevel::Low, MemoryLevel::Medium, MemoryLevel::High, MemoryLevel::VeryHigh];
        let mut names = std::collections::HashSet::new();
        for cpu in cpus {
            for memory in memories {
                let Reading { levels, advice } = reading(cpu, memory);
                assert!(names.insert(levels));
                let (first, second) = levels.split_once(" CPU").unwrap();
                assert_eq!(first.to_lowercase(), cpu.name());
                let named = second.trim_start_matches([',', ' ', '+']).trim_end_matches(" Memory");
                assert_eq!(named.to_lowercase().replace(' ', "_"), memory.name());
                assert!(!advice.is_empty());
            }
        }
    }
}

//! Which CPU profile belongs to a heap profile: one of the same folder and process, the nearest in time or number; or one of the same name. An empty
//! one, where there is no other; and what cannot be used gives way to the next ones.

use std::collections::HashMap;
use std::ffi::OsString;

use super::find::{CpuFile, Dump};
use super::name::DumpName;

/// CPU profiles that are tried for a dump.
const TRIED: usize = 3;

/// The CPU profiles that belong to a dump, the nearest first: their places in the list of those. The first that can be used is meant.
pub type Pair = Vec<usize>;

/// The CPU profiles of each dump.
pub fn pairs(dumps: &[Dump], cpu_profiles: &[CpuFile]) -> Vec<Pair> {
    if cpu_profiles.is_empty() {
        return vec![Pair::new(); dumps.len()];
    }
    let key = |path: &std::path::Path| {
        let name = DumpName::of(path);
        let folder = path.parent().map(|folder| folder.as_os_str().to_owned()).unwrap_or_default();
        // Without a process the whole name has to be the same, numbers included.
        let exact = if name.process.is_some() { Vec::new() } else { name.numbers.clone() };
        ((folder, name.shape.clone(), exact), name)
    };
    type Key = (OsString, String, Vec<u64>);
    let mut candidates: HashMap<Key, Vec<(usize, DumpName)>> = HashMap::new();
    for (i, cpu) in cpu_profiles.iter().enumerate() {
        let (key, name) = key(&cpu.path);
        candidates.entry(key).or_default().push((i, name));
    }
    let nearest = |dump: &Dump| {
        let (key, name) = key(&dump.path);
        let distance = |other: &DumpName| {
            let pairs = name.numbers.iter().zip(&other.numbers);
            pairs.map(|(a, b)| a.abs_diff(*b)).collect::<Vec<u64>>()
        };
        let is_empty = |i: usize| cpu_profiles[i].bytes == 0;
        let mut nearest: Vec<_> = candidates.get(&key).into_iter().flatten().collect();
        nearest.sort_by_cached_key(|(i, name)| (is_empty(*i), distance(name), *i));
        nearest.into_iter().take(TRIED).map(|(i, _)| *i).collect()
    };
    dumps.iter().map(nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_a_process_belongs_to_a_dump() {
        let dumps: Vec<Dump> = [
            "x-heapprofile-1-20251207-1.heapprofile",
            "x-heapprofile-1-20251208-9.heapprofile",
            "x-heapprofile-2-20251207-1.heapprofile",
            "Heap.20251207.101500.5.0.003.heapprofile.gz",
            "a.heapprofile",
            "a7.heapprofile",
            "other/a.heapprofile",
        ]
        .iter()
        .map(|name| Dump { path: name.into(), name: (*name).into(), bytes: 0, modified: 0, given: None })
        .collect();
        let cpu: Vec<CpuFile> = [
            "x-cpuprofile-1-20251207-2.cpuprofile",
            "x-cpuprofile-1-20251207-5.cpuprofile",
            "x-cpuprofile-1-20251208-1.cpuprofile",
            "CPU.20251207.101400.5.0.001.cpuprofile",
            "CPU.20251207.101501.5.0.002.cpuprofile",
            "a.cpuprofile",
            "a8.cpuprofile",
        ]
        .iter()
        .map(|name| CpuFile { path: name.into(), name: (*name).into(), bytes: 9, modified: 0 })
        .collect();
        let none = Vec::new;
        let found = pairs(&dumps, &cpu);
        assert_eq!(found, [vec![0, 1, 2], vec![2, 1, 0], none(), vec![4, 3], vec![5], none(), none()]);
        assert_eq!(pairs(&dumps, &[]), vec![none(); 7]);
        let mut cpu = cpu;
        for empty in [0, 2, 5] {
            cpu[empty].bytes = 0;
        }
        let found = pairs(&dumps, &cpu);
        assert_eq!(found, [vec![1, 0, 2], vec![1, 2, 0], none(), vec![4, 3], vec![5], none(), none()]);
    }
}

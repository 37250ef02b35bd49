//! Files that are of one process: `node --heap-prof` writes one for each of its threads, and their names tell that. One process is one run.

use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Puts together what is of one process: the places of the files, each with those of its other threads. A process is told by its id and the folder of its
/// files. Where a folder has a thread of it twice, as where each run had a container of its own, ids do not tell processes apart: then each file is by itself.
pub fn by_process(paths: &[&Path]) -> Vec<Vec<usize>> {
    let mut threads: HashMap<(&Path, &str), Vec<(usize, &str)>> = HashMap::new();
    let of = |place: usize| {
        let path = paths[place];
        let (process, thread) = thread_in(path.file_name()?.to_str()?)?;
        Some(((path.parent().unwrap_or(Path::new("")), process), thread))
    };
    for place in 0..paths.len() {
        if let Some((process, thread)) = of(place) {
            threads.entry(process).or_default().push((place, thread));
        }
    }
    let is_told = |threads: &[(usize, &str)]| {
        let mut met = HashSet::new();
        threads.iter().all(|&(_, thread)| met.insert(thread))
    };
    let mut processes = Vec::new();
    for place in 0..paths.len() {
        match of(place).and_then(|(process, _)| threads.get(&process)).filter(|threads| is_told(threads)) {
            Some(threads) if threads[0].0 < place => {}
            Some(threads) => processes.push(threads.iter().map(|&(place, _)| place).collect()),
            None => processes.push(vec![place]),
        }
    }
    processes
}

/// The ids of process and thread in the name of a file of Node: `Heap.DATE.TIME.PROCESS.THREAD.NUMBER.heapprofile`.
fn thread_in(name: &str) -> Option<(&str, &str)> {
    let mut parts = name.strip_prefix("Heap.")?.split('.').skip(2);
    let is_id = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut id = || parts.next().filter(is_id);
    let (process, thread, _) = (id()?, id()?, id()?);
    Some((process, thread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_one_process_are_one_run() {
        let node = |folder: &str, process: u32, thread: u32| {
            format!("{folder}/Heap.20261129.133918.{process}.{thread}.00{}.heapprofile", thread + 1)
        };
        let table: [(Vec<String>, Vec<Vec<usize>>); 6] = [
            (vec![node("a", 7, 0), node("a", 7, 2), node("a", 8, 0), node("a", 7, 1)], vec![vec![0, 1, 3], vec![2]]),
            // The same id in two folders is of two runs.
            (vec![node("1", 7, 0), node("1", 7, 1), node("2", 7, 0), node("2", 7, 1)], vec![vec![0, 1], vec![2, 3]]),
            // In one folder nothing tells which threads are of which run.
            (vec![node("a", 7, 0), node("a", 7, 1), node("a", 7, 0)], vec![vec![0], vec![1], vec![2]]),
            (vec!["a/1.heapprofile".into(), "b/1.heapprofile".into()], vec![vec![0], vec![1]]),
            (vec!["x-heapprofile-7-20261129-0.heapprofile".into(), "Heap.a.b.7.0".into()], vec![vec![0], vec![1]]),
            (Vec::new(), Vec::new()),
        ];
        for (names, expected) in table {
            let paths: Vec<&Path> = names.iter().map(Path::new).collect();
            assert_eq!(by_process(&paths), expected, "{names:?}");
        }
    }
}

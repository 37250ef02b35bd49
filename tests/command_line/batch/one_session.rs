//! Readings of one session in which nothing, or hardly anything, happened: they are told by the samples that they share.

use std::fmt::Write;

use super::{batch, rolled_up, with};
use crate::{code, stderr};

/// A reading of samples: function, size, ordinal.
fn reading(samples: &[(&str, u64, u64)]) -> Vec<u8> {
    let mut names: Vec<&str> = samples.iter().map(|&(name, ..)| name).collect();
    names.sort_unstable();
    names.dedup();
    let (mut nodes, mut listed) = (Vec::new(), Vec::new());
    for (name, id) in names.iter().zip(2..) {
        let own: Vec<&(&str, u64, u64)> = samples.iter().filter(|sample| sample.0 == *name).collect();
        let size: u64 = own.iter().map(|&&(_, size, _)| size).sum();
        nodes.push(format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"7","url":"/srv/app/a.js","lineNumber":{id},"columnNumber":0}},"selfSize":{size},"id":{id},"children":[]}}"#
        ));
        listed.extend(
            own.iter().map(|&&(_, size, ordinal)| format!(r#"{{"size":{size},"nodeId":{id},"ordinal":{ordinal}}}"#)),
        );
    }
    let mut text = String::new();
    write!(
        text,
        r#"{{"head":{{"callFrame":{{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}},"selfSize":0,"id":1,"children":[{}]}},"samples":[{}]}}"#,
        nodes.join(","),
        listed.join(",")
    )
    .expect("memory takes everything");
    text.into_bytes()
}

/// Samples of 512 KiB and a little more, as objects have sizes.
fn size(ordinal: u64) -> u64 {
    524_288 + 8 * (ordinal % 23)
}

/// The readings of a session: what `load` has allocated stays, and of `name` so many samples have been kept by each of them.
fn session(name: &'static str, kept: &[u64]) -> Vec<Vec<(&'static str, u64, u64)>> {
    // Two of three that were taken are collected.
    let sample = |name, n: u64| (name, size(3 * n), 3 * n);
    let loaded = (1..=60).map(|n| sample("load", n));
    let samples = |&count: &u64| loaded.clone().chain((61..61 + count).map(|n| sample(name, n))).collect();
    kept.iter().map(samples).collect()
}

fn headline(readings: &[Vec<u8>], name: impl Fn(usize) -> String) -> (String, usize) {
    let names: Vec<String> = (0..readings.len()).map(name).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(readings).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = with(&files);
    let output = batch(folder.path(), &["--no-reports", "--interval", "512K"]);
    assert_eq!((code(&output), stderr(&output)), (0, ""));
    let series = rolled_up(folder.path())["series"][0].clone();
    let headline = series["trend"]["headline"].as_str().expect("a text").to_owned();
    (headline, series["files"].as_array().map_or(0, Vec::len))
}

#[test]
fn a_session_goes_on_where_the_last_sample_is_gone() {
    let mut readings = session("subscribe", &[10, 20, 30, 40, 50, 60, 70]);
    // The process is idle, and the object that was sampled last is collected.
    let mut idle = readings[6].clone();
    idle.pop();
    readings.push(idle);
    let readings: Vec<Vec<u8>> = readings.iter().map(|samples| reading(samples)).collect();
    for name in ["app-7-", "x-heapprofile-4242-20261129-"] {
        let (headline, files) = headline(&readings, |n| format!("{name}{n}.heapprofile"));
        assert!(headline.starts_with("1 leak suspect: subscribe (app/a.js:"), "{headline}");
        assert_eq!(files, 8);
    }
    // Other sessions have other samples under these numbers: their sizes differ.
    let mut others = session("subscribe", &[40, 38, 41, 39, 40, 42]);
    for (salt, samples) in others.iter_mut().enumerate() {
        samples.iter_mut().for_each(|(_, size, ordinal)| *size += 8 * ((*ordinal + salt as u64 * 5) % 7));
    }
    let others: Vec<Vec<u8>> = others.iter().map(|samples| reading(samples)).collect();
    let (headline, _) = headline(&others, |n| format!("app-7-{n}.heapprofile"));
    assert!(headline.contains("each is a session of its own"), "{headline}");
}

/// Readings of an event buffer that is emptied twice; these samples are left, none of them of one size.
fn emptied() -> Vec<Vec<(&'static str, u64, u64)>> {
    let left: [Vec<u64>; 2] = [vec![1, 2, 3, 5, 80, 99], vec![1, 2, 3, 5, 130, 250]];
    let filled = |until: u64| left[0].iter().copied().chain(120..until).collect();
    let kept = [(1..50).collect(), (1..=100).collect(), left[0].clone(), filled(200), filled(260), left[1].clone()];
    kept.iter().map(|kept: &Vec<u64>| kept.iter().map(|n| ("track", size(3 * n), 3 * n)).collect()).collect()
}

#[test]
fn a_few_samples_with_lower_numbers_are_of_the_session_that_the_others_are_of() {
    let told = |readings: &[Vec<(&str, u64, u64)>]| {
        let readings: Vec<Vec<u8>> = readings.iter().map(|samples| reading(samples)).collect();
        headline(&readings, |n| format!("run-{n}.heapprofile")).0
    };
    let readings = emptied();
    assert_eq!(told(&readings), "No leak suspect in 6 dumps.");
    // Begun anew: one of these few was not alive when the dump before was read, or has another size.
    for (number, size) in [(100 * 3, size(300)), (99 * 3, size(297) + 8)] {
        let mut anew = readings.clone();
        anew[2][5] = ("track", size, number);
        anew[1].retain(|&(_, _, ordinal)| ordinal != 300);
        anew[1].push(("track", 524_288, 301));
        assert!(told(&anew).contains("each is a session of its own"), "{number}");
    }
    // Samples of one size agree in any two sessions, and nothing else tells.
    let anew = [60, 40, 50, 30, 45, 20].map(|count| (1..=count).map(|n| ("track", 524_288, 3 * n)).collect());
    assert!(told(&anew).contains("each is a session of its own"));
}

#[test]
fn readings_of_an_idle_process_count() {
    let warm_up = session("fill", &[12, 24, 36, 48, 60, 60, 60, 60, 60, 60]);
    let mut readings: Vec<Vec<u8>> = warm_up.iter().map(|samples| reading(samples)).collect();
    let (headline_of_all, files) = headline(&readings, |n| format!("app-7-{n}.heapprofile"));
    assert!(headline_of_all.starts_with("No leak suspect in 10 dumps."), "{headline_of_all}");
    assert_eq!(files, 10);
    // A copy of an earlier one is no reading.
    readings.push(readings[1].clone());
    let (_, files) = headline(&readings, |n| format!("app-7-{n}.heapprofile"));
    assert_eq!(files, 10);
}

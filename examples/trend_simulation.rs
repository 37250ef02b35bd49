//! Simulates series of dumps with and without a leak, and counts what the trend says of them: `trend_simulation SERIES [FIRST]`, CSV on standard output.
//! Series are numbered from FIRST; the rules were settled on 0 to 99.
//!
//! A service of 150 functions in 20 packages and 8 categories, with 1 to 3 stacks each. R is the sampling interval; sizes are numbers of samples, drawn as V8
//! draws them. `growing`: one session. Rows hold 0.2 to 300 R. Of what a row holds, a part of its own lives on from dump to dump, the rest is made anew, and its
//! load swings by up to a half from dump to dump; one row in ten is a cache that fills (to 63 % in half a dump to one and a half), one in ten a saw-tooth of
//! 2.2 to 4.5 dumps. `restarted`: sessions started anew. All rows are garbage (0.01 to 15 R), which swings with the collector (from 5 % to all, the same for all rows) and by a
//! factor of its own (half its size); every seventh session is four times as long, which only a leak shows. A leak adds so many R a dump on a stack of its own; `late`: one
//! session, and none of it in the first half of the dumps; `spread`: one session, and the same on twenty stacks below one function of the application.

use std::io::Write;

use heapsift::analysis::model::{
    Entry, FileInfo, KindReason, Numbering, Objects, ObjectsIn, Panel, Sampling, SeriesKind, Trend,
};
use heapsift::profile::{CallFrameTable, Category, CategoryId, Class, Dialect, FrameId, FrameKind, HeavyStack};

/// The sampling interval, bytes.
const R: u64 = 524_288;
const FUNCTIONS: usize = 150;
const PACKAGES: usize = 20;
const CATEGORIES: usize = 8;
/// Stacks of a leak that is spread.
const SPREAD: usize = 20;

/// Numbers that look random: SplitMix64.
struct Lot(u64);

impl Lot {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A factor with the mean 1 that swings by this part.
    fn swing(&mut self, part: f64) -> f64 {
        let sigma = (1.0 + part * part).ln().sqrt();
        (sigma * self.normal() - sigma * sigma / 2.0).exp()
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 50.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u64;
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// How many of `n` live on with this probability.
    fn survivors(&mut self, n: u64, probability: f64) -> u64 {
        (0..n).filter(|_| self.unit() < probability).count() as u64
    }
}

/// How a stack's size comes about.
enum Row {
    Live { mean: f64, lives_on: f64, swing: f64, samples: u64 },
    Cache { full: f64, time: f64, samples: u64 },
    Saw { full: f64, period: f64, phase: f64 },
    Garbage { mean: f64 },
    Leak { rate: f64, from: usize, samples: u64 },
}

impl Row {
    fn new(lot: &mut Lot, kind: SeriesKind) -> Self {
        let mean = (lot.between(0.2_f64.ln(), 300.0_f64.ln())).exp();
        match (kind, lot.next() % 10) {
            (SeriesKind::Restarted, _) => Self::Garbage { mean: mean / 20.0 },
            (_, 0) => Self::Cache { full: mean, time: lot.between(0.5, 1.5), samples: 0 },
            (_, 1) => Self::Saw { full: mean, period: lot.between(2.2, 4.5), phase: lot.unit() },
            _ => Self::Live { mean, lives_on: lot.unit(), swing: lot.between(0.0, 0.5), samples: 0 },
        }
    }

    /// Samples in a dump.
    fn samples(&mut self, lot: &mut Lot, kind: SeriesKind, dump: usize, fill: f64, length: f64) -> u64 {
        match self {
            Self::Live { mean, lives_on, swing, samples } => {
                let kept = if dump == 0 { 0 } else { lot.survivors(*samples, *lives_on) };
                // The first dump is as others are: what swings has been evened out by what lives on.
                let evened = ((1.0 - *lives_on) / (1.0 + *lives_on)).sqrt();
                let fresh = match dump {
                    0 => *mean * lot.swing(*swing * evened),
                    _ => *mean * lot.swing(*swing) * (1.0 - *lives_on),
                };
                *samples = kept + lot.poisson(fresh);
                *samples
            }
            Self::Cache { full, time, samples } => {
                let filled = |dumps: f64| *full * (1.0 - (-dumps / *time).exp());
                *samples += lot.poisson(filled(dump as f64 + 1.0) - filled(dump as f64));
                *samples
            }
            Self::Saw { full, period, phase } => lot.poisson(*full * (dump as f64 / *period + *phase).fract()),
            Self::Garbage { mean } => {
                let mean = *mean * fill * lot.swing(0.5);
                lot.poisson(mean)
            }
            Self::Leak { rate, from, samples } => {
                let fresh = if dump >= *from { lot.poisson(*rate * length) } else { 0 };
                *samples = if kind == SeriesKind::Growing { *samples + fresh } else { fresh };
                *samples
            }
        }
    }
}

struct Service {
    frames: CallFrameTable,
    stacks: Vec<Vec<FrameId>>,
}

impl Service {
    /// One with a leak on so many stacks, the last of all.
    fn new(lot: &mut Lot, leaks: usize) -> Self {
        let mut frames = CallFrameTable::default();
        let mut frame = |name: &str, package: usize, kind: FrameKind| {
            let url = format!("/srv/node_modules/package-{package}/index.js");
            let class = Class {
                kind,
                package: format!("package-{package}").into(),
                version: None,
                category: CategoryId((package % CATEGORIES) as u16),
            };
            frames.intern(name, &url, 1, 0, &class)
        };
        let loops = frame("processTicksAndRejections", PACKAGES, FrameKind::Core);
        let handlers: Vec<FrameId> =
            (0..12).map(|i| frame(&format!("handler{i}"), PACKAGES + 1, FrameKind::App)).collect();
        let mut stacks = Vec::new();
        for i in 0..FUNCTIONS {
            let function = frame(&format!("f{i}"), i % PACKAGES, FrameKind::Dependency);
            for _ in 0..1 + lot.next() % 3 {
                stacks.push(vec![loops, handlers[(lot.next() % 12) as usize], function]);
            }
        }
        if leaks == 1 {
            let leak = frame("leak", 3, FrameKind::Dependency);
            stacks.push(vec![loops, handlers[5], leak]);
        } else {
            let below = frame("onLeak", PACKAGES + 1, FrameKind::App);
            for i in 0..leaks {
                let leak = frame(&format!("leak{i}"), i % PACKAGES, FrameKind::Dependency);
                stacks.push(vec![loops, handlers[5], below, leak]);
            }
        }
        Self { frames, stacks }
    }
}

/// What is said of a series.
struct Said {
    /// Whether the leak is the first suspect.
    found: bool,
    /// Whether others are named.
    others: bool,
    /// Whether the leak is the first suspect, and said to begin late; where it does, a dump too early or too late at most.
    late: bool,
}

/// Whether the leak, which begins with the dump `from` and is on so many stacks, was found, and whether others were named.
fn series(seed: u64, kind: SeriesKind, dumps: usize, (leak, from, leaks): (f64, usize, usize)) -> Said {
    let lot = &mut Lot(seed);
    let service = Service::new(lot, leaks);
    let mut rows: Vec<Row> = service.stacks.iter().map(|_| Row::new(lot, kind)).collect();
    for row in rows.iter_mut().rev().take(leaks) {
        *row = Row::Leak { rate: leak / leaks as f64, from, samples: 0 };
    }
    let categories: Vec<Category> = (0..CATEGORIES)
        .map(|i| Category { id: format!("c{i}"), name: format!("C{i}"), analysis: Vec::new(), follows_cause: false })
        .collect();
    let mut panel = Panel::new(&categories);
    let mut numbering = Numbering::default();
    for dump in 0..dumps {
        let (fill, length) = (lot.between(0.05, 1.0), if dump % 7 == 6 { 4.0 } else { 1.0 });
        let length = if kind == SeriesKind::Growing { 1.0 } else { length };
        let sizes: Vec<u64> = rows.iter_mut().map(|row| R * row.samples(lot, kind, dump, fill, length)).collect();
        let heavy = service.stacks.iter().zip(&sizes).filter(|(_, size)| **size > 0);
        let mut stacks: Vec<HeavyStack> = heavy
            .map(|(frames, &self_size)| HeavyStack { self_size, frames: frames.clone(), frames_omitted: 0 })
            .collect();
        stacks.sort_by_key(|stack| std::cmp::Reverse(stack.self_size));
        let mut functions = std::collections::BTreeMap::new();
        for stack in &stacks {
            if let Some(&last) = stack.frames.last() {
                *functions.entry(last).or_insert(0) += stack.self_size;
            }
        }
        let file = FileInfo {
            merged: Vec::new(),
            name: format!("dump-{dump}"),
            bytes: 0,
            compressed_bytes: None,
            dialect: Dialect::Xprofiler,
            complete: true,
            truncated_at: None,
            unsummed: 0,
            source_maps: Vec::new(),
        };
        let entry = Entry {
            file: &file,
            sampling: Sampling { interval: Some(R), ..Sampling::default() },
            objects: ObjectsIn { which: Objects::Unknown, samples: None },
            allocating_nodes: stacks.len() as u64,
            frames: &service.frames,
            functions: functions.into_iter().collect(),
            stacks: &stacks,
            ids: None,
        };
        panel.enter(entry, &mut numbering);
    }
    let trend = Trend::new(&panel, (kind, KindReason::Given), None);
    let is_leak = |frames: &[FrameId]| {
        frames.last().is_some_and(|&id| panel.frames().text(panel.frames().get(id).function).starts_with("leak"))
    };
    let first = trend.suspects.first().filter(|suspect| is_leak(&suspect.frames));
    let begins = first.and_then(|suspect| suspect.onset).map(|onset| onset.dump + 1);
    Said {
        found: first.is_some(),
        others: trend.suspects.iter().any(|suspect| !is_leak(&suspect.frames)),
        late: begins.is_some_and(|begins| from == 0 || begins.abs_diff(from) <= 1),
    }
}

fn main() -> std::io::Result<()> {
    let argument = |place: usize| std::env::args().nth(place).and_then(|number| number.parse::<u64>().ok());
    let (count, first) = (argument(1).unwrap_or(100), argument(2).unwrap_or(0));
    let mut out = std::io::stdout().lock();
    writeln!(out, "kind,dumps,leak,series,found_first,with_others,told_late")?;
    let kinds = [
        ("growing", SeriesKind::Growing, false, 1),
        ("late", SeriesKind::Growing, true, 1),
        ("spread", SeriesKind::Growing, false, SPREAD),
        ("restarted", SeriesKind::Restarted, false, 1),
    ];
    for (name, kind, is_late, leaks) in kinds {
        for dumps in [4, 6, 12] {
            for leak in [0.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0] {
                let from = if is_late { dumps / 2 } else { 0 };
                let seeds = (first..first + count).map(|i| 1000 * (dumps as u64) + i);
                let results: Vec<Said> = seeds.map(|seed| series(seed, kind, dumps, (leak, from, leaks))).collect();
                let number = |is: fn(&Said) -> bool| results.iter().filter(|said| is(said)).count();
                let (found, others, late) =
                    (number(|said| said.found), number(|said| said.others), number(|said| said.late));
                writeln!(out, "{name},{dumps},{leak},{count},{found},{others},{late}")?;
            }
        }
    }
    out.flush()
}

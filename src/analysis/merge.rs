//! Several profiles as one: what is said of each file, put together. The trees are united in [`Union`].

use super::intake;
use super::likeness::{self, Capture};
use super::model::{FileInfo, IntervalSource, Objects, ObjectsIn, Profile, Sampling, Warning};
use crate::aggregate::{ReadOptions, Union};
use crate::error::{Kind, Problem};
use crate::profile::{Category, Dialect, Fate, FirstSamples, Repair, Samples};

/// Profiles that are to be one. Their trees must have been kept ([`ReadOptions::keep_tree`]).
#[derive(Debug, Default)]
pub struct Merge {
    union: Union,
    parts: Vec<Part>,
    missing: Vec<Warning>,
}

/// What is kept of a file beside its tree.
#[derive(Debug)]
struct Part {
    file: FileInfo,
    sampling: Sampling,
    objects: Objects,
    fingerprint: Option<u64>,
    /// Whether nothing was sampled in it.
    is_empty: bool,
    warnings: Vec<Warning>,
    samples: Option<Samples>,
    first_samples: Option<FirstSamples>,
    negative_sizes: u64,
    replaced_texts: u64,
    repair: Option<Repair>,
}

impl Merge {
    /// Bytes of memory that it takes more, at most, once a profile is added and it is [finished](Self::finish) with these options.
    pub fn growth(&mut self, profile: &Profile, options: &ReadOptions<'_>) -> usize {
        profile.tree.as_ref().map_or(0, |tree| self.union.growth(tree, &profile.aggregate.frames, options))
    }

    /// Adds a profile, whose sampling interval may be given (0 is none). Of one whose tree was not kept nothing is added, and a warning says so.
    pub fn add(&mut self, profile: Profile, interval: Option<u64>) {
        let fingerprint = likeness::fingerprint(&profile);
        let Profile { file, aggregate, mut warnings, tree, .. } = profile;
        let Some(tree) = tree else {
            let message = format!("The tree of {} was not kept. None of its bytes are in any number here.", file.name);
            self.missing.push(Warning::new(intake::NOT_MERGED, message, "Read it with `keep_tree`."));
            return;
        };
        self.union.add(&tree, &aggregate.frames);
        // What the sum of all does not hold is counted there.
        warnings.retain(|warning| warning.kind != intake::OVERFLOWING);
        self.parts.push(Part {
            sampling: super::interval::sampling(&aggregate, file.dialect, interval),
            objects: ObjectsIn::of(&aggregate, file.complete, file.dialect).which,
            fingerprint,
            is_empty: aggregate.total_size == 0,
            file,
            warnings,
            samples: aggregate.samples,
            first_samples: None,
            negative_sizes: aggregate.negative_sizes,
            replaced_texts: aggregate.replaced_texts,
            repair: aggregate.repair,
        });
    }

    /// Notes the first samples of the profile that was added last.
    pub fn note_samples(&mut self, first: Option<FirstSamples>) {
        if let Some(part) = self.parts.last_mut() {
            part.first_samples = first;
        }
    }

    /// Notes that a file was to be part of it and could not be read, or did not fit into the memory.
    pub fn lacks(&mut self, name: &str, problem: &Problem) {
        let (what, remedy) = match problem.kind {
            Kind::OutOfMemory(_) => ("is not part of it", "Raise --max-memory, or merge without it."),
            _ => ("could not be read", "Copy it again, or merge without it."),
        };
        let message = format!("{name} {what}: {}. None of its bytes are in any number here.", problem.kind);
        self.missing.push(Warning::new(intake::NOT_MERGED, message, remedy));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The one profile of all, or of what filters show of it.
    pub fn finish(self, categories: &[Category], options: &ReadOptions<'_>) -> Profile {
        let Self { union, parts, missing } = self;
        let (mut aggregate, tree) = union.fold(categories, options);
        aggregate.negative_sizes = parts.iter().map(|part| part.negative_sizes).fold(0, u64::saturating_add);
        // Which they are is not known here: files of one program have the same.
        aggregate.replaced_texts = parts.iter().map(|part| part.replaced_texts).max().unwrap_or(0);
        aggregate.samples = samples(&parts);
        aggregate.repair = repair(&parts);
        let mut warnings: Vec<Warning> = missing.into_iter().chain(unlike(&parts)).collect();
        warnings.extend(of_each(&parts));
        warnings.extend(intake::overflowing(&aggregate));
        warnings.extend(Warning::of_filters(&aggregate));
        let file = file(&parts, intake::unsummed(&aggregate));
        Profile { file, aggregate, orphans: None, sampling: Some(sampling(&parts)), warnings, tree }
    }
}

/// All samples, where each file has them. Each file numbers its own.
fn samples(parts: &[Part]) -> Option<Samples> {
    let mut all = Samples::default();
    let (mut taken, mut latest) = (0_u64, 0);
    for part in parts {
        let samples = part.samples?;
        all.merge(&samples);
        taken = taken.saturating_add(samples.last_ordinal);
        latest |= samples.latest;
    }
    Some(Samples { last_ordinal: taken, latest, ..all })
}

/// What became of all cut stacks, where they were put back.
fn repair(parts: &[Part]) -> Option<Repair> {
    let add = |a: Fate, b: Fate| Fate { size: a.size.saturating_add(b.size), stacks: a.stacks + b.stacks };
    parts.iter().filter_map(|part| part.repair).reduce(|a, b| Repair {
        stack_limit: a.stack_limit.max(b.stack_limit),
        reattached: add(a.reattached, b.reattached),
        ambiguous: add(a.ambiguous, b.ambiguous),
        unmatched: add(a.unmatched, b.unmatched),
    })
}

/// The interval of all: of several the longest, with which no error is taken for smaller than it is; unknown where one is.
fn sampling(parts: &[Part]) -> Sampling {
    // One without bytes adds none to the error.
    let parts = || parts.iter().filter(|part| !part.is_empty);
    let most = || parts().map(|part| part.sampling.longest()).try_fold(0, |most, longest| Some(longest?.max(most)));
    let unknown = parts()
        .find(|part| part.sampling.interval.is_none())
        .map(|part| Sampling { candidate: most(), ..part.sampling });
    let longest = || parts().map(|part| part.sampling).max_by_key(|sampling| sampling.interval);
    unknown.or_else(longest).unwrap_or(Sampling { source: IntervalSource::Unknown, ..Sampling::default() })
}

fn file(parts: &[Part], unsummed: u64) -> FileInfo {
    let sum = |number: fn(&FileInfo) -> u64| parts.iter().map(|part| number(&part.file)).sum();
    let is_compressed = parts.iter().any(|part| part.file.compressed_bytes.is_some());
    let mut dialects = parts.iter().map(|part| part.file.dialect);
    let dialect = dialects.next().filter(|&first| dialects.all(|dialect| dialect == first));
    FileInfo {
        name: match parts {
            [part] => part.file.name.clone(),
            parts => format!("{} profiles", parts.len()),
        },
        merged: parts.iter().map(|part| part.file.name.clone()).collect(),
        bytes: sum(|file| file.bytes),
        compressed_bytes: is_compressed.then(|| sum(|file| file.compressed_bytes.unwrap_or(file.bytes))),
        dialect: dialect.unwrap_or(Dialect::Unknown),
        complete: parts.iter().all(|part| part.file.complete),
        truncated_at: None,
        unsummed,
        source_maps: Vec::new(),
    }
}

/// What makes the sum of all doubtful.
fn unlike(parts: &[Part]) -> impl Iterator<Item = Warning> {
    let captures: Vec<Capture<'_>> =
        parts.iter().map(|part| Capture::new(&part.file, part.sampling, part.objects)).collect();
    let consequence = "what was sampled more finely is taken for as unsure as the rest";
    let found = [
        empty(parts),
        repeated(parts),
        of_one_session(parts),
        likeness::objects(&captures),
        likeness::writers(&captures),
        likeness::intervals(&captures, consequence, "Sample all of them at one interval."),
    ];
    found.into_iter().flatten()
}

/// That nothing was sampled in some of the files.
fn empty(parts: &[Part]) -> Option<Warning> {
    let names: Vec<&str> = parts.iter().filter(|part| part.is_empty).map(|part| &*part.file.name).collect();
    let some = !names.is_empty() && names.len() < parts.len();
    some.then(|| {
        let message = format!("No allocation was sampled in {}.", names.join(", "));
        Warning::new("empty-file", message, "Let the program work while it is profiled, or merge without it.")
    })
}

/// That a capture is there twice: the sum is of what was given, so it counts as often.
fn repeated(parts: &[Part]) -> Option<Warning> {
    let same = |(i, part): (usize, &'_ Part)| {
        let print = part.fingerprint?;
        let first = parts[..i].iter().find(|known| known.fingerprint == Some(print))?;
        Some(format!("{} is the same capture as {}: its bytes count again.", part.file.name, first.file.name))
    };
    let message = parts.iter().enumerate().find_map(same)?;
    Some(Warning::new("same-capture", message, "Give each capture once."))
}

/// That files are readings of one sampling session: what several of them hold was sampled once, and is added up as often as they are.
fn of_one_session(parts: &[Part]) -> Option<Warning> {
    let shared = |a: &Part, b: &Part| {
        let is_copy = a.fingerprint.is_some() && a.fingerprint == b.fingerprint;
        a.first_samples.as_ref()?.shared(b.first_samples.as_ref()?).filter(|_| !is_copy)
    };
    // Each session with its readings; a reading is of the first that it shares samples with.
    let mut sessions: Vec<Vec<&Part>> = Vec::new();
    let mut example = None;
    for part in parts {
        let found = sessions.iter().enumerate().find_map(|(session, readings)| {
            readings.iter().find_map(|&known| Some((session, known, shared(known, part)?)))
        });
        match found {
            Some((session, known, count)) => {
                sessions[session].push(part);
                example.get_or_insert((known, part, count));
            }
            None => sessions.push(vec![part]),
        }
    }
    let (a, b, count) = example?;
    let most = sessions.iter().map(Vec::len).max().unwrap_or(1);
    let message = format!(
        "{} and {} are readings of one session: they share samples ({count} of their first). What lived through several readings counts in each, and the error of the sum is up to {:.1} times what is given, since {most} files are not as many observations.",
        a.file.name,
        b.file.name,
        (most as f64).sqrt()
    );
    let remedy = "Merge captures of several processes; `heapsift batch` shows how the readings of one differ.";
    Some(Warning::new("same-session", message, remedy))
}

/// What was noticed of each file, with its name; once what was noticed of all.
fn of_each(parts: &[Part]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    let everywhere = |warning: &Warning| parts.iter().all(|part| part.warnings.contains(warning));
    for (i, part) in parts.iter().enumerate() {
        for warning in &part.warnings {
            if !everywhere(warning) {
                let message = format!("{}: {}", part.file.name, warning.message);
                warnings.push(Warning { message, ..warning.clone() });
            } else if i == 0 {
                warnings.push(warning.clone());
            }
        }
    }
    warnings
}

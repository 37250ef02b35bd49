//! What is to be done: which dumps there are, what belongs to each, and what is known already.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

use super::args::{BatchArgs, SeriesName};
use crate::batch::{
    AllSeries, CpuFile, Dump, Found, Identity, JOURNAL, Limit, Missed, Pair, Record, Records, Said, Series, Times,
    find, pairs, report_places, runs, series, stacks_of_each, threads,
};
use crate::report::escaped;

/// What is to be done; lists by dump are in the order of their paths.
pub(super) struct Plan {
    pub(super) dumps: Vec<Dump>,
    pub(super) identities: Vec<Identity>,
    /// The files of their reports, if there are to be any.
    pub(super) reports: Vec<String>,
    /// The CPU profiles that belong to them, the nearest first.
    pub(super) pairs: Vec<Pair>,
    /// How many of the heaviest stacks of each are wanted.
    pub(super) stacks: Vec<usize>,
    pub(super) series: Vec<Series>,
    /// Dumps that are a series only if they are of one program, which nobody has said.
    pub(super) runs: Vec<usize>,
    /// Dumps that are the only ones of their thread, by process.
    pub(super) threads: Vec<Vec<usize>>,
    pub(super) cpu_profiles: Vec<CpuFile>,
    pub(super) missed: Vec<Missed>,
    pub(super) others: u64,
    pub(super) again: u64,
    /// Where it is kept what was read.
    pub(super) journal: PathBuf,
}

/// What an earlier run leaves to be done.
pub(super) struct Unknown {
    /// The dumps that are to be read.
    pub(super) dumps: Vec<usize>,
    /// The reports of the others, whether this run names them or not.
    pub(super) reports: HashSet<String>,
}

impl Plan {
    /// Looks for dumps, and puts them in order. An error is ready to be shown.
    pub(super) fn new(args: &BatchArgs) -> Result<Self, String> {
        let times = args.times.as_ref().map(|path| {
            let text = std::fs::read(path).map_err(|error| format!("cannot read it: {error}"));
            let times = text.and_then(|text| Times::parse(&text));
            times.map_err(|error| format!("--times {}: {error}", escaped(&path.display().to_string())))
        });
        let times = times.transpose()?;
        let Found { dumps, cpu_profiles, mut missed, others, again } = find(&args.paths, &args.output);
        let said = Said { times: times.as_ref(), kind: args.series.map(SeriesName::into) };
        let AllSeries { series, unordered } = series(&dumps, said);
        missed.extend(unordered.iter().map(|members| without_order(members, &dumps)));
        if let Some(times) = &times {
            missed.extend(mistaken(times, &dumps, &series));
        }
        missed.sort_by_key(|missed| !missed.is_failure);
        let mut stacks = vec![0; dumps.len()];
        for series in &series {
            series.members.iter().for_each(|&i| stacks[i] = stacks_of_each(series.members.len()));
        }
        Ok(Self {
            identities: dumps.iter().map(|dump| Identity::new(&dump.path, dump.bytes, dump.modified)).collect(),
            reports: if args.no_reports { Vec::new() } else { report_places(&dumps) },
            pairs: pairs(&dumps, &cpu_profiles),
            journal: args.output.join(JOURNAL),
            stacks,
            runs: runs(&dumps, &series).concat(),
            threads: threads(&dumps, &series),
            series,
            dumps,
            cpu_profiles,
            missed,
            others,
            again,
        })
    }

    /// The dumps that are to be read; what is known of the others is right.
    pub(super) fn to_read(&self, args: &BatchArgs, records: &mut Records) -> io::Result<Unknown> {
        let mut unknown = Unknown { dumps: Vec::new(), reports: HashSet::new() };
        for (i, identity) in self.identities.iter().enumerate() {
            match records.get(&identity.path)?.filter(|record| self.is_known(i, record, args)) {
                Some(record) => unknown.reports.extend(record.report),
                None => {
                    records.forget(&identity.path);
                    unknown.dumps.push(i);
                }
            }
        }
        Ok(unknown)
    }

    /// Whether a record tells all that is wanted of a dump, and the report that it tells of is there.
    fn is_known(&self, i: usize, record: &Record, args: &BatchArgs) -> bool {
        let has_stacks = match &record.profile {
            Some(profile) => record.stacks >= self.stacks[i] || profile.stacks.len() < record.stacks,
            None => true,
        };
        let has_report = args.no_reports
            || record.profile.is_none()
            || (record.report.as_ref() == Some(&self.reports[i])
                && record.cpu == self.cpu_identity(i)
                && record.cpu_instead.as_ref().is_none_or(|cpu| self.cpu_of(i, cpu).is_some())
                && args.output.join(&self.reports[i]).is_file());
        let is_within = Limit::is_as(record.limit, args.read.max_memory.map(|limit| limit as u64));
        record.identity == self.identities[i] && has_stacks && has_report && is_within
    }

    /// By what the nearest CPU profile of a dump is known.
    pub(super) fn cpu_identity(&self, i: usize) -> Option<Identity> {
        self.pairs[i].first().map(|&cpu| self.cpu_profiles[cpu].identity())
    }

    /// The one of the CPU profiles of a dump that is known by this.
    pub(super) fn cpu_of(&self, i: usize, identity: &Identity) -> Option<&CpuFile> {
        let mut found = self.pairs[i].iter().map(|&cpu| &self.cpu_profiles[cpu]);
        found.find(|cpu| cpu.identity() == *identity)
    }

    /// What to say where the journal cannot be written or read.
    pub(super) fn journal_error(&self, error: &io::Error) -> String {
        format!("{}: {error}", escaped(&self.journal.display().to_string()))
    }
}

/// That dumps are no series although the user says so.
fn without_order(members: &[usize], dumps: &[Dump]) -> Missed {
    let others = members.len() - 1;
    let why = format!(
        "nothing tells its place among {others} more of its folder, neither names nor when they were last changed, so they are no series; --times tells it, or naming them one by one"
    );
    Missed { name: dumps[members[0]].name.clone(), why, is_failure: false, is_folder: false }
}

/// What times say of no dump, and of which dumps of a series they say nothing, so that its order is told by something else.
fn mistaken(times: &Times, dumps: &[Dump], series: &[Series]) -> Vec<Missed> {
    let unmet = times.unmet(dumps).into_iter().map(|(line, name)| Missed {
        name: name.to_owned(),
        why: format!("--times names it in line {line}, but there is no such dump"),
        is_failure: false,
        is_folder: false,
    });
    let partly = series.iter().filter_map(|series| {
        let untold: Vec<&Dump> =
            series.members.iter().map(|&i| &dumps[i]).filter(|dump| times.of(dump).is_none()).collect();
        let first = untold.first().filter(|_| untold.len() < series.members.len())?;
        let more = if untold.len() > 1 { format!(" (and of {} more)", untold.len() - 1) } else { String::new() };
        let why =
            format!("--times does not tell when it was taken{more}, so the order of its series is not told by that");
        Some(Missed { name: first.name.clone(), why, is_failure: false, is_folder: false })
    });
    unmet.chain(partly).collect()
}

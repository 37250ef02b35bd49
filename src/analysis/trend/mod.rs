//! A series of dumps of one process: what grows, and whether that is a leak.
//!
//! Rows of the tables of a [`Panel`] are judged along the series, in one of two ways: [`growing`] for readings of one session, [`survival`] for sessions that
//! were started anew. Rows with too few samples to show anything are left out beforehand; of the others of a table, Holm's rule lets chance name one in 5 of 100
//! series at most. Suspects are made of the rows that stand out ([`suspects`]). docs/trend.md has the rules, and how they did.

mod aside;
mod below;
mod callers;
mod dumps;
mod exchanged;
mod gathered;
mod growing;
mod kind;
mod line;
mod moved;
mod onset;
mod shape;
mod survival;
mod suspects;
#[cfg(test)]
mod tests;
mod usual;

use std::cmp::Ordering;

use rayon::prelude::*;

use self::dumps::Dumps;
use self::suspects::{Found, Search};
use super::model::{Function, Member, Objects, Panel, StackId, Table};
use crate::profile::{Dialect, Filter, FrameId, PackageId};

pub(super) use kind::process_in;
pub use kind::{KindReason, SeriesKind};
pub use onset::Onset;
pub use shape::Verdict;
pub use suspects::{Holder, Suspect};

/// The probability with which chance may name a row of a table.
const LEVEL: f64 = 0.05;
/// Dumps below which nothing is judged.
const FEWEST: usize = 4;
/// Samples in all dumps together below which a row is not judged.
const SAMPLES: f64 = 20.0;

/// What is known of a series.
#[derive(Debug)]
pub struct Trend<'p> {
    panel: &'p Panel,
    /// What its dumps are.
    pub kind: SeriesKind,
    /// How that is known.
    pub reason: KindReason,
    /// Why nothing is judged, if so.
    pub unjudged: Option<Unjudged>,
    /// Whether the sampling interval of a dump is known; those that do not tell it are taken to share it.
    pub is_sampling_known: bool,
    /// Dumps an hour, where times are known.
    pub dumps_per_hour: Option<f64>,
    /// Total sizes of the dumps, bytes.
    pub totals: Vec<f64>,
    /// Whether the total of a session that was read repeatedly has grown so much that a series without a suspect may leak all the same.
    pub has_grown: bool,
    /// The tables, in the order of [`Of`].
    tables: Vec<JudgedTable>,
    /// What is suspected of leaking, the highest rate first.
    pub suspects: Vec<Suspect>,
    /// What stands out as suspects do, but is mostly on stacks that grew in one step each, as code that V8 compiles late.
    pub stepwise: Vec<Suspect>,
    /// What stands out as suspects do, but only has what something else has lost, as where V8 inlines a function.
    pub exchanged: Vec<Suspect>,
    /// What captures, such as `node:inspector`, where it stands out as a suspect does.
    pub instrument: Option<Suspect>,
    /// Native code of which no caller is known, such as `(V8 API)`, where it stands out as a suspect does.
    pub uncalled: Option<Suspect>,
    /// By what it was chosen what the dumps bring; nothing else is judged.
    pub filters: Vec<Filter>,
    /// Names of dumps of the series that are incomplete, so that they tell no sizes.
    pub left_out: Vec<String>,
}

/// Why a series is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unjudged {
    /// Three dumps and fewer show nothing.
    TooFewDumps,
    /// The dumps have collected objects, too: all that is allocated grows.
    AllAllocations,
    /// The dumps are of several processes and have live objects alone: what each process loads at its start is as steady as a leak.
    StartUp,
    /// Whether sizes are steady cannot be told without the sampling interval.
    IntervalUnknown,
    /// No row has enough samples, not even the total.
    TooFewSamples,
}

impl Unjudged {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFewDumps => "too-few-dumps",
            Self::AllAllocations => "all-allocations",
            Self::StartUp => "start-up",
            Self::IntervalUnknown => "interval-unknown",
            Self::TooFewSamples => "too-few-samples",
        }
    }
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// All bytes: one row.
    Total,
    /// Categories.
    Category,
    /// Packages.
    Package,
    /// Functions, by self size.
    Function,
    /// Functions of the application and of packages with all that they call, as far as the heaviest stacks have it.
    Caller,
    /// Stacks.
    Stack,
}

impl Of {
    /// All tables.
    pub const ALL: [Self; 6] = [Self::Total, Self::Category, Self::Package, Self::Function, Self::Caller, Self::Stack];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Category => "category",
            Self::Package => "package",
            Self::Function => "function",
            Self::Caller => "caller",
            Self::Stack => "stack",
        }
    }
}

/// A table with the judgement of its rows.
#[derive(Debug)]
pub struct JudgedTable {
    /// What its rows are.
    pub of: Of,
    /// The sizes of all rows.
    pub sizes: Table,
    /// Rows with enough samples: what speaks for a leak first, then the largest.
    pub rows: Vec<Judged>,
    /// Rows with too few samples.
    pub few: usize,
}

/// What is said of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Its number in the table.
    pub row: usize,
    /// Bytes that each dump adds; of sessions started anew, that each leaves.
    pub rate: f64,
    /// The standard error of the rate.
    pub error: f64,
    /// How probable it is that chance makes as much of a row that does not leak; before many rows are allowed for.
    pub p_value: f64,
    /// What it does.
    pub verdict: Verdict,
    /// Sessions that hold much more of it than the others, as longer ones do.
    pub longer: u32,
}

impl Trend<'_> {
    /// Whether a row stands out by what captures alone: it is among the rows that show that.
    pub fn is_instruments(&self, of: Of, row: usize) -> bool {
        self.instrument.as_ref().is_some_and(|own| own.evidence.contains(&(of, row)))
    }

    /// Whether a row stands out by native code alone of which no caller is known.
    pub fn is_uncalled(&self, of: Of, row: usize) -> bool {
        self.uncalled.as_ref().is_some_and(|natives| natives.evidence.contains(&(of, row)))
    }
}

impl<'p> Trend<'p> {
    /// Whether what a row has itself is put down to a function of Node that only runs what is due: code that V8 has compiled beside the program.
    pub fn is_compiled_beside(&self, of: Of, row: usize) -> bool {
        let runs = |id: FrameId| aside::runs_what_is_due(self.panel.frames(), id);
        match of {
            Of::Function => runs(FrameId(row as u32)),
            Of::Stack => matches!(self.panel.stack(StackId(row as u32)), &[only] if runs(only)),
            _ => false,
        }
    }

    /// The trend of a panel's members. What kind of series they are is known; the time of each dump, in seconds, may be.
    pub fn new(panel: &'p Panel, kind: (SeriesKind, KindReason), seconds: Option<&[f64]>) -> Self {
        Self::among(panel, kind, seconds, None)
    }

    /// The same of members between which others stand that are left out: `numbers` are the places of the members in the series.
    pub fn among(
        panel: &'p Panel,
        (kind, reason): (SeriesKind, KindReason),
        seconds: Option<&[f64]>,
        numbers: Option<&[f64]>,
    ) -> Self {
        let dumps = Dumps::new(panel, seconds, numbers);
        let is_all = panel.members().iter().any(|member| member.objects.which == Objects::All);
        let unjudged = match () {
            () if panel.members().len() < FEWEST => Some(Unjudged::TooFewDumps),
            () if is_all => Some(Unjudged::AllAllocations),
            () if kind == SeriesKind::Restarted && is_start_up(panel, reason) => Some(Unjudged::StartUp),
            () if kind == SeriesKind::Restarted && !dumps.is_sampling_known => Some(Unjudged::IntervalUnknown),
            () => None,
        };
        let tables: Vec<JudgedTable> = Of::ALL
            .par_iter()
            .map(|&of| {
                let sizes = match of {
                    Of::Total => panel.totals(),
                    Of::Category => panel.by_category(),
                    Of::Package => panel.by_package(),
                    Of::Function => panel.by_function(),
                    Of::Caller => callers::totals(panel),
                    Of::Stack => panel.by_stack(),
                };
                judged(panel, of, sizes, &dumps, kind, unjudged.is_none())
            })
            .collect();
        let is_nothing_judged = tables.iter().all(|table| table.rows.is_empty());
        let unjudged = unjudged.or(is_nothing_judged.then_some(Unjudged::TooFewSamples));
        let Found { suspects, stepwise, exchanged, instrument, uncalled } = match unjudged {
            None => Search { panel, dumps: &dumps, kind, tables: &tables }.found(),
            Some(_) => Found::default(),
        };
        let total = tables[Of::Total as usize].rows.first().filter(|_| kind == SeriesKind::Growing);
        let is_own = instrument.as_ref().is_some_and(|own| own.evidence.iter().any(|&(of, _)| of == Of::Total));
        Self {
            panel,
            kind,
            reason,
            unjudged,
            has_grown: !is_own && total.is_some_and(|total| has_grown(total, &tables[Of::Function as usize], &dumps)),
            is_sampling_known: dumps.is_sampling_known,
            dumps_per_hour: dumps.gaps.as_ref().filter(|_| dumps.step > 0.0).map(|_| 1.0 / dumps.step),
            totals: dumps.totals,
            tables,
            suspects,
            stepwise,
            exchanged,
            instrument,
            uncalled,
            filters: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Whether names tell that all dumps are of one process.
    pub fn is_one_process(&self) -> bool {
        kind::processes(self.panel) == 1
    }

    /// The profiles of the series.
    pub fn panel(&self) -> &'p Panel {
        self.panel
    }

    /// A table.
    pub fn table(&self, of: Of) -> &JudgedTable {
        &self.tables[of as usize]
    }

    /// The sizes of a row in each dump, bytes; of several files that count as one dump, their mean.
    pub fn sizes(&self, of: Of, row: usize) -> Vec<f64> {
        let members = self.panel.members().iter();
        let sizes = self.table(of).sizes.row(row).sizes();
        members.zip(sizes).map(|(member, size)| size as f64 / f64::from(member.profiles.max(1))).collect()
    }

    /// Everything that is shown of a function; its sums are not a matter of one profile.
    pub fn function(&self, id: FrameId) -> Function<'p> {
        self.panel.function(id)
    }

    /// Files in the series.
    pub fn files(&self) -> u64 {
        self.panel.members().iter().map(|member| u64::from(member.profiles)).sum()
    }
}

/// Whether each dump is of a process of its own, as far as is known, and of Node's own API or with garbage collected before it was written. Who says that they are sessions says
/// that they are of one program.
fn is_start_up(panel: &Panel, reason: KindReason) -> bool {
    let is_left_by_one = |member: &Member| match member.objects.which {
        Objects::Live => true,
        Objects::All => false,
        _ => member.file.dialect == Dialect::NodeV8Api,
    };
    panel.members().iter().all(is_left_by_one) && reason != KindReason::Given && kind::processes(panel) != 1
}

/// Whether the total is well above the first one in the end, also without what functions that only warm up, or come back again, have gained since.
fn has_grown(total: &Judged, functions: &JudgedTable, dumps: &Dumps) -> bool {
    if !growing::is_well_above(total.verdict, &dumps.totals, dumps) {
        return false;
    }
    let mut rest = dumps.totals.clone();
    for row in &functions.rows {
        let sizes = dumps.sizes(functions.sizes.row(row.row));
        let is_explained = matches!(row.verdict, Verdict::WarmUp | Verdict::SawTooth)
            && !growing::is_well_above(row.verdict, &sizes, dumps);
        if is_explained {
            rest.iter_mut().zip(&sizes).for_each(|(rest, size)| *rest -= size - sizes[0]);
        }
    }
    growing::is_well_above(total.verdict, &rest, dumps)
}

/// Judges the rows of a table, or only picks those with enough samples.
fn judged(panel: &Panel, of: Of, sizes: Table, dumps: &Dumps, kind: SeriesKind, is_judged: bool) -> JudgedTable {
    let (mut enough, mut few) = (Vec::new(), 0);
    for (row, cells) in sizes.rows().enumerate().filter(|(_, row)| row.sum() > 0) {
        match dumps.samples(cells) >= SAMPLES {
            true => enough.push(row),
            false => few += 1,
        }
    }
    let sizes_of = |row| dumps.sizes(sizes.row(row));
    let mut rows = match (is_judged, kind) {
        (false, _) => Vec::new(),
        (true, SeriesKind::Growing) => growing::judge(&enough, sizes_of, dumps),
        (true, SeriesKind::Restarted) => survival::judge(&enough, sizes_of, dumps),
    };
    rows.sort_by(|a, b| {
        let suspicious = |row: &Judged| row.verdict.is_suspicious();
        let weight = |row: &Judged| if suspicious(row) { row.rate } else { sizes.row(row.row).sum() as f64 };
        suspicious(b)
            .cmp(&suspicious(a))
            .then_with(|| weight(b).total_cmp(&weight(a)))
            .then_with(|| by_name(panel, of, a.row, b.row))
    });
    JudgedTable { of, sizes, rows, few }
}

/// The order of rows that are equal otherwise.
fn by_name(panel: &Panel, of: Of, a: usize, b: usize) -> Ordering {
    let frames = panel.frames();
    let package = |row: usize| {
        let package = frames.package(PackageId(row as u32));
        (frames.text(package.name), package.version.map(|version| frames.text(version)))
    };
    match of {
        Of::Total => Ordering::Equal,
        Of::Category => panel.categories()[a].id.cmp(&panel.categories()[b].id),
        Of::Package => package(a).cmp(&package(b)),
        Of::Function | Of::Caller => frames.compare(FrameId(a as u32), FrameId(b as u32)),
        Of::Stack => {
            let [a, b] = [a, b].map(|row| panel.stack(StackId(row as u32)));
            callers::compare(panel, a, b)
        }
    }
}

//! `heapsift batch`: every dump below a folder, a report each, and one roll-up of all.
//!
//! `guard` keeps a mistake from writing over an earlier result, `stale` removes what one has left, `plan` says what is to be done, `work` reads the dumps that are not known yet (`reader`) and adds them up (`gathered`), and `outcome` makes the roll-up of these and of what the journal tells of others, with the `trends` of series, in the order of
//! paths. So a run that was killed and goes on gives the same bytes as one that was not, and so does any number of jobs.

mod args;
mod gathered;
mod guard;
mod outcome;
mod plan;
mod progress;
mod reader;
mod stale;
mod trends;
mod work;

use rayon::ThreadPool;

use super::Status;
use super::args::FormatName;
use super::interrupt;
use super::messages::Messages;
use super::output::Output;
use super::session::Session;
use crate::batch::{Journal, Missed, Resumed};
use crate::report::{Format, batch_problem, escaped, render_batch};

pub(crate) use args::BatchArgs;

use plan::Plan;
use progress::BatchProgress;
use work::{Work, Worked};

/// Reports all dumps that the arguments name.
pub(super) fn run(args: &BatchArgs, messages: &Messages) -> Status {
    interrupt::install();
    match batch(args, messages) {
        Ok(status) => status,
        Err(message) => {
            messages.error(&message);
            Status::Failed
        }
    }
}

fn batch(args: &BatchArgs, messages: &Messages) -> Result<Status, String> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err("a batch is of folders and files; `heapsift report -` reads standard input".to_owned());
    }
    guard::check_output(args)?;
    let jobs = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let plan = threads(jobs)?.install(|| Plan::new(args))?;
    if plan.dumps.is_empty() {
        return match tell_missed(&plan.missed, messages) {
            true => Ok(Status::Failed),
            false => Err(guard::why_nothing_is_there(args)),
        };
    }
    let large: Vec<_> =
        plan.dumps.iter().filter(|dump| dump.bytes >= work::LARGE).map(|dump| dump.path.clone()).collect();
    let session = Session::open(&args.read, &large, messages)?;
    if !guard::holds_profiles(&plan, &session, args, messages) {
        tell_missed(&plan.missed, messages);
        return Err("nothing of any dump can be read, so nothing was written".to_owned());
    }
    session.room_for_dumps(plan.dumps.len(), messages)?;
    let output = || escaped(&args.output.display().to_string());
    std::fs::create_dir_all(&args.output).map_err(|error| format!("cannot make the folder {}: {error}", output()))?;
    let rules = session.classifier.rules();
    let fingerprint = args.fingerprint(rules);
    let mut journal = open_journal(args, &plan, &fingerprint, rules.categories().len(), messages)?;
    // Those of another run that is still writing would have been none: it has the journal.
    stale::remove_unfinished(&args.output);
    let unknown = journal.records().and_then(|records| plan.to_read(args, records));
    let unknown = unknown.map_err(|error| plan.journal_error(&error))?;
    if args.resume {
        let known = plan.dumps.len() - unknown.dumps.len();
        messages.detail(&format_args!("{known} of {} dumps are known from before", plan.dumps.len()));
    }
    let bytes = unknown.dumps.iter().map(|&i| plan.dumps[i].bytes).sum();
    let progress = BatchProgress::new(unknown.dumps.len() as u64, bytes, &args.talk, messages);
    let work = Work::new(args, &session, &plan, &progress, journal);
    let worked = work.run(&unknown.dumps, jobs);
    progress.clear();
    worked?;
    let Worked { journal, copies, gathered, unread, seconds } = work.into_parts();
    let (frames, records) = journal.close().map_err(|error| plan.journal_error(&error))?;
    let sources =
        outcome::Sources { args, session: &session, plan: &plan, frames: &frames, records: &records, unread: &unread };
    // New threads: they take over the memory that the readers have left.
    let roll_up = threads(jobs)?.install(|| {
        let made = || {
            let roll_up = outcome::roll_up(sources, gathered, copies)?;
            outcome::write(args, &roll_up).map(|()| roll_up)
        };
        let (made, written) = rayon::join(made, || outcome::write_timings(args, &plan, seconds));
        written.and(made)
    })?;
    stale::remove(&args.output, &roll_up, &unknown.reports);

    let format: Format = args.format.unwrap_or(FormatName::Text).into();
    let mut summary = Output::open(None, format, args.talk.color, &[]).map_err(|error| error.to_string())?;
    let printed = summary.print(|format, style, out| render_batch(&roll_up, format, style, args.limit, out));
    printed.map_err(|error| error.to_string())?;
    if format == Format::Text {
        let index = args.output.join("index.md");
        let more = summary.print(|_, _, out| writeln!(out, "All of it: {}", escaped(&index.display().to_string())));
        more.map_err(|error| error.to_string())?;
    }
    summary.finish().map_err(|error| error.to_string())?;
    let mut status = Status::Done;
    for file in roll_up.files() {
        let Some(problem) = &file.problem else { continue };
        let text = format!("{}: {}", escaped(&file.name), batch_problem(problem));
        if problem.tolerated {
            messages.warning(&text);
        } else {
            messages.error(&text);
            status = Status::Failed;
        }
    }
    for (cpu, problem) in roll_up.cpu_failures() {
        let problem = batch_problem(problem);
        messages.warning(&format_args!("{}: reports go without this CPU profile: {problem}", escaped(cpu)));
    }
    if tell_missed(&plan.missed, messages) {
        status = Status::Failed;
    }
    // The program ends: nobody waits until what is known of each dump has been given back.
    std::mem::forget(roll_up);
    Ok(status)
}

fn threads(count: usize) -> Result<ThreadPool, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
    pool.map_err(|error| format!("cannot start threads: {error}"))
}

/// Tells what was not looked into. Gives whether dumps may be missing because of it.
fn tell_missed(missed: &[Missed], messages: &Messages) -> bool {
    for Missed { name, why, is_failure, .. } in missed {
        let text = format!("{}: {}", escaped(name), escaped(why));
        match is_failure {
            true => messages.error(&text),
            false => messages.warning(&text),
        }
    }
    missed.iter().any(|missed| missed.is_failure)
}

/// The journal of the batch: that of an earlier run, if it is to go on, or a new one.
fn open_journal(
    args: &BatchArgs,
    plan: &Plan,
    fingerprint: &str,
    categories: usize,
    messages: &Messages,
) -> Result<Journal, String> {
    let failed = |error| plan.journal_error(&error);
    if args.resume {
        match Journal::resume(&plan.journal, fingerprint, categories).map_err(failed)? {
            Resumed::Yes(journal, _) => return Ok(*journal),
            Resumed::No(why) => messages.warning(&format_args!("--resume: {why}; every dump is read")),
        }
    }
    Journal::create(&plan.journal, fingerprint).map_err(failed)
}

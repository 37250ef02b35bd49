//! `--cpu`: the CPU profile that is set beside the heap profiles, read once and before them.

use super::args::ReportArgs;
use super::messages::Messages;
use super::progress::Progress;
use super::report::{input_options, name_of, program_memory};
use crate::aggregate::Reading;
use crate::analysis::model::Cpu;
use crate::classify::Classifier;
use crate::cpu;
use crate::error::{Kind, Problem};
use crate::input::Input;
use crate::report::escaped;

/// Reads the CPU profile that the arguments name.
pub(super) fn read_file(
    args: &ReportArgs,
    classifier: &Classifier,
    pool: &rayon::ThreadPool,
    messages: &Messages,
) -> Result<Option<Cpu>, Problem> {
    let Some(path) = &args.cpu else { return Ok(None) };
    let name = name_of(path);
    let progress = Progress::new(&name, args.progress, messages.is_quiet());
    let read = || {
        let mut input = Input::open(path, &input_options(args))?;
        let options = cpu::ReadOptions {
            max_memory: args.max_memory,
            program_memory: program_memory(args, None),
            progress: &|reading: Reading| progress.reading(reading),
            ..cpu::ReadOptions::default()
        };
        pool.install(|| cpu::read(&mut input, classifier, &options))
    };
    let read = read();
    progress.clear();
    let profile = read?;
    if profile.total == 0 {
        // Shares of nothing would read as if nothing took any time.
        return Err(Kind::NoCpuTime { samples: profile.samples }.into());
    }
    messages.detail(&format_args!(
        "{}: {} bytes, {} nodes, {} samples, {} counted",
        escaped(&path.display().to_string()),
        profile.bytes,
        profile.nodes,
        profile.samples,
        profile.measure.name(),
    ));
    Ok(Some(Cpu { name, profile }))
}

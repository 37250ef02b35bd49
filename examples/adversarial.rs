//! Writes a large text of a kind that was made to mislead the reader; `tests/adversarial` holds the kinds.
//!
//! `cargo run --release --example adversarial -- nodes_in_names 300000000 > big.heapprofile`, and `-- --list` names the kinds.

use std::io::{self, Write};

use clap::Parser;

#[path = "../tests/common/rng.rs"]
mod rng;
#[path = "../tests/adversarial/texts/mod.rs"]
mod texts;

#[derive(Parser)]
#[command(about = "Writes a heap profile that was made to mislead a reader; it is built in memory")]
struct Args {
    /// Which kind
    #[arg(required_unless_present = "list")]
    kind: Option<String>,
    /// Bytes of the text, about
    #[arg(default_value_t = 1_000_000)]
    size: usize,
    /// Name all kinds, each after its group
    #[arg(long)]
    list: bool,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let kinds = || texts::GROUPS.iter().flat_map(|(group, kinds)| kinds.iter().map(move |kind| (group, kind)));
    let mut out = io::stdout().lock();
    if args.list {
        return kinds().try_for_each(|(group, (kind, _))| writeln!(out, "{group} {kind}"));
    }
    match kinds().find(|(_, (kind, _))| args.kind.as_deref() == Some(*kind)) {
        Some((_, (_, make))) => out.write_all(&make(args.size)),
        None => Err(io::Error::new(io::ErrorKind::InvalidInput, "no such kind; --list names them")),
    }
}

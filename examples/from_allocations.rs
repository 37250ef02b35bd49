//! Builds a heap profile in xprofiler's layout from a JSON list of stacks and their bytes.
//!
//! `cargo run --example from_allocations -- fixtures/seed/allocations.json out.heapprofile`

use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

use clap::Parser;
use heapsift::generate::{Allocation, tree_from_allocations, write_tree};
use heapsift::profile::Dialect;

#[derive(Parser)]
#[command(about = "Builds a heap profile from a list of {self_size, stack: [{function, url, line}]}, root first")]
struct Args {
    input: PathBuf,
    output: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let allocations: Vec<Allocation> = serde_json::from_slice(&fs::read(args.input)?)?;
    let tree = tree_from_allocations(&allocations);
    write_tree(Dialect::Xprofiler, &tree, File::create(args.output)?)?;
    Ok(())
}

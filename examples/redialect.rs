//! Writes a heap profile as another writer would have written it.
//!
//! `cargo run --example redialect -- in.heapprofile xprofiler out.heapprofile`

use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use heapsift::generate::{Escapes, Style, Wrapper, read_tree, write_tree};
use heapsift::profile::Dialect;

#[derive(Parser)]
#[command(about = "Writes a heap profile in the dialect of another writer; for small files, it holds the whole tree")]
struct Args {
    /// A profile of any dialect
    input: PathBuf,
    #[arg(value_enum)]
    dialect: DialectArg,
    output: PathBuf,
    /// What to put around the profile
    #[arg(long, value_enum, default_value = "none")]
    wrapper: WrapperArg,
    /// Write characters beyond ASCII as \uXXXX
    #[arg(long)]
    ascii: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum DialectArg {
    Inspector,
    InspectorLegacy,
    NodeV8Api,
    Xprofiler,
    V8ProfilerNext,
    HeapProfileNpm,
    Vscode,
}

#[derive(Clone, Copy, ValueEnum)]
enum WrapperArg {
    None,
    Profile,
    Result,
    Edge,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let style = Style {
        dialect: match args.dialect {
            DialectArg::Inspector => Dialect::Inspector,
            DialectArg::InspectorLegacy => Dialect::InspectorLegacy,
            DialectArg::NodeV8Api => Dialect::NodeV8Api,
            DialectArg::Xprofiler => Dialect::Xprofiler,
            DialectArg::V8ProfilerNext => Dialect::V8ProfilerNext,
            DialectArg::HeapProfileNpm => Dialect::HeapProfileNpm,
            DialectArg::Vscode => Dialect::Vscode,
        },
        wrapper: match args.wrapper {
            WrapperArg::None => Wrapper::None,
            WrapperArg::Profile => Wrapper::Profile,
            WrapperArg::Result => Wrapper::Result,
            WrapperArg::Edge => Wrapper::Edge,
        },
        escapes: if args.ascii { Escapes::Ascii } else { Escapes::Raw },
    };
    let tree = read_tree(&fs::read(args.input)?)?;
    write_tree(style, &tree, File::create(args.output)?)?;
    Ok(())
}

//! Writes a random heap profile and prints what is in it.
//!
//! `cargo run --release --example generate -- --layout xprofiler --size 1GB --seed 11 -o big.heapprofile`

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use heapsift::generate::{Escapes, Layout, Options, Shape, random_profile};

#[derive(Parser)]
#[command(about = "Writes a random heap profile; its exact sums go to standard error as JSON")]
struct Args {
    #[arg(long, value_enum, default_value = "inspector")]
    layout: LayoutArg,
    #[arg(long, value_enum, default_value = "random")]
    shape: ShapeArg,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 11)]
    seed: u64,
    /// Bytes of the file, such as 500000, 64MB, 1GB [default: 1MB, no limit if --nodes or a chain's --depth is given]
    #[arg(long, value_parser = parse_size)]
    size: Option<u64>,
    /// Greatest number of nodes
    #[arg(long)]
    nodes: Option<u64>,
    /// Depth of the deepest nodes [default: 48 (inspector), 16 (xprofiler), no limit for a chain]
    #[arg(long)]
    depth: Option<u32>,
    /// Number of functions to draw from
    #[arg(long, default_value_t = 12_000)]
    functions: u32,
    /// Share of an inspector file that its samples take; 0 leaves them out
    #[arg(long, default_value_t = 0.07)]
    samples: f64,
    /// Write characters beyond ASCII as \uXXXX
    #[arg(long)]
    ascii: bool,
    /// Functions to list in what is printed, the largest first
    #[arg(long, default_value_t = 10)]
    list: usize,
    /// Write so many dumps of one process into the folder behind -o: they have the same functions
    #[arg(long, value_name = "N", requires = "output")]
    dumps: Option<u64>,
    /// The file to write [default: standard output]
    #[arg(short, long)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum LayoutArg {
    Inspector,
    Xprofiler,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum ShapeArg {
    Random,
    Chain,
    Fan,
}

fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" => 1 << 10,
        "M" | "MB" => 1 << 20,
        "G" | "GB" => 1 << 30,
        other => return Err(format!("unknown unit {other}; use KB, MB or GB")),
    };
    let number: u64 = digits.parse().map_err(|_| format!("{digits:?} is no number"))?;
    number.checked_mul(unit).ok_or_else(|| "too large".into())
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let layout = match args.layout {
        LayoutArg::Inspector => Layout::Inspector,
        LayoutArg::Xprofiler => Layout::Xprofiler,
    };
    let shape = match args.shape {
        ShapeArg::Random => Shape::Random,
        ShapeArg::Chain => Shape::Chain,
        ShapeArg::Fan => Shape::Fan,
    };
    let limited = args.nodes.is_some() || (shape == Shape::Chain && args.depth.is_some());
    let size = args.size.unwrap_or(if limited { u64::MAX } else { 1 << 20 });
    let mut options = Options::new(layout, size, args.seed);
    options.shape = shape;
    options.nodes = args.nodes.unwrap_or(u64::MAX);
    options.max_depth = args.depth.unwrap_or(if shape == Shape::Chain { u32::MAX } else { options.max_depth });
    options.functions = args.functions;
    options.samples_share = args.samples;
    options.escapes = if args.ascii { Escapes::Ascii } else { Escapes::Raw };

    if let (Some(dumps), Some(folder)) = (args.dumps, &args.output) {
        std::fs::create_dir_all(folder)?;
        options.functions_seed = Some(args.seed);
        for n in 0..dumps {
            options.seed = args.seed + 1 + n;
            random_profile(
                &options,
                File::create(folder.join(format!("x-heapprofile-4242-20251207-{n}.heapprofile")))?,
            )?;
        }
        return Ok(());
    }
    let mut truth = match args.output {
        Some(path) => random_profile(&options, File::create(path)?)?,
        None => random_profile(&options, io::stdout().lock())?,
    };
    truth.functions.truncate(args.list);
    let mut text = serde_json::to_string_pretty(&truth)?;
    text.push('\n');
    io::stderr().write_all(text.as_bytes())
}

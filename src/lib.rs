//! What allocates the memory of a Node.js process: heapsift reads the sampling heap profiles that V8 writes (`.heapprofile`), of any size, and makes the report of them.
//!
//! This is the library behind the command of the same name. It reads a profile in one pass, on the threads of the current rayon pool, and keeps only what is distinct in it:
//!
//! ```
//! use heapsift::aggregate::{ReadOptions, read};
//! use heapsift::analysis::model::{Profile, Report, ReportOptions};
//! use heapsift::classify::Classifier;
//! use heapsift::input::Input;
//! use heapsift::profile::Size;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let text = br#"{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,
//!     "children":[{"callFrame":{"functionName":"parse","scriptId":"7","url":"file:///srv/app/order.js","lineNumber":11,"columnNumber":15},
//!         "selfSize":3145728,"children":[]}]}}"#;
//! // Of a file: Input::open(Path::new("app.heapprofile"), &Default::default())?
//! let mut input = Input::from_bytes(text);
//! let outcome = read(&mut input, &Classifier::builtin()?, &ReadOptions::default())?;
//! let (profile, problem) = Profile::from_outcome("app.heapprofile".to_owned(), input.compressed_bytes(), outcome);
//! if let Some(problem) = problem {
//!     eprintln!("read as far as it goes: {problem}");
//! }
//!
//! let report = Report::new(&profile, ReportOptions::default());
//! println!("{} in all", Size(report.total_size()));
//! for &id in report.functions().iter().take(10) {
//!     let function = report.function(id);
//!     println!("{:>10}  {} ({})", Size(function.sums.self_size), function.name, function.url);
//! }
//! # assert_eq!(report.total_size(), 3 << 20);
//! # assert_eq!(report.function(report.functions()[0]).name, "parse");
//! # Ok(())
//! # }
//! ```
//!
//! The command's report, with what to do about it, as JSON and as Markdown. Options as they are by default give what the command gives:
//!
//! ```
//! use std::path::Path;
//!
//! use heapsift::aggregate::{ReadOptions, read};
//! use heapsift::analysis::model::{Profile, Report, ReportOptions};
//! use heapsift::classify::Classifier;
//! use heapsift::input::{self, Input};
//! use heapsift::report::{Format, Style, render};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let path = Path::new("fixtures/dialects/inspector.heapprofile");
//! let classifier = Classifier::builtin()?;
//! let mut input = Input::open(path, &input::Options::default())?;
//! let outcome = read(&mut input, &classifier, &ReadOptions::default())?;
//! let (profile, _) = Profile::from_outcome("inspector.heapprofile".to_owned(), input.compressed_bytes(), outcome);
//!
//! let report = Report::new(&profile, ReportOptions::default()).with_advice(classifier.rules())?;
//! let (mut json, mut markdown) = (Vec::new(), Vec::new());
//! render(&report, Format::Json, &Style::default(), &mut json)?;
//! render(&report, Format::Markdown, &Style::default(), &mut markdown)?;
//! # assert!(json.starts_with(b"{") && markdown.starts_with(b"# "));
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! | module | what it is for |
//! |---|---|
//! | [`input`] | opens a file, a stream or bytes; gzip and zstd are recognised by content |
//! | [`classify`], [`rules`] | packages and categories of functions, by the built-in rules and your own |
//! | [`aggregate`] | [`read`](aggregate::read): a heap profile in one pass; with filters, and within a limit of memory |
//! | [`analysis::model`] | what was read ([`Profile`](analysis::model::Profile)) and what it says: reports, comparisons, gates, trends, merged profiles |
//! | [`report`] | writes these as text, Markdown and JSON |
//! | [`export`] | writes the stacks of a profile for other tools: pprof, speedscope, flame graphs, DevTools |
//! | [`cpu`] | reads a CPU profile, for [`Report::with_cpu`](analysis::model::Report::with_cpu) |
//! | [`source_map`] | takes generated code to its sources, for [`ReadOptions::originals`](aggregate::ReadOptions::originals) |
//! | [`profile`] | what all of these speak of: call frames, sums, [`Classify`](profile::Classify) |
//! | [`error`] | what can be wrong with a file, and where |
//! | [`generate`] | writes heap profiles: for tests and measurements |
//! | [`parse`] | the limits of what is read |
//!
//! Sizes are bytes, lines and columns count from 1, shares are of the whole file where nothing else is said. Errors are [`std::error::Error`]s, but for a few parsers of short texts, which give the message; a file that is damaged further
//! on is no error but has a [`problem`](aggregate::Outcome::problem), with all that stands before it.
//!
//! Everything else is the inside of the command, and public for its program, tests and benches alone; it may change in any version.
//!
//! # Features
//!
//! `cli`, a default feature, is the command. A program that uses the library does without it, and without what only a command needs: `default-features = false`.

pub mod aggregate;
pub mod analysis;
#[cfg(feature = "cli")]
#[doc(hidden)] // the insides of `heapsift batch`
pub mod batch;
#[cfg(feature = "cli")]
#[doc(hidden)] // the insides of `heapsift bench`
pub mod bench;
pub mod classify;
#[cfg(feature = "cli")]
#[doc(hidden)] // main.rs enters here
pub mod cli;
pub mod cpu;
pub mod error;
pub mod export;
pub mod generate;
pub mod input;
pub mod parse;
pub mod profile;
pub mod report;
pub mod rules;
#[doc(hidden)] // the insides of the parser; benches and fuzz targets use it
pub mod scan;
pub mod source_map;

//! A [`Tree`] in the dialect of any known writer.

use std::io::{self, Write};

use crate::profile::Dialect;

use super::style::has_ids;
use super::{ProfileWriter, Sample, Style, Tree};

/// Writes `tree`; returns the number of bytes. What the dialect cannot hold (ids, samples) is left out.
///
/// # Errors
///
/// Those of `out`, and [`io::ErrorKind::InvalidInput`] for a tree without nodes or a dialect without a writer.
pub fn write_tree(style: impl Into<Style>, tree: &Tree, out: impl Write) -> io::Result<u64> {
    let style = style.into();
    if style.dialect == Dialect::Unknown || tree.nodes().is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a profile has a root, and a dialect has a writer"));
    }
    let samples = tree.samples.as_deref().filter(|_| has_ids(style.dialect));
    let samples_first = style.dialect == Dialect::NodeV8Api;
    let mut writer = ProfileWriter::new(out, style, tree.frames());
    if let Some(samples) = samples.filter(|_| samples_first) {
        write_samples(&mut writer, samples)?;
    }
    let mut open = 0;
    for node in tree.nodes() {
        while open > node.depth {
            writer.close()?;
            open -= 1;
        }
        writer.open(node.frame, node.self_size, node.id)?;
        open += 1;
    }
    for _ in 0..open {
        writer.close()?;
    }
    if let Some(samples) = samples.filter(|_| !samples_first) {
        write_samples(&mut writer, samples)?;
    }
    if style.dialect == Dialect::Vscode {
        writer.vscode_locations(tree.frames())?;
    }
    writer.finish()
}

fn write_samples(writer: &mut ProfileWriter<impl Write>, samples: &[Sample]) -> io::Result<()> {
    writer.open_samples();
    for &sample in samples {
        writer.sample(sample)?;
    }
    writer.close_samples();
    Ok(())
}

//! Reads a baseline. It is written by a program, but lives among files that people edit and merge.

use super::{Figures, Rows, Summary, SummaryRow};
use crate::analysis::address;
use crate::analysis::model::Objects;
use crate::profile::Dialect;
use crate::rules::table::{Document, Table, Value};
use crate::rules::tree::{Item, Node};
use crate::rules::{RuleError, called_now};

const KEYS: [&str; 13] = [
    "kind",
    "schema_version",
    "files",
    "sampling_interval",
    "sampling_interval_at_most",
    "writer",
    "objects",
    "minified",
    "left_out",
    "total",
    "category",
    "package",
    "function",
];
const FIGURES: [&str; 4] = ["size", "standard_error", "spread", "samples"];
const NAMED: [&str; 5] = ["name", "size", "standard_error", "spread", "samples"];
const CATEGORY: [&str; 5] = ["id", "size", "standard_error", "spread", "samples"];
const FUNCTION: [&str; 6] = ["name", "place", "size", "standard_error", "spread", "samples"];

impl Summary {
    /// The version of the format that is read and written.
    pub const SCHEMA_VERSION: u64 = 1;

    /// Reads what `heapsift baseline` has written into the file `name`.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, RuleError> {
        let document = Document { name, text };
        let root = document.parse()?;
        if let Some(Item { offset, value: Node::Integer(version) }) = entry(&root, "schema_version")
            && *version != Some(Self::SCHEMA_VERSION as i64)
        {
            // It may have other keys: nothing else is worth saying.
            let message = format!("this heapsift reads baselines of schema_version {} only", Self::SCHEMA_VERSION);
            return Err(document.error(*offset, "schema_version".to_owned(), message));
        }
        let root = Value::new(document, "", &root).table("", &KEYS)?;
        root.required("kind")?.word(&[("baseline", ())])?;
        root.required("schema_version")?.integer(1..=1)?;
        let files = root.required("files")?.integer(1..=i64::from(u32::MAX))? as u32;
        let interval = root.get("sampling_interval").map(interval).transpose()?;
        let at_most = root.get("sampling_interval_at_most");
        if let Some(value) = at_most.filter(|_| interval.is_some()) {
            return Err(value.fail("`sampling_interval` is there, too; was the file merged? write it anew"));
        }
        let objects = [Objects::Live, Objects::All, Objects::Unknown].map(|which| (which.name(), which));
        let mut categories = rows(root.get("category"), "category", "id", &CATEGORY, 0)?;
        let former = called_as_now(&mut categories);
        let left_out = root.required("left_out")?.table("left_out", &["packages", "functions"])?;
        Ok(Self {
            files,
            interval,
            interval_at_most: at_most.map(self::interval).transpose()?,
            writer: root
                .get("writer")
                .map(|writer| writer.word(&Dialect::ALL.map(|known| (known.name(), known))))
                .transpose()?,
            objects: root.required("objects")?.word(&objects)?,
            minified: root.get("minified").map(Value::boolean).transpose()?.unwrap_or(false),
            total: figures(root.required("total")?.table("total", &FIGURES)?)?,
            categories,
            former,
            packages: rows(root.get("package"), "package", "name", &NAMED, size(left_out.required("packages")?)?)?,
            functions: rows(
                root.get("function"),
                "function",
                "name",
                &FUNCTION,
                size(left_out.required("functions")?)?,
            )?,
        })
    }
}

fn entry<'d, 't>(root: &'d Item<'t>, key: &str) -> Option<&'d Item<'t>> {
    let Node::Table(entries) = &root.value else { return None };
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.item)
}

fn rows(
    list: Option<Value<'_, '_>>,
    kind: &'static str,
    name: &'static str,
    keys: &[&'static str],
    left_out: u64,
) -> Result<Rows, RuleError> {
    let mut rows = Vec::new();
    for value in list.map(Value::list).transpose()?.unwrap_or_default() {
        let table = value.table(kind, keys)?;
        let place = table.get("place").map(Value::text).transpose()?.unwrap_or_default();
        let row = SummaryRow {
            name: table.required(name)?.text()?.to_owned(),
            place: place.to_owned(),
            figures: figures(table)?,
        };
        rows.push((row, value));
    }
    rows.sort_by(|(a, _), (b, _)| (&a.name, &a.place).cmp(&(&b.name, &b.place)));
    let is_twice = |pair: &&[(SummaryRow, Value<'_, '_>)]| {
        let [(a, _), (b, _)] = pair else { return false };
        (&a.name, &a.place) == (&b.name, &b.place)
    };
    if let Some([_, (row, value)]) = rows.windows(2).find(is_twice) {
        return Err(value.fail(format!("`{}` is there twice; was the file merged? write it anew", row.name)));
    }
    Ok(Rows { rows: stable(rows.into_iter().map(|(row, _)| row).collect()), left_out })
}

/// Gives categories the ids that they have now, and the ids of those that were called otherwise.
fn called_as_now(categories: &mut Rows) -> Vec<String> {
    let mut former = Vec::new();
    for row in &mut categories.rows {
        if let Some(now) = called_now(&row.name) {
            former.push(std::mem::replace(&mut row.name, now.to_owned()));
        }
    }
    categories.rows = stable(std::mem::take(&mut categories.rows));
    former
}

/// Rows with places that are the same in each build: earlier versions wrote names of files with the build's hashes.
fn stable(mut rows: Vec<SummaryRow>) -> Vec<SummaryRow> {
    rows.iter_mut().for_each(|row| row.place = address::without_hashes(&row.place));
    rows.sort_by(|a, b| (&a.name, &a.place).cmp(&(&b.name, &b.place)));
    let one = |rows: &[SummaryRow]| match rows {
        [row] => row.clone(),
        several => SummaryRow { figures: Figures::sum(&several.iter().collect::<Vec<_>>()), ..several[0].clone() },
    };
    rows.chunk_by(|a, b| (&a.name, &a.place) == (&b.name, &b.place)).map(one).collect()
}

fn figures(table: Table<'_, '_>) -> Result<Figures, RuleError> {
    Ok(Figures {
        size: size(table.required("size")?)?,
        standard_error: table.get("standard_error").map(size).transpose()?,
        spread: table.get("spread").map(size).transpose()?,
        samples: table.get("samples").map(size).transpose()?,
        least: None,
    })
}

fn interval(value: Value<'_, '_>) -> Result<u64, RuleError> {
    Ok(value.integer(1..=i64::MAX)? as u64)
}

fn size(value: Value<'_, '_>) -> Result<u64, RuleError> {
    Ok(value.integer(0..=i64::MAX)? as u64)
}

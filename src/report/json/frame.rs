//! Which function a row is of, in the same words wherever one is named.

use std::io;

use super::object::{Value, members};
use super::stream::Stream;
use crate::analysis::model::Function;

/// Appends members: its name and where it stands.
pub(super) fn which(function: &Function<'_>, before: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(before.as_bytes());
    members!(
        out, "",
        "function": function.name,
        "url": function.url,
        "line": function.line,
        "column": function.column,
    );
}

/// Appends the same, and whose it is.
pub(super) fn classified(function: &Function<'_>, before: &str, out: &mut Vec<u8>) {
    which(function, before, out);
    members!(
        out, ",",
        "kind": function.kind.name(),
        "package": function.package,
        "category": &*function.category.id,
    );
}

/// Appends an object that holds nothing but its name and where it stands, as in a stack.
pub(super) fn alone(function: &Function<'_>, json: &mut Stream<'_>) -> io::Result<()> {
    which(function, "{", &mut json.bytes);
    json.bytes.push(b'}');
    Ok(())
}

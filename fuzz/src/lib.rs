//! What the fuzz targets share: ways to read a text, and a plain reader to hold them against.

#[path = "../../tests/common/as_text.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod as_text;
#[path = "../../tests/common/evidence.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod evidence;
#[path = "../../tests/common/oracle.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod oracle;
pub mod plain;
#[path = "../../tests/common/spans.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod spans;
pub mod spelling;
pub mod ways;

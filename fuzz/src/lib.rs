//! What the fuzz targets share: ways to read a text, and a plain reader to hold them against.

#[path = "../../tests/common/oracle.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod oracle;
pub mod plain;
pub mod spelling;
pub mod ways;

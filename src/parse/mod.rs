//! (being built)
/// Deepest nesting that is read.
pub const MAX_DEPTH: u32 = 1 << 24;

//! The instruction sets of x86-64, one file each.
//!
//! Each file holds a private vector type, `detected` (does this CPU have the features?) and `enter`
//! (run a kernel on the type); the same list of features stands in both.

pub(super) mod avx2;
pub(super) mod avx512;

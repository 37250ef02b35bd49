//! Byte scanning for a JSON tokenizer: the next byte that matters, found 8 to 64 bytes at a time.
//!
//! ```
//! use heapsift::scan::{self, Backend, Kernel, Vector};
//!
//! /// How many strings stand in a text without escapes.
//! struct Strings<'a>(&'a [u8]);
//!
//! impl Kernel for Strings<'_> {
//!     type Output = usize;
//!
//!     #[inline(always)]
//!     fn run<V: Vector>(self) -> usize {
//!         let mut strings = 0;
//!         let mut at = scan::find::<V>(self.0, 0, b'"');
//!         while at < self.0.len() {
//!             let end = scan::string_special::<V>(self.0, at + 1);
//!             strings += 1;
//!             at = scan::find::<V>(self.0, end + 1, b'"');
//!         }
//!         strings
//!     }
//! }
//!
//! let strings = scan::run(Backend::detect(), Strings(br#"{"selfSize": 0, "url": "node:fs"}"#));
//! assert_eq!(strings, 3);
//! ```
//!
//! # How it is built
//!
//! The primitives ([`skip_whitespace`], [`string_special`], [`find()`], [`count`]) are written once, in
//! the few operations of [`Vector`]; each back end implements those in one thin file. [`digits()`]
//! works in a `u64` on every CPU. All may be called with any `at`: one beyond the end counts as the
//! end.
//!
//! A function compiled for CPU features cannot be inlined into one that is not, so choosing the
//! back end for each call would cost more than the vectors save. Instead [`run`] takes the caller's
//! whole loop as a [`Kernel`], which is compiled once for each back end with the primitives inlined.
//! All `unsafe` that instruction sets need stays in this room, and the parser has none.
//!
//! When not to use it: for anything shorter than a few dozen bytes, or not in the loop over a file,
//! the standard library serves as well.
//!
//! # How to add a back end
//!
//! 1. Write a file beside `x86_64/avx2.rs` (for another architecture in a folder of its own, named in
//!    this file under a `cfg`): a *private* type that implements [`Vector`], of at most 64 bytes;
//!    `detected`; and `enter`, with the same features in its `#[target_feature]` that `detected` asks
//!    for, and those of all weaker back ends of the architecture. Each `unsafe` block cites \[V1\].
//! 2. In `backend.rs` add a variant to [`Backend`], in order of strength, its name, its detection, and
//!    its arm in [`run`].
//!
//! The tests take it up by themselves: they compare every available back end with [`naive`].

mod backend;
mod bits;
mod block;
mod digits;
mod find;
mod indentation;
pub mod naive;
mod portable;
mod prefetch;
mod same;
mod search;
mod string;
mod vector;
mod whitespace;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(test)]
mod tests;

pub use backend::{Backend, Kernel, run};
pub use bits::{byte_bits, digit_bits, same_bits};
pub use block::block;
pub use digits::{aligned, digits, digits_of, value_of_aligned};
pub use find::{count, find, find_triple};
pub use indentation::{is_run, run_of};
pub use prefetch::{FETCHED_AHEAD, bring_in, prefetch};
pub use same::{same, same_part, starts_with};
pub use string::string_special;
pub use vector::{Mask, Vector};
pub use whitespace::skip_whitespace;

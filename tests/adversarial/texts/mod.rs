//! Heap profiles that are valid and were made to mislead a reader that guesses: each kind at any size.
//!
//! The tests read small ones under every condition; `examples/adversarial.rs` writes large ones, to be timed. Whatever must be longer
//! than a window, or span many, grows with the size.

mod document;
mod layout;
mod mix;
mod names;
mod nodeless;
mod order;
mod shape;
mod unknown;
mod values;
mod writer;

/// A text of about so many bytes.
pub(crate) type Make = fn(usize) -> Vec<u8>;

/// Kinds of texts, by what they attack.
pub(crate) const GROUPS: [(&str, &[(&str, Make)]); 9] = [
    ("names", names::KINDS),
    ("unknown", unknown::KINDS),
    ("nodeless", nodeless::KINDS),
    ("shape", shape::KINDS),
    ("order", order::KINDS),
    ("layout", layout::KINDS),
    ("values", values::KINDS),
    ("document", document::KINDS),
    ("mix", mix::KINDS),
];

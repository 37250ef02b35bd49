//! What the reader accepts and what it rejects, where, and what it keeps: the tables beside this file, one line a case.
//!
//! A case reads `text => what comes of it`. Before it, `@` sets the text around the cases that follow, `…` being their place.
//!
//! In a text `¦` marks the byte that an error names, `«0b»` is a byte, `§F` a call frame, `§N` a node of 8 bytes and `§P`
//! the root's opening up to `"children":[`.
//! What comes of it is `ok` or the kind of the error, with its offset (`@375`) where no `¦` can stand there, its key path in brackets,
//! and what was counted. `HEAPSIFT_BLESS=1` writes what comes of each case.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod limits;
mod table;

use table::check;

#[test]
fn documents() {
    check("document.txt");
}

#[test]
fn nodes() {
    check("nodes.txt");
}

#[test]
fn call_frames() {
    check("call_frames.txt");
}

#[test]
fn numbers() {
    check("numbers.txt");
}

#[test]
fn strings() {
    check("strings.txt");
}

#[test]
fn punctuation() {
    check("punctuation.txt");
}

#[test]
fn duplicate_keys() {
    check("duplicates.txt");
}

//! Asking for memory before it is needed.

#![cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "the instruction takes a raw pointer"))]

use std::hint::black_box;
use std::ops::Range;

/// Asks for the cache line that holds `items[index]`, so that a later read does not wait for it. A hint: no index is wrong, and nothing
/// happens where the CPU has no such instruction.
#[inline(always)]
pub fn prefetch<T>(items: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction is part of SSE, which every x86-64 CPU has; it reads nothing that the program can see, and faults
    // at no address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(items.as_ptr().wrapping_add(index).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (items, index);
}

/// Bytes that systems map at once where a page of a file is touched (Linux; elsewhere fewer pages are brought in).
const MAPPED_AT_ONCE: usize = 64 << 10;

/// How far ahead loops over a text [`prefetch`] it: CPUs look ahead within a page only, some hardly at all, and not too much may be under way.
pub const FETCHED_AHEAD: usize = 4096;

const LINE: usize = 64;

/// Makes `bytes[range]` ready for a loop that fetches ahead. Of a mapped file a page that was not touched has no address that the CPU knows, so
/// what is asked for there does not come: each part is touched once. And the loop does not ask for the first lines, which are fetched.
pub fn bring_in(bytes: &[u8], range: Range<usize>) {
    for at in range.clone().step_by(MAPPED_AT_ONCE) {
        black_box(bytes.get(at).copied());
    }
    for at in range.step_by(LINE).take(FETCHED_AHEAD / LINE) {
        prefetch(bytes, at);
    }
}

//! Asking for memory before it is needed.

#![cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "the instruction takes a raw pointer"))]

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

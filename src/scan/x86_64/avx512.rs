//! AVX-512 (F, BW, VL): 64 bytes at a time, comparisons straight into mask registers.
//!
//! Longer is not always faster: an unaligned load of 64 bytes spans two cache lines, which tells where
//! most searches end in their first vector. A benchmark of the whole parser must decide.

#![expect(unsafe_code, reason = "intrinsics; see invariant [V1] of Vector")]

use crate::scan::backend::Kernel;
use crate::scan::block::block;
use crate::scan::vector::Vector;
use std::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_loadu_si512, _mm512_set1_epi8,
};

/// Whether this CPU has what [`enter`] needs.
pub(in crate::scan) fn detected() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && super::avx2::detected()
}

/// Runs `kernel` on AVX-512; to be called only where [`detected`] has returned true.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(in crate::scan) fn enter<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx512>()
}

#[derive(Clone, Copy)]
struct Avx512(__m512i);

impl Avx512 {
    #[inline(always)]
    fn of(bytes: &[u8; 64]) -> Self {
        // SAFETY: [V1] for the instruction. The reference vouches for 64 readable bytes, and
        // `loadu` asks for no alignment.
        Self(unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) })
    }
}

impl Vector for Avx512 {
    const BYTES: usize = 64;
    type Mask = u64;

    #[inline(always)]
    fn load(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self::of(block(bytes, at)?))
    }

    #[inline(always)]
    fn load_last(bytes: &[u8]) -> Option<Self> {
        Some(Self::of(bytes.last_chunk()?))
    }

    #[inline(always)]
    fn eq(self, byte: u8) -> u64 {
        // SAFETY: [V1]; values in, values out.
        unsafe { _mm512_cmpeq_epi8_mask(self.0, _mm512_set1_epi8(byte as i8)) }
    }

    #[inline(always)]
    fn same(self, other: Self) -> u64 {
        // SAFETY: [V1]; values in, values out.
        unsafe { _mm512_cmpeq_epi8_mask(self.0, other.0) }
    }

    #[inline(always)]
    fn le(self, byte: u8) -> u64 {
        // SAFETY: [V1]; values in, values out.
        unsafe { _mm512_cmple_epu8_mask(self.0, _mm512_set1_epi8(byte as i8)) }
    }
}

//! AVX2: 32 bytes at a time. Every x86-64 server since 2013 (Intel) or 2015 (AMD) has it.

#![expect(unsafe_code, reason = "intrinsics; see invariant [V1] of Vector")]

use crate::scan::backend::Kernel;
use crate::scan::block::block;
use crate::scan::vector::Vector;
use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_set1_epi8,
};

/// Whether this CPU has what [`enter`] needs.
pub(in crate::scan) fn detected() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Runs `kernel` on AVX2; to be called only where [`detected`] has returned true.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(in crate::scan) fn enter<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx2>()
}

#[derive(Clone, Copy)]
struct Avx2(__m256i);

impl Avx2 {
    #[inline(always)]
    fn of(bytes: &[u8; 32]) -> Self {
        // SAFETY: [V1] for the instruction. The reference vouches for 32 readable bytes, and
        // `loadu` asks for no alignment.
        Self(unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) })
    }
}

impl Vector for Avx2 {
    const BYTES: usize = 32;
    type Mask = u32;

    #[inline(always)]
    fn load(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self::of(block(bytes, at)?))
    }

    #[inline(always)]
    fn load_last(bytes: &[u8]) -> Option<Self> {
        Some(Self::of(bytes.last_chunk()?))
    }

    #[inline(always)]
    fn eq(self, byte: u8) -> u32 {
        // SAFETY: [V1]; values in, values out.
        unsafe { mask(_mm256_cmpeq_epi8(self.0, _mm256_set1_epi8(byte as i8))) }
    }

    #[inline(always)]
    fn same(self, other: Self) -> u32 {
        // SAFETY: [V1]; values in, values out.
        unsafe { mask(_mm256_cmpeq_epi8(self.0, other.0)) }
    }

    #[inline(always)]
    fn le(self, byte: u8) -> u32 {
        // AVX2 compares signed bytes only; but a byte is at most the limit if it is the lesser of both.
        // SAFETY: [V1]; values in, values out.
        unsafe {
            let lesser = _mm256_min_epu8(self.0, _mm256_set1_epi8(byte as i8));
            mask(_mm256_cmpeq_epi8(lesser, self.0))
        }
    }
}

/// One bit for each byte. The compiler merges `mask(a) | mask(b)` into one `vpmovmskb`.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(lanes: __m256i) -> u32 {
    _mm256_movemask_epi8(lanes).cast_unsigned()
}

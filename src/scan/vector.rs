//! The vector vocabulary: the few operations in which every primitive of this room is written, once.
//!
//! It is kept as small as the primitives allow. An operation that one instruction set does in a
//! single instruction and another in ten does not belong here; write the primitive differently.

use std::ops::{BitAnd, BitOr, Not};

/// The length of the longest vector; the padding of a tail must suffice for it.
pub(super) const LONGEST: usize = 64;

/// [`Vector::BYTES`] consecutive bytes of the input, compared all at once.
///
/// Implementations may use instructions that not every CPU has, and rely on this invariant:
///
/// * **\[V1\]** A vector type is private to its file, and the only code that names it is that file's
///   `enter`, a function compiled for the features of the type. [`run`](super::run) is the only
///   caller of `enter`, and calls it only after that file's `detected` has found the features. So
///   wherever a method of the type runs, the CPU has what the method needs.
pub trait Vector: Copy {
    /// The number of bytes in a vector.
    const BYTES: usize;

    /// The outcome of a comparison, one element for each byte.
    type Mask: Mask;

    /// The vector of the bytes from `at` on, or `None` if fewer than [`Self::BYTES`] are left there.
    fn load(bytes: &[u8], at: usize) -> Option<Self>;

    /// The vector of the last bytes, or `None` if there are fewer than [`Self::BYTES`].
    fn load_last(bytes: &[u8]) -> Option<Self>;

    /// Which bytes equal `byte`.
    fn eq(self, byte: u8) -> Self::Mask;

    /// Which bytes are at most `byte`, compared as unsigned numbers.
    fn le(self, byte: u8) -> Self::Mask;

    /// Which bytes equal those of `other`.
    fn same(self, other: Self) -> Self::Mask;
}

/// One truth value for each byte of a vector.
pub trait Mask: Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {
    /// The index of the first byte that is set.
    fn first(self) -> Option<usize>;

    /// How many bytes are set.
    fn count(self) -> u32;

    /// One bit for each byte, that of the first byte lowest.
    fn bits(self) -> u64;

    /// Whether all bytes are set.
    fn all(self) -> bool;
}

/// One bit for each byte, as `vpmovmskb` and the mask registers of AVX-512 have it.
macro_rules! mask_of_bits {
    ($bits:ty) => {
        impl Mask for $bits {
            #[inline(always)]
            fn first(self) -> Option<usize> {
                (self != 0).then(|| self.trailing_zeros() as usize)
            }

            #[inline(always)]
            fn count(self) -> u32 {
                self.count_ones()
            }

            #[inline(always)]
            fn bits(self) -> u64 {
                u64::from(self)
            }

            #[inline(always)]
            fn all(self) -> bool {
                self == <$bits>::MAX
            }
        }
    };
}

mask_of_bits!(u32);
mask_of_bits!(u64);

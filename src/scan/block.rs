//! Blocks of a length that is known when the program is compiled, with one comparison.

#![expect(unsafe_code, reason = "the safe way compares twice, at every step of the parser")]

/// The `N` bytes from `at` on; `None` if there are fewer.
///
/// It is `bytes.get(at..)?.first_chunk()`, but that compares `at` with the length and what is left with `N`. The difference here does not
/// depend on `at`, so in a loop only one comparison remains; a node takes some thirty of them.
#[inline(always)]
pub fn block<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    let last = bytes.len().checked_sub(N)?;
    if at > last {
        return None;
    }
    // SAFETY: `at + N` is at most the length, so all `N` bytes are the slice's own; an array of bytes needs no alignment.
    Some(unsafe { &*bytes.as_ptr().add(at).cast() })
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn it_is_what_the_safe_way_gives() {
        let bytes = *b"0123456789";
        for len in 0..=bytes.len() {
            let bytes = &bytes[..len];
            for at in (0..=len + 3).chain([usize::MAX - 3, usize::MAX]) {
                assert_eq!(block::<4>(bytes, at), bytes.get(at..).and_then(|rest| rest.first_chunk()), "{len} {at}");
            }
        }
    }
}

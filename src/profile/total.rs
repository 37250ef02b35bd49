//! A sum of sizes as far as 64 bits hold it.

/// A sum of sizes. What would carry it past 2^64 - 1 is left out and counted: a sum that were cut off there would be less than its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The sum, bytes.
    pub size: u64,
    /// Sizes that are not in it.
    pub left_out: u64,
}

impl Total {
    /// Adds a size. Gives what it adds: all of it, or nothing.
    #[inline(always)]
    pub fn add(&mut self, size: u64) -> u64 {
        match self.size.checked_add(size) {
            Some(sum) => {
                self.size = sum;
                size
            }
            None => {
                self.left_out += 1;
                0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Total;

    #[test]
    fn what_does_not_fit_is_left_out_and_what_does_comes_after_it() {
        let mut total = Total::default();
        let added = [1 << 63, 7, 1 << 63, (1 << 63) - 8, 1, 0].map(|size| total.add(size));
        assert_eq!(added, [1 << 63, 7, 0, (1 << 63) - 8, 0, 0]);
        assert_eq!(total, Total { size: u64::MAX, left_out: 2 });
    }
}

//! Adding up many sizes under few numbers.

/// Sums by number, numbers being small: each is added to in one step, and the list is used again.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Adding(Vec<u64>);

impl Adding {
    /// Adds a size under a number.
    pub(in crate::analysis) fn add(&mut self, number: usize, size: u64) {
        if self.0.len() <= number {
            self.0.resize(number + 1, 0);
        }
        self.0[number] = self.0[number].saturating_add(size);
    }

    /// Gives all sums that are not 0, by number, and begins anew.
    pub(in crate::analysis) fn take(&mut self, mut give: impl FnMut(usize, u64)) {
        let sums = self.0.iter_mut().map(std::mem::take).enumerate();
        sums.filter(|&(_, sum)| sum > 0).for_each(|(number, sum)| give(number, sum));
    }
}

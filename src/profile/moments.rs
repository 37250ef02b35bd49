//! When the samples of a file were taken, which tells how many things its bytes are.
//!
//! V8 numbers samples as it takes them. What a program holds for a piece of work, the documents of a request in flight, it allocated at one moment: hundreds of samples then come or go
//! as one. What it has gathered it allocated one by one, all the time.

/// Moments that are told apart at most.
const MOST: usize = 4096;

/// The bytes of samples by the moment that they were taken at: of as many equal parts of the session as there are samples, 4,096 at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Bytes of each part.
    parts: Vec<u64>,
    /// Samples.
    count: usize,
    /// Numbers that each part has, as a power of two.
    shift: u32,
}

impl Moments {
    /// Takes a sample with a number.
    pub(super) fn take(&mut self, ordinal: u64, size: u64) {
        self.count += 1;
        while ordinal >> self.shift >= MOST as u64 {
            self.halve();
        }
        let part = (ordinal >> self.shift) as usize;
        if part >= self.parts.len() {
            self.parts.resize(part + 1, 0);
        }
        self.parts[part] = self.parts[part].saturating_add(size);
    }

    /// How many samples there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Leaves no more parts than there are samples; to be called when all were taken.
    pub(super) fn close(&mut self) {
        while self.parts.len() > self.count.max(1) {
            self.halve();
        }
        self.parts.shrink_to_fit();
    }

    /// The sum of squared bytes of all moments: the variance of what is held, where what was allocated at one moment comes and goes as one.
    pub fn variance(&self) -> f64 {
        self.parts.iter().map(|&size| size as f64 * size as f64).sum()
    }

    /// Puts each two parts together.
    fn halve(&mut self) {
        self.parts =
            self.parts.chunks(2).map(|two| two.iter().fold(0, |sum: u64, &size| sum.saturating_add(size))).collect();
        self.shift += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variance(samples: impl Iterator<Item = (u64, u64)>) -> f64 {
        let mut moments = Moments::default();
        samples.for_each(|(ordinal, size)| moments.take(ordinal, size));
        moments.close();
        moments.variance()
    }

    #[test]
    fn what_was_gathered_is_many_things_and_what_one_request_holds_is_one() {
        let by_sampling = 200.0 * 512.0 * 512.0;
        let gathered = variance((1..=200).map(|i| (i * 900, 512)));
        assert!((1.0..3.0).contains(&(gathered / by_sampling)), "{gathered}");
        let of_one = variance((1..=200).map(|i| (180_000 - i, 512)));
        assert!(of_one / by_sampling > 100.0, "{of_one}");
    }

    #[test]
    fn any_numbers_in_any_order_are_taken() {
        assert_eq!(variance(std::iter::empty()), 0.0);
        assert_eq!(variance([(u64::MAX, 3), (1, 4)].into_iter()), 25.0);
        assert_eq!(variance([(2, 3), (1, 4), (u64::MAX, u64::MAX)].into_iter()), (u64::MAX as f64).powi(2) + 49.0);
    }
}

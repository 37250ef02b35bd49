//! Batches against the plain sums, and against the way without them.

use proptest::prelude::*;

use super::*;

/// The way without batches.
struct OneByOne<'b>(&'b [u8], usize, usize);

impl Kernel for OneByOne<'_> {
    type Output = (usize, Samples);

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let mut samples = Samples::default();
        let end = usual_samples::<V, _>(self.0, self.1, self.2, &mut samples);
        (end, samples)
    }
}

type Numbers = (u64, u64, u64);

fn text(samples: &[Numbers]) -> String {
    let one = |(size, id, ordinal): &Numbers| format!("{{\"size\":{size},\"nodeId\":{id},\"ordinal\":{ordinal}}},");
    samples.iter().map(one).collect()
}

fn sums(samples: &[Numbers]) -> Samples {
    let mut sums = Samples::default();
    samples.iter().for_each(|&(size, _, ordinal)| sums.take(size, ordinal));
    sums
}

/// Where the samples before and behind `cut` end, and their sums.
fn in_batches(backend: Backend, bytes: &[u8], cut: usize) -> [(usize, Samples); 2] {
    let window = |pos, stop| Window { pos, stop, samples: Samples::default() };
    let windows = [window(0, cut), window(cut, bytes.len())];
    scan::run(backend, Pair { bytes, windows }).map(|window| (window.pos, window.samples))
}

/// Numbers of one to nine digits, many of them equal, at the borders of their length, or zero.
fn number() -> impl Strategy<Value = u64> {
    let digits = (0..9_u32, 0..20_u64).prop_map(|(digits, less)| 10_u64.pow(digits).saturating_sub(less));
    prop_oneof![
        8 => 1..100_000_000_u64,
        8 => (1..30_u64).prop_map(|size| 8 * size),
        8 => digits.prop_map(|number| number.max(1)),
        1 => prop::sample::select(vec![0, 99_999_999, 100_000_000, 999_999_999, 1_234_567_890_123_456_789]),
    ]
}

fn usual_number() -> impl Strategy<Value = u64> {
    number().prop_map(|number| number.clamp(1, 99_999_999))
}

#[test]
fn every_count_is_taken_whole_in_windows_of_every_size() {
    for order in [1_u64, 7, 330] {
        let samples: Vec<Numbers> = (1..331).map(|i| (i * order % 331 + 9_970, i * i, i * order % 1_005)).collect();
        let bytes = text(&samples).into_bytes();
        for count in 0..=samples.len() {
            let cut = text(&samples[..count]).len();
            for backend in Backend::available() {
                let [first, second] = in_batches(backend, &bytes, cut);
                assert_eq!(first, (cut, sums(&samples[..count])), "{backend} {count}");
                assert_eq!(second, (bytes.len(), sums(&samples[count..])), "{backend} {count}");
            }
        }
    }
}

#[test]
fn what_is_no_plain_number_ends_the_samples() {
    let before = text(&[(16, 5, 7); 30]);
    for odd in
        ["08", "0", "-5", "", "x", "5x", "1e3", "1.5", "\"5\"", "00", " 5", ":5", "/5", "5:", "123456789", "}", "5}"]
    {
        for key in 0..3 {
            let numbers: [&str; 3] = std::array::from_fn(|i| if i == key { odd } else { "123" });
            let [size, id, ordinal] = numbers;
            let odd = format!("{{\"size\":{size},\"nodeId\":{id},\"ordinal\":{ordinal}}},");
            let bytes = [before.as_str(), &odd, &text(&[(8, 5, 7); 300])].concat();
            for backend in Backend::available() {
                let slow = scan::run(backend, OneByOne(bytes.as_bytes(), 0, bytes.len()));
                assert_eq!(in_batches(backend, bytes.as_bytes(), bytes.len())[0], slow, "{backend} {odd}");
            }
        }
    }
}

proptest! {
    #[test]
    fn batches_are_the_sums_of_their_samples(
        samples in prop::collection::vec((usual_number(), usual_number(), usual_number()), 0..400),
        descending: bool,
        cut in 0..400_usize,
    ) {
        let mut samples = samples;
        if descending {
            samples.sort_unstable_by_key(|sample| std::cmp::Reverse(sample.0));
        }
        let (left, right) = samples.split_at(cut.min(samples.len()));
        let (bytes, cut) = (text(&samples), text(left).len());
        for backend in Backend::available() {
            let [first, second] = in_batches(backend, bytes.as_bytes(), cut);
            prop_assert_eq!(first, (cut, sums(left)), "{}", backend);
            prop_assert_eq!(second, (bytes.len(), sums(right)), "{}", backend);
        }
    }

    #[test]
    fn damaged_samples_end_where_they_would_one_by_one(
        samples in prop::collection::vec((usual_number(), usual_number(), usual_number()), 200..400),
        odd in prop::collection::vec((any::<prop::sample::Index>(), number()), 0..3),
        changed in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), b'/'..=b':']), 0..3),
        cut in 0..200_usize,
        len in any::<prop::sample::Index>(),
    ) {
        let mut samples = samples;
        for (place, number) in odd {
            place.get_mut(&mut samples).0 = number;
        }
        let mut bytes = text(&samples).into_bytes();
        for (place, byte) in changed {
            *place.get_mut(&mut bytes) = byte;
        }
        let cut = text(&samples[..cut]).len();
        bytes.truncate(bytes.len().min(cut + len.index(bytes.len())));
        for backend in Backend::available() {
            let [first, second] = in_batches(backend, &bytes, cut);
            prop_assert_eq!(first, scan::run(backend, OneByOne(&bytes, 0, cut)), "{}", backend);
            prop_assert_eq!(second, scan::run(backend, OneByOne(&bytes, cut, bytes.len())), "{}", backend);
        }
    }
}

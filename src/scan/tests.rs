//! One property suite for all back ends: every primitive against its oracle in [`naive`].

use super::{Backend, Kernel, Mask, Vector, naive, run};
use proptest::prelude::*;

/// Bytes that the primitives tell apart, and those next to them.
const ALPHABET: &[u8] = b" \t\n\r\"\\!#[]a{}09\x00\x08\x0b\x0c\x0e\x1f\x20\x21\x5b\x5d\x7f\x80\x81\x9f\xa0\xa2\xdc\xff";

/// Every primitive at one place.
#[derive(Clone, Copy, Debug)]
struct All<'a> {
    bytes: &'a [u8],
    at: usize,
    needle: u8,
}

/// What the primitives answered.
#[derive(Debug, PartialEq, Eq)]
struct Answers {
    skip_whitespace: usize,
    string_special: usize,
    find: usize,
    count: u64,
    digit_bits: Option<u64>,
    byte_bits: Option<u64>,
    same: [bool; 2],
    same_part: [bool; 2],
    starts_with: [bool; 2],
    same_bits: Option<u64>,
    find_triple: Option<usize>,
    run_of: usize,
    is_run: [bool; 2],
}

impl Kernel for All<'_> {
    type Output = Answers;

    #[inline(always)]
    fn run<V: Vector>(self) -> Answers {
        Answers {
            skip_whitespace: super::skip_whitespace::<V>(self.bytes, self.at),
            string_special: super::string_special::<V>(self.bytes, self.at),
            find: super::find::<V>(self.bytes, self.at, self.needle),
            count: super::count::<V>(self.bytes, self.needle),
            digit_bits: super::block(self.bytes, self.at).map(super::digit_bits::<V>),
            byte_bits: super::block(self.bytes, self.at).map(|block| super::byte_bits::<V>(block, self.needle)),
            same: [super::same::<V>(self.bytes, self.bytes), super::same::<V>(self.bytes, &self.changed())],
            same_part: [self.part(0), self.part(1)]
                .map(|(other, len)| super::same_part::<V>(self.bytes, self.middle(), &other, self.middle() + 1, len)),
            starts_with: [
                super::starts_with::<V>(self.bytes, &self.bytes[..self.at.min(self.bytes.len())]),
                super::starts_with::<V>(&self.changed(), self.bytes),
            ],
            same_bits: super::block(self.bytes, self.at).map(|block| super::same_bits::<V>(block, &[self.needle; 64])),
            find_triple: super::find_triple::<V>(self.bytes, self.at, [self.needle, b'"', b'c'], REACH),
            run_of: super::run_of::<V>(self.bytes, self.at, b' '),
            is_run: [0, 1].map(|more| super::is_run::<V>(self.bytes, self.at, b' ', self.spaces() + more)),
        }
    }
}

/// How far a triple is looked for.
const REACH: usize = 10_000;

impl All<'_> {
    fn naively(self) -> Answers {
        Answers {
            skip_whitespace: naive::skip_whitespace(self.bytes, self.at),
            string_special: naive::string_special(self.bytes, self.at),
            find: naive::find(self.bytes, self.at, self.needle),
            count: naive::count(self.bytes, self.needle),
            digit_bits: self.first_block().map(naive::digit_bits),
            byte_bits: self.first_block().map(|block| naive::byte_bits(block, self.needle)),
            same: [true, self.bytes.get(self.at).is_none()],
            same_part: [true, self.middle() >= self.bytes.len()],
            starts_with: [true, self.bytes.get(self.at).is_none()],
            same_bits: self.first_block().map(|block| naive::byte_bits(block, self.needle)),
            find_triple: self.triple(),
            run_of: self.spaces(),
            is_run: [true, false],
        }
    }

    /// Where a part of the bytes begins.
    fn middle(self) -> usize {
        self.at.min(self.bytes.len()) / 2
    }

    /// The bytes one place further on, the last of the part from the middle on changed `by` so much; and how long the part is.
    fn part(self, by: u8) -> (Vec<u8>, usize) {
        let mut other = [&[0], self.bytes].concat();
        if self.middle() < self.bytes.len()
            && let Some(last) = other.last_mut()
        {
            *last ^= by;
        }
        (other, self.bytes.len() - self.middle())
    }

    /// Spaces from the place on.
    fn spaces(self) -> usize {
        self.bytes.get(self.at..).unwrap_or_default().iter().take_while(|&&byte| byte == b' ').count()
    }

    fn triple(self) -> Option<usize> {
        let triple = [self.needle, b'"', b'c'];
        (self.at..self.bytes.len()).find(|&at| self.bytes[at..].starts_with(&triple))
    }

    fn first_block(&self) -> Option<&[u8; 64]> {
        self.bytes.get(self.at..).and_then(|rest| rest.first_chunk())
    }

    /// The bytes, one of them changed.
    fn changed(self) -> Vec<u8> {
        let mut bytes = self.bytes.to_vec();
        if let Some(byte) = bytes.get_mut(self.at) {
            *byte ^= 1 << (self.needle % 8);
        }
        bytes
    }

    /// Compares all back ends with the oracle.
    #[track_caller]
    fn check(self) {
        let expected = self.naively();
        for backend in Backend::available() {
            assert_eq!(run(backend, self), expected, "{backend}: {self:?}");
        }
    }
}

/// A buffer aligned to a block of 64 bytes, so that offsets in it are offsets in a block.
#[repr(align(64))]
struct Blocks([u8; 64 * 5]);

/// The bytes of a run that no primitive but the one in question stops in, and what it is to find.
///
/// Outside the slice stand bytes that all of them would stop at or count.
const RUNS: [(u8, u8); 6] = [(b' ', b'x'), (b'\n', b'"'), (b'a', b'"'), (b'a', b'\\'), (b'a', 0x1f), (b'a', b'}')];

#[test]
fn the_match_is_found_at_every_place_of_every_length_at_every_offset_in_a_block() {
    for (filler, needle) in RUNS {
        for offset in 0..64 {
            for len in 0..=200 {
                // All places near the ends of vectors for all lengths; every place for a few lengths.
                let all = offset == 0 || len % 67 == 0;
                for place in (0..len).filter(|place| all || (place + 2) % 32 < 4).chain([len]) {
                    let mut blocks = Blocks([needle; 64 * 5]);
                    let bytes = &mut blocks.0[offset..offset + len];
                    bytes.fill(filler);
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte = needle;
                    }
                    All { bytes, at: 0, needle }.check();
                }
            }
        }
    }
}

#[test]
fn the_search_begins_at_every_place_and_none_before_it_is_found() {
    for (filler, needle) in RUNS {
        for len in 0..=200 {
            let mut bytes = vec![filler; len];
            for at in 0..=len {
                // Everything before `at` would be a match; then the next one is 3, 40 or 150 further.
                if at > 0 {
                    bytes[at - 1] = needle;
                }
                for further in [3, 40, 150] {
                    let saved = bytes.get(at + further).copied();
                    if let Some(byte) = bytes.get_mut(at + further) {
                        *byte = needle;
                    }
                    All { bytes: &bytes, at, needle }.check();
                    if let Some(saved) = saved {
                        bytes[at + further] = saved;
                    }
                }
            }
        }
    }
}

#[test]
fn all_byte_values_are_told_apart_at_every_place_of_a_vector() {
    for byte in 0..=u8::MAX {
        for filler in [b' ', b'a', byte.wrapping_sub(1), byte ^ 0x80] {
            for place in 0..64 {
                let mut bytes = [filler; 64];
                bytes[place] = byte;
                All { bytes: &bytes, at: 0, needle: byte }.check();
                // As the last byte of a tail.
                All { bytes: &bytes[..=place], at: 0, needle: byte }.check();
            }
        }
    }
}

#[test]
fn a_text_cut_at_every_byte_is_answered_at_every_place() {
    let text = b"{\n    \"functionName\": \"a\\\"b\\u00e9 \xc3\xa9\",\r\n\t\t\"url\": \"node:internal/process/task_queues\",\n\
                 \"selfSize\": 524304,\n                                                \"children\": [\n\n  ]\n}\n";
    for cut in 0..=text.len() {
        for at in 0..=cut {
            All { bytes: &text[..cut], at, needle: b'"' }.check();
        }
    }
}

#[test]
fn a_place_beyond_the_end_counts_as_the_end() {
    for len in [0, 1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 200] {
        let bytes = vec![b'"'; len];
        for at in [len, len + 1, len + 64, usize::MAX - 64, usize::MAX - 1, usize::MAX] {
            let case = All { bytes: &bytes, at, needle: b'"' };
            case.check();
            let answers = case.naively();
            assert_eq!([answers.skip_whitespace, answers.string_special, answers.find], [len; 3]);
        }
    }
}

/// The operations of the vocabulary on the first vector, its masks spelled out.
struct Operations<'a> {
    bytes: &'a [u8],
    a: u8,
    b: u8,
}

impl Kernel for Operations<'_> {
    type Output = [(Option<usize>, u32); 5];

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        let vector = V::load(self.bytes, 0).unwrap();
        let (eq, le) = (vector.eq(self.a), vector.le(self.b));
        [eq, le, eq | le, eq & le, !le].map(|mask| (mask.first(), mask.count()))
    }
}

/// The number of bytes in a vector.
struct Width;

impl Kernel for Width {
    type Output = usize;

    #[inline(always)]
    fn run<V: Vector>(self) -> usize {
        assert!(V::load(&vec![0; V::BYTES - 1], 0).is_none());
        assert!(V::load(&vec![0; V::BYTES], 1).is_none());
        assert!(V::load(&vec![0; V::BYTES], usize::MAX).is_none());
        V::BYTES
    }
}

fn operations_naively(bytes: &[u8], a: u8, b: u8) -> [(Option<usize>, u32); 5] {
    let mask = |set: &dyn Fn(u8) -> bool| {
        let first = bytes.iter().position(|&byte| set(byte));
        (first, bytes.iter().filter(|&&byte| set(byte)).count() as u32)
    };
    [
        mask(&|byte| byte == a),
        mask(&|byte| byte <= b),
        mask(&|byte| byte == a || byte <= b),
        mask(&|byte| byte == a && byte <= b),
        mask(&|byte| byte > b),
    ]
}

#[test]
fn comparisons_are_exact_for_all_pairs_of_byte_values() {
    for backend in Backend::available() {
        let width = run(backend, Width);
        for a in 0..=u8::MAX {
            for start in (0..=u8::MAX).step_by(8) {
                // All values from `start` on, so that each element has a neighbour that is one more.
                let bytes: Vec<u8> = (0..width).map(|i| start.wrapping_add(i as u8)).collect();
                let operations = Operations { bytes: &bytes, a, b: a };
                let expected = operations_naively(&bytes, a, a);
                assert_eq!(run(backend, operations), expected, "{backend}: {a} in {bytes:?}");
            }
        }
    }
}

fn text(alphabet: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(alphabet), 0..300)
}

/// Runs of one byte, as indentation and names make them.
fn runs() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((prop::sample::select(ALPHABET), 0..150_usize), 0..6)
        .prop_map(|runs| runs.into_iter().flat_map(|(byte, len)| vec![byte; len]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_texts(
        bytes in prop_oneof![text(ALPHABET), text(b" \n\""), text(b"ab\\"), text(b"{\"c"), runs(), any::<Vec<u8>>()],
        at in 0..400_usize,
        needle in prop::sample::select(ALPHABET),
    ) {
        All { bytes: &bytes, at, needle }.check();
        All { bytes: &bytes, at: 0, needle }.check();
    }

    #[test]
    fn random_vectors(bytes in prop::collection::vec(any::<u8>(), 64), a: u8, b: u8, at in 0..64_usize) {
        let a = if a & 1 == 0 { bytes[at] } else { a };
        for backend in Backend::available() {
            let bytes = &bytes[..run(backend, Width)];
            let answers = run(backend, Operations { bytes, a, b });
            prop_assert_eq!(answers, operations_naively(bytes, a, b), "{}", backend);
        }
    }
}

//! Any bytes: on every back end each primitive of the scanner finds what its one-line oracle finds.

#![no_main]

use heapsift::scan::{self, Backend, Kernel, Vector, naive};
use libfuzzer_sys::fuzz_target;

/// What the primitives find, each from the start and again from behind every place where it stopped.
#[derive(Debug, Default, PartialEq)]
struct Found {
    tokens: Vec<usize>,
    specials: Vec<usize>,
    needles: Vec<usize>,
    count: u64,
}

struct Walk<'a> {
    bytes: &'a [u8],
    start: usize,
    needle: u8,
}

impl Walk<'_> {
    #[inline(always)]
    fn places(&self, next: impl Fn(&[u8], usize) -> usize) -> Vec<usize> {
        let mut places = Vec::new();
        let mut at = self.start;
        // Also from behind the end, which counts as the end.
        while at <= self.bytes.len() {
            let place = next(self.bytes, at);
            places.push(place);
            at = place + 1;
        }
        places.push(next(self.bytes, at));
        places
    }

    fn naively(&self) -> Found {
        Found {
            tokens: self.places(naive::skip_whitespace),
            specials: self.places(naive::string_special),
            needles: self.places(|bytes, at| naive::find(bytes, at, self.needle)),
            count: naive::count(self.bytes, self.needle),
        }
    }
}

impl Kernel for Walk<'_> {
    type Output = Found;

    #[inline(always)]
    fn run<V: Vector>(self) -> Found {
        Found {
            tokens: self.places(scan::skip_whitespace::<V>),
            specials: self.places(scan::string_special::<V>),
            needles: self.places(|bytes, at| scan::find::<V>(bytes, at, self.needle)),
            count: scan::count::<V>(self.bytes, self.needle),
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&[offset, start, needle], bytes)) = data.split_first_chunk() else { return };
    // An allocation of their own: the sanitizer sees a read beyond them. The offset moves them against its alignment.
    let bytes: Box<[u8]> = bytes.into();
    let bytes = bytes.get(usize::from(offset % 64)..).unwrap_or_default();
    let walk = || Walk { bytes, start: usize::from(start), needle };
    let expected = walk().naively();
    for backend in Backend::available() {
        assert_eq!(scan::run(backend, walk()), expected, "{backend}");
    }
    for at in 0..=bytes.len() + 1 {
        assert_eq!(scan::digits(bytes, at), naive::digits(bytes, at), "at {at}");
    }
});

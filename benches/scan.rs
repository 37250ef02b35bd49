//! The scan primitives, each where the parser would call it, on every back end of this CPU, beside the naive ones.

mod common;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use heapsift::scan::{self, Backend, Kernel, Vector, naive};

use common::{LAYOUTS, generated};

const SIZE: u64 = 4 << 20;

#[derive(Clone, Copy, Debug)]
enum Primitive {
    SkipWhitespace,
    StringSpecial,
    Find,
    Count,
    Digits,
}

impl Primitive {
    const ALL: [Self; 5] = [Self::SkipWhitespace, Self::StringSpecial, Self::Find, Self::Count, Self::Digits];

    fn name(self) -> &'static str {
        match self {
            Self::SkipWhitespace => "skip_whitespace",
            Self::StringSpecial => "string_special",
            Self::Find => "find",
            Self::Count => "count",
            Self::Digits => "digits",
        }
    }

    /// Where it is called: behind punctuation, behind quotes, at braces, at the first digit of a run.
    fn starts(self, text: &[u8]) -> Vec<usize> {
        let wanted = |at: usize| {
            let before = if at == 0 { b' ' } else { text[at - 1] };
            match self {
                Self::SkipWhitespace => b",:{[".contains(&before),
                Self::StringSpecial => before == b'"',
                Self::Find => text[at] == b'{',
                Self::Count => at == 0,
                Self::Digits => text[at].is_ascii_digit() && !before.is_ascii_digit(),
            }
        };
        (0..text.len()).filter(|&at| wanted(at)).collect()
    }
}

/// Calls a primitive at all its places; the sum of what it gives is the answer.
struct Calls<'a> {
    primitive: Primitive,
    text: &'a [u8],
    starts: &'a [usize],
}

impl Calls<'_> {
    #[inline(always)]
    fn sum(&self, call: impl Fn(usize) -> u64) -> u64 {
        self.starts.iter().fold(0, |sum: u64, &at| sum.wrapping_mul(31).wrapping_add(call(at)))
    }

    fn naive(&self) -> u64 {
        let text = self.text;
        match self.primitive {
            Primitive::SkipWhitespace => self.sum(|at| naive::skip_whitespace(text, at) as u64),
            Primitive::StringSpecial => self.sum(|at| naive::string_special(text, at) as u64),
            Primitive::Find => self.sum(|at| naive::find(text, at, b'}') as u64),
            Primitive::Count => naive::count(text, b'"'),
            Primitive::Digits => self.sum(|at| naive::digits(text, at).0),
        }
    }
}

impl Kernel for &Calls<'_> {
    type Output = u64;

    // Loops, not `sum`: a closure would not be compiled for the back end.
    #[inline(always)]
    fn run<V: Vector>(self) -> u64 {
        let text = self.text;
        let mut sum: u64 = 0;
        match self.primitive {
            Primitive::SkipWhitespace => {
                for &at in self.starts {
                    sum = sum.wrapping_mul(31).wrapping_add(scan::skip_whitespace::<V>(text, at) as u64);
                }
            }
            Primitive::StringSpecial => {
                for &at in self.starts {
                    sum = sum.wrapping_mul(31).wrapping_add(scan::string_special::<V>(text, at) as u64);
                }
            }
            Primitive::Find => {
                for &at in self.starts {
                    sum = sum.wrapping_mul(31).wrapping_add(scan::find::<V>(text, at, b'}') as u64);
                }
            }
            Primitive::Count => sum = scan::count::<V>(text, b'"'),
            Primitive::Digits => {
                for &at in self.starts {
                    sum = sum.wrapping_mul(31).wrapping_add(scan::digits(text, at).0);
                }
            }
        }
        sum
    }
}

fn scan(criterion: &mut Criterion) {
    for (layout_name, layout) in LAYOUTS {
        let (text, _) = generated(layout, SIZE);
        for primitive in Primitive::ALL {
            let starts = primitive.starts(text);
            let calls = Calls { primitive, text, starts: &starts };
            let expected = calls.naive();
            let mut group = criterion.benchmark_group(format!("scan/{layout_name}/{}", primitive.name()));
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function("naive", |bencher| bencher.iter(|| assert_eq!(black_box(&calls).naive(), expected)));
            for backend in Backend::available() {
                let id = BenchmarkId::from_parameter(backend);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| assert_eq!(scan::run(backend, black_box(&calls)), expected));
                });
            }
            group.finish();
        }
    }
}

fn main() {
    let mut criterion = common::criterion();
    scan(&mut criterion);
    criterion.final_summary();
}

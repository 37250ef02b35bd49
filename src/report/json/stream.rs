//! The way out of a JSON report: rows are collected and leave when they fill a buffer, so that no report is ever held whole.

use std::io::{self, Write};

use rayon::prelude::*;

/// Bytes that are collected before they go out.
const FULL: usize = 64 << 10;

/// Rows that one thread appends at a time; those of functions take about as many bytes as go out at once.
const SLICE: usize = 256;

/// Slices in memory at a time.
const MOST_SLICES: usize = 16;

/// JSON on its way out.
pub(super) struct Stream<'o> {
    /// What has not gone out yet.
    pub(super) bytes: Vec<u8>,
    out: &'o mut dyn Write,
    /// Memory of the slices.
    slices: Vec<Vec<u8>>,
}

impl<'o> Stream<'o> {
    pub(super) fn new(out: &'o mut dyn Write) -> Self {
        Self { bytes: Vec::with_capacity(FULL + FULL / 4), out, slices: Vec::new() }
    }

    /// Appends a list, each of whose items is appended by `item`.
    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        item: impl FnMut(T, &mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.bytes.push(b'[');
        self.items(items, item)?;
        self.bytes.push(b']');
        Ok(())
    }

    /// Appends the items of a list, with commas between.
    pub(super) fn items<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        item: impl FnMut(T, &mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.items_apart(b",", items, item)
    }

    fn items_apart<T>(
        &mut self,
        between: &[u8],
        items: impl IntoIterator<Item = T>,
        mut item: impl FnMut(T, &mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        for (i, value) in items.into_iter().enumerate() {
            if i > 0 {
                self.bytes.extend_from_slice(between);
            }
            item(value, self)?;
            if self.bytes.len() >= FULL {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// The same for items that may be many and are appended independently of each other: on all threads.
    pub(super) fn many<T: Sync>(&mut self, items: &[T], append: impl Fn(&T, &mut Vec<u8>) + Sync) -> io::Result<()> {
        self.many_apart(b",", items, append)
    }

    /// The same of lines, which `append` ends.
    pub(super) fn lines<T: Sync>(&mut self, items: &[T], append: impl Fn(&T, &mut Vec<u8>) + Sync) -> io::Result<()> {
        self.many_apart(b"", items, append)
    }

    /// Appends items with something between them.
    fn many_apart<T: Sync>(
        &mut self,
        between: &[u8],
        items: &[T],
        append: impl Fn(&T, &mut Vec<u8>) + Sync,
    ) -> io::Result<()> {
        let at_a_time = (2 * rayon::current_num_threads()).min(MOST_SLICES);
        if items.len() <= SLICE || at_a_time == 2 {
            return self.items_apart(between, items, |item, json| {
                append(item, &mut json.bytes);
                Ok(())
            });
        }
        self.slices.resize_with(at_a_time, || Vec::with_capacity(FULL + FULL / 2));
        for (i, items) in items.chunks(SLICE * at_a_time).enumerate() {
            self.slices.par_iter_mut().zip(items.par_chunks(SLICE)).for_each(|(bytes, items)| {
                bytes.clear();
                for item in items {
                    bytes.extend_from_slice(between);
                    append(item, bytes);
                }
            });
            self.flush()?;
            for (j, bytes) in self.slices.iter().take(items.len().div_ceil(SLICE)).enumerate() {
                let first = if i == 0 && j == 0 { between.len() } else { 0 };
                self.out.write_all(&bytes[first..])?;
            }
        }
        Ok(())
    }

    /// Sends out what is there.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What writes are made of: their text, and the longest.
    #[derive(Default)]
    struct Sink {
        text: Vec<u8>,
        longest: usize,
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.text.extend_from_slice(bytes);
            self.longest = self.longest.max(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A list of lists of numbers, the inner ones of these lengths.
    fn written(lengths: &[usize]) -> Sink {
        let mut sink = Sink::default();
        let mut json = Stream::new(&mut sink);
        let list = |&len: &usize, json: &mut Stream<'_>| {
            json.bytes.push(b'[');
            let numbers: Vec<usize> = (0..len).collect();
            json.many(&numbers, |number, out| out.extend_from_slice(number.to_string().as_bytes()))?;
            json.bytes.push(b']');
            Ok(())
        };
        json.list(lengths, list).and_then(|()| json.flush()).unwrap();
        sink
    }

    #[test]
    fn lists_of_any_length_are_the_same_on_any_number_of_threads() {
        let lengths = [0, 1, 2, SLICE - 1, SLICE, SLICE + 1, 2 * SLICE, 16 * SLICE, 16 * SLICE + 1, 50_000, 1, 0];
        let lists: Vec<Vec<usize>> = lengths.iter().map(|&len| (0..len).collect()).collect();
        let expected = serde_json::to_string(&lists).unwrap();
        for threads in [1, 2, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let sink = pool.install(|| written(&lengths));
            assert!(sink.text == expected.as_bytes(), "{threads} threads");
            assert!(sink.longest < 2 * FULL, "{} bytes at once", sink.longest);
        }
    }

    #[test]
    fn lines_are_the_same_on_any_number_of_threads() {
        for lines in [0, 1, SLICE, SLICE + 1, 16 * SLICE + 1] {
            let numbers: Vec<usize> = (0..lines).collect();
            let expected: String = numbers.iter().map(|number| format!("{number}\n")).collect();
            for threads in [1, 2, 8] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let line = |number: &usize, out: &mut Vec<u8>| out.extend_from_slice(format!("{number}\n").as_bytes());
                let sink = pool.install(|| {
                    let mut sink = Sink::default();
                    let mut json = Stream::new(&mut sink);
                    json.lines(&numbers, line).and_then(|()| json.flush()).unwrap();
                    sink
                });
                assert!(sink.text == expected.as_bytes(), "{lines} lines, {threads} threads");
            }
        }
    }
}

//! Merely looks at the bytes of a mapped file, as any reader of a mapping has to: the floor of `experiments/bounds.py`.
//!
//! `cargo run --release --example mapped_scan -- FILE THREADS touch|scan`: `touch` looks at one byte of each page, so that the system
//! maps it; `scan` looks at all of them. Both give the pages back behind them, as the parser does.

#![expect(unsafe_code, reason = "mapping a file")]

use std::error::Error;
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use memmap2::{Advice, Mmap, UncheckedAdvice};

/// Bytes that a thread takes at a time. The system locks page tables of 2 MiB: threads that share one wait for each other.
const WINDOW: usize = 4 << 20;

const PAGE: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, threads, how] = arguments.as_slice() else {
        return Err("usage: mapped_scan FILE THREADS touch|scan".into());
    };
    let step = match how.as_str() {
        "touch" => PAGE,
        "scan" => size_of::<u64>(),
        other => return Err(format!("{other} is neither touch nor scan").into()),
    };
    // SAFETY: the file is only read, and nothing rests on its bytes; who cuts it short while it is read ends this program.
    let map = unsafe { Mmap::map(&File::open(path)?)? };
    map.advise(Advice::Sequential)?;
    let next = AtomicUsize::new(0);
    let one = || -> std::io::Result<u64> {
        let mut seen = 0;
        loop {
            let start = next.fetch_add(WINDOW, Ordering::Relaxed);
            let Some(rest) = map.get(start..).filter(|rest| !rest.is_empty()) else { return Ok(seen) };
            let window = &rest[..rest.len().min(WINDOW)];
            // Words are added up, which the compiler does with vectors.
            for piece in window.chunks_exact(step) {
                seen ^= piece.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
            }
            // SAFETY: the pages are those of a file that is only read: whoever looks at them again gets the same bytes.
            unsafe { map.unchecked_advise_range(UncheckedAdvice::DontNeed, start, window.len())? };
        }
    };
    let seen = std::thread::scope(|scope| -> Result<u64, Box<dyn Error>> {
        let threads: Vec<_> = (0..threads.parse()?).map(|_| scope.spawn(one)).collect();
        let mut seen = 0;
        for thread in threads {
            seen ^= thread.join().map_err(|_| "a thread failed")??;
        }
        Ok(seen)
    })?;
    std::hint::black_box(seen);
    Ok(())
}

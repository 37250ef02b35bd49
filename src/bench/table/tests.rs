//! The table, whole and cut to narrow terminals.

use unicode_width::UnicodeWidthStr;

use super::super::measure::tests::measured;
use super::super::page_cache::PageCache;
use super::*;

fn written(measured: &Measured, width: usize) -> String {
    let mut out = Vec::new();
    write_table(measured, &Style { color: false, width }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn rows(text: &str) -> Vec<&str> {
    text.lines()
        .skip_while(|line| !line.contains("threads  back end"))
        .take(4)
        .take_while(|line| !line.is_empty())
        .collect()
}

#[test]
fn the_table_is_aligned_and_says_what_was_measured() {
    let text = written(&measured(false), 140);
    assert_eq!(
        rows(&text),
        [
            "threads  back end   GB/s     from – to                  share  M nodes/s    from – to    memory",
            "      2  reference  9.52  8.33 – 10.00  ████████████  100.00%",
            "      1  portable   1.98   1.92 – 2.00  ██▍            20.79%       1.98  1.92 – 2.00  40.00 MB",
            "      2  portable   3.92   3.70 – 4.00  ████▉          41.18%       3.92  3.70 – 4.00  40.00 MB",
        ]
    );
    for told in [
        "big.heapprofile\n1.00 GB · inspector · 1,000,000 nodes · 1,200 call frames\n",
        "A CPU\\u{1b}[0m · 2 cores on linux · pages of 4,096 bytes\nin the page cache: dropped, then read once\n",
        "Medians of 3 runs each, in turns after 1 round of warm-up",
        "Reference: 2 threads read the file in blocks of 1.00 MB and count its quotes (portable).",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
    assert_eq!(text.contains("without optimisations"), cfg!(debug_assertions));
}

#[test]
fn columns_give_way_where_the_line_is_short() {
    let measured = measured(false);
    for width in 40..140 {
        for row in rows(&written(&measured, width)) {
            assert!(row.width() <= width, "{width}: {row}");
        }
    }
    let narrow = written(&measured, 40);
    assert_eq!(rows(&narrow)[0], "threads  back end   GB/s    share");
    assert!(!narrow.lines().any(|line| line.width() > 40), "{narrow}");
}

#[test]
fn a_compressed_file_is_compared_with_nothing() {
    let text = written(&measured(true), 140);
    assert!(text.contains("1.00 GB (1.00 MB compressed)"), "{text}");
    assert!(text.contains("its rate is of other bytes"), "{text}");
    assert!(rows(&text)[1..].iter().all(|row| !row.contains('%')), "{text}");
}

#[test]
fn what_is_not_in_the_page_cache_is_said_to_be_so() {
    let table = [
        (Some((1, 4)), Some(true), "⚠ only 25.00% of the file stays in the page cache"),
        (Some((1, 1)), Some(false), "in the page cache; it could not be dropped before"),
        (None, None, "whether the page cache holds it, this system does not tell"),
    ];
    for (share, dropped, told) in table {
        let share = share.map(|(part, whole)| Share::of(part, whole));
        let text = written(&Measured { cache: PageCache { share, dropped }, ..measured(false) }, 140);
        assert!(text.contains(told), "{told}\n{text}");
    }
}

#[test]
fn only_the_fastest_row_is_bold() {
    let mut out = Vec::new();
    write_table(&measured(false), &Style { color: true, width: 140 }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let bold: Vec<_> = text.lines().filter(|line| line.contains("\u{1b}[1m")).collect();
    assert_eq!(bold.len(), 2, "the name, and a row: {bold:?}");
    assert!(bold[1].contains("2  portable"), "{bold:?}");
}

#[test]
fn a_slow_machine_has_smaller_units() {
    let tenth = (1 << 30) / 10;
    for (fastest, expected) in [(1 << 30, "GB/s"), (tenth + 1, "GB/s"), (tenth, "MB/s"), (50_000, "KB/s"), (0, "KB/s")]
    {
        assert_eq!(Unit::of(fastest, &BYTES).name, expected, "{fastest}");
    }
    let unit = Unit::of(5 << 30, &BYTES);
    assert_eq!(unit.range(Spread { median: 0, min: 3 << 29, max: 5 << 30 }), "1.50 – 5.00");
}

//! Whatever can be read can be shown and exported: nothing of it moves a cursor or hides, the JSON is whole, and all adds up.

#![no_main]

use heapsift::analysis::model::{Profile, Report, ReportOptions};
use heapsift::export::{Export, ExportError, Target};
use heapsift::report::{Format, Style, render};
use heapsift_fuzz::ways::{classifier, read_with_tree, split};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((_, text)) = split(data) else { return Corpus::Reject };
    let Ok(outcome) = read_with_tree(text) else { return Corpus::Reject };
    // The name of a file is hostile too.
    let name = String::from_utf8_lossy(&text[text.len().saturating_sub(40)..]).into_owned();
    let (profile, _) = Profile::from_outcome(name, None, outcome);
    let limit = Some(usize::from(data[0] % 8)).filter(|&limit| limit < 7);
    // None, or from 1 to 2^63.
    let interval = 1_u64.checked_shl(u32::from(data[1])).filter(|_| data[1] < 64);
    let (stacks, relative) = (usize::from(data[1] % 32), data[0] & 8 != 0);
    let options = ReportOptions { limit, stacks, relative, interval };
    let report =
        Report::new(&profile, options).with_advice(classifier().rules()).expect("the built-in rules are right");
    let print = |format, style| {
        let mut out = Vec::new();
        render(&report, format, &style, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("reports are UTF-8")
    };

    let width = usize::from(data[1]);
    for (format, color) in
        [(Format::Text, false), (Format::Text, true), (Format::Markdown, false), (Format::Html, false)]
    {
        let text = print(format, Style { color, width });
        if !color {
            let bad = text.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c)));
            assert_eq!(bad, None, "in {format:?}:\n{text}");
        }
    }

    let json = print(Format::Json, Style::default());
    assert!(json.ends_with("}\n") && json.lines().count() == 1, "one object on one line:\n{json}");
    let json: Value = serde_json::from_str(&json).expect("it is JSON");
    let total = json["summary"]["total_size"].as_u64().expect("an integer");
    let sum = |list: &str, size: &dyn Fn(&Value) -> Option<u64>| {
        let rows = json[list].as_array().expect("a list");
        rows.iter().map(size).sum::<Option<u64>>().expect("integers")
    };
    for list in ["categories", "packages", "functions"] {
        assert_eq!(sum(list, &|row| row["self_size"].as_u64()), total, "{list} do not add up");
    }
    for list in ["categories", "packages"] {
        assert_eq!(sum(list, &|row| row["caused_size"].as_u64()), total, "what {list} cause does not add up");
    }
    for list in ["recommendations", "actions"] {
        assert!(sum(list, &|row| row["saving"]["high"].as_u64()) <= total, "{list} save more than there is");
    }

    let export = |to, least| {
        let mut out = Vec::new();
        match (Export { least, interval }).write(&profile, to, &mut out) {
            Err(ExportError::Empty) => assert_eq!(total, 0),
            written => written.expect("memory can be written"),
        }
        out
    };
    for least in [0, total / 16] {
        let folded = String::from_utf8(export(Target::Folded, least)).expect("text");
        let sizes = folded.lines().map(|line| line.rsplit(' ').next().and_then(|size| size.parse::<u64>().ok()));
        // Which sizes do not fit into 64 bits is a matter of the order in which they come, and keys come in any.
        let adds_up = profile.aggregate.overflowing_sizes > 0 || sizes.sum::<Option<u64>>() == Some(total);
        assert!(adds_up, "stacks do not add up");
        assert_eq!(folded.chars().find(|&c| c != '\n' && (c.is_control() || is_hidden(c))), None, "{folded}");
    }
    serde_json::from_slice::<Value>(&export(Target::Speedscope, 0)).expect("it is JSON");
    for to in [Target::Pprof, Target::Svg, Target::HeapProfile] {
        export(to, total / 16);
    }
    Corpus::Keep
});

/// Characters that turn the reading direction, end a line or take no room.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

//! Any bytes: the same result whatever the windows, threads, back end and call frames known before, and the one that a plain reader gives.

#![no_main]

use heapsift::aggregate::Outcome;
use heapsift::error::{Kind, Problem};
use heapsift_fuzz::plain;
use heapsift_fuzz::ways::{Way, account, assert_same, classifier, read_after_its_half, read_in, split};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((way, text)) = split(data) else { return Corpus::Reject };
    let expected = read_in(text, Way::PLAIN, classifier());
    agrees_with_the_plain_reader(text, &expected);
    let expected = account(&expected);
    assert_same(&expected, &account(&read_in(text, way, classifier())), &way);
    if let Some(after) = read_after_its_half(text, way) {
        assert_same(&expected, &account(&after), &(way, "after its half"));
    }
    Corpus::Keep
});

fn agrees_with_the_plain_reader(text: &[u8], result: &Result<Outcome, Problem>) {
    let json = plain::json(text);
    let sums = json.as_deref().map(plain::sums);
    let problem = match result {
        Err(problem) => problem,
        Ok(Outcome { problem: Some(problem), .. }) => problem,
        Ok(outcome) => {
            let sums = sums.expect("what is read to its end is JSON").expect("and a heap profile");
            match sums {
                Some(sums) => assert_eq!(plain::sums_of(&outcome.aggregate), sums),
                None => assert!(outcome.aggregate.overflowing_sizes > 0),
            }
            return;
        }
    };
    match &problem.kind {
        Kind::OtherFile(_) => return,
        kind if is_grammar(kind) => assert!(json.is_none(), "{problem:?}, but it is JSON"),
        _ => {}
    }
    assert!(!matches!(sums, Some(Ok(_))), "{problem:?}, but it is a heap profile: {sums:?}");
}

/// Whether such a text is no JSON at all.
fn is_grammar(kind: &Kind) -> bool {
    match kind {
        Kind::Expected(what) => !matches!(*what, "a node" | "a JSON object"),
        Kind::Empty
        | Kind::UnexpectedEnd
        | Kind::ControlCharacter(_)
        | Kind::InvalidEscape
        | Kind::InvalidNumber
        | Kind::TrailingData => true,
        _ => false,
    }
}

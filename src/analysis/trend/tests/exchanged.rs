//! What grows and is no suspect: bytes that something else has lost, and code that is compiled beside the program.

use super::*;

/// Stacks of the suspects, and of what has only what something else has lost.
fn told_from_exchanges(rows: &[(&[Frame<'_>], &[u64])]) -> [Vec<String>; 2] {
    let panel = panel(rows, Objects::Live);
    let trend = Trend::new(&panel, given(SeriesKind::Growing), None);
    let name =
        |suspect: &Suspect| suspect.frames.last().map_or(String::new(), |&id| trend.function(id).name.to_owned());
    [&trend.suspects, &trend.exchanged].map(|suspects| suspects.iter().map(name).collect())
}

#[test]
fn what_a_caller_takes_over_from_what_v8_inlines_is_no_suspect() {
    // Captured: a full cache whose entries are made anew, while V8 inlines what makes them.
    const INLINED: (&[Frame<'_>], &[u64]) = (&[TIMERS, ENTRY], &[0, 0, 0, 0, 1, 42, 82, 122]);
    const MAKER: (&[Frame<'_>], &[u64]) = (&[TIMERS, ENTRY, CACHE], &[44, 76, 115, 135, 146, 105, 66, 29]);
    const REST: (&[Frame<'_>], &[u64]) = (&[TIMERS, OTHER, PARSE], &[40, 36, 45, 39, 41, 44, 38, 42]);
    let none: Vec<String> = Vec::new();
    assert_eq!(told_from_exchanges(&[INLINED, MAKER, REST]), [none.clone(), vec!["onConnections".to_owned()]]);
    // With a leak below the same caller something grows there, whatever moves.
    const LEAKS: (&[Frame<'_>], &[u64]) = (&[TIMERS, ENTRY, LEAK], &[10, 21, 30, 41, 50, 61, 70, 81]);
    assert_eq!(told_from_exchanges(&[INLINED, MAKER, REST, LEAKS]), [vec!["onConnections".to_owned()], none.clone()]);
    // Where nothing is lost by what is inlined, it is a leak.
    assert_eq!(told_from_exchanges(&[(&[TIMERS, ENTRY], LEAKS.1), REST]), [vec!["onConnections".to_owned()], none]);
}

#[test]
fn what_replaces_something_else_is_no_suspect() {
    // Loaded at the start, then replaced piece by piece by what another function makes.
    const BOOT: Frame<'_> = ("boot", "/srv/app/boot.js", 3);
    let told = |lost: &[u64]| {
        told_from_exchanges(&[
            (&[TIMERS, OTHER], &[15, 28, 41, 55, 70, 82, 95, 111]),
            (&[TIMERS, BOOT], lost),
            (&[TIMERS, ENTRY, PARSE], &[40, 36, 45, 39, 41, 44, 38, 42]),
        ])
    };
    let (none, other): (Vec<String>, _) = (Vec::new(), vec!["onRequests".to_owned()]);
    assert_eq!(told(&[160, 146, 133, 121, 105, 92, 80, 66]), [none.clone(), other.clone()]);
    // Much less is lost than gained, or as much by chance: it was there before.
    assert_eq!(told(&[60, 56, 53, 51, 47, 44, 42, 38]), [other.clone(), none.clone()]);
    assert_eq!(told(&[160, 150, 163, 149, 157, 153, 148, 155]), [other, none]);
}

#[test]
fn code_that_v8_compiles_beside_the_program_is_no_suspect() {
    const DUE: Frame<'_> = ("processTimers", "node:internal/timers", 503);
    let told = |path: &[Frame<'_>]| {
        told_from_exchanges(&[
            (path, &[22, 41, 63, 80, 101, 122]),
            (&[TIMERS, OTHER, PARSE], &[40, 36, 45, 39, 41, 44]),
        ])
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(told(&[DUE]), [none.clone(), none.clone()]);
    assert_eq!(told(&[DUE, LEAK]), [vec!["subscribe".to_owned()], none]);
}

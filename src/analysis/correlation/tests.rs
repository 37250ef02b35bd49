//! Which category is told first, and that all time and all bytes are somewhere.

use super::super::reading::{TIME_IS_THAT_OF_CALLERS, works_for_others};
use super::*;
use crate::analysis::test_support::{self, Frame};

const ORM: Frame<'_> = ("dispatch", "/a/node_modules/leoric/collection.js", 81);
const HTTP: Frame<'_> = ("compose", "/a/node_modules/koa-compose/index.js", 3);
const MYSQL: Frame<'_> = ("get", "/a/node_modules/mysql2/packet.js", 263);
const JSON: Frame<'_> = ("parseJSON", "/a/node_modules/urllib/utils.js", 25);
const CORE: Frame<'_> = ("tick", "node:internal/process/task_queues", 71);
const NATIVE: Frame<'_> = ("keys", "", 0);
const IS: Frame<'_> = ("isMap", "/a/node_modules/is-map/index.js", 1);
const PAD: Frame<'_> = ("pad", "/a/node_modules/left-pad/index.js", 1);

/// What is said of these times and sizes, each of a function.
fn correlated<R>(rows: &[(Frame<'_>, u64, u64)], say: impl FnOnce(&Correlation<'_>) -> R) -> R {
    let nodes: Vec<(u64, Vec<Frame<'_>>)> = rows.iter().map(|&(frame, _, size)| (size, vec![frame])).collect();
    let times: Vec<(u64, Frame<'_>)> = rows.iter().map(|&(frame, time, _)| (time, frame)).collect();
    let (profile, cpu) = (test_support::profile(&nodes, &[]), test_support::cpu(&times));
    say(&Correlation::new(&profile.aggregate, &cpu))
}

fn order(rows: &[(Frame<'_>, u64, u64)]) -> Vec<String> {
    correlated(rows, |c| c.order_of_work().iter().map(|row| row.category.id.clone()).collect())
}

#[test]
fn what_is_high_in_both_comes_first_then_memory_then_time() {
    // The published shares: Leoric 16.69 and 14.80, Tegg 9.08 and 16.64, JSON 1.21 and 20.40, MySQL 9.01 and 4.62.
    let rest = (("(program)", "", 0), 6401, 4354);
    let rows = [(MYSQL, 901, 462), (JSON, 121, 2040), (HTTP, 908, 1664), (ORM, 1669, 1480), rest];
    // All else is of natives here, and so is high.
    assert_eq!(order(&rows), ["orm", "native", "json-parsing", "http", "mysql"]);
    // Time alone, beside what is medium in both.
    let rows = [(MYSQL, 3000, 100), (JSON, 700, 700), (CORE, 4000, 9000), (HTTP, 2300, 200)];
    assert_eq!(order(&rows), ["core", "mysql", "http", "json-parsing"]);
    assert_eq!(order(&[]), [""; 0]);
}

#[test]
fn what_has_more_than_half_comes_before_all_else() {
    let high = [(ORM, 1900, 1500), (HTTP, 1500, 1500), (MYSQL, 1100, 1300)];
    // Of the time, though it holds little; of the memory, though it takes no time; of what is not idle.
    for dominating in [vec![(PAD, 6500, 10)], vec![(PAD, 10, 6500)], vec![(PAD, 5000, 10), (("(idle)", "", 0), 900, 0)]]
    {
        let rows = [&high[..], &dominating].concat();
        assert_eq!(order(&rows), ["other", "orm", "http", "mysql"], "{dominating:?}");
    }
    // Half is no more than half, and more than half of nearly nothing is not much.
    assert_eq!(order(&[(ORM, 50, 30), (PAD, 20, 50), (HTTP, 30, 20)])[0], "orm");
    let rows = [(ORM, 3, 42), (PAD, 5, 2), (HTTP, 1, 43), (CORE, 0, 10), (("(idle)", "", 0), 91, 0)];
    assert_eq!(order(&rows), ["http", "orm", "core", "other"]);
}

#[test]
fn code_of_node_is_listed_where_it_is_high() {
    let rest = (("(program)", "", 0), 7000, 0);
    let rows = [(ORM, 1700, 4000), (HTTP, 500, 3900), (CORE, 800, 2100)];
    assert_eq!(order(&[&rows[..], &[rest]].concat()), ["orm", "http", "core"]);
    let rows = [(ORM, 1700, 4000), (HTTP, 500, 5400), (CORE, 1300, 600)];
    assert_eq!(order(&[&rows[..], &[rest]].concat()), ["http", "orm", "core"]);
    let rows = [(ORM, 1700, 4000), (HTTP, 500, 4900), (CORE, 900, 900)];
    assert_eq!(order(&[&rows[..], &[rest]].concat()), ["orm", "http"]);
}

#[test]
fn the_insight_is_what_a_cpu_profile_would_not_have_shown() {
    let told = |rows: &[(Frame<'_>, u64, u64)]| {
        correlated(rows, |correlation| {
            let insights = correlation.insights();
            let words = insights.iter().map(|insight| match insight {
                Insight::Dominant(row) => format!("dominant {}", row.category.id),
                Insight::Hidden(row) => format!("hidden {}", row.category.id),
                Insight::Both(row) => format!("both {}", row.category.id),
                Insight::Time(row) => format!("time {}", row.category.id),
            });
            words.collect::<Vec<_>>().join(", ")
        })
    };
    assert_eq!(told(&[(ORM, 50, 30), (JSON, 1, 30), (HTTP, 49, 40)]), "hidden json-parsing");
    assert_eq!(told(&[(ORM, 50, 30), (HTTP, 43, 40), (JSON, 7, 30)]), "both http");
    assert_eq!(told(&[(JSON, 7, 50), (ORM, 43, 8), (CORE, 50, 42)]), "hidden json-parsing");
    assert_eq!(told(&[(ORM, 50, 3), (CORE, 50, 50), (NATIVE, 0, 47)]), "time orm");
    assert_eq!(told(&[(CORE, 50, 50), (NATIVE, 50, 50)]), "");
    // What has more than half of something comes first, then what is hidden beside it.
    assert_eq!(told(&[(PAD, 79, 12), (MYSQL, 4, 16), (ORM, 17, 72)]), "dominant other, dominant orm, hidden mysql");
    assert_eq!(told(&[(PAD, 79, 12), (MYSQL, 1, 60), (ORM, 20, 28)]), "dominant other, hidden mysql");
    assert_eq!(told(&[(PAD, 79, 60), (ORM, 21, 40)]), "dominant other");
    assert_eq!(told(&[(CORE, 93, 10), (JSON, 7, 90)]), "dominant core, dominant json-parsing");
}

#[test]
fn all_time_is_somewhere_and_idle_is_not_active() {
    let pseudo = |name| (name, "", 0);
    let rows = [
        (ORM, 10, 5),
        (pseudo("(idle)"), 60, 0),
        (pseudo("(program)"), 7, 0),
        (pseudo("(garbage collector)"), 20, 0),
        (pseudo("keys"), 3, 5),
    ];
    correlated(&rows, |correlation| {
        let expected = Times { functions: 13, program: 7, garbage_collector: 20, idle: 60 };
        assert_eq!((correlation.times(), correlation.active()), (expected, 40));
        assert_eq!(correlation.memory_pressure(), Priority::High);
        let row = &correlation.categories()[0];
        assert_eq!((row.cpu_share, row.active_share), (Share::of(10, 100), Share::of(10, 40)));
        let times: u64 = correlation.categories().iter().map(|row| row.time).sum();
        assert_eq!(times, 13);
        let packages: Vec<_> = correlation.packages().iter().map(|row| (row.name, row.time)).collect();
        assert_eq!(packages, [("leoric", 10), ("(native)", 3)]);
        let coverage = correlation.coverage();
        assert_eq!((coverage.functions, coverage.by_name), (2, 0));
        assert_eq!((coverage.time, coverage.memory), (Share::of(13, 13), Share::of(10, 10)));
    });
}

#[test]
fn packages_stand_for_a_category_without_a_theme() {
    correlated(&[(IS, 50, 1), (PAD, 20, 60), (ORM, 30, 39)], |correlation| {
        let named = |id: &str| {
            let row = correlation.categories().iter().find(|row| row.category.id == id).unwrap();
            correlation.packages_of(row)
        };
        assert_eq!(named("other"), ["left-pad", "is-map"]);
        assert_eq!(named("orm"), [""; 0]);
    });
    // One that dominates is told by them as well.
    correlated(&[(ORM, 60, 10), (NATIVE, 40, 90)], |correlation| {
        let named: Vec<_> = correlation.categories().iter().map(|row| correlation.packages_of(row)).collect();
        assert_eq!(named, [vec![], vec!["leoric"]]);
    });
}

#[test]
fn profiles_of_two_programs_are_told() {
    // In both; in one only; nothing but code of Node in one of them.
    let tell = |rows: &[(Frame<'_>, u64, u64)]| correlated(rows, |correlation| correlation.has_nothing_in_common());
    assert!(!tell(&[(ORM, 1, 1), (HTTP, 5, 0), (MYSQL, 0, 5), (CORE, 9, 9)]));
    assert!(tell(&[(HTTP, 5, 0), (MYSQL, 0, 5), (CORE, 9, 9)]));
    assert!(!tell(&[(HTTP, 5, 0), (CORE, 9, 9)]));
    assert!(!tell(&[(MYSQL, 0, 5), (CORE, 9, 9)]));
}

#[test]
fn code_of_node_and_v8_works_for_others() {
    correlated(&[(CORE, 90, 90), (ORM, 10, 10)], |correlation| {
        let advice: Vec<_> = correlation.categories().iter().map(|row| row.reading().advice).collect();
        assert_eq!(advice, ["it works for its callers: see the stacks", "optimize both"]);
    });
    correlated(&[(CORE, 50, 1), (ORM, 50, 99)], |correlation| {
        assert_eq!(correlation.categories()[1].reading().advice, "it works for its callers: see the CPU flame chart");
    });
    // Built-ins of the language without a time of their own.
    for (time, expected) in [(0, TIME_IS_THAT_OF_CALLERS), (1, works_for_others(MemoryLevel::VeryHigh))] {
        correlated(&[(NATIVE, time, 90), (ORM, 99, 10)], |correlation| {
            assert_eq!(correlation.categories()[0].reading().advice, expected);
        });
    }
}

//! Pages for a browser.

use super::{code, fixture, folder, heapsift, profile, run, stderr, stdout};

/// What a command prints, a whole page.
fn page(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!((code(&output), stderr(&output)), (0, ""), "{args:?}");
    let html = stdout(&output);
    assert!(html.starts_with("<!doctype html>\n") && html.ends_with("</html>\n"), "{args:?}: {html}");
    assert_eq!((html.matches("<html").count(), html.matches("<main>").count()), (1, 1), "{args:?}");
    html.to_owned()
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn every_command_that_reports_writes_one_page() {
    let (profile, other, folder) = (profile(), fixture("dialects/node-v8-api.heapprofile"), folder());
    let (file, other) = (text(&profile), text(&other));
    let (baseline, result) = (folder.path().join("b.toml"), folder.path().join("result"));
    assert_eq!(code(&run(["baseline", file, "-o", text(&baseline)])), 0);
    let pages = [
        (page(&["-f", "html", file]), "Heap Allocation Profile Analysis"),
        (page(&["-f", "html", file, other, file]), "Heap Allocation Profile Analysis"),
        (page(&["-f", "html", "--merge", file, other]), "Heap Allocation Profile Analysis"),
        (page(&["doctor", "-f", "html", file]), "<h2"),
        (page(&["diff", "-f", "html", file, file]), "No change"),
        (page(&["check", "-f", "html", file, "--baseline", text(&baseline), "--rule", "total +5%"]), "Heap check"),
        (page(&["batch", "-f", "html", file, other, "-o", text(&result)]), "<h1>Heap Profiles</h1>"),
    ];
    for (html, said) in &pages {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert_eq!(pages.map(|(html, _)| html.matches("<article").count()), [1, 3, 1, 1, 1, 1, 1]);
}

#[test]
fn a_report_has_a_flame_graph_unless_memory_is_bounded() {
    let file = profile();
    let file = text(&file);
    let drawn = |args: &[&str]| page(&[&["-f", "html", file], args].concat()).matches("<iframe").count();
    assert_eq!([drawn(&[]), drawn(&["--max-memory", "100M"])], [1, 0]);
    let is_told = |args: &[&str]| page(&[&["-f", "html", file], args].concat()).contains("No flame graph is drawn");
    assert_eq!([is_told(&[]), is_told(&["--max-memory", "100M"])], [false, true]);
    assert_eq!(drawn(&["--focus", "^node:"]), 1);
    let nothing = run(["-f", "html", file, "--focus", "nothing is called so"]);
    assert!(stdout(&nothing).ends_with("</html>\n") && !stdout(&nothing).contains("<iframe"), "{}", stderr(&nothing));
    assert_eq!(drawn(&["--merge"]), 1);
    // The same page, however the file is read.
    let whole = page(&["-f", "html", file]);
    for other in [&["--threads", "1"][..], &["--window-size", "4K", "--threads", "3"], &["--no-mmap"]] {
        assert!(page(&[&["-f", "html", file], other].concat()) == whole, "{other:?}");
    }
}

#[test]
fn what_is_right_is_said_to_be_right() {
    let html = page(&["doctor", "-f", "html", text(&profile())]);
    let text = run(["doctor", text(&profile())]);
    assert_eq!(html.contains("Nothing is wrong with this capture."), stdout(&text).is_empty(), "{html}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let command = format!("{} -f html {} | head -c 10", env!("CARGO_BIN_EXE_heapsift"), text(&profile()));
    let output = std::process::Command::new("sh").args(["-c", &command]).output().expect("it runs");
    assert_eq!((stdout(&output), stderr(&output)), ("<!doctype ", ""));
    assert_eq!(code(&heapsift().arg(profile()).args(["--export-html", "-"]).output().expect("it runs")), 2);
}

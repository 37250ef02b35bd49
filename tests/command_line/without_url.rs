//! Code without a url: made by `eval` and its like, or of a script that was unloaded.

use serde_json::{Value, json};

use super::{code, folder, heapsift, parsed, write};

/// A call frame without a url, at this place.
fn frame(function: &str, script: &Value, line: i64, column: i64) -> Value {
    json!({"functionName": function, "scriptId": script, "url": "", "lineNumber": line, "columnNumber": column})
}

/// The report of a profile with these call frames below the root, of 1 MiB each, and with a root of a writer like theirs.
fn report(root_script: &Value, root_line: i64, frames: &[Value]) -> Value {
    let folder = folder();
    let path = folder.path().join("x.heapprofile");
    let children: Vec<Value> = (2..)
        .zip(frames)
        .map(|(id, frame)| json!({"callFrame": frame, "selfSize": 1 << 20, "id": id, "children": []}))
        .collect();
    let root = json!({"functionName": "(root)", "scriptId": root_script, "url": "", "lineNumber": root_line, "columnNumber": root_line});
    let head = json!({"callFrame": root, "selfSize": 0, "id": 1, "children": children});
    write(&path, serde_json::to_vec(&json!({"head": head, "samples": []})).expect("it is JSON"));
    let output = heapsift().args(["-f", "json"]).arg(&path).output().expect("the program runs");
    assert_eq!(code(&output), 0);
    parsed(&output.stdout)
}

/// Categories with their functions.
fn categories(report: &Value) -> Vec<(String, Vec<String>)> {
    let name = |value: &Value| value.as_str().expect("a text").to_owned();
    let functions = |row: &Value| {
        let mut names: Vec<String> =
            row["functions"].as_array().expect("a list").iter().map(|function| name(&function["function"])).collect();
        names.sort();
        names
    };
    let mut rows: Vec<_> =
        report["categories"].as_array().expect("a list").iter().map(|row| (name(&row["id"]), functions(row))).collect();
    rows.sort();
    rows
}

/// What is said of code without a url, and what to do.
fn warning(report: &Value) -> (String, String) {
    let warnings = report["warnings"].as_array().expect("a list");
    let told = warnings.iter().find(|warning| warning["kind"] == "no-url").expect("it is told");
    let text = |key: &str| told[key].as_str().expect("a text").to_owned();
    (text("message"), text("remedy"))
}

#[test]
fn scripts_that_were_unloaded_are_not_taken_for_generated_code() {
    let inspector =
        [frame("main", &json!("7"), -1, -1), frame("evaluated", &json!("8"), 0, 20), frame("whole", &json!("9"), 1, 0)];
    let xprofiler =
        [frame("main", &json!(7), 0, 0), frame("evaluated", &json!(8), 1, 21), frame("whole", &json!(9), 1, 1)];
    let node =
        [frame("main", &json!(7), -1, -1), frame("evaluated", &json!(8), 0, 20), frame("whole", &json!(9), 1, 0)];
    for (root, line, frames) in [(json!("0"), -1, inspector), (json!(0), 0, xprofiler), (json!(0), -1, node)] {
        let report = report(&root, line, &frames);
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let expected = [
            ("generated-code".to_owned(), names(&["evaluated", "whole"])),
            ("unloaded-code".to_owned(), names(&["main"])),
        ];
        assert_eq!(categories(&report), expected, "{root} {line}");
        let (message, remedy) = warning(&report);
        assert!(
            message.contains("2.00 MB made by `new Function` or `eval`, 1.00 MB of scripts that were unloaded"),
            "{message}"
        );
        assert!(remedy.contains("filename") && remedy.contains("globalThis.keep"), "{remedy}");
        let advice = report["recommendations"].as_array().expect("a list");
        assert!(
            advice.iter().all(|advice| advice["category"] == "generated-code"),
            "nothing is known to do about the rest"
        );
    }
}

#[test]
fn only_what_is_there_is_told() {
    let (message, remedy) = warning(&report(&json!("0"), -1, &[frame("main", &json!("7"), -1, -1)]));
    assert!(!message.contains("eval") && !remedy.contains("filename"), "{message} {remedy}");
    let (message, remedy) = warning(&report(&json!("0"), -1, &[frame("evaluated", &json!("7"), 2, 1)]));
    assert!(!message.contains("unloaded") && !remedy.contains("globalThis"), "{message} {remedy}");
}

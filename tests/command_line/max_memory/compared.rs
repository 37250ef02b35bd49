//! What unites and compares files stays within `--max-memory`, too: what does not fit is not compared in part.

use super::super::{MORE, code, folder, heapsift, parsed, stderr, stdout};
use super::{assert_within, flat, frame, named, nested};

#[test]
fn what_does_not_fit_beside_the_rest_is_not_merged() {
    let folder = folder();
    // Trees that share no path but the root's.
    let paths = ["a", "b", "c"].map(|name| {
        let path = folder.path().join(format!("{name}.heapprofile"));
        let text = flat(40_000, |i| frame(&format!("{name}{}", i % 300), &format!("/srv/{}.js", i % 101)));
        std::fs::write(&path, text).expect("it can be written");
        path
    });
    for (limit, status) in [(16, 2), (20, 2), (24, 2), (28, 2), (32, 2), (64, 0)] {
        let limit = limit + MORE;
        let mut command = heapsift();
        command.args(["-v", "--merge", "-f", "json", "--max-memory", &format!("{limit}M")]).args(&paths);
        let output = command.output().expect("the program runs");
        assert_within("merged", limit, &output);
        assert_eq!(code(&output), status, "{limit} MiB: {}", stderr(&output));
        if status == 0 {
            assert_eq!(parsed(&output.stdout)["file"]["merged"].as_array().map(Vec::len), Some(paths.len()));
        }
    }
}

#[test]
fn what_compares_files_stays_within_its_memory_too() {
    let folder = folder();
    // The functions of both sides are others.
    let paths = ["a", "b"].map(|name| {
        let path = folder.path().join(format!("{name}.heapprofile"));
        std::fs::write(&path, flat(30_000, |i| frame(&format!("{name}{i}"), &format!("/srv/{}.js", i % 101))))
            .expect("it can be written");
        path
    });
    let commands: [&[&str]; 3] = [
        &["diff", "--interval", "512", "-f", "json"],
        &["diff", "--interval", "512", "-f", "markdown", "-n", "0"],
        &["check", "--rule", "total < 1GB", "-f", "json"],
    ];
    for args in commands {
        let run = |limit: u64| {
            let mut command = heapsift();
            command.args(args).args(["-v", "--max-memory", &format!("{limit}M")]).args(&paths);
            let output = command.output().expect("the program runs");
            assert_within(&format!("{args:?}"), limit, &output);
            output
        };
        let mut whole = 0;
        for limit in [20, 24, 28, 32, 40, 56] {
            let output = run(limit + MORE);
            // What does not fit is not compared in part.
            assert_eq!(code(&output) == 2, stdout(&output).is_empty(), "{limit}: {}", stderr(&output));
            assert!(!stderr(&output).contains("apture it anew"), "{}", stderr(&output));
            assert!(code(&output) == 2 || whole == 0 || whole < limit);
            if code(&output) == 0 && whole == 0 {
                whole = limit;
            } else if let Some(enough) = named(&output).filter(|_| stderr(&output).contains("all files had been read"))
            {
                assert_eq!(whole, 0, "what fits with less fits with more");
                assert_eq!(code(&run(enough)), 0, "{args:?}: {enough} MiB are enough");
            }
        }
        assert!(whole > 16 && code(&run(160 + MORE)) == 0, "{args:?}: {whole}");
    }
}

#[test]
fn what_is_named_is_for_the_files_so_far_and_says_so() {
    let folder = folder();
    let paths = ["a", "b", "c"].map(|name| {
        let path = folder.path().join(format!("{name}.heapprofile"));
        std::fs::write(&path, flat(30_000, |i| frame(&format!("{name}{i}"), &format!("/srv/{}.js", i % 101))))
            .expect("it can be written");
        path.to_string_lossy().into_owned()
    });
    let [a, b, c] = &paths;
    let commands: [&[&str]; 5] = [
        &["check", "--rule", "total < 1GB", a, b, c],
        &["baseline", a, b, c],
        &["diff", "--before", a, b, "--after", c],
        &["diff", "--merge", "--before", a, b, "--after", c],
        &["--merge", "-f", "json", a, b, c],
    ];
    for args in commands {
        let run = |limit: u64| {
            let mut command = heapsift();
            command.args(args).args(["--interval", "512", "--max-memory", &format!("{limit}M")]);
            command.output().expect("the program runs")
        };
        let (mut read_whole, mut numbers) = (0, Vec::new());
        for limit in [16, 20, 26, 28, 32, 36].map(|limit| limit + MORE) {
            let output = run(limit);
            let said = stderr(&output);
            if code(&output) == 0 {
                break;
            }
            assert!(!said.contains("100 %"), "{args:?}: {said}");
            read_whole += said.matches("it was read to its end, but what is made of it does not fit in ").count();
            let mut taken = 0;
            for path in &paths {
                let Some((_, told)) = said.split_once(&format!("error: {path}: ")) else {
                    taken += 1;
                    continue;
                };
                let told = told.split("error: ").next().expect("a text");
                let expected = match paths.len() - 1 - taken {
                    0 => None,
                    1 => Some("\n  1 other file is not counted in that\n".to_owned()),
                    others => Some(format!("\n  {others} other files are not counted in that\n")),
                };
                assert_eq!(told.contains("not counted in that"), expected.is_some(), "{args:?} {limit}: {said}");
                assert!(expected.is_none_or(|expected| told.contains(&expected)), "{args:?} {limit}: {said}");
                numbers.push(taken);
                // What was read in part is in the sum; a comparison ends with the first that does not fit.
                taken += usize::from(told.contains("what stands before it is reported"));
                if args[0] == "diff" {
                    break;
                }
            }
        }
        assert_eq!(read_whole > 0, args.contains(&"--merge"), "{args:?}");
        assert!(numbers.contains(&0) && numbers.iter().any(|&taken| taken > 0), "{args:?}: {numbers:?}");
    }
}

#[test]
fn deep_paths_and_their_sums_are_compared_within_the_limit_too() {
    let folder = folder();
    let new = |name: &str, count| {
        let open = |i: usize| {
            format!(r#"{{"callFrame":{},"selfSize":8,"id":{i},"children":["#, frame(&format!("{name}{i}"), "/srv/a.js"))
        };
        nested(count, open, |_| "]}".to_owned())
    };
    let recursion = |name: &str, count| {
        let open =
            |i: usize| format!(r#"{{"callFrame":{},"selfSize":8,"id":{i},"children":["#, frame(name, "/srv/a.js"));
        nested(count, open, |_| "]}".to_owned())
    };
    let late = |name: &str, count| {
        let close =
            |i: usize| format!(r#"],"callFrame":{},"selfSize":8}}"#, frame(&format!("{name}{}", i % 500), "/srv/a.js"));
        nested(count, |_| r#"{"children":["#.to_owned(), close)
    };
    type Kind<'k> = (&'static str, &'k dyn Fn(&str, usize) -> String, usize);
    let kinds: [Kind<'_>; 3] =
        [("new frames", &new, 12_000), ("a recursion", &recursion, 60_000), ("late frames", &late, 40_000)];
    for (kind, text, count) in kinds {
        let paths = ["a", "b"].map(|name| {
            let path = folder.path().join(format!("{name}.heapprofile"));
            std::fs::write(&path, text(name, count)).expect("it can be written");
            path.to_string_lossy().into_owned()
        });
        let [a, b] = &paths;
        let commands: [&[&str]; 5] = [
            &["diff", a, b],
            &["diff", "--merge", "--before", a, b, "--after", b],
            &["check", "--rule", "total < 1GB", a, b],
            &["baseline", a, b],
            &["--merge", a, b, "-f", "json"],
        ];
        for args in commands {
            let mut whole = None;
            for limit in [16, 20, 26, 34, 44, 60, 160] {
                let mut command = heapsift();
                command.args(args).args(["-v", "--interval", "512", "--max-memory", &format!("{}M", limit + MORE)]);
                let output = command.output().expect("the program runs");
                assert_within(&format!("{kind} {args:?}"), limit + MORE, &output);
                assert!(code(&output) == 0 || whole.is_none(), "{kind} {args:?}: {whole:?} is enough, {limit} not");
                whole = whole.or((code(&output) == 0).then_some(limit));
            }
            assert!(whole.is_some(), "{kind} {args:?}");
        }
    }
}

//! What `heapsift check -f github` says where there is no outcome.

use std::path::Path;
use std::process::Output;

use super::{code, fixture, folder, heapsift, stderr, stdout, write};

fn check(folder: &Path, args: &[&str]) -> Output {
    let profile = fixture("check/after-1.heapprofile.zst");
    heapsift()
        .env_remove("GITHUB_STEP_SUMMARY")
        .current_dir(folder)
        .arg("check")
        .arg(profile)
        .args(args)
        .output()
        .expect("it runs")
}

#[test]
fn what_cannot_be_read_is_an_annotation_with_its_place() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(&at("old,1.toml"), "# 100%\n# a\n# b\nschema_version = 2\n");
    write(&at("cut.heapprofile"), "{\"head\":{");
    write(&at("rules.toml"), "\n[[check]]\nrule = 'total +5'\n");
    let total = ["--no-rules", "--rule", "total < 40MiB"];
    let table: [(&[&str], &str); 6] = [
        (
            &["--no-rules", "--baseline", "old,1.toml"],
            "::error file=old%2C1.toml,line=4,col=18,title=heapsift::old,1.toml:4:18: `schema_version`: ",
        ),
        (
            &["--no-rules", "--baseline", "none.toml"],
            "::error file=none.toml,title=heapsift::none.toml: cannot read it: ",
        ),
        (
            &["--rules", "rules.toml"],
            "::error file=rules.toml,line=3,col=16,title=heapsift::rules.toml:3:16: `check.rule`: the number lacks its unit",
        ),
        (
            &["cut.heapprofile", total[0], total[1], total[2]],
            "::error file=cut.heapprofile,title=heapsift::cut.heapprofile: it ends early%0A  at byte 9",
        ),
        (
            &["--no-rules", "--rule", "total +5"],
            "::error title=heapsift::invalid value 'total +5' for '--rule <RULE>': character 8: the number lacks its unit",
        ),
        (
            &["--no-rules", "--rule", "category:x% < 4MB"],
            "::error title=heapsift::--rule category:x%25 < 4MB: there is no category",
        ),
    ];
    for (args, told) in table {
        let output = check(folder.path(), &[&["-f", "github"], args].concat());
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(stdout(&output).starts_with(told), "{args:?}: {}", stdout(&output));
        assert_eq!(stdout(&output).lines().count(), 1, "{args:?}");
        assert!(stderr(&output).starts_with("error: "), "{args:?}: {}", stderr(&output));
        let plain = check(folder.path(), &[&["-f", "text"], args].concat());
        assert_eq!((code(&plain), stdout(&plain), stderr(&plain)), (2, "", stderr(&output)));
    }
}

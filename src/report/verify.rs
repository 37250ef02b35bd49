//! The command that shows whether a recommendation applies: which files it looks into, and how it captures.

use std::borrow::Cow;

use hashbrown::HashSet;
use percent_encoding::percent_decode_str;

use crate::analysis::model::{Function, Recommended, Report, capture_command, package_folder};

/// The interval at which a command captures: fine enough for most programs.
const INTERVAL: u64 = 32 << 10;
/// What says in a command which files are read, and which folder is not.
const OF_FILE: &str = "--include='{file}'";
const NOT_OF_PACKAGES: &str = "--exclude-dir=node_modules";
/// Files with JavaScript, for a shell.
const ANY_SCRIPT: &str = "*[jt]s*";
/// What begins the choice of such files in a command.
const OF_SCRIPTS: &str = "--include='*[jt]s";

/// The command that shows whether a recommendation applies. In it `{interval}` stands for one that is no longer than the capture's own, `{capture}` for what captures with it
/// where the code ran, `{file}` for the names of files to look into; other braces are the shell's.
pub(super) fn verify<'a>(report: &Report<'_>, row: &Recommended<'a>) -> Option<Cow<'a, str>> {
    let command = row.verify()?;
    if !["{interval}", "{capture}", "{file}", NOT_OF_PACKAGES].iter().any(|place| command.contains(place)) {
        return Some(command.into());
    }
    let interval = report.sampling().no_longer_than(INTERVAL);
    let command = replaced(command.into(), "{capture}", |command| {
        let capture = capture_command(report, interval);
        match capture.starts_with("node ") {
            true => command.replace("{capture}", &capture),
            // A line of a shell is no place for a line of JavaScript.
            false => command.replace("; {capture}", "").replace("{capture}", &capture),
        }
    });
    let command = replaced(command, OF_FILE, |command| command.replace(OF_FILE, &files(report, row)));
    let command = match in_package(report, row, &command) {
        Some(command) => command.into(),
        // A copy of sources that were compiled is not to be looked at as well.
        None => replaced(command, NOT_OF_PACKAGES, |command| match report.advice().has_sources {
            true => {
                command.replace(NOT_OF_PACKAGES, &format!("{NOT_OF_PACKAGES} --exclude-dir=dist --exclude-dir=build"))
            }
            false => command.to_owned(),
        }),
    };
    Some(replaced(command, "{interval}", |command| command.replace("{interval}", &interval.to_string())))
}

/// A command in which `replace` replaces a place, if that is there.
fn replaced<'a>(command: Cow<'a, str>, place: &str, replace: impl FnOnce(&str) -> String) -> Cow<'a, str> {
    match command.contains(place) {
        true => replace(&command).into(),
        false => command,
    }
}

/// The command for the package that asks, where none of the application's functions does: which version it is and who needs it, and what of its code is to be looked at where there is no application.
fn in_package(report: &Report<'_>, row: &Recommended<'_>, command: &str) -> Option<String> {
    let frames = &report.aggregate().frames;
    let asker = frames.get(row.evidence.asked_by?);
    let name = frames.text(frames.package(asker.package).name);
    let folder = package_folder(frames.text(asker.url), name)?;
    let folder = &folder[folder.find("node_modules")?..];
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._-/@+".contains(c);
    let is_of_scripts = command.contains(OF_SCRIPTS) && folder.chars().all(is_safe);
    let here = |end: &str| format!("{end} .");
    let (pattern, rest) = ["'", "\""].iter().find_map(|end| {
        let (pattern, rest) = command.split_once(&here(end))?;
        (rest.is_empty() || rest.starts_with([' ', ';'])).then(|| (format!("{pattern}{end}"), rest))
    })?;
    // What a package asks for, an application may have asked that for.
    let place = if report.advice().has_application { "." } else { folder };
    is_of_scripts.then(|| format!("npm ls {name}; {pattern} {place}{rest}"))
}

/// What says which files are read: those of the functions that are to be looked at, each once; all scripts where one of them has no name that can stand in a command.
fn files(report: &Report<'_>, row: &Recommended<'_>) -> String {
    let names: Option<Vec<String>> = row.evidence.sites.iter().map(|&id| file(&report.function(id))).collect();
    let mut names = names.filter(|names| !names.is_empty()).unwrap_or_else(|| vec![ANY_SCRIPT.to_owned()]);
    let mut known = HashSet::new();
    names.retain(|name| known.insert(name.clone()));
    let options: Vec<String> = names.iter().map(|name| OF_FILE.replace("{file}", name)).collect();
    options.join(" ")
}

/// The file of a function as a pattern that fits its name alone, where that can stand in the quotes of a command.
fn file(largest: &Function<'_>) -> Option<String> {
    let is_address = largest.url.contains("://");
    // What a loader hangs on behind it is no part of a file.
    let path = if is_address { largest.url.split(['?', '#']).next()? } else { largest.url.split('?').next()? };
    let name = path.rsplit(['/', '\\']).next()?;
    let name = if is_address { percent_decode_str(name).decode_utf8().ok()? } else { name.into() };
    let is_safe = |c: char| c.is_alphanumeric() || " ._-+@~,=()[]".contains(c);
    let is_name = name.contains('.') && name.chars().all(is_safe) && !name.starts_with(['.', '-']);
    is_name.then(|| name.replace('[', "\\["))
}

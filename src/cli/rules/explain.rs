//! `heapsift rules explain`: a frame, or the largest functions of a profile.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use super::super::messages::Messages;
use super::ExplainArgs;
use crate::aggregate::{ReadOptions, read};
use crate::classify::{Classifier, Verdict};
use crate::input::{Input, Options};
use crate::profile::{Aggregate, FrameId, FrameKind, RawFrame};
use crate::report::escaped;
use crate::rules::Rules;

/// A call frame, as far as rules look at it.
struct Frame {
    function: String,
    url: String,
    has_script: bool,
    has_line: bool,
}

/// Endings of files, as opposed to scripts that a frame may name.
const ENDINGS: [&str; 6] = [".heapprofile", ".cpuprofile", ".heapsnapshot", ".json", ".gz", ".zst"];
const EXAMPLE: &str = "heapsift rules explain \"parseJSON /srv/app/node_modules/urllib/dist/esm/utils.js\"";

/// Explains what the arguments name.
pub(super) fn print(args: &ExplainArgs, rules: Rules, messages: &Messages, out: &mut Vec<u8>) -> Result<(), String> {
    let classifier = Classifier::new(rules);
    let is_nothing = args.subject.iter().all(|word| word.trim().is_empty());
    match &args.subject[..] {
        _ if is_nothing => {
            Err(format!("nothing to explain; give a heap profile, or a function and its url: {EXAMPLE}"))
        }
        [function, url] => {
            let url = without_line(url).to_owned();
            frame(
                &classifier,
                &Frame { function: named(function), has_script: !url.is_empty(), has_line: true, url },
                None,
                out,
            )
        }
        [subject] if subject == "-" || Path::new(subject).is_file() => {
            profile(&classifier, subject, args.limit, messages, out)
        }
        [subject, ..] if is_file_name(subject) => Err(match Path::new(subject).is_dir() {
            true => format!("{}: it is a directory, not a heap profile", escaped(subject)),
            false => format!("{}: there is no such file", escaped(subject)),
        }),
        [subject, ..] => {
            let parsed = parse(subject)?;
            frame(&classifier, &parsed, None, out)?;
            if parsed.url.is_empty() && !is_json(subject) {
                out.extend_from_slice(
                    format!("  without a url it is taken for one of V8's own functions; with one: {EXAMPLE}\n")
                        .as_bytes(),
                );
            }
            Ok(())
        }
        [] => Ok(()),
    }
}

/// Whether a text names a file or folder, be it there or not, and no frame.
fn is_file_name(text: &str) -> bool {
    !is_json(text) && (Path::new(text).is_dir() || ENDINGS.iter().any(|ending| text.ends_with(ending)))
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The frame that a text writes: a call frame in JSON, or a function and perhaps a url.
fn parse(text: &str) -> Result<Frame, String> {
    if is_json(text) {
        return from_json(text);
    }
    let text = text.trim();
    // Names of functions may hold spaces (`get buffer`), and so may urls; the last word decides whether there is a url.
    let is_url = |word: &str| word.contains(['/', '\\', ':']) || without_line(word).ends_with(".js");
    let (function, url) = match text.rsplit_once(' ') {
        Some((function, url)) if is_url(url) => (function.trim_end(), url),
        None if is_url(text) => ("", text),
        _ => (text, ""),
    };
    let url = without_line(url.trim_start_matches('(').trim_end_matches(')')).to_owned();
    Ok(Frame { function: named(function), has_script: !url.is_empty(), has_line: true, url })
}

fn named(function: &str) -> String {
    if function == "(anonymous)" { String::new() } else { function.to_owned() }
}

/// A url without the line and column that may stand behind it.
fn without_line(url: &str) -> &str {
    let cut = |text: &str| {
        let (rest, number) = text.rsplit_once(':')?;
        (!rest.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(rest.len())
    };
    let once = cut(url).map_or(url, |end| &url[..end]);
    cut(once).map_or(once, |end| &once[..end])
}

fn from_json(text: &str) -> Result<Frame, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("the frame is no JSON: {error}"))?;
    let frame = value.get("callFrame").unwrap_or(&value);
    let field = |key: &str| frame.get(key).and_then(Value::as_str);
    if field("functionName").is_none() && field("url").is_none() {
        return Err("a call frame has `functionName` and `url`, such as {\"functionName\": \"parse\", \"url\": \"\"}"
            .to_owned());
    }
    let url = field("url").unwrap_or_default().to_owned();
    let has_script = match frame.get("scriptId") {
        Some(Value::String(id)) => id != "0",
        Some(id) => id.as_u64() != Some(0),
        None => !url.is_empty(),
    };
    let has_line = frame.get("lineNumber").and_then(Value::as_i64).is_none_or(|line| line >= 0);
    Ok(Frame { function: named(field("functionName").unwrap_or_default()), url, has_script, has_line })
}

/// Explains the largest functions of a profile.
fn profile(
    classifier: &Classifier,
    path: &str,
    limit: usize,
    messages: &Messages,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let fail = |what: &dyn std::fmt::Display| format!("{}: {what}", escaped(path));
    let mut input = Input::open(Path::new(path), &Options::default()).map_err(|kind| fail(&kind))?;
    let outcome = read(&mut input, classifier, &ReadOptions::default()).map_err(|problem| fail(&problem.kind))?;
    if let Some(problem) = &outcome.problem {
        messages.warning(&fail(&problem.kind));
    }
    let aggregate = outcome.aggregate;
    let mut largest: Vec<_> = aggregate.frames.ids().filter(|id| size(&aggregate, *id) > 0).collect();
    largest
        .sort_by(|&a, &b| size(&aggregate, b).cmp(&size(&aggregate, a)).then_with(|| aggregate.frames.compare(a, b)));
    let limit = if limit == 0 { largest.len() } else { limit };
    for &id in largest.iter().take(limit) {
        let known = aggregate.frames.get(id);
        let share = size(&aggregate, id) as f64 / aggregate.total_size.max(1) as f64;
        let text = |id| aggregate.frames.text(id).to_owned();
        let (has_script, has_line) = (known.kind != FrameKind::Native, aggregate.frames.line(id).is_some());
        frame(
            classifier,
            &Frame { function: text(known.function), url: text(known.url), has_script, has_line },
            Some(share),
            out,
        )?;
    }
    Ok(())
}

fn size(aggregate: &Aggregate, id: FrameId) -> u64 {
    aggregate.by_frame[id.0 as usize].self_size
}

/// Explains one frame.
fn frame(classifier: &Classifier, frame: &Frame, share: Option<f64>, out: &mut Vec<u8>) -> Result<(), String> {
    let Frame { function, url, has_script, has_line } = frame;
    let raw = RawFrame { function, url, has_script: *has_script, has_line: *has_line };
    let explained = classifier.explain(raw).map_err(|error| escaped(&error.to_string()))?;
    let rules = classifier.rules();
    let mut write = |line: String| writeln!(out, "{line}").map_err(|error| error.to_string());
    let function = if frame.function.is_empty() { "(anonymous)".to_owned() } else { escaped(&frame.function) };
    let share = share.map_or(String::new(), |share| format!("{:5.2} %  ", share * 100.0));
    let place = if frame.url.is_empty() { "(no url)".to_owned() } else { escaped(&frame.url) };
    write(format!("{share}{function}  {place}"))?;
    let class = &explained.class;
    let version = class.version.as_deref().map_or(String::new(), |version| format!(" {version}"));
    let category = &rules.categories()[usize::from(class.category.0)];
    write(format!(
        "  package {}{} ({}), category {} ({})",
        escaped(&class.package),
        escaped(&version),
        class.kind.name(),
        category.id,
        escaped(&category.name)
    ))?;
    if explained.rules.is_empty() {
        write("  no rule names it".to_owned())?;
    }
    for weighed in &explained.rules {
        let (rule, origin) = (weighed.rule, rules.origin(weighed.rule));
        let line = origin.line.map_or(String::new(), |line| format!(":{line}"));
        let verdict = match weighed.verdict {
            Verdict::Won => "won".to_owned(),
            Verdict::Lost => "lost".to_owned(),
            Verdict::Misfit(key) => format!("{key} differs"),
        };
        let id = &rules.categories()[usize::from(rule.category.0)].id;
        write(format!(
            "  {verdict}: {id} by {} (precedence {}, {}{line})",
            escaped(&weighed.reasons),
            rule.precedence,
            escaped(origin.file),
        ))?;
    }
    let ids: Vec<&str> = explained.recommendations.iter().map(|recommendation| recommendation.id.as_str()).collect();
    if !ids.is_empty() {
        write(format!("  advice: {}", ids.join(", ")))?;
    }
    Ok(())
}

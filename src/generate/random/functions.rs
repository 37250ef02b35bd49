//! Names and places of functions as they are met in the profile of a Node service.

use std::collections::HashSet;

use super::rng::Rng;
use crate::generate::Frame;

const VERBS: [&str; 18] = [
    "get", "set", "parse", "handle", "create", "resolve", "read", "write", "load", "build", "emit", "init", "next",
    "map", "visit", "find", "merge", "decode",
];
const NOUNS: [&str; 22] = [
    "Token", "Node", "Row", "Query", "Header", "Stream", "Buffer", "Object", "List", "Value", "Context", "Route",
    "Cache", "Schema", "Field", "Chunk", "Packet", "Record", "Session", "Module", "Type", "JSON",
];
/// Names that a careless reader or printer trips over.
const ODD_NAMES: [&str; 10] = [
    "get \"quoted\"",
    "a\\b",
    "résoudre",
    "解析表达式",
    "😀",
    "line\nbreak",
    "tab\tbed",
    "x | y < z",
    "bell\u{7}",
    "<computed `name`>",
];
const BUILTINS: [&str; 64] = [
    "keys",
    "entries",
    "assign",
    "push",
    "slice",
    "map",
    "filter",
    "concat",
    "toString",
    "parse",
    "stringify",
    "add",
    "split",
    "replace",
    "join",
    "Uint8Array",
    "values",
    "freeze",
    "defineProperty",
    "getOwnPropertyNames",
    "fromEntries",
    "splice",
    "sort",
    "reverse",
    "unshift",
    "shift",
    "forEach",
    "reduce",
    "some",
    "every",
    "find",
    "includes",
    "indexOf",
    "flat",
    "fill",
    "from",
    "set",
    "get",
    "has",
    "delete",
    "clear",
    "next",
    "then",
    "catch",
    "finally",
    "all",
    "allSettled",
    "race",
    "apply",
    "call",
    "bind",
    "construct",
    "match",
    "matchAll",
    "exec",
    "test",
    "substring",
    "trim",
    "toLowerCase",
    "padStart",
    "toFixed",
    "now",
    "subarray",
    "decodeURIComponent",
];
const CORE: [&str; 10] = [
    "node:internal/process/task_queues",
    "node:internal/streams/readable",
    "node:internal/modules/cjs/loader",
    "node:internal/deps/undici/undici",
    "node:buffer",
    "node:events",
    "node:net",
    "node:_http_server",
    "node:_http_incoming",
    "node:fs",
];
/// Folders below `node_modules`, as npm, cnpm and pnpm lay them out.
const DEPENDENCIES: [&str; 14] = [
    "express/lib/router",
    "lodash",
    "@babel/core/lib/transformation",
    "typescript/lib",
    "koa-compose",
    "body-parser/lib/types",
    "undici/lib/dispatcher",
    "_leoric@2.13.9@leoric/lib",
    "_mysql2@3.11.0@mysql2/lib/packets",
    "_urllib@4.6.11@urllib/dist/esm",
    "_@eggjs_tegg-runtime@4.0.0@@eggjs/tegg-runtime/dist/impl",
    ".pnpm/fast-xml-parser@4.5.0/node_modules/fast-xml-parser/src/xmlparser",
    ".pnpm/@nestjs+core@10.3.0_rxjs@7.8.1/node_modules/@nestjs/core/router",
    ".pnpm/ajv@8.12.0/node_modules/ajv/dist/compile",
];
const FOLDERS: [&str; 6] = ["service", "controller", "repository", "common/adapter", "middleware", "caf%C3%A9"];

/// How many builtins there are among `count` functions; they come first.
pub(super) fn builtins(count: u32) -> u32 {
    (count / 20).clamp(1, BUILTINS.len() as u32).min(count)
}

/// The root's frame, then `count` others, all different from one another in function, url, line or column.
pub(super) fn functions(rng: &mut Rng, count: u32) -> Vec<Frame> {
    let builtin = |name: &&str| Frame { function: (*name).into(), ..Frame::default() };
    let mut frames = vec![Frame::root()];
    frames.extend(BUILTINS.iter().take(builtins(count) as usize).map(builtin));
    let mut taken = HashSet::new();
    for i in builtins(count)..count {
        let mut frame = if i % 48 == 25 { odd(rng) } else { scripted(rng) };
        let place = |frame: &Frame| (frame.function.clone(), frame.url.clone(), frame.line, frame.column);
        if !taken.insert(place(&frame)) {
            frame.function = format!("{}${i}", frame.function);
            taken.insert(place(&frame));
        }
        frames.push(frame);
    }
    frames
}

fn odd(rng: &mut Rng) -> Frame {
    let name = rng.pick(&ODD_NAMES);
    Frame { function: format!("{name}{}", rng.below(1000)), ..scripted(rng) }
}

/// A function that has a script.
fn scripted(rng: &mut Rng) -> Frame {
    let function = match rng.below(10) {
        0 | 1 => String::new(),
        2 => "(anonymous)".into(),
        3 => rng.pick(&VERBS).into(),
        4..8 => format!("{}{}", rng.pick(&VERBS), rng.pick(&NOUNS)),
        _ => format!("{}{}By{}", rng.pick(&VERBS), rng.pick(&NOUNS), rng.pick(&NOUNS)),
    };
    let url = match rng.below(100) {
        0 => String::new(), // code made by `new Function`
        1..16 => rng.pick(&CORE).into(),
        16..37 => {
            let (folder, noun, n) = (rng.pick(&FOLDERS), rng.pick(&NOUNS), rng.below(60));
            format!("file:///srv/www/application/app/core/{folder}/{noun}{n}Service.js")
        }
        _ => {
            let (folder, noun, n) = (rng.pick(&DEPENDENCIES), rng.pick(&NOUNS), rng.below(40));
            format!("/srv/www/application/node_modules/{folder}/{noun}{n}.js")
        }
    };
    Frame {
        function,
        script_id: 20 + rng.below(900),
        url,
        line: Some(1 + rng.below(4000)),
        column: Some(1 + rng.below(120)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_another() {
        for count in [0, 1, 20, 12_000] {
            let frames = functions(&mut Rng::new(3), count);
            let places: HashSet<_> = frames.iter().map(|f| (&f.function, &f.url, f.line, f.column)).collect();
            assert_eq!(places.len(), count as usize + 1);
        }
    }
}

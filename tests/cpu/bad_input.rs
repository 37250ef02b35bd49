//! What is accepted and what is refused, with the kind, the byte and the key path.

use super::{read_with, ways};

/// The `¦` in a text is where the problem lies. `§` stands for a call frame.
const TABLE: [(&str, &str); 68] = [
    // Around the nodes.
    ("", "Empty"),
    (" \n", "Empty"),
    ("¦[]", "Expected(a JSON object)"),
    ("{}", "NoNodes"),
    (r#"{"samples":[],"timeDeltas":[]}"#, "NoNodes"),
    (r#"{"nodes":[]}"#, "0 in 0 nodes"),
    (r#"{"nodes":¦{}}"#, "WrongType(an array) [nodes]"),
    (r#"{"head":¦[]}"#, "WrongType(an object) [head]"),
    (r#"{"nodes":[],"nodes":¦[]}"#, "DuplicateKey(nodes) [nodes]"),
    (r#"{"nodes":[],"head":¦{}}"#, "DuplicateKey(head) [head]"),
    (r#"{"nodes":[]} ¦x"#, "TrailingData"),
    (r#"{"nodes":[]¦"#, "UnexpectedEnd"),
    (r#"{"nodes":[],¦}"#, "Expected(a key in quotes)"),
    (r#"{"nodes":[] ¦"x":1}"#, "Expected(a comma or })"),
    (r#"{"x":[1,{"y":¦tru}],"nodes":[]}"#, "Expected(a value) [x]"),
    (r#"{"x":[1,{"y":null}],"x":2,"nodes":[]}"#, "0 in 0 nodes"),
    (r#"{"profile":{"nodes":[{"callFrame":§,"hitCount":2}]}}"#, "2 in 1 nodes"),
    (r#"{"profile":7,"nodes":[{"callFrame":§,"hitCount":2}]}"#, "2 in 1 nodes"),
    (r#"{"result":{"profile":{"nodes":[¦7]}}}"#, "Expected(a node) [result.profile.nodes[0]]"),
    // Nodes.
    (r#"{"nodes":[{"callFrame":§,"hitCount":3},{"hitCount":4,"callFrame":§}]}"#, "7 in 2 nodes"),
    (r#"{"nodes":[{"callFrame":§,"hitCount":3},{"hitCount":4¦}]}"#, "MissingKey(callFrame) [nodes[1]]"),
    (r#"{"nodes":[{"callFrame":§}]}"#, "0 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"hitCount":¦"3"}]}"#, "WrongType(a number) [nodes[0].hitCount]"),
    (r#"{"nodes":[{"callFrame":§,"hitCount":¦-3}]}"#, "NumberOutOfRange [nodes[0].hitCount]"),
    (r#"{"nodes":[{"callFrame":§,"hitCount":¦9007199254740993}]}"#, "NumberOutOfRange [nodes[0].hitCount]"),
    (r#"{"nodes":[{"callFrame":§,"hitCount":1.5e1}]}"#, "15 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"hitCount":3,"hitCount":¦3}]}"#, "DuplicateKey(hitCount) [nodes[0].hitCount]"),
    (r#"{"nodes":[{"callFrame":§,"callFrame":¦§}]}"#, "DuplicateKey(callFrame) [nodes[0].callFrame]"),
    (r#"{"nodes":[{"id":1,"id":¦1}]}"#, "DuplicateKey(id) [nodes[0].id]"),
    (r#"{"nodes":[{"id":¦null}]}"#, "WrongType(a number) [nodes[0].id]"),
    (r#"{"nodes":[{"callFrame":¦7}]}"#, "WrongType(an object) [nodes[0].callFrame]"),
    (r#"{"nodes":[{"callFrame":{"url":¦7}}]}"#, "WrongType(a string) [nodes[0].callFrame.url]"),
    (r#"{"nodes":[{"callFrame":{"functionName":"¦\x"}}]}"#, "InvalidEscape [nodes[0].callFrame.functionName]"),
    (r#"{"nodes":[{"callFrame":{"functionName":"a\v"},"hitCount":1}]}"#, "1 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"children":[1,2],"parent":7,"hitCount":1}]}"#, "1 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"children":[1,¦"2"]}]}"#, "Expected(a node) [nodes[0].children[1]]"),
    (r#"{"nodes":[{"callFrame":§,"children":[1 ¦2]}]}"#, "Expected(a comma or ]) [nodes[0].children]"),
    (r#"{"nodes":[{"callFrame":§,"children":¦7}]}"#, "WrongType(an array) [nodes[0].children]"),
    (r#"{"nodes":[{"callFrame":§,"children":[],"children":¦[]}]}"#, "DuplicateKey(children) [nodes[0].children]"),
    (
        r#"{"nodes":[{"callFrame":§,"positionTicks":[{"line":1,"ticks":¦}]}]}"#,
        "Expected(a value) [nodes[0].positionTicks]",
    ),
    (r#"{"nodes":[{"callFrame":§,"hitCount":1,"selfSize":8}]}"#, "1 in 1 nodes"),
    // Nested nodes.
    (r#"{"head":{"functionName":"f","hitCount":2,"children":[{"functionName":"g","hitCount":3}]}}"#, "5 in 2 nodes"),
    (r#"{"head":{"children":[{"hitCount":3,"callFrame":§}],"hitCount":2,"functionName":"f"}}"#, "5 in 2 nodes"),
    (r#"{"head":{"url":"u","hitCount":2¦}}"#, "MissingKey(callFrame) [head]"),
    (r#"{"head":{"functionName":"f","children":[{"hitCount":2¦}]}}"#, "MissingKey(callFrame) [head.children[0]]"),
    (
        r#"{"head":{"functionName":"f","children":[{"functionName":"g"},{"url":¦1}]}}"#,
        "WrongType(a string) [head.children[1].url]",
    ),
    (r#"{"head":{"functionName":"f","functionName":¦"g"}}"#, "DuplicateKey(functionName) [head.functionName]"),
    (r#"{"head":{"functionName":"f","children":[{"functionName":"g"}¦"#, "UnexpectedEnd [head.children]"),
    (r#"{"head":{"functionName":"f","children":[¦"#, "UnexpectedEnd [head.children[0]]"),
    (r#"{"head":{"functionName":"f","children":[{¦"#, "UnexpectedEnd [head.children[0]]"),
    // Samples and their times.
    (r#"{"nodes":[{"callFrame":§,"id":1}],"samples":[1,1,1],"timeDeltas":[5,10,20]}"#, "45 in 1 nodes"),
    (r#"{"timeDeltas":[5,10,20],"samples":[1,1,1],"nodes":[{"callFrame":§,"id":1}]}"#, "45 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"id":1}],"samples":[1,1,1],"timestamps":[5.4,10.6,21]}"#, "24 in 1 nodes"),
    (
        r#"{"nodes":[{"callFrame":§,"id":1}],"samples":[1,1,1],"timestamps":[1,2,3],"timeDeltas":[5,5,5]}"#,
        "3 in 1 nodes",
    ),
    (r#"{"nodes":[{"callFrame":§,"id":1}],"samples":[1,1,1],"timeDeltas":[5,10]}"#, "3 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"id":1}],"samples":[1,1,1]}"#, "3 in 1 nodes"),
    (r#"{"nodes":[{"callFrame":§,"id":1}],"samples":[1,2,1],"timeDeltas":[5,10,20]}"#, "25 in 1 nodes"),
    (r#"{"nodes":[],"samples":¦7}"#, "WrongType(an array) [samples]"),
    (r#"{"nodes":[],"samples":[1,¦"2"]}"#, "WrongType(a number) [samples[1]]"),
    (r#"{"nodes":[],"samples":[1,¦-2]}"#, "NumberOutOfRange [samples[1]]"),
    (r#"{"nodes":[],"samples":[1,¦]}"#, "WrongType(a number) [samples[1]]"),
    (r#"{"nodes":[],"samples":[1 ¦2]}"#, "Expected(a comma or ]) [samples]"),
    (r#"{"nodes":[],"samples":[1,2],"samples":¦[]}"#, "DuplicateKey(samples) [samples]"),
    (r#"{"nodes":[],"timeDeltas":[1,2,¦1e300]}"#, "NumberOutOfRange [timeDeltas[2]]"),
    (r#"{"nodes":[],"timeDeltas":[1,2,3¦"#, "UnexpectedEnd [timeDeltas[2]]"),
    // Other files.
    (r#"{"head":{"callFrame":§,"selfSize":0,"children":[]}}"#, "NotCpuProfile(HeapProfile)"),
    (r#"{"samples":[{"size":16,"nodeId":5,"ordinal":7}],"head":{}}"#, "NotCpuProfile(HeapProfile)"),
    (r#"{"snapshot":{"meta":{}},"nodes":[]}"#, "NotCpuProfile(HeapSnapshot)"),
];

const FRAME: &str = r#"{"functionName":"f","scriptId":"1","url":"/a.js","lineNumber":1,"columnNumber":2}"#;

#[test]
fn what_is_accepted_and_refused() {
    let mut wrong = Vec::new();
    for (notation, expected) in TABLE {
        let notation = notation.replace('§', FRAME);
        let place = notation.find('¦').map(|at| at as u64);
        let text = notation.replace('¦', "");
        for way in ways() {
            let (found, at) = match read_with(text.as_bytes(), &way) {
                Ok(profile) => (format!("{} in {} nodes", profile.total, profile.nodes), None),
                Err(problem) => {
                    let path = problem.place.as_ref().map_or("", |place| &place.path);
                    let path = if path.is_empty() { String::new() } else { format!(" [{path}]") };
                    let at = problem.place.as_ref().map(|place| place.offset);
                    (format!("{:?}{path}", problem.kind).replace('"', ""), at)
                }
            };
            if found != expected || at != place {
                wrong.push(format!(
                    "{text}, blocks of {}\n  {found} at {at:?}, not {expected} at {place:?}",
                    way.block_size
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

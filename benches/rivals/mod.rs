//! Other readers of JSON, doing what anyone would do with them: typed structs that borrow from the text, then one walk.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

#[derive(Deserialize)]
struct Profile<'a> {
    #[serde(borrow)]
    head: Node<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node<'a> {
    #[serde(borrow)]
    call_frame: CallFrame<'a>,
    self_size: u64,
    #[serde(borrow)]
    children: Vec<Node<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallFrame<'a> {
    #[serde(borrow)]
    function_name: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    line_number: i64,
    column_number: i64,
}

/// Self size of each function, told by name, url, line and column.
pub(crate) type SelfSizes<'a> = HashMap<(&'a str, &'a str, i64, i64), u64>;

impl Profile<'_> {
    fn self_sizes(&self) -> SelfSizes<'_> {
        let mut sizes = SelfSizes::default();
        let mut open = vec![&self.head];
        while let Some(node) = open.pop() {
            let frame = &node.call_frame;
            let function = (&*frame.function_name, &*frame.url, frame.line_number, frame.column_number);
            *sizes.entry(function).or_default() += node.self_size;
            open.extend(&node.children);
        }
        sizes
    }
}

/// Given the self sizes: they borrow from the text.
type Found<'f> = &'f mut dyn FnMut(&SelfSizes<'_>);

/// Another reader.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    /// Reads a text, which may be overwritten, or says why it cannot.
    pub(crate) self_sizes: fn(&mut [u8], Found<'_>) -> Result<(), String>,
}

pub(crate) const RIVALS: [Rival; 3] = [
    Rival { name: "serde_json", self_sizes: serde_json },
    Rival { name: "simd-json", self_sizes: simd_json },
    Rival { name: "sonic-rs", self_sizes: sonic_rs },
];

fn serde_json(text: &mut [u8], found: Found<'_>) -> Result<(), String> {
    let mut reader = ::serde_json::Deserializer::from_slice(text);
    reader.disable_recursion_limit(); // it stops at 62 nodes
    let profile = Profile::deserialize(&mut reader).map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    found(&profile.self_sizes());
    Ok(())
}

fn simd_json(text: &mut [u8], found: Found<'_>) -> Result<(), String> {
    let profile: Profile<'_> = ::simd_json::serde::from_slice(text).map_err(|error| error.to_string())?;
    found(&profile.self_sizes());
    Ok(())
}

fn sonic_rs(text: &mut [u8], found: Found<'_>) -> Result<(), String> {
    let profile: Profile<'_> = ::sonic_rs::from_slice(text).map_err(|error| error.to_string())?;
    found(&profile.self_sizes());
    Ok(())
}

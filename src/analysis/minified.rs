//! Whether the application's code is minified: then functions, files and packages are those of a tool, until source maps tell whose they are.

use std::cmp::Reverse;

use hashbrown::HashMap;

use super::model::{FileInfo, Profile, Share, Warning};
use crate::profile::{FrameId, FrameKind, TextId};

/// The kind of the warning.
pub(super) const MINIFIED: &str = "minified";

/// A column behind which nobody begins a function by hand.
const FAR: u32 = 500;

/// Functions of a script that are enough to tell.
const LEAST: usize = 8;

/// The part of all bytes that its functions have at least, as its reciprocal: of less there is no need to know more.
const PART: u64 = 20;

/// What is known of a script.
#[derive(Default)]
struct Script {
    functions: usize,
    far: usize,
    size: u64,
}

impl FileInfo {
    /// Whether code in it is minified and was not taken to its sources: then its functions, packages and categories are not those of other files.
    pub(super) fn is_minified(&self) -> bool {
        self.source_maps.iter().any(|warning| warning.kind == MINIFIED)
    }
}

impl Profile {
    /// Notes the script of the application that is minified; of several the one with most bytes. It is noted of the file as well, so that what compares files
    /// can say it.
    pub(super) fn note_minified(&mut self) {
        let aggregate = &self.aggregate;
        let frames = &aggregate.frames;
        let is_far = |id: FrameId| frames.column(id) > Some(FAR);
        // Nearly always there is none.
        if frames.ids().filter(|&id| is_far(id) && frames.get(id).kind == FrameKind::App).nth(LEAST / 2 - 1).is_none() {
            return;
        }
        let mut scripts: HashMap<TextId, Script> = HashMap::new();
        for (id, sums) in frames.ids().zip(&aggregate.by_frame) {
            let frame = frames.get(id);
            if frame.kind == FrameKind::App && !frames.text(frame.url).is_empty() {
                let script = scripts.entry(frame.url).or_default();
                script.functions += 1;
                script.far += usize::from(is_far(id));
                script.size = script.size.saturating_add(sums.self_size);
            }
        }
        let is_minified = |script: &Script| script.functions >= LEAST && script.far * 2 >= script.functions;
        scripts.retain(|_, script| is_minified(script) && script.size >= aggregate.total_size.div_ceil(PART).max(1));
        let heaviest = scripts.iter().map(|(&url, script)| (frames.text(url), script));
        let heaviest = heaviest.max_by_key(|&(url, script)| (script.size, Reverse(url)));
        let Some((url, script)) = heaviest else { return };
        let more = match scripts.len() - 1 {
            0 => String::new(),
            more => format!(" So {} {more} more.", if more == 1 { "is" } else { "are" }),
        };
        let warning = Warning::new(
            MINIFIED,
            format!(
                "{url} is minified: functions in it are called and placed as its tool left them, and code of packages in it counts as the application's.{more}"
            ),
            "Name the source map that was written with it, or the folder of that: --source-map. It must be of the very build that ran.",
        );
        self.file.source_maps.push(warning.clone());
        let warning = warning.of(Share::of(script.size, aggregate.total_size));
        self.warnings.push(warning);
    }
}

//! What the text shows of its writer, and which writer that is.

use super::call_frame::{Fields, ScriptForm};
use crate::profile::{Dialect, LineBase};

/// Marks of a writer, gathered while the outermost objects and the root node are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traits {
    /// The text begins with a newline.
    pub(crate) leading_newline: bool,
    /// `$vscode` stands at the top.
    pub(crate) vscode: bool,
    /// `samples` stands before `head`.
    pub(crate) samples_first: bool,
    /// The root has `id`.
    pub(crate) id: bool,
    /// The root has `locationId`.
    pub(crate) location_id: bool,
    /// The root holds the fields of its call frame itself.
    pub(crate) flat: bool,
    /// The root's selfSize stands before its callFrame.
    pub(crate) size_first: bool,
    /// How the root's scriptId is written.
    pub(crate) script: ScriptForm,
    /// The root's line.
    pub(crate) root_line: Option<i32>,
    /// The root's call frame was read, and before its children.
    pub(crate) root_first: bool,
}

impl Traits {
    /// Takes what the root's call frame shows; `first` says whether it stands before the root's children.
    pub(crate) fn root_frame(&mut self, fields: &Fields<'_>, first: bool) {
        self.root_first = first;
        self.script = fields.script;
        self.root_line = fields.line;
    }

    /// The writer.
    pub(crate) fn dialect(&self) -> Dialect {
        if self.flat {
            return Dialect::HeapProfileNpm;
        }
        if self.vscode || self.location_id {
            return Dialect::Vscode;
        }
        match (self.script, self.id) {
            (ScriptForm::Text, true) => Dialect::Inspector,
            (ScriptForm::Text, false) => Dialect::InspectorLegacy,
            (ScriptForm::Number, true) => Dialect::NodeV8Api,
            (ScriptForm::Number, false) if self.size_first || self.samples_first => Dialect::NodeV8Api,
            (ScriptForm::Number, false) if self.leading_newline => Dialect::Xprofiler,
            (ScriptForm::Number, false) => Dialect::V8ProfilerNext,
            (ScriptForm::Absent, _) => Dialect::Unknown,
        }
    }

    /// How the writer counts lines: a string scriptId or a root line of -1 tells that it is from 0.
    pub(crate) fn line_base(&self) -> LineBase {
        match (self.script, self.root_line) {
            (ScriptForm::Text, _) | (_, Some(-1)) => LineBase::Zero,
            _ => LineBase::One,
        }
    }

    /// The same where it is known before any other frame is read. (What is made of frames must not depend on how far the text was read by then.)
    pub(crate) fn line_base_of_frames(&self) -> Option<LineBase> {
        self.root_first.then(|| self.line_base())
    }
}

//! Nodes of the npm package heap-profile: the fields of the call frame stand in the node itself, among its other keys.
//!
//! They are copied, since they may stand in different blocks. The call frame is known once all five were read, or at the end of the node.

use super::call_frame::Fields;
use super::cursor::{Cursor, Read, Stop};
use super::frame_key::KEYS;
use super::heap_tree::Run;
use crate::error::Kind;
use crate::scan::Vector;

impl Run<'_, '_> {
    /// Takes a field of the call frame that stands in the node itself.
    #[inline(always)]
    pub(super) fn flat_field<V: Vector>(&mut self, index: usize, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = cursor.pos;
        let mut fields = Fields::default();
        fields.take::<V>(index, cursor)?;
        let flat = self.state.node.flat.get_or_insert_default();
        if flat.raw[index].is_some() {
            return Err(Stop::fault(Kind::DuplicateKey(KEYS[index]), start).within(KEYS[index]));
        }
        let fields = fields.into_owned();
        flat.raw[index] = fields.raw.into_iter().nth(index).flatten();
        match index {
            1 => flat.script = fields.script,
            3 => flat.line = fields.line,
            _ => {}
        }
        if flat.raw.iter().all(Option::is_some) {
            self.finish_flat(start);
        }
        Ok(())
    }

    /// Takes the call frame of a flat node from the fields that were read.
    pub(super) fn finish_flat(&mut self, at: usize) {
        let Some(fields) = self.state.node.flat.take() else { return };
        if self.state.level == 1 {
            self.state.traits.root_frame(&fields, !self.state.node.has_children);
        }
        let frame = self.fresh.intern_fields(self.dictionary, &fields, self.base + at as u64);
        self.set_frame(frame);
    }
}

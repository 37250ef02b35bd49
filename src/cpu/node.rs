//! The nodes of a CPU profile: listed under `nodes`, with ids as their children, or nested under `head`.
//!
//! Only what a node took itself is summed, so nothing is kept of the tree but the open path, which keys after `children` need.

use super::document::{At as DocumentAt, Document, whole};
use crate::error::{Kind, OtherFile};
use crate::parse::{Cursor, Fields, KEYS, Read, Skip, Stop, Text, field_of, shown, unescaped};
use crate::profile::FrameId;
use crate::scan::Vector;

/// What comes next in an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    ElementOrEnd,
    Element,
    After,
}

/// What is to be read next among the nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum At {
    /// In `nodes`, or in the `children` of the innermost open node.
    Element(Next),
    KeyOrEnd,
    Key,
    Value(Member),
    AfterValue,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Member {
    CallFrame,
    Id,
    HitCount,
    SelfSize,
    Children,
    /// A field of the call frame that stands in the node itself.
    Field(usize),
    Unknown,
}

/// What has been read of a node.
#[derive(Debug, Default)]
pub(super) struct Node {
    frame: Option<FrameId>,
    id: Option<u64>,
    hits: Option<u64>,
    has_children: bool,
    /// It has a `selfSize`, as nodes of heap profiles do.
    has_size: bool,
    /// Fields of the call frame that stand in the node itself.
    fields: Option<Box<Fields<'static>>>,
}

/// Levels of a key path that are shown at each end of a long one.
const CLIPPED_PATH: usize = 8;

impl Document<'_> {
    /// Takes one token, or a key with its value where the block holds both.
    #[inline(always)]
    pub(super) fn node_step<V: Vector>(&mut self, at: At, cursor: &mut Cursor<'_>, base: u64) -> Read<()> {
        let first = match at {
            At::Value(Member::Unknown) => 0, // it may go on inside a string
            _ => cursor.peek::<V>()?,
        };
        let next = match (at, first) {
            (At::Element(Next::After), b',') => {
                cursor.pos += 1;
                At::Element(Next::Element)
            }
            (At::Element(Next::After | Next::ElementOrEnd), b']') => {
                cursor.pos += 1;
                let Some((node, _)) = self.open.pop() else {
                    self.at = DocumentAt::AfterValue;
                    return Ok(());
                };
                self.node = node;
                At::AfterValue
            }
            (At::Element(Next::After), _) => return Err(cursor.expected("a comma or ]")),
            (At::Element(_), b'{') => {
                self.count_element();
                self.node = Node::default();
                cursor.pos += 1;
                At::KeyOrEnd
            }
            (At::Element(_), b'-' | b'0'..=b'9') if !self.open.is_empty() => {
                cursor.number()?;
                self.count_element();
                At::Element(Next::After)
            }
            (At::Element(_), _) => return Err(cursor.expected("a node")),
            (At::KeyOrEnd | At::AfterValue, b'}') => return self.close_node(cursor),
            (At::AfterValue, b',') => {
                cursor.pos += 1;
                At::Key
            }
            (At::AfterValue, _) => return Err(cursor.expected("a comma or }")),
            (At::KeyOrEnd | At::Key, _) => {
                let key = cursor.key::<V>()?;
                At::Value(self.node_member(key))
            }
            (At::Value(Member::Unknown), _) => {
                let Self { skip, skip_key, .. } = self;
                skip.run::<V>(cursor).map_err(|stop| stop.within(skip_key))?;
                At::AfterValue
            }
            (At::Value(Member::Children), _) => {
                self.open_children(first, cursor).map_err(|stop| stop.within("children"))?;
                At::Element(Next::ElementOrEnd)
            }
            (At::Value(member), _) => {
                self.node_value::<V>(member, cursor, base)?;
                At::AfterValue
            }
        };
        self.at = DocumentAt::Nodes(next);
        Ok(())
    }

    fn count_element(&mut self) {
        match (self.open.last_mut(), &mut self.listed) {
            (Some((_, children)), _) => *children += 1,
            (None, Some(listed)) => *listed += 1,
            (None, None) => {}
        }
    }

    fn node_member(&mut self, key: Text<'_>) -> Member {
        let name = unescaped(key);
        match &*name {
            b"callFrame" => Member::CallFrame,
            b"id" => Member::Id,
            b"hitCount" => Member::HitCount,
            b"selfSize" => Member::SelfSize,
            b"children" => Member::Children,
            // A node with a call frame is not flat: there such keys mean nothing.
            name if self.node.frame.is_none() && field_of(name).is_some() => {
                Member::Field(field_of(name).unwrap_or_default())
            }
            _ => {
                self.skip_next(&shown(key));
                Member::Unknown
            }
        }
    }

    #[inline(always)]
    fn node_value<V: Vector>(&mut self, member: Member, cursor: &mut Cursor<'_>, base: u64) -> Read<()> {
        match member {
            Member::CallFrame => self.call_frame::<V>(cursor, base).map_err(|stop| stop.within("callFrame")),
            Member::Id => number(&mut self.node.id, "id", cursor),
            Member::HitCount => {
                self.has_hits = true;
                number(&mut self.node.hits, "hitCount", cursor)
            }
            Member::SelfSize => {
                self.node.has_size = true;
                Skip::default().run::<V>(cursor).map_err(|stop| stop.within("selfSize"))
            }
            Member::Field(index) => {
                let start = cursor.pos;
                let mut taken = Fields::default();
                taken.take::<V>(index, cursor)?;
                let taken = taken.into_owned().raw.into_iter().nth(index).flatten();
                let fields = self.node.fields.get_or_insert_default();
                if std::mem::replace(&mut fields.raw[index], taken).is_some() {
                    return Err(Stop::fault(Kind::DuplicateKey(KEYS[index]), start).within(KEYS[index]));
                }
                Ok(())
            }
            Member::Children | Member::Unknown => Ok(()),
        }
    }

    #[inline(always)]
    fn call_frame<V: Vector>(&mut self, cursor: &mut Cursor<'_>, base: u64) -> Read<()> {
        let start = cursor.pos;
        let frame = self.frames.take::<V>(cursor, base)?;
        if self.node.frame.replace(frame).is_some() {
            return Err(Stop::fault(Kind::DuplicateKey("callFrame"), start));
        }
        Ok(())
    }

    fn open_children(&mut self, first: u8, cursor: &mut Cursor<'_>) -> Read<()> {
        if first != b'[' {
            return Err(cursor.wrong_type("an array"));
        }
        if self.node.has_children {
            return Err(Stop::fault(Kind::DuplicateKey("children"), cursor.pos));
        }
        if self.is_deep() {
            return Err(Stop::fault(Kind::TooDeep, cursor.pos));
        }
        cursor.pos += 1;
        let mut node = std::mem::take(&mut self.node);
        node.has_children = true;
        self.open.push((node, 0));
        Ok(())
    }

    #[inline(always)]
    fn close_node(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.refuse_heap_profile(cursor.pos)?;
        let node = std::mem::take(&mut self.node);
        let frame = match (node.frame, &node.fields) {
            (Some(frame), _) => frame,
            (None, Some(fields)) if fields.raw[0].is_some() => self.frames.take_fields(fields, cursor.pos)?,
            (None, _) => return Err(Stop::fault(Kind::MissingKey("callFrame"), cursor.pos)),
        };
        self.tables.node(node.id, frame, node.hits.unwrap_or(0));
        cursor.pos += 1;
        self.at = match (self.open.last(), self.listed) {
            (None, None) => DocumentAt::AfterValue,
            _ => DocumentAt::Nodes(At::Element(Next::After)),
        };
        Ok(())
    }

    /// A node with selfSize and without hitCount is one of a heap profile, if no node had a hitCount.
    fn refuse_heap_profile(&self, at: usize) -> Read<()> {
        if self.node.has_size && !self.has_hits {
            return Err(Stop::fault(Kind::NotCpuProfile(OtherFile::HeapProfile), at));
        }
        Ok(())
    }

    /// Pushes the parts of the key path to where the nodes are read.
    pub(super) fn node_path(&self, at: At, push: &mut dyn FnMut(&str)) {
        // How many elements were met in each array, from the outside in; the last of each is the one that is open.
        let counts = self.listed.iter().chain(self.open.iter().map(|(_, children)| children));
        let (arrays, outermost) = (counts.clone().count(), usize::from(self.listed.is_some()));
        if self.listed.is_none() {
            push("head");
        }
        for (i, count) in counts.enumerate() {
            let key = if i < outermost { "nodes" } else { "children" };
            let clipped = arrays > 2 * CLIPPED_PATH;
            if clipped && i == CLIPPED_PATH {
                push(&format!("… {} levels …", arrays - 2 * CLIPPED_PATH));
            }
            if clipped && i >= CLIPPED_PATH && i + CLIPPED_PATH < arrays {
                continue;
            }
            match at {
                At::Element(Next::After) if i + 1 == arrays => push(key),
                At::Element(_) if i + 1 == arrays => push(&format!("{key}[{count}]")),
                _ => push(&format!("{key}[{}]", count.saturating_sub(1))),
            }
        }
    }
}

/// Takes the number at the cursor for a key that may stand once.
#[inline(always)]
fn number(value: &mut Option<u64>, key: &'static str, cursor: &mut Cursor<'_>) -> Read<()> {
    let start = cursor.pos;
    if !matches!(cursor.bytes[start], b'-' | b'0'..=b'9') {
        return Err(cursor.wrong_type("a number").within(key));
    }
    let Some(number) = whole(cursor.number().map_err(|stop| stop.within(key))?) else {
        return Err(Stop::fault(Kind::NumberOutOfRange, start).within(key));
    };
    if value.replace(number).is_some() {
        return Err(Stop::fault(Kind::DuplicateKey(key), start).within(key));
    }
    Ok(())
}

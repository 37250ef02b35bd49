//! The rows of one window: a run over a part of the tree of nodes, from any state the reader can be in.
//!
//! A window that begins in the middle of the file begins from a guess ([`State::guess`]): "a node opens here, somewhere below
//! complete nodes". Everything it does is the same as from the true state; [`super::tree_reader`] proves the guess afterwards.
//!
//! Nodes that have everything before their `children` open need no memory here, only a level. Those that lack a key then
//! (it may follow the children) wait in [`State::incomplete`].

use bumpalo::Bump;

use super::call_frame::{self, MAX_SHOWN_KEY, field_of};
use super::cursor::{Cursor, Number, Read, Stop, Text, Unfinished, half_up};
use super::dictionary::Dictionary;
use super::fresh::Fresh;
use super::key::unescaped;
use super::one_line::Stretch;
use super::rows::{End, Late, LateValue, PENDING_FRAME, Row, Window};
use super::skip::Skip;
use super::state::{At, GUESSED_LEVEL, Incomplete, Member, Node, State};
use super::{Fault, MAX_DEPTH};
use crate::error::{Kind, OtherFile};
use crate::scan::{self, Kernel, Vector};

/// The run over one window.
pub(crate) struct ParseWindow<'a, 'w> {
    pub(crate) bytes: &'a [u8],
    pub(crate) start: usize,
    /// The run ends before the first node that opens at or after this byte.
    pub(crate) stop: usize,
    /// Byte of the text at which the block begins.
    pub(crate) base: u64,
    pub(crate) state: State,
    pub(crate) dictionary: &'a Dictionary,
    pub(crate) arena: &'w Bump,
}

impl<'w> Kernel for ParseWindow<'_, 'w> {
    /// What was found, and the state at the end.
    type Output = (Window<'w>, State);

    #[inline(always)]
    fn run<V: Vector>(self) -> (Window<'w>, State) {
        let mut run = Run {
            rows: bumpalo::collections::Vec::with_capacity_in((self.stop - self.start) / 128 + 16, self.arena),
            fresh: Fresh::new(self.arena),
            lates: Vec::new(),
            plain: true,
            negative_sizes: 0,
            lowest: self.state.level,
            highest: self.state.level,
            state: self.state,
            dictionary: self.dictionary,
            base: self.base,
            stop: self.stop,
            ahead: 1,
            stretch: Stretch::default(),
        };
        let mut cursor = Cursor::new(self.bytes, self.start);
        let end = loop {
            run.usual::<V>(&mut cursor);
            if !run.state.is_skipping() {
                cursor.pos = scan::skip_whitespace::<V>(self.bytes, cursor.pos);
            }
            let mark = cursor.pos;
            let mut token = Cursor::of_token(self.bytes, mark);
            let step = run.step::<V>(&mut token);
            cursor.pos = token.pos;
            match step {
                Ok(None) => {}
                Ok(Some(end)) => break end,
                Err(Stop::Fault(fault)) => break End::Fault(fault),
                Err(Stop::More) => {
                    let skipping = run.state.is_skipping();
                    let unfinished = token.unfinished(self.bytes, mark, skipping);
                    if !skipping {
                        cursor.pos = mark;
                    }
                    match unfinished {
                        Unfinished::GoOn => {}
                        Unfinished::AwaitMore => break End::More,
                        Unfinished::TooLong => {
                            let path = run.state.key().into_owned();
                            break End::Fault(Box::new(Fault { kind: Kind::TooLong, at: mark, path }));
                        }
                    }
                }
            }
        };
        let window = Window {
            rows: run.rows.into_bump_slice_mut(),
            plain: run.plain && run.lates.is_empty(),
            lates: run.lates,
            fresh: run.fresh.texts.into_bump_slice(),
            resolved: Vec::new(),
            negative_sizes: run.negative_sizes,
            end,
            pos: cursor.pos,
            lowest: run.lowest,
            highest: run.highest,
            shift: 0,
        };
        (window, run.state)
    }
}

/// The state of a run.
pub(super) struct Run<'a, 'w> {
    pub(super) rows: bumpalo::collections::Vec<'w, Row>,
    pub(super) fresh: Fresh<'w>,
    lates: Vec<Late>,
    /// No row lacks a call frame or size.
    plain: bool,
    negative_sizes: u64,
    pub(super) lowest: u32,
    pub(super) highest: u32,
    pub(super) state: State,
    pub(super) dictionary: &'a Dictionary,
    pub(super) base: u64,
    pub(super) stop: usize,
    /// Nodes that [`super::indented`] reads before it looks them up: fewer where many call frames are unknown, since then much is taken back.
    pub(super) ahead: usize,
    pub(super) stretch: Stretch,
}

impl Run<'_, '_> {
    /// Takes one token, or a key with its value where the block holds both.
    #[inline(always)]
    fn step<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<Option<End>> {
        match self.state.at {
            At::Element | At::ElementOrEnd => match cursor.peek::<V>()? {
                b'{' if cursor.pos >= self.stop => return Ok(Some(End::Boundary)),
                b'{' => self.open(cursor)?,
                b']' if self.state.at == At::ElementOrEnd => self.close_children(cursor),
                _ if self.state.level == 0 => return Err(cursor.wrong_type("an object")),
                _ => return Err(cursor.expected("a node")),
            },
            At::AfterElement => match cursor.peek::<V>()? {
                b',' => {
                    cursor.pos += 1;
                    self.state.at = At::Element;
                }
                b']' => self.close_children(cursor),
                _ => return Err(cursor.expected("a comma or ]")),
            },
            At::KeyOrEnd if cursor.peek::<V>()? == b'}' => return self.close(cursor),
            At::KeyOrEnd | At::Key => {
                let key = cursor.key::<V>()?;
                self.member(key);
            }
            At::Value(Member::Unknown) => self.unknown_value::<V>(cursor)?,
            At::Value(member) => {
                cursor.peek::<V>()?;
                self.value::<V>(member, cursor)?;
            }
            At::AfterValue => match cursor.peek::<V>()? {
                b',' => {
                    cursor.pos += 1;
                    self.state.at = At::Key;
                }
                b'}' => return self.close(cursor),
                _ => return Err(cursor.expected("a comma or }")),
            },
        }
        Ok(None)
    }

    fn open(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if self.state.level >= MAX_DEPTH && self.state.level < GUESSED_LEVEL / 2 {
            return Err(Stop::fault(Kind::TooDeep, cursor.pos));
        }
        self.state.level += 1;
        self.highest = self.highest.max(self.state.level);
        self.state.node = Node::open();
        self.state.at = At::KeyOrEnd;
        cursor.pos += 1;
        Ok(())
    }

    #[inline(always)]
    fn member(&mut self, key: Text<'_>) {
        let member = match key.raw {
            b"callFrame" => Member::CallFrame,
            b"selfSize" => Member::SelfSize,
            b"children" => Member::Children,
            _ => self.unusual_member(key),
        };
        self.state.at = At::Value(member);
    }

    fn unusual_member(&mut self, key: Text<'_>) -> Member {
        let name = unescaped(key);
        let is_root = self.state.level == 1;
        match &*name {
            b"callFrame" => Member::CallFrame,
            b"selfSize" => Member::SelfSize,
            b"children" => Member::Children,
            b"hitCount" => Member::HitCount,
            // A node with a call frame is not flat: there such keys mean nothing.
            name if self.state.node.frame == PENDING_FRAME && field_of(name).is_some() => {
                self.state.traits.flat |= is_root;
                Member::Flat(field_of(name).unwrap_or_default())
            }
            name => {
                self.state.traits.id |= is_root && name == b"id";
                self.state.traits.location_id |= is_root && name == b"locationId";
                self.state.skip = Skip::default();
                self.state.skip_key.clear();
                self.state.skip_key.extend_from_slice(&key.raw[..key.raw.len().min(MAX_SHOWN_KEY)]);
                Member::Unknown
            }
        }
    }

    #[inline(always)]
    fn value<V: Vector>(&mut self, member: Member, cursor: &mut Cursor<'_>) -> Read<()> {
        match member {
            Member::CallFrame => self.call_frame::<V>(cursor).map_err(|stop| stop.within("callFrame"))?,
            Member::SelfSize => self.self_size(cursor).map_err(|stop| stop.within("selfSize"))?,
            Member::Children => return self.open_children(cursor).map_err(|stop| stop.within("children")),
            Member::HitCount => {
                if let Err(stop) = Skip::default().run::<V>(cursor) {
                    return Err(stop.within("hitCount"));
                }
                self.state.node.hit_count = true;
            }
            Member::Flat(index) => self.flat_field::<V>(index, cursor)?,
            Member::Unknown => {}
        }
        self.state.at = At::AfterValue;
        Ok(())
    }

    #[inline(always)]
    fn unknown_value<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let State { skip, skip_key, .. } = &mut self.state;
        if let Err(stop) = skip.run::<V>(cursor) {
            return Err(stop.within(&String::from_utf8_lossy(skip_key)));
        }
        self.state.at = At::AfterValue;
        Ok(())
    }

    #[inline(always)]
    fn call_frame<V: Vector>(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = cursor.pos;
        if cursor.bytes[start] != b'{' {
            return Err(cursor.wrong_type("an object"));
        }
        let is_root = self.state.level == 1;
        let recognised = call_frame::recognise::<V>(cursor, self.dictionary, &mut self.fresh, self.base, is_root);
        let (frame, fields) = recognised?;
        if self.state.node.frame != PENDING_FRAME {
            return Err(Stop::fault(Kind::DuplicateKey("callFrame"), start));
        }
        if let Some(fields) = fields.filter(|_| is_root) {
            self.state.traits.root_frame(&fields, !self.state.node.has_children);
            self.state.traits.size_first = self.state.node.size.is_some();
            self.state.traits.flat = false;
        }
        self.state.node.flat = None;
        self.set_frame(frame);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn set_frame(&mut self, frame: u32) {
        self.state.node.frame = frame;
        if self.state.node.emitted {
            self.late(LateValue::Frame(frame));
        } else if self.state.node.size.is_some() {
            self.emit();
        }
    }

    #[inline(always)]
    fn self_size(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = cursor.pos;
        if !matches!(cursor.bytes[start], b'-' | b'0'..=b'9') {
            return Err(cursor.wrong_type("a number"));
        }
        let size = match cursor.number()? {
            Number::Unsigned(size) => size,
            Number::Other(size) => self.rounded(size).ok_or_else(|| Stop::fault(Kind::NumberOutOfRange, start))?,
        };
        if self.state.node.size.is_some() {
            return Err(Stop::fault(Kind::DuplicateKey("selfSize"), start));
        }
        self.state.node.size = Some(size);
        if self.state.node.emitted {
            self.late(LateValue::Size(size));
        } else if self.state.node.frame != PENDING_FRAME {
            self.emit();
        }
        Ok(())
    }

    /// A size that is no plain integer. A negative one (an int that wrapped) is counted and adds nothing.
    #[cold]
    fn rounded(&mut self, size: f64) -> Option<u64> {
        let size = half_up(size);
        if size < 0.0 {
            self.negative_sizes += 1;
            return Some(0);
        }
        (size < 2f64.powi(64)).then_some(size as u64)
    }

    fn open_children(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if cursor.bytes[cursor.pos] != b'[' {
            return Err(cursor.wrong_type("an array"));
        }
        if self.state.node.has_children {
            return Err(Stop::fault(Kind::DuplicateKey("children"), cursor.pos));
        }
        cursor.pos += 1;
        self.state.node.has_children = true;
        self.state.at = At::ElementOrEnd;
        if self.state.node.lacks_something() {
            self.refuse_cpu_profile(cursor.pos)?;
            if !self.state.node.emitted {
                self.emit();
            }
            let node = std::mem::replace(&mut self.state.node, Node::complete());
            self.state.incomplete.push(Incomplete::new(self.state.level, node));
        }
        Ok(())
    }

    fn close_children(&mut self, cursor: &mut Cursor<'_>) {
        cursor.pos += 1;
        self.lowest = self.lowest.min(self.state.level - 1);
        self.state.at = At::AfterValue;
        self.state.node = match self.state.incomplete.pop_if(|node| node.level == self.state.level) {
            Some(node) => node.into_node(),
            None => Node::complete(),
        };
    }

    #[inline(always)]
    fn close(&mut self, cursor: &mut Cursor<'_>) -> Read<Option<End>> {
        if self.state.node.lacks_something() {
            self.complete_at_end(cursor.pos)?;
        }
        cursor.pos += 1;
        self.state.level -= 1;
        self.state.at = At::AfterElement;
        Ok((self.state.level == 0).then_some(End::Closed))
    }

    #[cold]
    fn complete_at_end(&mut self, at: usize) -> Read<()> {
        self.refuse_cpu_profile(at)?;
        let has_name = self.state.node.flat.as_ref().is_some_and(|flat| flat.raw[0].is_some());
        if self.state.node.frame == PENDING_FRAME && has_name {
            self.finish_flat(at);
        }
        match (self.state.node.frame, self.state.node.size) {
            (PENDING_FRAME, _) => Err(Stop::fault(Kind::MissingKey("callFrame"), at)),
            (_, None) => Err(Stop::fault(Kind::MissingKey("selfSize"), at)),
            _ => Ok(()),
        }
    }

    /// A node with hitCount and without selfSize is one of an old CPU profile, if the root has no size either.
    fn refuse_cpu_profile(&self, at: usize) -> Read<()> {
        let bare_root = match self.state.incomplete.first() {
            Some(root) => root.level == 1 && !root.has_size,
            None => self.state.level == 1,
        };
        if self.state.node.hit_count && self.state.node.size.is_none() && bare_root {
            return Err(Stop::fault(Kind::OtherFile(OtherFile::OldCpuProfile), at));
        }
        Ok(())
    }

    #[inline(always)]
    fn emit(&mut self) {
        let Node { frame, size, .. } = self.state.node;
        self.rows.push(Row::new(frame, self.state.level, size));
        self.plain &= !self.state.node.lacks_something();
        self.state.node.emitted = true;
    }

    #[cold]
    fn late(&mut self, value: LateValue) {
        self.lates.push(Late { rows_before: self.rows.len(), level: self.state.level, value });
    }
}

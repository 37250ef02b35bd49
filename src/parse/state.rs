//! Where in the tree the reader is: all that must survive the end of a block.

use std::borrow::Cow;

use super::call_frame::Fields;
use super::dialect::Traits;
use super::frame_key::KEYS;
use super::rows::PENDING_FRAME;
use super::skip::Skip;

/// Level of a guessed start: no window can close as many nodes.
pub(crate) const GUESSED_LEVEL: u32 = 1 << 30;

/// What has been read of an open node.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) frame: u32,
    pub(crate) size: Option<u64>,
    pub(super) has_children: bool,
    pub(super) hit_count: bool,
    /// Its row is out.
    pub(crate) emitted: bool,
    /// Fields of the call frame that stand in the node itself.
    pub(super) flat: Option<Box<Fields<'static>>>,
}

impl Node {
    pub(super) fn open() -> Self {
        Self { frame: PENDING_FRAME, size: None, has_children: false, hit_count: false, emitted: false, flat: None }
    }

    /// A node of which only this is known: it had all its keys before its children opened.
    pub(super) fn complete() -> Self {
        Self { frame: 0, size: Some(0), has_children: true, emitted: true, ..Self::open() }
    }

    pub(super) fn lacks_something(&self) -> bool {
        self.frame == PENDING_FRAME || self.size.is_none()
    }
}

/// An open node that lacked a key when its children opened.
#[derive(Clone, Debug)]
pub(crate) struct Incomplete {
    pub(crate) level: u32,
    pub(super) has_frame: bool,
    pub(super) has_size: bool,
    pub(super) hit_count: bool,
    pub(super) flat: Option<Box<Fields<'static>>>,
}

impl Incomplete {
    pub(super) fn new(level: u32, node: Node) -> Self {
        Self {
            level,
            has_frame: node.frame != PENDING_FRAME,
            has_size: node.size.is_some(),
            hit_count: node.hit_count,
            flat: node.flat,
        }
    }

    pub(super) fn into_node(self) -> Node {
        Node {
            frame: if self.has_frame { 0 } else { PENDING_FRAME },
            size: self.has_size.then_some(0),
            hit_count: self.hit_count,
            flat: self.flat,
            ..Node::complete()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum At {
    Element,
    ElementOrEnd,
    AfterElement,
    KeyOrEnd,
    Key,
    AfterValue,
    Value(Member),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Member {
    CallFrame,
    SelfSize,
    Children,
    HitCount,
    Flat(usize),
    Unknown,
}

/// Where in the tree the reader is; all that must survive the end of a block.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(super) at: At,
    /// Open nodes.
    pub(crate) level: u32,
    /// The innermost open node, where the position is inside it but not inside its children.
    pub(crate) node: Node,
    /// Open nodes whose children opened while they lacked a key, outermost first.
    pub(crate) incomplete: Vec<Incomplete>,
    pub(super) skip: Skip,
    pub(super) skip_key: Vec<u8>,
    pub(crate) traits: Traits,
}

impl State {
    /// Before the `{` of the root.
    pub(crate) fn root(traits: Traits) -> Self {
        Self {
            at: At::Element,
            level: 0,
            node: Node::complete(),
            incomplete: Vec::new(),
            skip: Skip::default(),
            skip_key: Vec::new(),
            traits,
        }
    }

    /// Before the `{` of a node somewhere in the tree.
    pub(crate) fn guess() -> Self {
        Self { level: GUESSED_LEVEL, ..Self::root(Traits::default()) }
    }

    /// Whether the window that came here began from a guess.
    pub(crate) fn is_guess(&self) -> bool {
        self.level >= GUESSED_LEVEL / 2
    }

    /// Makes the final state of a guessed window true: `before` is the true state in which it began.
    pub(crate) fn rebase(&mut self, shift: u32, before: State) {
        self.level = self.level.wrapping_add(shift);
        let mut incomplete = before.incomplete;
        let shifted = |node: Incomplete| Incomplete { level: node.level.wrapping_add(shift), ..node };
        incomplete.extend(self.incomplete.drain(..).map(shifted));
        self.incomplete = incomplete;
        self.traits = before.traits;
    }

    /// Whether a value is being skipped, whose state survives the end of a block.
    pub(crate) fn is_skipping(&self) -> bool {
        self.at == At::Value(Member::Unknown)
    }

    /// The key whose value is to be read.
    pub(crate) fn key(&self) -> Cow<'_, str> {
        let At::Value(member) = self.at else { return Cow::Borrowed("") };
        Cow::Borrowed(match member {
            Member::CallFrame => "callFrame",
            Member::SelfSize => "selfSize",
            Member::Children => "children",
            Member::HitCount => "hitCount",
            Member::Flat(index) => KEYS[index],
            Member::Unknown => return String::from_utf8_lossy(&self.skip_key),
        })
    }

    /// Whether a node is to open next, so that a window can end here.
    pub(crate) fn before_element(&self) -> bool {
        matches!(self.at, At::Element | At::ElementOrEnd)
    }

    /// Whether the position is inside a node (not between nodes), and so the node's row may not be out yet.
    pub(crate) fn in_node(&self) -> bool {
        !matches!(self.at, At::Element | At::ElementOrEnd | At::AfterElement)
    }
}

use proptest::collection::vec;
use proptest::prelude::*;

use super::nodes::Nodes;
use crate::profile::{CallTree, FrameId};

/// A node with what it calls.
#[derive(Debug, Default)]
struct Call {
    frame: u32,
    size: u64,
    calls: Vec<Call>,
}

impl Call {
    /// The tree of nodes in the order in which they open: how deep each is, as far as the one before allows, and its size.
    fn of(nodes: &[(u32, u64)]) -> Self {
        let mut root = Self::default();
        for (number, &(depth, size)) in (1..).zip(nodes) {
            let mut call = &mut root;
            for _ in 1..depth {
                if call.calls.is_empty() {
                    break;
                }
                let last = call.calls.len() - 1;
                call = &mut call.calls[last];
            }
            call.calls.push(Self { frame: number, size, calls: Vec::new() });
        }
        root
    }

    /// Without the sizes that would carry the sum past 2^64 - 1, in the order in which nodes open.
    fn without_overflow(&mut self, sum: &mut u64) {
        match sum.checked_add(self.size) {
            Some(more) => *sum = more,
            None => self.size = 0,
        }
        self.calls.iter_mut().for_each(|call| call.without_overflow(sum));
    }

    fn keep(&self, tree: &mut CallTree, level: u32) {
        tree.open(FrameId(self.frame), level, Some(self.size));
        self.calls.iter().for_each(|call| call.keep(tree, level + 1));
    }

    fn total(&self) -> u64 {
        self.size + self.calls.iter().map(Self::total).sum::<u64>()
    }

    /// Without what is too small or too deep.
    fn without(&self, least: u64, levels: u32) -> Self {
        let is_written = |call: &&Call| levels > 1 && call.total() >= least;
        let left_out = self.calls.iter().filter(|call| !is_written(call));
        Self {
            frame: self.frame,
            size: self.size + left_out.map(Self::total).sum::<u64>(),
            calls: self.calls.iter().filter(is_written).map(|call| call.without(least, levels - 1)).collect(),
        }
    }

    fn list(&self, level: u32, list: &mut Vec<(u32, u32, u64)>) {
        list.push((self.frame, level, self.size));
        self.calls.iter().for_each(|call| call.list(level + 1, list));
    }

    fn stacks(&self, path: &mut Vec<u32>, stacks: &mut Vec<(Vec<u32>, u64)>) {
        path.push(self.frame);
        if self.size > 0 {
            stacks.push((path[usize::from(path.len() > 1)..].to_vec(), self.size));
        }
        self.calls.iter().for_each(|call| call.stacks(path, stacks));
        path.pop();
    }
}

proptest! {
    #[test]
    fn what_is_small_or_deep_is_its_callers(
        nodes in vec((1_u32..6, prop_oneof![0_u64..8, Just(u64::MAX)]), 0..40),
        least in 0_u64..30,
        deepest in prop_oneof![1_u32..6, Just(u32::MAX)],
    ) {
        let mut root = Call::of(&nodes);
        let mut tree = CallTree::default();
        root.keep(&mut tree, 1);
        root.without_overflow(&mut 0);
        let written = Nodes::new(&tree, least, deepest);

        let expected = root.without(least, deepest);
        let mut list = Vec::new();
        expected.list(1, &mut list);
        let found: Vec<_> = written.iter().map(|node| (node.frame.0, node.level, node.self_size)).collect();
        prop_assert_eq!(found, list);

        let (mut stacks, mut found) = (Vec::new(), Vec::new());
        expected.stacks(&mut Vec::new(), &mut stacks);
        let ids = |stack: &[FrameId]| stack.iter().map(|id| id.0).collect::<Vec<_>>();
        let each = written.each_stack(|stack, size| {
            found.push((ids(stack), size));
            Ok(())
        });
        prop_assert!(each.is_ok());
        prop_assert_eq!(found, stacks);
    }
}

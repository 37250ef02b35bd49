//! Entries of the journal: what each is, how long, and a checksum, so that one that is torn or changed is told from one that was written.

use std::io::{self, Read};

use crc32fast::Hasher;

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A call frame.
    Frame = 1,
    /// A dump.
    Dump = 2,
}

/// Bytes before what an entry holds: what it is, how long, and the checksum of these and of what it holds.
pub(super) const HEAD: usize = KIND_AND_LENGTH + size_of::<u32>();
const KIND_AND_LENGTH: usize = size_of::<u8>() + size_of::<u32>();

/// Bytes of the longest entry that is taken for one: names are not cut, but a dump keeps no more than some thousand numbers.
const LONGEST: u32 = 256 << 20;

/// An entry that is being made.
pub(super) struct Making {
    bytes: Vec<u8>,
}

impl Making {
    /// One without content yet, of which so many bytes are expected.
    pub(super) fn new(expected: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEAD + expected);
        bytes.resize(HEAD, 0);
        Self { bytes }
    }

    /// Where to put its content.
    pub(super) fn content(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// All of it, head and content.
    pub(super) fn finish(mut self, what: What) -> io::Result<Vec<u8>> {
        let len = u32::try_from(self.bytes.len() - HEAD).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        let (head, content) = self.bytes.split_at_mut(HEAD);
        head[0] = what as u8;
        head[1..KIND_AND_LENGTH].copy_from_slice(&len.to_le_bytes());
        let sum = checksum(&head[..KIND_AND_LENGTH], content);
        head[KIND_AND_LENGTH..].copy_from_slice(&sum.to_le_bytes());
        Ok(self.bytes)
    }
}

/// Reads the next entry's content into `content`. Gives what it is; none at the end, and where what follows is no entry, or none that is whole.
pub(super) fn next(from: &mut impl Read, content: &mut Vec<u8>) -> io::Result<Option<What>> {
    content.clear();
    let mut head = [0; HEAD];
    match from.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let [kind, length @ .., s, t, u, v] = head;
    let len = u32::from_le_bytes(length);
    let Some(what) = [What::Frame, What::Dump].into_iter().find(|&what| what as u8 == kind) else { return Ok(None) };
    if len > LONGEST {
        return Ok(None);
    }
    // As far as there is so much: a length alone takes no memory.
    from.by_ref().take(u64::from(len)).read_to_end(content)?;
    let is_right = checksum(&head[..KIND_AND_LENGTH], content) == u32::from_le_bytes([s, t, u, v]);
    Ok(is_right.then_some(what))
}

/// A CRC finds every change of a single bit, and of any bits within four bytes.
fn checksum(kind_and_length: &[u8], content: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(kind_and_length);
    hasher.update(content);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(what: What, content: &[u8]) -> Vec<u8> {
        let mut making = Making::new(0);
        making.content().extend_from_slice(content);
        making.finish(what).unwrap()
    }

    #[test]
    fn entries_are_read_as_they_were_made() {
        let contents = [(What::Frame, &b""[..]), (What::Dump, b"x"), (What::Frame, &[7; 3000])];
        let bytes = contents.map(|(what, content)| entry(what, content)).concat();
        let (mut from, mut content) = (&bytes[..], Vec::new());
        for (what, expected) in contents {
            assert_eq!(next(&mut from, &mut content).unwrap(), Some(what));
            assert_eq!(content, expected);
        }
        assert_eq!(next(&mut from, &mut content).unwrap(), None);
    }

    #[test]
    fn one_that_is_torn_or_changed_is_none() {
        let whole = entry(What::Dump, b"some content");
        let mut content = Vec::new();
        for cut in 0..whole.len() {
            assert_eq!(next(&mut &whole[..cut], &mut content).unwrap(), None, "{cut}");
        }
        for bit in 0..8 * whole.len() {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(next(&mut &changed[..], &mut content).unwrap(), None, "bit {bit}");
        }
    }
}

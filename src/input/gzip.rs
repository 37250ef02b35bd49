//! Decodes gzip, member by member.
//!
//! This drives the inflate state itself, because flate2's readers drop the text that was decoded in the same step as an error,
//! up to a whole buffer of it. Here every byte before the damage comes out.

use std::io::BufRead;

use flate2::{Decompress, FlushDecompress, Status};

use super::End;
use super::stream::{Decode, read_failed};

/// The largest window that gzip knows, 32 KiB.
const WINDOW_BITS: u8 = 15;

/// The first byte of every member.
const MAGIC: u8 = 0x1f;

pub(super) struct Gzip<R> {
    raw: R,
    inflate: Decompress,
    between_members: bool,
    consumed: u64,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(raw: R) -> Self {
        Self { raw, inflate: Decompress::new_gzip(WINDOW_BITS), between_members: true, consumed: 0 }
    }
}

impl<R: BufRead> Decode for Gzip<R> {
    fn consumed(&self) -> u64 {
        self.consumed
    }

    fn step(&mut self, out: &mut [u8]) -> (usize, Option<End>) {
        let input = match self.raw.fill_buf() {
            Ok(input) => input,
            Err(error) => return (0, Some(read_failed(&error))),
        };
        match (self.between_members, input.first()) {
            (true, None) => return (0, Some(End::Whole)),
            (true, Some(&MAGIC)) => {
                self.inflate.reset(true);
                self.between_members = false;
            }
            // Blocks of a tape are filled up so.
            (true, Some(0)) => {
                let zeros = input.iter().take_while(|&&byte| byte == 0).count();
                self.raw.consume(zeros);
                self.consumed += zeros as u64;
                return (0, None);
            }
            (true, Some(_)) => return (0, Some(damaged("what follows a member is not gzip"))),
            (false, _) => {}
        }
        let (total_in, total_out) = (self.inflate.total_in(), self.inflate.total_out());
        let result = self.inflate.decompress(input, out, FlushDecompress::None);
        let ended = input.is_empty();
        let consumed = (self.inflate.total_in() - total_in) as usize;
        let written = (self.inflate.total_out() - total_out) as usize;
        self.raw.consume(consumed);
        self.consumed += consumed as u64;
        let end = match result {
            Ok(Status::StreamEnd) => {
                self.between_members = true;
                None
            }
            Ok(_) if written > 0 || consumed > 0 => None,
            Ok(_) if ended => Some(End::Cut("the gzip data ends early".into())),
            Ok(_) => Some(damaged("the decoder does not advance")),
            Err(error) => Some(damaged(error.message().unwrap_or("corrupt data"))),
        };
        (written, end)
    }
}

fn damaged(what: &str) -> End {
    End::Damaged(format!("gzip: {what}"))
}

//! Decodes zstd, frame by frame, skippable ones included.
//!
//! This drives the decoding context itself and feeds it one block at a time: a call that fails tells nothing of the text it has
//! written, so no call may both finish a block and look at what follows it. Thus every block before the damage comes out.
//!
//! The window limit stays at zstd's default (128 MiB), so that no file can demand gigabytes.

use std::io::BufRead;

use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;
use zstd::zstd_safe::{DCtx, InBuffer, OutBuffer, get_error_name, is_error_kind};

use super::End;
use super::stream::{Decode, DecoderMemory, read_failed};

/// What a frame's first step wants: magic number and descriptor.
const FRAME_START: usize = 5;

/// With a block, zstd asks for the header of the next one in advance.
const BLOCK_HEADER: usize = 3;

/// What is written to beside the window and the text: a block that is read, and as far as zstd writes ahead in its buffer.
const BLOCKS: usize = 4 * (128 << 10);

pub(super) struct Zstd<R> {
    raw: R,
    context: DCtx<'static>,
    /// Bytes of the context before a frame has named its window.
    opened: usize,
    /// How many bytes zstd wants next; 0 between frames.
    hint: usize,
    /// The output was full, so there may be more text without more input.
    unflushed: bool,
    consumed: u64,
}

impl<R: BufRead> Zstd<R> {
    /// `None` if there is no memory for the context.
    pub(super) fn new(raw: R) -> Option<Self> {
        let context = DCtx::try_create()?;
        let opened = context.sizeof();
        Some(Self { raw, context, opened, hint: 0, unflushed: false, consumed: 0 })
    }
}

impl<R: BufRead> Decode for Zstd<R> {
    fn consumed(&self) -> u64 {
        self.consumed
    }

    /// A frame may name a window that is much larger than its text.
    fn memory(&self) -> DecoderMemory {
        let all = self.context.sizeof();
        let fixed = all.min(self.opened + BLOCKS);
        DecoderMemory { fixed, window: all - fixed }
    }

    fn step(&mut self, out: &mut [u8]) -> (usize, Option<End>) {
        let room = out.len();
        let mut output = OutBuffer::around(out);
        let (result, consumed) = if self.unflushed {
            (self.context.decompress_stream(&mut output, &mut InBuffer::around(&[])), 0)
        } else {
            let input = match self.raw.fill_buf() {
                Ok(input) => input,
                Err(error) => return (0, Some(read_failed(&error))),
            };
            if input.is_empty() {
                let cut = || End::Cut("the zstd data ends early".into());
                return (0, Some(if self.hint == 0 { End::Whole } else { cut() }));
            }
            let piece = match self.hint {
                0 => FRAME_START,
                1..=BLOCK_HEADER => self.hint,
                _ => self.hint - BLOCK_HEADER,
            };
            let mut input = InBuffer::around(&input[..piece.min(input.len())]);
            let result = self.context.decompress_stream(&mut output, &mut input);
            (result, input.pos())
        };
        let written = output.pos();
        self.raw.consume(consumed);
        self.consumed += consumed as u64;
        match result {
            Ok(hint) => {
                self.hint = hint;
                self.unflushed = hint != 0 && written == room;
                (written, None)
            }
            Err(code) => (written, Some(damaged(code))),
        }
    }
}

fn damaged(code: usize) -> End {
    End::Damaged(if is_error_kind(code, ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge) {
        "zstd: its window is larger than 128 MiB; decode it first, with `zstd -dc --long=31`".into()
    } else {
        format!("zstd: {}", get_error_name(code))
    })
}

//! Blocks: they open when there is something to say in them, and close before the next one opens.

use super::Writer;
use crate::write::bytes::{digits, put};

/// What is behind the value of a delta.
pub(super) const TAIL: &[u8] = b"}}\n\n";

/// What a block is, or rather what is said in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Refusal,
    Thinking,
    Call,
}

/// The block that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    sort: Sort,
    /// The source's index, or which call it is.
    of: u64,
}

impl Block {
    #[inline]
    pub(super) fn is(self, sort: Sort, of: u64) -> bool {
        self.sort == sort && self.of == of
    }

    pub(super) fn is_call(self) -> bool {
        self.sort == Sort::Call
    }
}

impl Sort {
    /// The block as it begins, and the first members of a delta.
    fn written(self) -> [&'static [u8]; 2] {
        match self {
            Self::Text | Self::Refusal => {
                [b"{\"type\":\"text\",\"text\":\"\"}", b"{\"type\":\"text_delta\",\"text\":"]
            }
            Self::Thinking => [
                b"{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}",
                b"{\"type\":\"thinking_delta\",\"thinking\":",
            ],
            Self::Call => [b"", b"{\"type\":\"input_json_delta\",\"partial_json\":"],
        }
    }
}

impl Writer {
    /// Opens a block of text.
    pub(super) fn open_block(&mut self, sort: Sort, of: u64, out: &mut Vec<u8>) {
        self.open_as(sort, of, sort.written()[0], out);
    }

    /// Opens a block that begins as `content`; the one before is closed first.
    pub(super) fn open_as(&mut self, sort: Sort, of: u64, content: &[u8], out: &mut Vec<u8>) {
        self.close(out);
        let index = digits(self.blocks);
        self.blocks += 1;
        self.open = Some(Block { sort, of });
        out.extend_from_slice(
            b"event: content_block_start\ndata: {\"type\":\"content_block_start\",",
        );
        put(out, [b"\"index\":", &index, b",\"content_block\":", content, b"}\n\n"]);
        self.head.clear();
        put(
            &mut self.head,
            [
                b"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":",
                &index,
                b",\"delta\":",
                sort.written()[1],
            ],
        );
    }

    /// Writes another delta of the open block: `kind` are its first members.
    pub(super) fn delta(&self, kind: &[u8], values: &[&[u8]], out: &mut Vec<u8>) {
        let own = self.open.map_or(0, |open| open.sort.written()[1].len());
        put(out, [&self.head[..self.head.len() - own], kind]);
        for value in values {
            out.extend_from_slice(value);
        }
        out.extend_from_slice(TAIL);
    }

    /// Closes the block that is open.
    pub(super) fn close(&mut self, out: &mut Vec<u8>) {
        let Some(open) = self.open else {
            return;
        };
        if open.is_call() {
            self.end_call(out);
        }
        self.open = None;
        let index = digits(self.blocks - 1);
        out.extend_from_slice(
            b"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",",
        );
        put(out, [b"\"index\":", &index, b"}\n\n"]);
    }
}

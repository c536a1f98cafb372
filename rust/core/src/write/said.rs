//! What a writer is told: deltas whose values are looked up, in the words that all shapes share.

use super::id::Id;
use crate::error::StreamError;

/// One thing that an answer says.
///
/// Pieces are JSON strings as they are written, quotation marks included, and valid UTF-8: what was
/// escaped by the source need not be escaped again. An `index` is the source's (choice, block or
/// output item): text under another index is another text.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// The answer begins.
    Start {
        /// Its id.
        id: Id<'a>,
        /// The model that answers; empty if that is not known.
        model: &'a str,
        /// When, in Unix seconds; 0 if that is not known.
        created: u64,
    },
    /// A piece of the text.
    Text {
        /// Of what.
        index: u64,
        /// The piece.
        piece: &'a [u8],
    },
    /// A piece of the reasoning.
    Reasoning {
        /// Of what.
        index: u64,
        /// The piece.
        piece: &'a [u8],
    },
    /// The signature of the reasoning.
    Signature {
        /// Of what.
        index: u64,
        /// All of it.
        piece: &'a [u8],
    },
    /// A piece of a refusal in words.
    Refusal {
        /// Of what.
        index: u64,
        /// The piece.
        piece: &'a [u8],
    },
    /// A tool call opens.
    ToolCall {
        /// Which one, in order of arrival in the whole answer.
        call: u32,
        /// The id to send back; empty if the source has none.
        id: &'a str,
        /// The tool's name.
        name: &'a str,
        /// Whether its arguments are free text instead of JSON.
        custom: bool,
    },
    /// A piece of a tool call's arguments.
    ToolArguments {
        /// Which one.
        call: u32,
        /// The piece.
        piece: &'a [u8],
    },
    /// A call has all its arguments, where the source says so.
    CallEnd {
        /// Which one.
        call: u32,
    },
    /// A page that the text cites.
    Citation {
        /// Of what text.
        index: u64,
        /// The page.
        page: Page<'a>,
    },
    /// Why the answer stopped. What the usage is may come later.
    Finish {
        /// Why.
        why: Finish,
        /// The stop sequence that did it, if the source says so.
        sequence: Option<&'a str>,
    },
    /// The server says that something failed. Nothing follows.
    Error(&'a StreamError),
    /// A sign of life.
    Ping,
    /// The end of an answer that is whole. Nothing follows.
    Done(Option<&'a Usage>),
}

/// A page that a text cites. Values are JSON as it is written, `null` where they are not known.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// A string.
    pub url: &'a [u8],
    /// A string or `null`.
    pub title: &'a [u8],
    /// What is cited, a string or `null`.
    pub cited_text: &'a [u8],
    /// Where in the text, in characters, the part begins that cites it; and where it ends.
    pub span: Option<(u64, u64)>,
}

/// Why an answer stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It was said. Also for reasons that nobody knows.
    Stop,
    /// It became too long.
    Length,
    /// Tools are to be called.
    ToolCalls,
    /// It was held back.
    ContentFilter,
    /// The server paused; the client is to send the answer back.
    Pause,
}

/// Counts of tokens, and members to add to the usage object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the request, cached ones included.
    pub input: Option<u64>,
    /// Of the answer.
    pub output: Option<u64>,
    /// Of the request, read from a cache.
    pub cached: Option<u64>,
    /// Of the request, written to a cache.
    pub cache_written: Option<u64>,
    /// Of the answer, spent on reasoning.
    pub reasoning: Option<u64>,
    /// All.
    pub total: Option<u64>,
    /// Names and JSON values.
    pub extra: Vec<(String, Vec<u8>)>,
}

//! What the parts of an item are.

use crate::delta::Kind;
use crate::json::Value;

/// What a piece of text is, within its item. Summaries are a list of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sort {
    Summary,
    Text,
    Reasoning,
    Refusal,
}

impl Sort {
    /// Of the part that an event is about, without `.delta` or `.done`.
    pub(crate) fn of(about: &[u8]) -> Option<Self> {
        Some(match about {
            b"response.output_text" => Self::Text,
            b"response.refusal" => Self::Refusal,
            b"response.reasoning_summary_text" => Self::Summary,
            b"response.reasoning_text" => Self::Reasoning,
            _ => return None,
        })
    }

    /// Of a part, by its own type.
    pub(crate) fn of_part(kind: Value<'_>) -> Option<Self> {
        match kind.string()?.text().as_ref() {
            "output_text" => Some(Self::Text),
            "refusal" => Some(Self::Refusal),
            "summary_text" => Some(Self::Summary),
            "reasoning_text" => Some(Self::Reasoning),
            _ => None,
        }
    }

    /// The type of such a part, and the member that has its text.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("output_text", "text"),
            Self::Refusal => ("refusal", "refusal"),
            Self::Summary => ("summary_text", "text"),
            Self::Reasoning => ("reasoning_text", "text"),
        }
    }

    pub(crate) fn delta(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Refusal => Kind::Refusal,
            Self::Summary | Self::Reasoning => Kind::Reasoning,
        }
    }
}

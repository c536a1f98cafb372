//! Ids: each shape has its prefix, and what is behind it stays the same.

/// What the ids of answers begin with.
const PREFIXES: [&str; 4] = ["msg_", "resp_", "chatcmpl-", "cmpl-"];

/// The id of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id<'a> {
    /// As it is to be written.
    Exact(&'a str),
    /// Of an answer of another shape: what is behind that shape's prefix stays. Empty if there is
    /// none.
    Foreign(&'a str),
}

impl Id<'_> {
    /// The id in a shape that has this prefix.
    pub(crate) fn with(self, prefix: &str) -> String {
        match self {
            Self::Exact(id) => id.into(),
            Self::Foreign(id) => format!("{prefix}{}", bare(id)),
        }
    }

    /// What the ids of its parts are made of.
    pub(crate) fn bare(&self) -> &str {
        let (Self::Exact(id) | Self::Foreign(id)) = self;
        bare(id)
    }
}

/// An answer's id without its shape's prefix, so that there and back gives the same id; `0` if
/// there is none.
fn bare(id: &str) -> &str {
    let bare = PREFIXES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id);
    if bare.is_empty() { "0" } else { bare }
}

/// The id of a call: its own, or if it has none one that follows from the answer's.
pub(crate) fn of_call(id: &str, prefix: &str, answer: &str, number: u64) -> String {
    if id.is_empty() { format!("{prefix}{answer}_{number}") } else { id.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_prefix_of_a_shape_goes() {
        for id in ["msg_a_b", "resp_a_b", "chatcmpl-a_b", "cmpl-a_b", "a_b"] {
            assert_eq!(bare(id), "a_b");
        }
        assert_eq!(bare("msg_msg_a"), "msg_a");
        assert_eq!((bare(""), bare("resp_")), ("0", "0"));
    }

    #[test]
    fn a_call_keeps_its_id() {
        assert_eq!(of_call("x", "call_", "a", 1), "x");
        assert_eq!(of_call("", "call_", "a", 1), "call_a_1");
    }
}

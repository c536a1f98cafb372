//! Errors, in the words of the shapes.

use super::bytes::{digits, or_empty, put, string};
use crate::error::{StreamError, status_of};
use crate::json::compact;

/// The types of errors of messages, and their statuses.
const KINDS: [(u16, &str); 10] = [
    (400, "invalid_request_error"),
    (401, "authentication_error"),
    (402, "billing_error"),
    (403, "permission_error"),
    (404, "not_found_error"),
    (409, "conflict_error"),
    (413, "request_too_large"),
    (429, "rate_limit_error"),
    (504, "timeout_error"),
    (529, "overloaded_error"),
];
const OTHER: &str = "api_error";

/// The type that messages have for such an error: its own if it is one of theirs.
pub(crate) fn kind_of_messages(error: &StreamError) -> &str {
    let own = error.kind.as_deref().filter(|own| {
        let theirs = KINDS.iter().any(|(_, kind)| kind == own) || *own == OTHER;
        theirs || status_of(own) == Some(409)
    });
    own.unwrap_or_else(|| kind_of(error.status))
}

fn kind_of(status: Option<u16>) -> &'static str {
    let kind = KINDS.iter().find(|(own, _)| Some(*own) == status);
    kind.map_or(OTHER, |(_, kind)| kind)
}

/// The message, as JSON.
pub(crate) fn message(error: &StreamError) -> Vec<u8> {
    string(error.message.as_deref().unwrap_or_default())
}

/// The error object of chunks and of responses. A status that neither type nor code tells is the
/// code, if there is no other.
pub(crate) fn write(error: &StreamError, out: &mut Vec<u8>) {
    let kind = match &error.kind {
        Some(kind) => kind,
        None if error.status.is_some() => kind_of(error.status),
        None => "server_error",
    };
    let null = |value: &[u8]| or_empty(value) == b"\"\"";
    // Compact, as a value may have come over several lines.
    let param = if null(&error.param) { b"null".into() } else { compact(&error.param) };
    let code = match error.status {
        Some(status) if null(&error.code) && status_of(kind) != Some(status) => {
            digits(status.into()).into()
        }
        _ if null(&error.code) => b"null".into(),
        _ => compact(&error.code),
    };
    put(out, [b"{\"message\":", &message(error), b",\"type\":", &string(kind)]);
    put(out, [b",\"param\":", &param, b",\"code\":", &code, b"}"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: Option<&str>, status: Option<u16>) -> StreamError {
        StreamError { kind: kind.map(Into::into), status, ..StreamError::default() }
    }

    #[test]
    fn messages_keep_their_own_types_and_get_them_by_status() {
        for (kind, status, expected) in [
            (Some("overloaded_error"), Some(529), "overloaded_error"),
            (Some("memory_path_conflict_error"), Some(409), "memory_path_conflict_error"),
            (Some("requests"), Some(429), "rate_limit_error"),
            (Some("insufficient_quota"), Some(429), "rate_limit_error"),
            (None, Some(503), "api_error"),
            (None, None, "api_error"),
        ] {
            assert_eq!(kind_of_messages(&error(kind, status)), expected, "{kind:?} {status:?}");
        }
    }

    #[test]
    fn the_status_is_told_one_way_or_the_other() {
        let written = |kind, status| {
            let mut out = Vec::new();
            write(&error(kind, status), &mut out);
            String::from_utf8(out).unwrap()
        };
        let told = r#"{"message":"","type":"rate_limit_error","param":null,"code":null}"#;
        assert_eq!(written(Some("rate_limit_error"), Some(429)), told);
        assert_eq!(written(None, Some(429)), told);
        let coded = r#"{"message":"","type":"odd","param":null,"code":503}"#;
        assert_eq!(written(Some("odd"), Some(503)), coded);
        let unknown = r#"{"message":"","type":"server_error","param":null,"code":null}"#;
        assert_eq!(written(None, None), unknown);
    }
}

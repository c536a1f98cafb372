//! Errors that a server sends within its stream, whatever their form.

use crate::json::Value;

/// An error that a server sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamError {
    /// Its type.
    pub kind: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// Its code, as JSON; `null` if there is none.
    pub code: Vec<u8>,
    /// The parameter that it is about, as JSON; `null` if there is none.
    pub param: Vec<u8>,
    /// The HTTP status that it would have had.
    pub status: Option<u16>,
    /// The error as JSON: an object, or whatever was in its place.
    pub raw: Vec<u8>,
}

impl StreamError {
    /// The error that is `value`: an object, or a message. `outer` is the payload, if the error is
    /// a member of it.
    pub(crate) fn read(value: Value<'_>, outer: Value<'_>) -> Self {
        let raw = value.raw().to_vec();
        if value.object().is_none() {
            let message = value.text().map(Into::into);
            let null = || b"null".to_vec();
            return Self { kind: None, message, code: null(), param: null(), status: None, raw };
        }
        let [kind, message, code, param, status] =
            value.pick(["type", "message", "code", "param", "status"]);
        // Of a payload that is the error itself, the type `error` is the event's.
        let kind = kind.string().map(|kind| kind.text().into_owned());
        let kind = kind.filter(|kind| kind != "error" || value != outer);
        let message = message.text().or_else(|| {
            let [message] = outer.pick(["message"]);
            message.string().map(crate::json::Str::text)
        });
        let status = Some(status).filter(|status| status.string().is_none());
        let status = status
            .and_then(|status| number(status, 100..600))
            .or_else(|| number(code, 400..600))
            .or_else(|| code.string().and_then(|code| status_of(&code.text())))
            .or_else(|| kind.as_deref().and_then(status_of));
        let (code, param) = (code.raw().to_vec(), param.raw().to_vec());
        Self { kind, message: message.map(Into::into), code, param, status, raw }
    }

    /// An error of one's own.
    pub fn new(kind: &str, message: &str, status: Option<u16>) -> Self {
        let code = status.map_or_else(|| b"null".to_vec(), |status| status.to_string().into());
        Self { kind: Some(kind.into()), code, status, ..Self::message(message) }
    }

    /// An error that is only words.
    pub(crate) fn message(message: &str) -> Self {
        let mut raw = Vec::new();
        crate::json::write_string(message, &mut raw);
        let null = || b"null".to_vec();
        let message = Some(message.to_owned());
        Self { kind: None, message, code: null(), param: null(), status: None, raw }
    }

    /// Whether the same request may succeed later: 408, 409, 429 and 5xx.
    pub fn retryable(&self) -> bool {
        matches!(self.status, Some(408 | 409 | 429 | 500..600))
    }
}

fn number(value: Value<'_>, range: std::ops::Range<u64>) -> Option<u16> {
    value.index().filter(|number| range.contains(number)).and_then(|number| number.try_into().ok())
}

/// The error that a payload is or has: an object, or what is in the place of one.
pub(crate) fn find<'p>(
    payload: Value<'p>,
    is_error: bool,
    [error, object, x_groq]: [Value<'p>; 3],
) -> Option<Value<'p>> {
    if error.is_truthy() {
        return Some(error);
    }
    let of_groq = || Some(x_groq.pick(["error"])[0]).filter(|error| error.is_truthy());
    if is_error || object.string().is_some_and(|object| object.is("error")) {
        return of_groq().or(Some(payload));
    }
    of_groq()
}

/// The status that goes with a word in `code` or `type`.
pub(crate) fn status_of(word: &str) -> Option<u16> {
    Some(match word {
        "invalid_request_error" | "BadRequestError" => 400,
        "conflict_error" | "memory_precondition_failed_error" | "memory_path_conflict_error" => 409,
        "request_too_large" => 413,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "rate_limit_error" | "rate_limit_exceeded" | "insufficient_quota" => 429,
        "server_error" | "api_error" | "InternalServerError" => 500,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => return None,
    })
}

"""The oracle's errors: WIRE.md 6.3 finds them, WIRE.md 8 gives them a status."""

from __future__ import annotations

from typing import Any

from reference_json import Array, Integer, Number, Object, compact, object_of, plain

# WIRE.md 8, and the rest of 4.5.
STATUS = {
    "server_error": 500,
    "api_error": 500,
    "InternalServerError": 500,
    "overloaded_error": 529,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_request_error": 400,
    "BadRequestError": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "timeout_error": 504,
    "conflict_error": 409,
    "memory_precondition_failed_error": 409,
    "memory_path_conflict_error": 409,
    "request_too_large": 413,
}


def is_error(payload: Object, type_: str | None) -> bool:
    """Whether a payload tells of a failure, whatever else it holds."""
    if type_ == "error" and not isinstance(payload.get("choices"), Array):
        return True
    # "error: null is not an error."
    if payload.get("error") or payload.get("object") == "error":
        return True
    return bool(object_of(payload.get("x_groq")).get("error"))


def error_in(payload: Object) -> dict[str, Any]:
    """The error that a payload holds: nested, Groq's, or the payload itself (the flat form)."""
    nested = payload.get("error") or object_of(payload.get("x_groq")).get("error")
    error = describe(nested or payload)
    if not nested and error["type"] == "error":
        error["type"] = None  # that is the event's type, not the error's
    if error["message"] is None and isinstance(payload.get("message"), str):
        error["message"] = payload["message"]
    return error


def error_in_field(value: str, parsed: Any) -> dict[str, Any]:
    """The error of a line `error: ...`, which llama.cpp once sent instead of data."""
    return error_in(parsed) if isinstance(parsed, Object) else describe(value)


def describe(raw: Any) -> dict[str, Any]:
    """The members that every error has, from an object, or from anything else as its message."""
    if not isinstance(raw, Object):
        message = raw if isinstance(raw, str) or raw is None else compact(raw)
        return _error(None, None, message, None, None, raw)
    type_, message = raw.get("type"), raw.get("message")
    if message is not None and not isinstance(message, str):
        message = compact(message)
    type_ = type_ if isinstance(type_, str) else None
    code = raw.get("code")
    return _error(type_, code, message, raw.get("param"), _status(raw, code, type_), raw)


def _error(
    type_: str | None, code: Any, message: str | None, param: Any, status: int | None, raw: Any
) -> dict[str, Any]:
    return {
        "type": type_,
        "code": plain(code),
        "message": message,
        "param": plain(param),
        "status": status,
        "retryable": status is not None and (status in (408, 409, 429) or 500 <= status <= 599),
        "raw": plain(raw),
    }


def _status(error: Object, code: Any, type_: str | None) -> int | None:
    # "status is an HTTP equivalent: an integer status inside the error; else an integer code in
    # 400..599; else by code, then by type."
    status = error.get("status")
    if isinstance(status, Integer) and 100 <= status <= 599:
        return int(status)
    digits = code if isinstance(code, str) and code.isascii() and code.isdigit() else None
    if digits is not None and len(digits) < 40:
        code = int(digits)
    if isinstance(code, int) and not isinstance(code, bool) and 400 <= code <= 599:
        return int(code)
    if isinstance(code, (Number, Object, Array)):
        code = None
    return STATUS.get(code) or STATUS.get(type_ or "")

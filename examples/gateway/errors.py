"""An error as an answer, in the shape of the route that was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from .requests import Shape

LONGEST = 2_000  # characters of what an upstream says
MESSAGES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
OPENAI = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Refusal(Exception):
    """A request that has no stream for an answer.

    Attributes:
        status: the HTTP status.
        message: for the client to read.
        code: a word for its program to read.
        retry_after: what the upstream said about when to try again.
    """

    def __init__(
        self, status: int, message: str, code: str | None = None, retry_after: str | None = None
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message[:LONGEST]
        self.code = code
        self.retry_after = retry_after


def kind(shape: Shape, status: int) -> str:
    """What the shape calls an error of this status."""
    if shape == "messages":
        return MESSAGES.get(status, "invalid_request_error" if status < 500 else "api_error")
    return OPENAI.get(status, "invalid_request_error" if status < 500 else "server_error")


def answer(shape: Shape, refusal: Refusal) -> JSONResponse:
    """The answer that says so."""
    error: dict[str, object] = {"type": kind(shape, refusal.status), "message": refusal.message}
    body: dict[str, object] = {"type": "error", "error": error}
    if shape != "messages":
        body = {"error": {**error, "param": None, "code": refusal.code}}
    headers = {"cache-control": "no-store"}
    # Digits only: a header of somebody else's is not passed on as it is.
    if refusal.retry_after and refusal.retry_after.isascii() and refusal.retry_after.isdigit():
        headers["retry-after"] = refusal.retry_after[:9]
    return JSONResponse(body, refusal.status, headers)

"""Answers that are asked for again when they fail: before the first token, or within the stream.

    from ssewire.retry import Policy, RetryingStream

    def request(attempt):
        body = {"model": MODEL, "stream": True, "messages": attempt.continue_from(messages)}
        return client.send(client.build_request("POST", url, json=body), stream=True)

    with RetryingStream(request, Policy(attempts=5, partial="continue")) as stream:
        for text in stream.text():
            print(text, end="", flush=True)

The consumer reads one stream. `AsyncRetryingStream` is the same for `async for`. What is tried again,
when, and what becomes of the part of an answer that came before it failed, the `Policy` says.

The SDKs try again on their own. Both together multiply, so switch theirs off: `max_retries=0`.

Needs tenacity: `pip install "ssewire[retry]"`.
"""

from ssewire.retry.after import retry_after
from ssewire.retry.asynchronous import AsyncRetryingStream
from ssewire.retry.attempt import Attempt
from ssewire.retry.continuation import continue_from
from ssewire.retry.policy import Policy
from ssewire.retry.retryable import is_retryable
from ssewire.retry.sync import RetryingStream

__all__ = [
    "AsyncRetryingStream",
    "Attempt",
    "Policy",
    "RetryingStream",
    "continue_from",
    "is_retryable",
    "retry_after",
]

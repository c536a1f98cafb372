"""Errors, each by its class; and an answer that goes on where it broke off.

The three lines:

    with RetryingStream(request, Policy(attempts=4, partial="continue")) as stream:
        for text in stream.text():
            print(text, end="", flush=True)

Run it: `python examples/errors_and_retry.py`. It needs no key; `OPENAI_BASE_URL` names a real
server.
"""

from __future__ import annotations

import os
from typing import Any

import openai

import server
from ssewire import NotAnEventStream, RateLimitError, SSEError, Stream, StreamError, StreamTimeout
from ssewire.clients import sdk
from ssewire.retry import Attempt, Policy, RetryingStream

MESSAGES = [{"role": "user", "content": "Tell me of a lighthouse with two clocks."}]

# First an overloaded server and an answer that is cut off, for each part; then the rest of it.
server.offline("overloaded", "story-cut", "overloaded", "story-cut", "story-rest")
# The SDK tries again on its own, if there is no answer at all. `RetryingStream` does that too.
client = openai.OpenAI(max_retries=0)


def request(attempt: Attempt) -> Stream[Any]:
    """Ask; from the second time on with what there is of the answer."""
    return sdk.stream(
        client.chat.completions,
        model=os.environ["OPENAI_MODEL"],
        messages=attempt.continue_from(MESSAGES),
        options={"first_token_timeout": 60, "idle_timeout": 20},
    )


def without_retry() -> None:
    """What can go wrong. All that came before is printed before the error is raised."""
    try:
        with request(Attempt(1)) as stream:
            for text in stream.text():
                print(text, end="", flush=True)
    except openai.APIStatusError as error:
        print(f"the request was refused: HTTP {error.status_code}")
    except RateLimitError as error:
        print(f"slower, please: {error}")
    except StreamError as error:  # what the server sends within a stream, as if it had a status
        print(f"HTTP {error.status} within the stream, retryable: {error.retryable}")
    except StreamTimeout as error:
        print(f"too slow: {error}")
    except NotAnEventStream as error:  # a proxy's error page, for instance
        print(f"that is {error.kind}: {error.body[:50]!r}")
    except SSEError as error:
        come = error.outcome.text if error.outcome else ""  # what had come by then
        print(f" … {len(come)} characters, and then: {error}")


def tell(attempt: Attempt) -> None:
    """Say why there is another attempt."""
    if attempt.error is not None:
        print(f" [attempt {attempt.number}: {attempt.error}] ", end="", flush=True)


def with_retry() -> None:
    """One answer, of as many attempts as it takes, with growing waits of random length."""
    policy = Policy(attempts=4, seconds=60, initial=0.2, partial="continue")
    with RetryingStream(request, policy, on_attempt=tell) as stream:
        for text in stream.text():
            print(text, end="", flush=True)
    print(f"\n\n{len(stream.attempts)} attempts, {len(stream.outcome.text)} characters")


if __name__ == "__main__":
    without_retry()
    without_retry()
    print()
    with_retry()

"""Buffered output: fewer, larger pieces, for what is slow to update, such as a page or a chat bot.

The three lines:

    for piece in buffered(stream.text(), size=60, interval=0.5):
        message += piece
        page.update(message)

Run it: `python examples/buffered.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os

import openai

import server
from ssewire.clients import sdk
from ssewire.pacing import buffered


def main() -> None:
    """Show each piece on a line of its own."""
    server.offline("turn-1")

    message = ""
    updates = 0
    with (
        openai.OpenAI() as client,
        sdk.stream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=[{"role": "user", "content": "How does one begin with astronomy?"}],
        ) as stream,
    ):
        # A piece goes out when it has 60 characters, or half a second after the one before. What is
        # left goes out at the end, and before an error.
        for piece in buffered(stream.text(), size=60, interval=0.5):
            message += piece
            updates += 1
            print(f"{updates:2}  {len(piece):3}  {piece!r}", flush=True)

    assert message == stream.outcome.text
    print(f"{stream.outcome.n_events} events, {updates} updates")


if __name__ == "__main__":
    main()

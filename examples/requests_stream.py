"""requests: its response, read as an answer.

The three lines:

    with session.post(url, json=request, stream=True) as response:
        for text in Stream(response).text():
            print(text, end="", flush=True)

Run it: `python examples/requests_stream.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os
from typing import Any

import requests

import server
from ssewire import Stream
from ssewire.clients.requests import SSEClient


def main() -> None:
    """Read an answer as text, and another as events."""
    server.offline()
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    request: dict[str, Any] = {
        "model": os.environ["OPENAI_MODEL"],
        "messages": [{"role": "user", "content": "Tell me of a tea house."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }

    with requests.Session() as session:
        session.headers["authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"

        # `stream=True` or nothing streams. No charset is to be set: event streams are UTF-8.
        with (
            session.post(url, json=request, stream=True, timeout=(5, 60)) as response,
            Stream(response, idle_timeout=20) as stream,
        ):
            for text in stream.text():
                print(text, end="", flush=True)
        print(f"\n\n{stream.outcome.tokens.total} tokens, {stream.outcome.finish}")

        # The names of sseclient-py, for who has it: only the import is another.
        with session.post(url, json=request, stream=True, timeout=(5, 60)) as response:
            events = list(SSEClient(response).events())
        print(f"{len(events)} events, the last one is {events[-1].data}")


if __name__ == "__main__":
    main()

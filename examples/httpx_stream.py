"""httpx: its response, read as an answer.

The three lines:

    with client.stream("POST", url, json=request) as response:
        for text in Stream(response).text():
            print(text, end="", flush=True)

Run it: `python examples/httpx_stream.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os

import httpx

import server
from ssewire import Stream
from ssewire.clients.httpx import connect_sse


def main() -> None:
    """Read an answer as text, and another as events."""
    server.offline()
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    headers = {"authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    request = {
        "model": os.environ["OPENAI_MODEL"],
        "messages": [{"role": "user", "content": "Tell me of a tea house."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    # httpx waits 5 seconds for each read, which is too short for a model that thinks. The stream
    # has limits of its own, that pings of the server do not put off.
    timeout = httpx.Timeout(5, read=None)

    with httpx.Client(headers=headers, timeout=timeout) as client:
        with (
            client.stream("POST", url, json=request) as response,
            Stream(response, first_token_timeout=60, idle_timeout=20) as stream,
        ):
            for text in stream.text():
                print(text, end="", flush=True)
        print(f"\n\n{stream.outcome.tokens.total} tokens, {stream.outcome.finish}")

        # The names of httpx-sse, for who has it: only the import is another.
        with connect_sse(client, "POST", url, json=request) as source:
            events = list(source.iter_sse())
        print(f"{len(events)} events, the last one is {events[-1].data}")


if __name__ == "__main__":
    main()

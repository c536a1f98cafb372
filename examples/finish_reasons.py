"""Why an answer ended, and what to do about it, in words that are the same for every API.

The three lines:

    outcome = stream.until_done()
    if outcome.finish == "length":
        print("there is more: go on, or allow more tokens")

Run it: `python examples/finish_reasons.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os
from typing import Any

import openai

import server
from ssewire.clients import sdk

ADVICE = {
    "stop": "it is whole",
    "length": "it is cut: allow more tokens, or ask to go on",
    "tool_calls": "run the calls and send their results, as in function_calls.py",
    "content_filter": "the provider held it back: do not send the same again",
    "pause": "send it back as it is, and the model goes on",
    None: "the server did not say",
}
TOOL = {"type": "function", "function": {"name": "get_forecast"}}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("What colour is the door?", {}),
    ("Tell me the history of salt.", {"max_completion_tokens": 16}),
    ("Coffee in Kyōto, and is it dry?", {"tools": [TOOL], "tool_choice": "required"}),
    ("Say the first chapter of a famous novel by heart.", {}),
]


def main() -> None:
    """One request for each way to end."""
    server.offline("short", "length", "chat", "filtered")
    client = openai.OpenAI()
    for question, more in REQUESTS:
        with sdk.stream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=[{"role": "user", "content": question}],
            **more,
        ) as stream:
            outcome = stream.until_done()
        print(f"{question}\n  {outcome.text[:60]!r}")
        print(f"  {outcome.finish_reason}: {ADVICE[outcome.finish]}\n")


if __name__ == "__main__":
    main()

"""A streaming translator: text in on standard input, line by line, its translation out as it comes.

The three lines:

    for line in sys.stdin:
        for text in translate(client, line, "French"):
            print(text, end="", flush=True)

Run it: `python examples/translator.py French`, and type, or give it a file with `<`. It needs no
key, but then the translations are recorded ones; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import openai

import server
from ssewire.clients import sdk

if TYPE_CHECKING:
    from collections.abc import Iterator


def translate(client: openai.OpenAI, line: str, language: str) -> Iterator[str]:
    """Iterate over the translation of a line."""
    with sdk.stream(
        client.chat.completions,
        model=os.environ["OPENAI_MODEL"],
        messages=[
            {"role": "system", "content": f"Translate into {language}. Say nothing else."},
            {"role": "user", "content": line},
        ],
        options={"first_token_timeout": 30, "idle_timeout": 20},
    ) as stream:
        yield from stream.text()


def main() -> None:
    """Translate each line; empty ones stay, so that paragraphs do."""
    server.offline("french-1", "french-2", "french-3")
    language = sys.argv[1] if len(sys.argv) > 1 else "French"
    client = openai.OpenAI()
    if sys.stdin.isatty():
        print(f"Type what is to be in {language}. Ctrl-D ends.", file=sys.stderr)
    for line in sys.stdin:
        if line.strip():
            for text in translate(client, line.strip(), language):
                print(text, end="", flush=True)
        print(flush=True)


if __name__ == "__main__":
    main()

"""Text completions, the API before chat: local models and code completion still speak it.

The three lines:

    with sdk.stream(client.completions, model="…", prompt="Once upon a time,") as stream:
        for text in stream.text():
            print(text, end="", flush=True)

Run it: `python examples/text_completions.py`. It needs no key; `OPENAI_BASE_URL` names a real
server.
"""

from __future__ import annotations

import os

import openai

import server
from ssewire.clients import sdk

PROMPT = "Once upon a time,"


def main() -> None:
    """Have a text gone on with; the prompt is not part of the answer."""
    server.offline()

    with (
        openai.OpenAI() as client,
        sdk.stream(
            client.completions,
            model=os.environ["OPENAI_MODEL"],
            prompt=PROMPT,
            max_tokens=200,
            stream_options={"include_usage": True},
        ) as stream,
    ):
        print(PROMPT, end="")
        for text in stream.text():
            print(text, end="", flush=True)

    outcome = stream.outcome
    print(f"\n\nfinish: {outcome.finish}")
    print(f"{outcome.tokens.input} tokens in, {outcome.tokens.output} out")

    # Several choices come mixed; the outcome keeps them apart, `text` is the first.
    for index, text in outcome.texts.items():
        print(f"choice {index}: {len(text)} characters")


if __name__ == "__main__":
    main()

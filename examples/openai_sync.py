"""The openai SDK: its client, its parameters, and chunks of which nothing is built unless you look.

The three lines:

    with sdk.stream(client.chat.completions, model="…", messages=[…]) as stream:
        for text in stream.text():
            print(text, end="", flush=True)

Run it: `python examples/openai_sync.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os

import openai

import server
from ssewire.clients import sdk


def main() -> None:
    """Ask, print the answer chunk by chunk as it comes, then what it took."""
    server.offline()

    with (
        openai.OpenAI() as client,  # takes OPENAI_BASE_URL and OPENAI_API_KEY
        sdk.stream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=[{"role": "user", "content": "Tell me of a tea house."}],
            stream_options={"include_usage": True},
        ) as stream,
    ):
        # Chunks read like the SDK's own. The last one has the usage and no choices.
        for chunk in stream:
            for choice in chunk.choices:
                print(choice.delta.content or "", end="", flush=True)
            if chunk.usage:
                print(f"\n\n{chunk.usage.prompt_tokens} tokens in", end="")
                print(f", {chunk.usage.completion_tokens} out")

    # The outcome tells the same in words that are the same for every API.
    outcome = stream.outcome
    print(f"finish: {outcome.finish}, {outcome.tokens.total} tokens in total")

    # The whole message, as the API gives it to those who do not stream.
    completion = stream.get_final_completion()
    assert completion is not None
    print(f"{completion['object']} by {completion['model']}")


if __name__ == "__main__":
    main()

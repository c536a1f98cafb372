"""The anthropic SDK: `text_stream` and `get_final_message()`, by the names that it has for them.

The three lines:

    with sdk.stream(client.messages, model="…", max_tokens=1024, messages=[…]) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)

Run it: `python examples/anthropic_text.py`. It needs no key; `ANTHROPIC_BASE_URL` names a real
server.
"""

from __future__ import annotations

import os

import anthropic

import server
from ssewire.clients import sdk


def main() -> None:
    """Ask, print the text as it comes, then the message that it was."""
    server.offline("letter", api="ANTHROPIC")
    client = anthropic.Anthropic()  # takes ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY

    with sdk.stream(
        client.messages,
        model=os.environ["ANTHROPIC_MODEL"],
        max_tokens=1024,
        messages=[{"role": "user", "content": "Write a letter from a harbour café."}],
    ) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)

    message = stream.get_final_message()  # a dict, as the API has it
    assert message is not None
    print(f"\n\n{message['role']}, {message['stop_reason']}: {len(message['content'])} block")
    print(f"{message['usage']['input_tokens']} tokens in, {message['usage']['output_tokens']} out")

    # For code that wants the SDK's own objects, there is the SDK's client with the decoder swapped.
    swapped = sdk.Anthropic()
    with swapped.messages.stream(
        model=os.environ["ANTHROPIC_MODEL"],
        max_tokens=1024,
        messages=[{"role": "user", "content": "The same once more, please."}],
    ) as events:
        final = events.get_final_message()
    print(f"{type(final).__name__} of {final.usage.output_tokens} tokens")


if __name__ == "__main__":
    main()

"""A chat in the terminal: it remembers what was said, and Ctrl-C stops an answer, not the chat.

The three lines:

    with sdk.stream(client.chat.completions, model="…", messages=messages) as stream:
        for text in stream.text():
            print(text, end="", flush=True)

Run it: `python examples/terminal_chat.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os
from typing import Any

import openai

import server
from ssewire import SSEError
from ssewire.clients import sdk


def answer(client: openai.OpenAI, messages: list[Any]) -> str:
    """Print an answer as it comes.

    Returns:
        The text; what there was of it if it was stopped or broke off.
    """
    text = ""
    try:
        with sdk.stream(
            client.chat.completions, model=os.environ["OPENAI_MODEL"], messages=messages
        ) as stream:
            for piece in stream.text():
                print(piece, end="", flush=True)
                text += piece
    except KeyboardInterrupt:
        print(" … stopped", end="")  # the connection is closed: the model writes no more
    except (openai.OpenAIError, SSEError) as error:
        print(f" … {error}", end="")
    print("\n")
    return text


def main() -> None:
    """Ask for a line, answer it, and so on."""
    server.offline("turn-1", "turn-2")
    client = openai.OpenAI()
    messages: list[Any] = []
    print("/quit ends the chat, Ctrl-C stops an answer.\n")
    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            break
        except KeyboardInterrupt:
            print()
            continue
        if question == "/quit":
            break
        if question:
            messages.append({"role": "user", "content": question})
            text = answer(client, messages)
            if text:
                messages.append({"role": "assistant", "content": text})
            else:
                messages.pop()
    print(f"\n{len(messages)} messages")


if __name__ == "__main__":
    main()

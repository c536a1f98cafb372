"""Sentence by sentence, as speech needs it: the first is spoken while the others are still written.

The three lines:

    for sentence in sentences(stream.text()):
        speak(sentence)

Run it: `python examples/sentences.py`. It needs no key; `OPENAI_BASE_URL` names a real server.
"""

from __future__ import annotations

import os

import openai

import server
from ssewire.clients import sdk
from ssewire.pacing import sentences


def speak(number: int, sentence: str) -> None:
    """In the place of a voice; a piece ends with the white space that follows it."""
    print(f"{number}. {sentence.strip()}", flush=True)


def main() -> None:
    """Speak an answer with abbreviations, decimals, questions and Japanese in it."""
    server.offline("tea")

    with (
        openai.OpenAI() as client,
        sdk.stream(
            client.chat.completions,
            model=os.environ["OPENAI_MODEL"],
            messages=[{"role": "user", "content": "Tell me of a tea house."}],
        ) as stream,
    ):
        for number, sentence in enumerate(sentences(stream.text()), 1):
            speak(number, sentence)


if __name__ == "__main__":
    main()

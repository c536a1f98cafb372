"""Translation as one writes it by hand: orjson, and for each event a dict of the other shape.

The baseline for `Relay(to=...)`. Text, the finish reason and usage of one choice, and nothing else:
no calls, no reasoning, no errors. A reader for each source calls a writer for each target.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import orjson

import naive

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes import Shape
    from peers import Chunks

NO_TOKENS = {"input_tokens": 0, "output_tokens": 0}
FINISH = {
    "stop": "end_turn",
    "length": "max_tokens",
    "completed": "end_turn",
    "incomplete": "max_tokens",
}
"""From the chat's words, and from those of responses, to the messages'."""
CHAT_FINISH = {"end_turn": "stop", "max_tokens": "length"}


def unnamed(payload: object) -> bytes:
    return b"data: %b\n\n" % orjson.dumps(payload)


def named(payload: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (payload["type"].encode(), orjson.dumps(payload))


class Writer(Protocol):
    """What readers call. Finish reasons are in the messages' words."""

    def start(self, answer_id: str, model: str) -> bytes: ...
    def text(self, piece: str) -> bytes: ...
    def end(self, finish: str, tokens_in: int, tokens_out: int) -> bytes: ...


class ToChat:
    def start(self, answer_id: str, model: str) -> bytes:
        self.head = {
            "id": answer_id,
            "object": "chat.completion.chunk",
            "created": 0,
            "model": model,
        }
        return self.chunk({"role": "assistant", "content": ""}, None)

    def chunk(self, delta: dict[str, Any], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return unnamed({**self.head, "choices": [choice]})

    def text(self, piece: str) -> bytes:
        return self.chunk({"content": piece}, None)

    def end(self, finish: str, tokens_in: int, tokens_out: int) -> bytes:
        usage = {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        }
        counted = unnamed({**self.head, "choices": [], "usage": usage})
        return self.chunk({}, CHAT_FINISH[finish]) + counted + b"data: [DONE]\n\n"


class ToMessages:
    def start(self, answer_id: str, model: str) -> bytes:
        message: dict[str, Any] = {
            "id": answer_id,
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": NO_TOKENS,
        }
        block = {"type": "text", "text": ""}
        start = {"type": "content_block_start", "index": 0, "content_block": block}
        return named({"type": "message_start", "message": message}) + named(start)

    def text(self, piece: str) -> bytes:
        delta = {"type": "text_delta", "text": piece}
        return named({"type": "content_block_delta", "index": 0, "delta": delta})

    def end(self, finish: str, tokens_in: int, tokens_out: int) -> bytes:
        delta = {"stop_reason": finish, "stop_sequence": None}
        usage = {"input_tokens": tokens_in, "output_tokens": tokens_out}
        stop = named({"type": "content_block_stop", "index": 0})
        counted = named({"type": "message_delta", "delta": delta, "usage": usage})
        return stop + counted + named({"type": "message_stop"})


class ToResponses:
    def start(self, answer_id: str, model: str) -> bytes:
        self.sequence = count()
        self.pieces: list[str] = []
        self.answer = {"id": answer_id, "object": "response", "model": model, "error": None}
        self.item = f"msg_{answer_id}"
        self.where = {"item_id": self.item, "output_index": 0, "content_index": 0}
        response: dict[str, Any] = {**self.answer, "status": "in_progress", "output": []}
        return (
            self.event("response.created", response=response)
            + self.event("response.in_progress", response=response)
            + self.event(
                "response.output_item.added", output_index=0, item=self.message("", "in_progress")
            )
            + self.event("response.content_part.added", **self.where, part=self.part(""))
        )

    def event(self, kind: str, **members: object) -> bytes:
        return named({"type": kind, "sequence_number": next(self.sequence), **members})

    def part(self, text: str) -> dict[str, Any]:
        return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}

    def message(self, text: str, status: str) -> dict[str, Any]:
        content = [self.part(text)] if text else []
        head = {"id": self.item, "type": "message", "role": "assistant"}
        return {**head, "status": status, "content": content}

    def text(self, piece: str) -> bytes:
        self.pieces.append(piece)
        return self.event("response.output_text.delta", **self.where, delta=piece, logprobs=[])

    def end(self, finish: str, tokens_in: int, tokens_out: int) -> bytes:
        text = "".join(self.pieces)
        usage = {
            "input_tokens": tokens_in,
            "output_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        }
        status = "completed" if finish == "end_turn" else "incomplete"
        item = self.message(text, "completed")
        response = {**self.answer, "status": status, "output": [item], "usage": usage}
        return (
            self.event("response.output_text.done", **self.where, text=text)
            + self.event("response.content_part.done", **self.where, part=self.part(text))
            + self.event("response.output_item.done", output_index=0, item=item)
            + self.event(f"response.{status}", response=response)
        )


def from_chat(chunks: Chunks, to: Writer) -> Chunks:
    sent = []
    started, finish = False, ""
    for payloads in naive.reads(chunks):
        out = []
        for payload in payloads:
            if not started:
                started = True
                out.append(to.start(payload["id"], payload["model"]))
            for choice in payload["choices"]:
                if piece := choice["delta"].get("content"):
                    out.append(to.text(piece))
                if reason := choice["finish_reason"]:
                    finish = FINISH[reason]
            if usage := payload.get("usage"):
                out.append(to.end(finish, usage["prompt_tokens"], usage["completion_tokens"]))
        sent.append(b"".join(out))
    return sent


def from_messages(chunks: Chunks, to: Writer) -> Chunks:
    sent = []
    tokens_in = tokens_out = 0
    finish = ""
    for payloads in naive.reads(chunks):
        out = []
        for payload in payloads:
            kind = payload["type"]
            if kind == "content_block_delta":
                delta = payload["delta"]
                if delta["type"] == "text_delta":
                    out.append(to.text(delta["text"]))
            elif kind == "message_start":
                message = payload["message"]
                tokens_in = message["usage"]["input_tokens"]
                out.append(to.start(message["id"], message["model"]))
            elif kind == "message_delta":
                tokens_out = payload["usage"]["output_tokens"]
                finish = payload["delta"]["stop_reason"]
            elif kind == "message_stop":
                out.append(to.end(finish, tokens_in, tokens_out))
        sent.append(b"".join(out))
    return sent


def from_responses(chunks: Chunks, to: Writer) -> Chunks:
    sent = []
    for payloads in naive.reads(chunks):
        out = []
        for payload in payloads:
            kind = payload["type"]
            if kind == "response.output_text.delta":
                out.append(to.text(payload["delta"]))
            elif kind == "response.created":
                response = payload["response"]
                out.append(to.start(response["id"], response["model"]))
            elif kind in ("response.completed", "response.incomplete"):
                response = payload["response"]
                usage, finish = response["usage"], FINISH[response["status"]]
                out.append(to.end(finish, usage["input_tokens"], usage["output_tokens"]))
        sent.append(b"".join(out))
    return sent


READERS: dict[Shape, Callable[[Chunks, Writer], Chunks]] = {
    "chat": from_chat,
    "messages": from_messages,
    "responses": from_responses,
}
WRITERS: dict[Shape, type[Writer]] = {
    "chat": ToChat,
    "messages": ToMessages,
    "responses": ToResponses,
}


def translate(source: Shape, target: Shape, chunks: Chunks) -> Chunks:
    """What is sent on, one piece for each read."""
    return READERS[source](chunks, WRITERS[target]())

"""Made answers as the events of OpenAI's Responses: every item told as it comes, and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from made_answers import steps

if TYPE_CHECKING:
    from made_answers import Answer, Part

Payload: TypeAlias = "dict[str, Any]"
# The part of an item: its type, the member with its text, and what its events are called.
PARTS = {
    "text": ("output_text", "text", "response.output_text"),
    "refusal": ("refusal", "refusal", "response.refusal"),
    "reasoning": ("summary_text", "text", "response.reasoning_summary_text"),
}


class Item:
    """An item of the output, and the events that tell of it."""

    def __init__(self, number: int, part: Part) -> None:
        self.part = part
        self.number = number
        self.id = f"it_{number}"
        self.said = ""

    def event(self, type_: str, **members: Any) -> Payload:
        return {"type": type_, "item_id": self.id, "output_index": self.number, **members}

    @property
    def place(self) -> Payload:
        return {"summary_index" if self.part.kind == "reasoning" else "content_index": 0}

    @property
    def call(self) -> tuple[str, str, str]:
        if self.part.free_text:
            return "custom_tool_call", "input", "response.custom_tool_call_input"
        return "function_call", "arguments", "response.function_call_arguments"

    def content(self, text: str) -> Payload:
        type_, member, _ = PARTS[self.part.kind]
        more: Payload = {"annotations": []} if type_ == "output_text" else {}
        return {"type": type_, member: text, **more}

    def item(self, status: str) -> Payload:
        if self.part.kind == "call":
            type_, member, _ = self.call
            told = {"call_id": self.part.id, "name": self.part.name, member: self.said}
            return {"id": self.id, "type": type_, "status": status, **told}
        whole = [self.content(self.said)] if status == "completed" else []
        if self.part.kind == "reasoning":
            return {"id": self.id, "type": "reasoning", "summary": whole}
        message: Payload = {"role": "assistant", "status": status, "content": whole}
        return {"id": self.id, "type": "message", **message}

    def opened(self) -> list[Payload]:
        index = {"output_index": self.number}
        item = self.item("in_progress")
        added = [{"type": "response.output_item.added", **index, "item": item}]
        if self.part.kind != "call":
            part = self.content("")
            added.append(self.event(f"response.{self._holder}.added", **self.place, part=part))
        return added

    def piece(self, piece: str) -> Payload:
        self.said += piece
        if self.part.kind == "call":
            return self.event(f"{self.call[2]}.delta", delta=piece)
        more: Payload = {"logprobs": []} if self.part.kind == "text" else {}
        name = f"{PARTS[self.part.kind][2]}.delta"
        return self.event(name, **self.place, delta=piece, **more)

    def closed(self) -> list[Payload]:
        item = self.item("completed")
        done = {"type": "response.output_item.done", "output_index": self.number, "item": item}
        if self.part.kind == "call":
            _, member, name = self.call
            named = {} if self.part.free_text else {"name": self.part.name}
            return [self.event(f"{name}.done", **{member: self.said}, **named), done]
        _, member, name = PARTS[self.part.kind]
        more: Payload = {"logprobs": []} if self.part.kind == "text" else {}
        text = self.event(f"{name}.done", **self.place, **{member: self.said}, **more)
        part = self.content(self.said)
        whole = self.event(f"response.{self._holder}.done", **self.place, part=part)
        return [text, whole, done]

    @property
    def _holder(self) -> str:
        return "reasoning_summary_part" if self.part.kind == "reasoning" else "content_part"


def response_payloads(answer: Answer) -> list[Payload | str]:
    items = [Item(number, part) for number, part in enumerate(answer.parts)]

    def response(status: str, **members: Any) -> Payload:
        head = {"id": answer.id, "object": "response", "created_at": 1_790_000_000}
        settings: Payload = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
        told = {"status": status, "error": None, "incomplete_details": None, "usage": None}
        return {**head, **told, "model": answer.model, **settings, "output": [], **members}

    started = ("created", "in_progress")
    events = [{"type": f"response.{name}", "response": response("in_progress")} for name in started]
    for number, _, piece, closes in steps(answer, at_once=True):
        if closes:
            events += items[number].closed()
        elif piece is None:
            events += items[number].opened()
        else:
            events.append(items[number].piece(piece))
    if answer.failure:
        message, type_, code = answer.failure
        error = {"type": type_, "code": str(code), "message": message, "param": None}
        events.append({"type": "error", "error": error})
    elif answer.said is None:
        reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
        reason = reasons.get(answer.finish)
        status = "incomplete" if reason else "completed"
        last = response(
            status,
            incomplete_details=reason and {"reason": reason},
            output=[item.item("completed") for item in items],
            usage=_usage(answer),
        )
        events.append({"type": f"response.{status}", "response": last})
    return [
        {"type": event["type"], "sequence_number": number, **event}
        for number, event in enumerate(events)
    ]


def _usage(answer: Answer) -> Payload:
    usage = answer.usage
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {
            "cached_tokens": usage.cached,
            "cache_write_tokens": usage.written,
        },
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }

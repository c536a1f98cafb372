"""The oracle's chat: `chat.completion.chunk` by WIRE.md 2 and the deviations of 6.1 and 6.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_chunks import Finish, Head, choice_index, extended
from reference_delta import delta, piece
from reference_json import Object, object_of, objects_of, plain, text_of, word
from reference_tool_calls import Name, ToolCalls, arguments_text

if TYPE_CHECKING:
    from reference_delta import Delta


class Said:
    """A text that may never have been there: `None`; or only empty: `""`."""

    def __init__(self) -> None:
        self.text: str | None = None

    def add(self, text: str | None) -> None:
        if text is not None:
            self.text = (self.text or "") + text


class Choice:
    def __init__(self, index: int) -> None:
        self.index = index
        self.started = False
        self.text, self.refusal, self.reasoning = Said(), Said(), Said()
        self.reasoning_by_name: dict[str, str] = {}
        self.tool_calls = ToolCalls()
        self.function_name, self.function_arguments = Name(), ""
        self.audio: dict[str, Any] | None = None
        self.annotations: list[Object] = []
        self.logprobs: dict[str, Any] | None = None
        self.finish = Finish()

    def read(self, choice: Object, chunk: Object) -> list[Delta]:
        # "a null or missing delta is {}", "ignore message when a delta is there"
        body, whole = choice.get("delta"), False
        if body is None and isinstance(choice.get("message"), Object):
            body, whole = choice["message"], True
        deltas = []
        if isinstance(body, Object):
            deltas += self._start(body, chunk)
            deltas += self._read_whole(body) if whole else self._read_delta(body)
        if isinstance(choice.get("logprobs"), Object):
            names = ("content", "refusal")
            self.logprobs = extended(self.logprobs or {}, choice["logprobs"], names)
        # "handle content before finish"
        return deltas + self.finish.read(choice.get("finish_reason"), self.index)

    def _start(self, body: Object, chunk: Object) -> list[Delta]:
        if self.started:
            return []
        self.started = True
        role = text_of(body.get("role")) or None
        id_, model = word(chunk.get("id")), word(chunk.get("model"))
        return [delta("start", self.index, role=role, id=id_, model=model)]

    def _read_delta(self, body: Object) -> list[Delta]:
        deltas = self._read_reasoning(body)
        deltas += self._read_content(body.get("content"), ("text", "reasoning"))
        deltas += self._read_refusal(body)
        deltas += self._read_tool_calls(body)
        deltas += self._read_function_call(object_of(body.get("function_call")))
        deltas += self._read_audio(body.get("audio"))
        for annotation in objects_of(body.get("annotations")):
            self.annotations.append(annotation)
            deltas.append(delta("citation", self.index, value=plain(annotation)))
        return deltas

    def _read_whole(self, message: Object) -> list[Delta]:
        # "use its text only if no delta ever carried any": and so for each kind.
        missing = [
            kind
            for kind, so_far in (("text", self.text), ("reasoning", self.reasoning))
            if not so_far.text
        ]
        deltas = self._read_reasoning(message) if "reasoning" in missing else []
        deltas += self._read_content(message.get("content"), missing)
        deltas += self._read_refusal(message) if not self.refusal.text else []
        deltas += self._read_tool_calls(message) if not self.tool_calls.calls else []
        return deltas

    def _read_reasoning(self, body: Object) -> list[Delta]:
        # "if both names are present use one"
        names = [each for each in ("reasoning_content", "reasoning") if text_of(body.get(each))]
        carried = [each for each in ("reasoning_content", "reasoning") if body.get(each) == ""]
        for name in [*names, *carried][:1]:
            return self._add_reasoning(name, body[name])
        return []

    def _add_reasoning(self, name: str, text: str | None) -> list[Delta]:
        if text is None:
            return []
        self.reasoning.add(text)
        self.reasoning_by_name[name] = self.reasoning_by_name.get(name, "") + text
        return piece("reasoning", self.index, text)

    def _read_content(self, content: Any, kinds: list[str] | tuple[str, ...]) -> list[Delta]:
        if isinstance(content, str):
            return self._add_text(content) if "text" in kinds else []
        # "text parts append to content, thinking parts to reasoning, others are kept"
        deltas = []
        for part in objects_of(content):
            if part.get("type") == "text" and "text" in kinds:
                deltas += self._add_text(text_of(part.get("text")))
            if part.get("type") in ("thinking", "reasoning") and "reasoning" in kinds:
                name = "thinking" if part["type"] == "thinking" else "summary"
                inner = part.get(name)
                for each in objects_of(inner):
                    deltas += self._add_reasoning("reasoning", text_of(each.get("text")))
                if name == "thinking":
                    deltas += self._add_reasoning("reasoning", text_of(inner))
        return deltas

    def _add_text(self, text: str | None) -> list[Delta]:
        self.text.add(text)
        return piece("text", self.index, text)

    def _read_refusal(self, body: Object) -> list[Delta]:
        self.refusal.add(text_of(body.get("refusal")))
        return piece("refusal", self.index, text_of(body.get("refusal")))

    def _read_tool_calls(self, body: Object) -> list[Delta]:
        deltas = []
        for entry in objects_of(body.get("tool_calls")):
            deltas += self.tool_calls.read(entry, self.index)
        return deltas

    def _read_function_call(self, call: Object) -> list[Delta]:
        """Deprecated: "name once, arguments append; one call, no id, no index"."""
        deltas = []
        if self.function_name.add(word(call.get("name"))):
            name = self.function_name.text
            deltas.append(delta("tool_call", self.index, name=name, type="function_call"))
        text = arguments_text(call.get("arguments"))
        self.function_arguments += text
        return deltas + piece("tool_arguments", self.index, text)

    def _read_audio(self, audio: Any) -> list[Delta]:
        if not isinstance(audio, Object):
            return []
        # "id once, transcript and data append, expires_at last value"
        self.audio = self.audio or {}
        if audio.get("id"):
            self.audio.setdefault("id", audio["id"])
        for name in ("transcript", "data"):
            if isinstance(audio.get(name), str):
                self.audio[name] = self.audio.get(name, "") + audio[name]
        if audio.get("expires_at") is not None:
            self.audio["expires_at"] = audio["expires_at"]
        text = text_of(audio.get("data")) or None
        return [delta("audio", self.index, text=text, value=plain(audio))]

    @property
    def function_call(self) -> dict[str, Any] | None:
        if not self.function_name.text and not self.function_arguments:
            return None
        return {"name": self.function_name.text or None, "arguments": self.function_arguments}

    def final(self) -> dict[str, Any]:
        optional = {
            "tool_calls": [call.final() for _, call in self.tool_calls.in_order()],
            "function_call": self.function_call,
            "annotations": self.annotations,
        }
        message = {
            "role": "assistant",
            "content": self.text.text,
            "refusal": self.refusal.text,
            **{name: value for name, value in optional.items() if value},
            **({} if self.audio is None else {"audio": self.audio}),
            **self.reasoning_by_name,
        }
        return {
            "index": self.index,
            "finish_reason": self.finish.reason,
            "logprobs": self.logprobs,
            "message": message,
        }


class Chat:
    shape = "chat"

    def __init__(self, head: Head) -> None:
        self.head = head
        self.choices: dict[int, Choice] = {}

    def read(self, chunk: Object, _: str | None) -> list[Delta]:
        self.head.read(chunk)
        deltas = []
        # "choices null: treat as []"
        for choice in objects_of(chunk.get("choices")):
            index = choice_index(choice)
            deltas += self.choices.setdefault(index, Choice(index)).read(choice, chunk)
        return deltas + self.head.read_usage(chunk)

    def in_order(self) -> list[Choice]:
        return [choice for _, choice in sorted(self.choices.items())]

    def members(self) -> dict[str, Any]:
        first = self.choices.get(0, Choice(0))
        return {
            "texts": {each.index: each.text.text or "" for each in self.in_order()},
            "reasoning": first.reasoning.text,
            "refusal": first.refusal.text,
            "tool_calls": [
                call.outcome(index)
                for choice in self.in_order()
                for index, call in choice.tool_calls.in_order()
            ],
            "function_call": first.function_call,
            # "stop when calls were streamed": by the choice that stops, of which the reason is told
            "called": bool(first.tool_calls.calls or first.function_call),
            "finish_reasons": {each.index: each.finish.reason for each in self.in_order()},
            "usage": plain(self.head.usage),
        }

    def final(self) -> dict[str, Any]:
        choices = [choice.final() for choice in self.in_order()]
        return self.head.final("chat.completion", choices)

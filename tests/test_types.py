"""What editors and type checkers are told: mypy reads this file, and the run has to agree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import anthropic.types as messages
import openai.types as completions
import openai.types.chat.chat_completion_chunk as chat
import openai.types.completion_usage as usage
import pytest
from anthropic.types import beta, raw_message_delta_event
from openai.types import responses
from openai.types.responses import response, response_output_item, response_usage
from typing_extensions import assert_type

from answers import body_of
from ssewire import (
    Chunk,
    ChunkDispatcher,
    Delta,
    Dispatcher,
    EventDispatcher,
    Outcome,
    PayloadObject,
    ServerSentEvent,
    StreamEvent,
    types,
)
from test_stub import STUB

if TYPE_CHECKING:
    from pydantic import BaseModel


def test_a_chat() -> None:
    dispatcher = ChunkDispatcher("chat")
    text, names, total = "", [], 0
    for chunk in assert_type(dispatcher.feed(body_of("chat_tools_parallel")), list[Chunk]):
        for choice in assert_type(chunk.choices, list[types.Choice]):
            text += choice.delta.content or ""
            for call in choice.delta.tool_calls or []:
                assert_type(call, types.ChoiceDeltaToolCall)
                if call.function and call.function.name:
                    names.append(assert_type(call.function.name, str))
        if chunk.usage:
            total = assert_type(chunk.usage.total_tokens, int)
    assert dispatcher.finish() == []
    outcome = assert_type(dispatcher.outcome, Outcome)
    assert (text, names) == (outcome.text, [call.name for call in outcome.tool_calls])
    assert total == (outcome.tokens.total or 0)


def test_a_message() -> None:
    dispatcher = EventDispatcher("messages")
    text, ids, blocks = "", [], []
    for event in assert_type(dispatcher.feed(body_of("messages_simple")), list[StreamEvent]):
        if event.type == "message_start":
            ids.append(assert_type(event.message.id, str))
        elif event.type == "content_block_start":
            blocks.append(assert_type(event.content_block.type, str))
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            text += event.delta.text
        elif event.type == "message_delta":
            assert event.usage.output_tokens == dispatcher.outcome.tokens.output
            assert event.delta.stop_reason == dispatcher.outcome.finish_reason
    assert (text, blocks, len(ids)) == (dispatcher.outcome.text, ["text"], 1)


def test_a_response() -> None:
    dispatcher = EventDispatcher("responses")
    text, whole = "", ""
    for event in dispatcher.feed(body_of("responses_text")):
        if event.type == "response.output_text.delta":
            assert isinstance(event.delta, str)
            text += event.delta
        elif event.type == "response.output_item.added":
            assert assert_type(event.item.type, str)
        elif event.type == "response.completed":
            (item,) = assert_type(event.response.output, list[types.OutputItem])
            whole = item.content[0].text
            assert event.response.usage
            assert event.response.usage.output_tokens_details.reasoning_tokens >= 0
    assert text == whole == dispatcher.outcome.text


def test_what_the_delta_of_an_event_is_need_not_be_told() -> None:
    # Either line is right for one of the two shapes.
    def of_messages(event: StreamEvent) -> str:
        return event.delta.text

    def of_responses(event: StreamEvent) -> str:
        return event.delta

    (event,) = EventDispatcher("responses").feed_payload(
        '{"type": "response.output_text.delta", "delta": "Hi"}'
    )
    assert of_responses(event) == "Hi"
    (event,) = EventDispatcher("messages").feed_payload(
        '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}'
    )
    assert of_messages(event) == "Hi"


def test_any_family() -> None:
    dispatcher = Dispatcher()
    items = assert_type(dispatcher.feed(body_of("chat_simple")), list[Chunk | StreamEvent])
    assert assert_type(dispatcher.shape, types.Shape | None) == "chat"
    for item in items:
        if isinstance(item, Chunk):
            assert_type(item.model, str)
        else:
            pytest.fail("these are chunks")
    assert_type(dispatcher.snapshot(), dict[str, Any] | None)


def test_every_dispatcher_is_one_of_both_families() -> None:
    def read(dispatcher: Dispatcher) -> str:
        return "".join(item.text for item in dispatcher.feed(body_of("chat_simple")))

    assert read(ChunkDispatcher()) == read(Dispatcher()) != ""


def test_items_of_either_family() -> None:
    (item,) = ChunkDispatcher().feed_payload(b'{"choices": [{"delta": {}}], "shiny": {"x": 1}}')
    assert assert_type(item.event, ServerSentEvent).data == assert_type(item.to_json(), str)
    assert assert_type(item.to_dict(), dict[str, Any]) == assert_type(item.json(), Any)
    assert assert_type(item.shiny, Any).x == 1
    assert assert_type(item.choices[0].delta.to_dict(), dict[str, Any]) == {}
    (delta,) = assert_type(item.deltas, tuple[Delta, ...])
    assert delta.kind == "start"
    assert delta.kind != "begin"  # type: ignore[comparison-overlap]
    assert delta.item == item
    assert isinstance(item.choices[0], PayloadObject)


def test_handlers() -> None:
    dispatcher = EventDispatcher()
    pieces: list[str] = []
    dispatcher.on("text", lambda delta: pieces.append(delta.text))

    @dispatcher.on("finish")
    def finish(delta: Delta) -> None:
        pieces.append(delta.reason)

    @dispatcher.on("message_start")
    def start(event: StreamEvent) -> None:
        pieces.append(event.message.role)

    @dispatcher.on("shiny_new_type")
    def shiny(event: StreamEvent) -> None:
        pytest.fail(event.type)

    dispatcher.feed(body_of("messages_simple"))
    assert pieces[0] == "assistant"
    assert pieces[-1] == dispatcher.outcome.finish_reason
    assert "".join(pieces[1:-1]) == dispatcher.outcome.text


def test_handlers_of_the_wrong_kind() -> None:
    def of_delta(delta: Delta) -> None: ...

    def of_event(event: StreamEvent) -> None: ...

    def of_chunk(chunk: Chunk) -> None: ...

    dispatcher = Dispatcher()
    dispatcher.on("message_start", of_event)
    dispatcher.on("text", of_event)  # type: ignore[arg-type]
    dispatcher.on("message_start", of_delta)  # type: ignore[arg-type]
    dispatcher.on("message", of_chunk)  # type: ignore[arg-type]
    ChunkDispatcher().on("message", of_chunk)


def optional(hint: Any) -> bool | None:
    """Whether it may be `None`; `None` if nobody says."""
    if hint is Any or Any in get_args(hint):
        return None
    return type(None) in get_args(hint)


MODELS: list[tuple[Any, list[type[BaseModel]]]] = [
    (types.Choice, [chat.Choice, completions.CompletionChoice]),
    (types.ChoiceDelta, [chat.ChoiceDelta]),
    (types.ChoiceDeltaAudio, [chat.ChoiceDeltaAudio]),
    (types.ChoiceDeltaFunction, [chat.ChoiceDeltaToolCallFunction, chat.ChoiceDeltaFunctionCall]),
    (types.ChoiceDeltaToolCall, [chat.ChoiceDeltaToolCall]),
    (types.CompletionTokensDetails, [usage.CompletionTokensDetails]),
    (types.CompletionUsage, [completions.CompletionUsage]),
    (types.PromptTokensDetails, [usage.PromptTokensDetails]),
    (
        types.BlockDelta,
        [
            *(messages.TextDelta, messages.ThinkingDelta, messages.SignatureDelta),
            *(messages.InputJSONDelta, messages.CitationsDelta, raw_message_delta_event.Delta),
        ],
    ),
    (
        types.ContentBlock,
        [
            *(messages.TextBlock, messages.ThinkingBlock, messages.RedactedThinkingBlock),
            *(messages.ToolUseBlock, messages.ServerToolUseBlock, beta.BetaMCPToolUseBlock),
            messages.WebSearchToolResultBlock,
        ],
    ),
    (types.Message, [messages.Message]),
    (types.MessageDeltaUsage, [messages.MessageDeltaUsage]),
    (types.MessageTokensDetails, [messages.OutputTokensDetails]),
    (types.MessageUsage, [messages.Usage]),
    (types.ServerToolUsage, [messages.ServerToolUsage]),
    (
        types.ContentPart,
        [
            *(responses.ResponseOutputText, responses.ResponseOutputRefusal),
            responses.response_reasoning_item.Summary,
        ],
    ),
    (types.ErrorObject, [responses.ResponseError]),
    (types.IncompleteDetails, [response.IncompleteDetails]),
    (types.InputTokensDetails, [response_usage.InputTokensDetails]),
    (
        types.OutputItem,
        [
            *(responses.ResponseOutputMessage, responses.ResponseReasoningItem),
            *(responses.ResponseFunctionToolCall, responses.ResponseCustomToolCall),
            *(responses.ResponseFileSearchToolCall, responses.ResponseFunctionWebSearch),
            *(response_output_item.McpCall, response_output_item.ImageGenerationCall),
            responses.ResponseCodeInterpreterToolCall,
        ],
    ),
    (types.OutputTokensDetails, [response_usage.OutputTokensDetails]),
    (types.Response, [responses.Response]),
    (types.ResponseUsage, [responses.ResponseUsage]),
]


@pytest.mark.parametrize(("own", "models"), MODELS)
def test_members_are_those_of_the_sdks(own: Any, models: list[type[BaseModel]]) -> None:
    declared: dict[str, list[bool]] = {}
    for model in models:
        for name, field in model.model_fields.items():
            declared.setdefault(name, []).append(not field.is_required())
    for name, hint in get_type_hints(own).items():
        assert optional(hint) in (None, any(declared[name])), name


def test_every_type_is_compared() -> None:
    compared = {own.__name__ for own, _ in MODELS}
    words = {"Shape", "DeltaKind", "EventType"}
    assert compared | words | {"Payload", "EventDelta"} == set(types.__all__)


def members_in_stub(name: str) -> set[str]:
    (found,) = (
        node
        for node in ast.parse(STUB.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == name
    )
    targets = (node.target for node in found.body if isinstance(node, ast.AnnAssign))
    return {target.id for target in targets if isinstance(target, ast.Name)}


def events(*unions: Any) -> dict[str, type[BaseModel]]:
    """The models of events, by the type that they are for."""
    models = {}
    for union in unions:
        for model in get_args(get_args(union)[0]):
            (kind,) = get_args(model.model_fields["type"].annotation)
            models[kind] = model
    return models


EVENTS = events(messages.RawMessageStreamEvent, responses.ResponseStreamEvent)


def test_members_of_items_are_those_of_the_sdks() -> None:
    assert members_in_stub("Chunk") <= chat.ChatCompletionChunk.model_fields.keys()
    known = {name for model in EVENTS.values() for name in model.model_fields}
    # The SDKs raise an event of errors of Anthropic's.
    assert members_in_stub("StreamEvent") <= known | {"error"}


def test_words() -> None:
    assert set(get_args(types.EventType)) <= EVENTS.keys()
    dispatcher = Dispatcher()
    for kind in get_args(types.DeltaKind):
        assert callable(dispatcher.on(kind))

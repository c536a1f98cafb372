"""The words that are values: shapes, kinds of deltas, types of events."""

from __future__ import annotations

from typing import Literal, TypeAlias

Shape: TypeAlias = Literal["chat", "completions", "messages", "responses"]

DeltaKind: TypeAlias = Literal[
    "start",
    "text",
    "reasoning",
    "signature",
    "refusal",
    "tool_call",
    "tool_arguments",
    "audio",
    "citation",
    "finish",
    "usage",
    "error",
    "done",
    "invalid",
    "other",
]

EventType: TypeAlias = Literal[
    "message_start",
    "message_delta",
    "message_stop",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "response.created",
    "response.queued",
    "response.in_progress",
    "response.completed",
    "response.incomplete",
    "response.failed",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.output_text.delta",
    "response.output_text.done",
    "response.output_text.annotation.added",
    "response.refusal.delta",
    "response.refusal.done",
    "response.reasoning_text.delta",
    "response.reasoning_text.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done",
    "response.mcp_call_arguments.delta",
    "response.mcp_call_arguments.done",
    "response.code_interpreter_call_code.delta",
    "response.code_interpreter_call_code.done",
    "response.image_generation_call.partial_image",
]
"""The native types that have members of their own; there are more."""

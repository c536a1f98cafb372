"""The types of what payloads hold, for editors and type checkers, with the SDKs' names.

At run time every object within a payload is a `PayloadObject`; there are no objects of these
classes and nothing to construct. They say how such an object reads, wherever it is:

    from ssewire.types import Choice

    def finished(choice: Choice) -> bool:
        return choice.finish_reason is not None

Members have the names that they have in the openai and anthropic packages, and are `None` where
these say so. A class stands for all variants that the SDKs have (a text block and a tool use block
are one `ContentBlock`): ask for `type` before you read a member that only some of them have. A
member that is not listed is an attribute too, of the type `Any`. All of them are read-only.
"""

from ssewire.types.chunks import (
    Choice,
    ChoiceDelta,
    ChoiceDeltaAudio,
    ChoiceDeltaFunction,
    ChoiceDeltaToolCall,
    CompletionTokensDetails,
    CompletionUsage,
    PromptTokensDetails,
)
from ssewire.types.messages import (
    BlockDelta,
    ContentBlock,
    EventDelta,
    Message,
    MessageDeltaUsage,
    MessageTokensDetails,
    MessageUsage,
    ServerToolUsage,
)
from ssewire.types.payload import ErrorObject, Payload
from ssewire.types.responses import (
    ContentPart,
    IncompleteDetails,
    InputTokensDetails,
    OutputItem,
    OutputTokensDetails,
    Response,
    ResponseUsage,
)
from ssewire.types.words import DeltaKind, EventType, Shape

__all__ = [
    "BlockDelta",
    "Choice",
    "ChoiceDelta",
    "ChoiceDeltaAudio",
    "ChoiceDeltaFunction",
    "ChoiceDeltaToolCall",
    "CompletionTokensDetails",
    "CompletionUsage",
    "ContentBlock",
    "ContentPart",
    "DeltaKind",
    "ErrorObject",
    "EventDelta",
    "EventType",
    "IncompleteDetails",
    "InputTokensDetails",
    "Message",
    "MessageDeltaUsage",
    "MessageTokensDetails",
    "MessageUsage",
    "OutputItem",
    "OutputTokensDetails",
    "Payload",
    "PromptTokensDetails",
    "Response",
    "ResponseUsage",
    "ServerToolUsage",
    "Shape",
]

//! Which members the SDKs' classes have, for payloads in which they are absent: `None` then, as the
//! SDKs say it. Of the openai and anthropic packages' type definitions.

/// What an object of a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Unknown,
    Chunk,
    Choice,
    ChoiceDelta,
    ToolCall,
    Function,
    Usage,
    TokenDetails,
    Event,
    BlockDelta,
    Block,
    Message,
    MessageUsage,
    Response,
    OutputItem,
    Part,
    ResponseUsage,
    Error,
}

impl Role {
    /// The members that an object of that role has, there or not.
    pub(crate) fn members(self) -> &'static [&'static str] {
        match self {
            Self::Unknown | Self::Block | Self::OutputItem | Self::Part => &[],
            Self::Chunk => &[
                "id", "object", "created", "model", "choices", "usage", "service_tier",
                "system_fingerprint", "moderation",
            ],
            Self::Choice => &["index", "delta", "finish_reason", "logprobs"],
            Self::ChoiceDelta => {
                &["role", "content", "refusal", "tool_calls", "function_call"]
            }
            Self::ToolCall => &["index", "id", "type", "function"],
            Self::Function => &["name", "arguments"],
            Self::Usage => &[
                "prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details",
                "completion_tokens_details",
            ],
            Self::TokenDetails => &[
                "cached_tokens", "cache_write_tokens", "audio_tokens", "reasoning_tokens",
                "accepted_prediction_tokens", "rejected_prediction_tokens", "thinking_tokens",
            ],
            Self::Event => &["type"],
            Self::BlockDelta => &[],
            Self::Message => &[
                "id", "type", "role", "model", "content", "stop_reason", "stop_sequence",
                "stop_details", "container", "diagnostics", "usage",
            ],
            Self::MessageUsage => &[
                "input_tokens", "output_tokens", "cache_creation_input_tokens",
                "cache_read_input_tokens", "cache_creation", "output_tokens_details",
                "server_tool_use", "service_tier", "inference_geo",
            ],
            Self::Response => &[
                "id", "object", "created_at", "status", "error", "incomplete_details",
                "instructions", "metadata", "model", "output", "usage", "temperature", "top_p",
                "tools", "tool_choice", "parallel_tool_calls", "background", "completed_at",
                "conversation", "max_output_tokens", "max_tool_calls", "moderation",
                "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_retention",
                "reasoning", "safety_identifier", "service_tier", "text", "top_logprobs",
                "truncation", "user",
            ],
            Self::ResponseUsage => &[
                "input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details",
                "total_tokens",
            ],
            Self::Error => &["type", "message", "code", "param"],
        }
    }

    /// The members of an event, by its type.
    pub(crate) fn event_members(kind: &str) -> &'static [&'static str] {
        match kind {
            "message_start" => &["message"],
            "message_delta" => &["delta", "usage"],
            "content_block_start" => &["index", "content_block"],
            "content_block_delta" => &["index", "delta"],
            "content_block_stop" => &["index"],
            "error" => &["error", "code", "message", "param", "sequence_number"],
            "response.output_text.delta" => &[
                "content_index", "delta", "item_id", "logprobs", "output_index", "sequence_number",
            ],
            "response.created" | "response.in_progress" | "response.queued"
            | "response.completed" | "response.incomplete" | "response.failed" => {
                &["response", "sequence_number"]
            }
            "response.output_item.added" | "response.output_item.done" => {
                &["item", "output_index", "sequence_number"]
            }
            "response.content_part.added" | "response.content_part.done" => {
                &["content_index", "item_id", "output_index", "part", "sequence_number"]
            }
            kind if kind.starts_with("response.") => {
                &["item_id", "output_index", "sequence_number"]
            }
            _ => &[],
        }
    }

    /// The members of an object within a block, item or part, by its type.
    pub(crate) fn typed_members(self, kind: &str) -> &'static [&'static str] {
        match (self, kind) {
            (Self::Block, "text") => &["text", "citations"],
            (Self::Block, "thinking") => &["thinking", "signature"],
            (Self::Block, "tool_use" | "server_tool_use") => {
                &["id", "name", "input", "caller", "toolset_name"]
            }
            (Self::BlockDelta, "text_delta") => &["text"],
            (Self::BlockDelta, "thinking_delta") => &["thinking"],
            (Self::BlockDelta, "input_json_delta") => &["partial_json"],
            (Self::BlockDelta, "signature_delta") => &["signature"],
            (Self::BlockDelta, "citations_delta") => &["citation"],
            // The delta of a `message_delta` has no type.
            (Self::BlockDelta, "") => {
                &["stop_reason", "stop_sequence", "stop_details", "container"]
            }
            (Self::OutputItem, "message") => &["id", "role", "status", "content", "phase"],
            (Self::OutputItem, "function_call") => {
                &["id", "call_id", "name", "arguments", "status", "namespace"]
            }
            (Self::OutputItem, "custom_tool_call") => {
                &["id", "call_id", "name", "input", "status", "namespace"]
            }
            (Self::OutputItem, "reasoning") => {
                &["id", "summary", "content", "encrypted_content", "status"]
            }
            (Self::Part, "output_text") => &["text", "annotations", "logprobs"],
            (Self::Part, "refusal") => &["refusal"],
            _ => &[],
        }
    }

    /// What the object is that a member of this one holds, or its elements.
    pub(crate) fn of_member(self, name: &str) -> Self {
        match (self, name) {
            (Self::Chunk, "choices") => Self::Choice,
            (Self::Chunk | Self::Choice, "usage") => Self::Usage,
            (Self::Choice, "delta" | "message") => Self::ChoiceDelta,
            (Self::ChoiceDelta, "tool_calls") => Self::ToolCall,
            (Self::ChoiceDelta, "function_call") | (Self::ToolCall, "function") => Self::Function,
            (Self::Usage, "prompt_tokens_details" | "completion_tokens_details")
            | (Self::MessageUsage | Self::ResponseUsage, "output_tokens_details")
            | (Self::ResponseUsage, "input_tokens_details") => Self::TokenDetails,
            (Self::Event, "delta") => Self::BlockDelta,
            (Self::Event, "content_block") | (Self::Message, "content") => Self::Block,
            (Self::Event, "message") => Self::Message,
            (Self::Event | Self::Message, "usage") => Self::MessageUsage,
            (Self::Event, "response") => Self::Response,
            (Self::Event, "item") | (Self::Response, "output") => Self::OutputItem,
            (Self::Event, "part") | (Self::OutputItem, "content" | "summary") => Self::Part,
            (Self::Response, "usage") => Self::ResponseUsage,
            (Self::Chunk | Self::Event | Self::Response, "error") => Self::Error,
            _ => Self::Unknown,
        }
    }
}

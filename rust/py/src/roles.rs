//! Which members the SDKs' classes have, for payloads in which they are absent: `None` then, as the
//! SDKs say it. Of the type definitions of openai 3.52.0 and anthropic 2.11.0, beta included.

/// What an object of a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Unknown,
    /// What the SDKs leave a dict.
    Dict,
    Chunk,
    Choice,
    ChoiceDelta,
    Audio,
    Logprobs,
    TokenLogprob,
    ToolCall,
    Function,
    Usage,
    TokenDetails,
    Event,
    BlockDelta,
    Block,
    Citation,
    Message,
    StopDetails,
    Container,
    Diagnostics,
    MessageUsage,
    Response,
    IncompleteDetails,
    Reasoning,
    TextConfig,
    OutputItem,
    Part,
    ResponseUsage,
    Error,
}

impl Role {
    /// Whether an object of that role and type has a member, there or not.
    pub(crate) fn has(self, kind: &str, name: &str) -> bool {
        self.names(kind).any(|own| own == name)
    }

    /// The members that an object of that role and type has.
    pub(crate) fn names(self, kind: &str) -> impl Iterator<Item = &'static str> {
        let typed = match self {
            Self::Event => event(kind),
            Self::Block => block(kind),
            Self::BlockDelta => block_delta(kind),
            Self::Citation => citation(kind),
            Self::OutputItem => output_item(kind),
            Self::Part => part(kind),
            _ => "",
        };
        self.members().split_ascii_whitespace().chain(typed.split_ascii_whitespace())
    }

    /// Whatever the type.
    fn members(self) -> &'static str {
        match self {
            Self::Unknown
            | Self::Dict
            | Self::Block
            | Self::BlockDelta
            | Self::Citation
            | Self::OutputItem
            | Self::Part => "",
            Self::Chunk => {
                "id object created model choices usage service_tier system_fingerprint moderation \
                 obfuscation"
            }
            Self::Choice => "index delta finish_reason logprobs",
            Self::ChoiceDelta => "role content refusal tool_calls function_call audio",
            Self::Audio => "id data expires_at transcript",
            Self::Logprobs => "content refusal text_offset token_logprobs tokens top_logprobs",
            Self::TokenLogprob => "token logprob bytes top_logprobs",
            Self::ToolCall => "index id type function",
            Self::Function => "name arguments",
            Self::Usage => {
                "prompt_tokens completion_tokens total_tokens prompt_tokens_details \
                 completion_tokens_details"
            }
            Self::TokenDetails => {
                "cached_tokens cache_write_tokens audio_tokens reasoning_tokens text_tokens \
                 image_tokens accepted_prediction_tokens rejected_prediction_tokens \
                 thinking_tokens cache_write_tokens_details"
            }
            Self::Event => "type",
            Self::Message => {
                "id type role model content stop_reason stop_sequence stop_details container \
                 diagnostics usage context_management input_transformations"
            }
            Self::StopDetails => {
                "category explanation fallback_credit_token fallback_has_prefill_claim \
                 recommended_model"
            }
            Self::Container => "skills",
            Self::Diagnostics => "cache_miss_reason",
            Self::MessageUsage => {
                "input_tokens output_tokens cache_creation_input_tokens cache_read_input_tokens \
                 cache_creation output_tokens_details server_tool_use service_tier inference_geo \
                 speed iterations fallback_credit"
            }
            Self::Response => {
                "id object created_at status error incomplete_details instructions metadata model \
                 output usage temperature top_p tools tool_choice parallel_tool_calls background \
                 completed_at conversation max_output_tokens max_tool_calls moderation \
                 previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning \
                 safety_identifier service_tier text top_logprobs truncation user access_programs \
                 image input_transformations prompt_cache_diagnostics prompt_cache_options \
                 tool_usage"
            }
            Self::IncompleteDetails => "reason",
            Self::Reasoning => "context effort generate_summary mode summary",
            Self::TextConfig => "format verbosity",
            Self::ResponseUsage => {
                "input_tokens input_tokens_details output_tokens output_tokens_details total_tokens"
            }
            Self::Error => "type message code param misalignment",
        }
    }

    /// What the object is that a member of this one holds, or its elements.
    pub(crate) fn of_member(self, name: &str) -> Self {
        match (self, name) {
            (Self::Chunk, "choices") => Self::Choice,
            (Self::Chunk | Self::Choice, "usage") => Self::Usage,
            (Self::Choice, "delta" | "message") => Self::ChoiceDelta,
            (Self::Choice, "logprobs") => Self::Logprobs,
            (Self::Logprobs, "content" | "refusal")
            | (Self::TokenLogprob, "top_logprobs")
            | (Self::Event | Self::Part, "logprobs") => Self::TokenLogprob,
            (Self::ChoiceDelta, "tool_calls") => Self::ToolCall,
            (Self::ChoiceDelta, "audio") => Self::Audio,
            (Self::ChoiceDelta, "function_call") | (Self::ToolCall, "function") => Self::Function,
            (Self::Usage, "prompt_tokens_details" | "completion_tokens_details")
            | (Self::MessageUsage | Self::ResponseUsage, "output_tokens_details")
            | (Self::ResponseUsage, "input_tokens_details") => Self::TokenDetails,
            (Self::Event, "delta") => Self::BlockDelta,
            (Self::Event, "content_block") | (Self::Message, "content") => Self::Block,
            (Self::Block, "input") | (Self::Response, "metadata") => Self::Dict,
            (Self::Block, "citations") | (Self::BlockDelta, "citation") => Self::Citation,
            (Self::Event, "message") => Self::Message,
            (Self::Message | Self::BlockDelta, "stop_details") => Self::StopDetails,
            (Self::Message | Self::BlockDelta, "container") => Self::Container,
            (Self::Message, "diagnostics") => Self::Diagnostics,
            (Self::Event | Self::Message, "usage") => Self::MessageUsage,
            (Self::Event, "response") => Self::Response,
            (Self::Response, "incomplete_details") => Self::IncompleteDetails,
            (Self::Response, "reasoning") => Self::Reasoning,
            (Self::Response, "text") => Self::TextConfig,
            (Self::Event, "item") | (Self::Response, "output") => Self::OutputItem,
            (Self::Event, "part") | (Self::OutputItem, "content" | "summary") => Self::Part,
            (Self::Response, "usage") => Self::ResponseUsage,
            (Self::Chunk | Self::Event | Self::Response, "error") => Self::Error,
            _ => Self::Unknown,
        }
    }
}

fn event(kind: &str) -> &'static str {
    match kind {
        "message_start" => "message",
        "message_delta" => "delta usage context_management input_transformations",
        "content_block_start" => "index content_block",
        "content_block_delta" => "index delta",
        "content_block_stop" => "index",
        "error" => "error code message param sequence_number",
        "response.created"
        | "response.in_progress"
        | "response.queued"
        | "response.completed"
        | "response.incomplete"
        | "response.failed" => "response sequence_number",
        "response.output_text.delta" => {
            "content_index delta item_id logprobs output_index sequence_number"
        }
        "response.output_item.added" | "response.output_item.done" => {
            "item output_index sequence_number"
        }
        "response.content_part.added" | "response.content_part.done" => {
            "content_index item_id output_index part sequence_number"
        }
        "response.output_text.annotation.added" => {
            "annotation annotation_index content_index item_id output_index sequence_number"
        }
        "response.reasoning_summary_part.done" => {
            "status part summary_index item_id output_index sequence_number"
        }
        "response.image_generation_call.partial_image" => {
            "background output_format quality size item_id output_index sequence_number"
        }
        "response.shell_call_command.delta" => {
            "obfuscation command_index output_index sequence_number"
        }
        kind if kind.starts_with("response.audio.") => "sequence_number",
        kind if kind.starts_with("response.shell_call_command.") => {
            "command_index output_index sequence_number"
        }
        kind if kind.starts_with("response.") => "item_id output_index sequence_number",
        _ => "",
    }
}

fn block(kind: &str) -> &'static str {
    match kind {
        "text" => "text citations",
        "thinking" => "thinking signature",
        "tool_use" => "id name input caller toolset_name",
        "server_tool_use" => "id name input caller",
        "web_search_tool_result" | "web_fetch_tool_result" => "caller",
        "compaction" => "content encrypted_content signature tool_changes",
        _ => "",
    }
}

fn block_delta(kind: &str) -> &'static str {
    match kind {
        "text_delta" => "text",
        "thinking_delta" => "thinking estimated_tokens",
        "input_json_delta" => "partial_json",
        "signature_delta" => "signature",
        "citations_delta" => "citation",
        "compaction_delta" => "content encrypted_content",
        // The delta of a `message_delta` has no type.
        "" => "stop_reason stop_sequence stop_details container",
        _ => "",
    }
}

fn citation(kind: &str) -> &'static str {
    match kind {
        "char_location" | "page_location" | "content_block_location" => "document_title file_id",
        "web_search_result_location" | "search_result_location" => "title",
        _ => "",
    }
}

fn output_item(kind: &str) -> &'static str {
    match kind {
        "message" => "id role status content phase",
        "function_call" => "id call_id name arguments status namespace async caller",
        "custom_tool_call" => "id call_id name input namespace async caller",
        "reasoning" => "id summary content encrypted_content status",
        "function_call_output" => "call_id caller created_by name namespace",
        "custom_tool_call_output" | "apply_patch_call" => "caller created_by",
        "file_search_call" => "results",
        "mcp_call" => "approval_request_id error output status",
        "mcp_list_tools" => "error",
        "mcp_approval_response" => "reason",
        "code_interpreter_call" => "code outputs",
        "image_generation_call" => {
            "action background error output_format quality result revised_prompt size svg_usage"
        }
        "computer_call" => "action actions",
        "computer_call_output" => "acknowledged_safety_checks created_by",
        "tool_search_call" | "tool_search_output" => "call_id created_by",
        "compaction" => "created_by",
        "local_shell_call_output" => "status",
        "shell_call" => "caller created_by environment",
        "shell_call_output" => "caller created_by max_output_length",
        "apply_patch_call_output" => "caller created_by output",
        _ => "",
    }
}

fn part(kind: &str) -> &'static str {
    match kind {
        "output_text" => "text annotations logprobs",
        "refusal" => "refusal",
        _ => "",
    }
}

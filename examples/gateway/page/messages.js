// The messages API: what is asked, and what its events say.

import { errorEvent } from "./failure.js";
import { NO_RESULT, TOOL } from "./tool.js";

const MOST_TOKENS = 4096; // the API asks for a limit

export const path = "v1/messages";

export function request(model, turns, withTool) {
  const messages = [];
  let results = [];
  for (const { prompt, answer } of turns) {
    // Results come first in the user's message that follows the calls.
    messages.push({ role: "user", content: [...results, { type: "text", text: prompt }] });
    results = [];
    const content = answer?.text ? [{ type: "text", text: answer.text }] : [];
    for (const call of withTool ? (answer?.calls ?? []) : []) {
      const input = JSON.parse(call.arguments || "{}");
      content.push({ type: "tool_use", id: call.id, name: call.name, input });
      results.push({ type: "tool_result", tool_use_id: call.id, content: NO_RESULT });
    }
    if (content.length > 0) messages.push({ role: "assistant", content });
  }
  const body = { model, messages, max_tokens: MOST_TOKENS, stream: true };
  if (withTool) {
    const { parameters, ...tool } = TOOL;
    body.tools = [{ ...tool, input_schema: parameters }];
  }
  return body;
}

export class Reader {
  #answer;
  complete = false; // whether the stream may end here

  constructor(answer) {
    this.#answer = answer;
  }

  /** Whether the answer is over with this event. */
  read({ event, data }) {
    if (data.trim().startsWith("[DONE]")) return false;
    const payload = JSON.parse(data);
    switch (payload?.type ?? event) {
      case "content_block_start":
        this.#open(payload.index, payload.content_block);
        break;
      case "content_block_delta":
        this.#add(payload.index, payload.delta);
        break;
      case "message_delta":
        if (typeof payload.usage?.output_tokens === "number") {
          this.#answer.tokens(payload.usage.output_tokens);
        }
        if (payload.delta?.stop_reason) this.#answer.finish(payload.delta.stop_reason);
        break;
      case "message_stop":
        this.complete = true;
        break;
      case "error":
        throw errorEvent(payload.error ?? payload);
    }
    return this.complete;
  }

  #open(index, block) {
    if (block?.type?.endsWith("tool_use")) this.#answer.call(index, block.id, block.name);
    else if (block?.text) this.#answer.text(index, block.text);
    else if (block?.thinking) this.#answer.reasoning(index, block.thinking);
  }

  #add(index, delta) {
    switch (delta?.type) {
      case "text_delta":
        this.#answer.text(index, delta.text);
        break;
      case "thinking_delta":
        this.#answer.reasoning(index, delta.thinking);
        break;
      case "input_json_delta":
        this.#answer.argument(index, delta.partial_json);
        break;
    }
  }
}

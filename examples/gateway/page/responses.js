// The responses API: what is asked, and what its events say.

import { errorEvent } from "./failure.js";
import { NO_RESULT, TOOL } from "./tool.js";

export const path = "v1/responses";

export function request(model, turns, withTool) {
  const input = [];
  for (const { prompt, answer } of turns) {
    input.push({ role: "user", content: prompt });
    if (answer?.text) input.push({ role: "assistant", content: answer.text });
    for (const call of withTool ? (answer?.calls ?? []) : []) {
      const { id, name, arguments: given } = call;
      input.push({ type: "function_call", call_id: id, name, arguments: given });
      input.push({ type: "function_call_output", call_id: id, output: NO_RESULT });
    }
  }
  const body = { model, input, stream: true, store: false };
  if (withTool) body.tools = [{ type: "function", ...TOOL }];
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
    const { output_index: item, delta } = payload ?? {};
    // The events that end a part repeat its text; only the pieces count.
    switch (payload?.type ?? event) {
      case "response.output_text.delta":
      case "response.refusal.delta":
        this.#answer.text(`${item}.${payload.content_index}`, delta);
        break;
      case "response.reasoning_summary_text.delta":
        this.#answer.reasoning(`${item}.${payload.summary_index}`, delta);
        break;
      case "response.reasoning_text.delta":
        this.#answer.reasoning(`${item}.${payload.content_index}`, delta);
        break;
      case "response.output_item.added":
        if (payload.item?.call_id) {
          this.#answer.call(item, payload.item.call_id, payload.item.name);
        }
        break;
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        this.#answer.argument(item, delta);
        break;
      case "response.completed":
      case "response.incomplete":
        this.#end(payload.response);
        break;
      case "response.failed":
        throw errorEvent(payload.response?.error);
      case "error":
        throw errorEvent(payload.error ?? payload);
    }
    return this.complete;
  }

  #end(response) {
    this.complete = true;
    const tokens = response?.usage?.output_tokens;
    if (typeof tokens === "number") this.#answer.tokens(tokens);
    this.#answer.finish(response?.incomplete_details?.reason ?? response?.status ?? "completed");
  }
}

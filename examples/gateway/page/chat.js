// The chat completions API: what is asked, and what its chunks say.

import { errorEvent } from "./failure.js";
import { NO_RESULT, TOOL } from "./tool.js";

export const path = "v1/chat/completions";

export function request(model, turns, withTool) {
  const messages = [];
  for (const { prompt, answer } of turns) {
    messages.push({ role: "user", content: prompt });
    const calls = withTool ? (answer?.calls ?? []) : [];
    if (!answer?.text && calls.length === 0) continue;
    messages.push({ role: "assistant", content: answer.text || null });
    if (calls.length === 0) continue;
    messages.at(-1).tool_calls = calls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
    for (const call of calls) {
      messages.push({ role: "tool", tool_call_id: call.id, content: NO_RESULT });
    }
  }
  const body = { model, messages, stream: true, stream_options: { include_usage: true } };
  if (withTool) body.tools = [{ type: "function", function: TOOL }];
  return body;
}

export class Reader {
  #answer;
  #call = null; // the one that pieces without an id or a known index belong to
  #byId = new Map();
  #byIndex = new Map();
  complete = false; // whether the stream may end here

  constructor(answer) {
    this.#answer = answer;
  }

  /** Whether the answer is over with this event. */
  read({ data }) {
    if (data.trim().startsWith("[DONE]")) {
      this.complete = true;
      return true;
    }
    const chunk = JSON.parse(data);
    if (chunk?.error) throw errorEvent(chunk.error);
    const tokens = chunk?.usage?.completion_tokens;
    if (typeof tokens === "number") this.#answer.tokens(tokens);
    for (const choice of chunk?.choices ?? []) {
      if ((choice.index ?? 0) === 0) this.#read(choice);
    }
    return false;
  }

  #read({ delta, finish_reason: reason }) {
    const thought = delta?.reasoning_content || delta?.reasoning;
    if (thought) this.#answer.reasoning("reasoning", thought);
    for (const text of texts(delta?.content)) this.#answer.text("text", text);
    if (delta?.refusal) this.#answer.text("refusal", delta.refusal);
    for (const piece of delta?.tool_calls ?? []) this.#callPiece(piece);
    if (reason) {
      this.complete = true;
      this.#answer.finish(reason);
    }
  }

  #callPiece({ index, id, function: made, custom }) {
    const { name, arguments: given, input } = made ?? custom ?? {};
    // Servers leave out the index, or give the same to all: a new id is a new call.
    const known = id
      ? this.#byId.get(id)
      : (this.#byIndex.get(index) ?? (name ? undefined : this.#call));
    this.#call = known ?? `call ${this.#byId.size} ${id ?? index}`;
    if (id) this.#byId.set(id, this.#call);
    this.#byIndex.set(index, this.#call);
    if (!known || name) this.#answer.call(this.#call, id, name);
    const text = given ?? input;
    if (text) {
      this.#answer.argument(this.#call, typeof text === "string" ? text : JSON.stringify(text));
    }
  }
}

function texts(content) {
  if (typeof content === "string") return [content];
  return (content ?? []).map((part) => part.text).filter((text) => typeof text === "string");
}

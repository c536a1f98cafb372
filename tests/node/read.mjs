// What the official SDKs make of streams. In: lines of JSON with a `shape` and a `body` (base64).
// Out: for each a line with what was `raw`ly read, and what the `helper` put together.
import { createInterface } from "node:readline";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const message = { role: "user", content: "Hello" };

// A fetch that answers with the stream, cut into pieces that split events and characters.
function answering(body) {
  const pieces = [];
  for (let at = 0; at < body.length; at += 50) pieces.push(body.subarray(at, at + 50));
  const headers = { "content-type": "text/event-stream" };
  return async () => new Response(ReadableStream.from(pieces), { status: 200, headers });
}

function client(kind, body) {
  const options = { apiKey: "none", maxRetries: 0, fetch: answering(body) };
  return new kind({ ...options, baseURL: "http://localhost:9" });
}

function add(calls, at, call) {
  calls[at] ??= { id: null, name: null, arguments: "" };
  calls[at].id ??= call.id ?? null;
  calls[at].name ??= call.name ?? null;
  calls[at].arguments += call.arguments ?? "";
}

const empty = () => ({ text: "", reasoning: "", refusal: "", calls: [], finish: null, usage: null });

async function rawChat(body) {
  const said = empty();
  const parameters = { model: "m", messages: [message], stream: true };
  for await (const chunk of await client(OpenAI, body).chat.completions.create(parameters)) {
    said.usage = chunk.usage ?? said.usage;
    for (const { delta, finish_reason } of chunk.choices) {
      said.text += delta.content ?? "";
      said.reasoning += delta.reasoning_content ?? "";
      said.refusal += delta.refusal ?? "";
      said.finish = finish_reason ?? said.finish;
      for (const call of delta.tool_calls ?? []) {
        const { name, arguments: pieces, input } = call.function ?? call.custom;
        add(said.calls, call.index, { id: call.id, name, arguments: pieces ?? input });
      }
    }
  }
  return said;
}

async function helpedChat(body) {
  const parameters = { model: "m", messages: [message] };
  const stream = client(OpenAI, body).chat.completions.stream(parameters);
  const [{ message: said, finish_reason }] = (await stream.finalChatCompletion()).choices;
  const calls = (said.tool_calls ?? []).map(({ id, function: f }) => ({ id, ...f }));
  const usage = await stream.totalUsage();
  const { content, refusal } = said;
  return { text: content ?? "", refusal: refusal ?? "", calls, finish: finish_reason, usage };
}

function ofMessage(said) {
  const of = (type) => said.content.filter((block) => block.type === type);
  return {
    text: of("text").map((block) => block.text).join(""),
    reasoning: of("thinking").map((block) => block.thinking).join(""),
    calls: of("tool_use").map(({ id, name, input }) => ({ id, name, input })),
    finish: said.stop_reason,
    usage: said.usage,
  };
}

async function rawMessages(body) {
  const said = empty();
  const parameters = { model: "m", messages: [message], max_tokens: 9, stream: true };
  for await (const event of await client(Anthropic, body).messages.create(parameters)) {
    if (event.type === "message_start") said.usage = event.message.usage;
    if (event.type === "content_block_start" && event.content_block.type === "tool_use") {
      add(said.calls, event.index, event.content_block);
    }
    if (event.type === "content_block_delta") {
      said.text += event.delta.text ?? "";
      said.reasoning += event.delta.thinking ?? "";
      if (event.delta.type === "input_json_delta") {
        add(said.calls, event.index, { arguments: event.delta.partial_json });
      }
    }
    if (event.type === "message_delta") {
      said.finish = event.delta.stop_reason;
      Object.assign(said.usage, event.usage);
    }
  }
  said.calls = said.calls.filter(Boolean);
  return said;
}

async function helpedMessages(body) {
  const parameters = { model: "m", messages: [message], max_tokens: 9 };
  const stream = client(Anthropic, body).messages.stream(parameters);
  return ofMessage(await stream.finalMessage());
}

function ofResponse(response) {
  const said = { ...empty(), finish: response.status, usage: response.usage };
  for (const item of response.output) {
    for (const part of [...(item.summary ?? []), ...(item.content ?? [])]) {
      said.refusal += part.refusal ?? "";
      if (item.type === "reasoning") said.reasoning += part.text;
      else said.text += part.text ?? "";
    }
    if (item.call_id) {
      const { call_id: id, name, arguments: json, input } = item;
      said.calls.push({ id, name, arguments: json ?? input });
    }
  }
  return said;
}

async function rawResponses(body) {
  let last = null;
  let text = "";
  const parameters = { model: "m", input: "x", stream: true };
  for await (const event of await client(OpenAI, body).responses.create(parameters)) {
    if (event.type === "response.output_text.delta") text += event.delta;
    last = event;
  }
  return { ...ofResponse(last.response), text };
}

async function helpedResponses(body) {
  const stream = client(OpenAI, body).responses.stream({ model: "m", input: "x" });
  return ofResponse(await stream.finalResponse());
}

const readers = {
  chat: { raw: rawChat, helper: helpedChat },
  messages: { raw: rawMessages, helper: helpedMessages },
  responses: { raw: rawResponses, helper: helpedResponses },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { shape, body } = JSON.parse(line);
  const told = {};
  for (const [way, read] of Object.entries(readers[shape])) {
    try {
      told[way] = await read(Buffer.from(body, "base64"));
    } catch (error) {
      told[way] = { error: error.constructor.name, message: String(error.message) };
    }
  }
  console.log(JSON.stringify(told));
}

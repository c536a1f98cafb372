// One request, and its stream into an answer.

import * as chat from "./chat.js";
import { readEvents } from "./events.js";
import { AnswerError, failureOf } from "./failure.js";
import * as messages from "./messages.js";
import * as responses from "./responses.js";

const SHAPES = { chat, messages, responses };
const LINGER = 2000; // milliseconds that a connection may stay open after the answer

/**
 * Ask, and return when the answer is whole.
 *
 * @param {{shape: string, model: string, turns: object[], withTool: boolean}} question
 * @param {object} answer what takes the pieces
 * @param {AbortController} controller ends the request, and with it the upstream's
 * @throws {AnswerError} when the answer broke off; what came before is in `answer`
 */
export async function ask({ shape, model, turns, withTool }, answer, controller) {
  const { path, request, Reader } = SHAPES[shape];
  const response = await reach(path, request(model, turns, withTool), controller.signal);
  try {
    await read(response, new Reader(answer), controller);
  } catch (error) {
    throw inWords(error, controller.signal);
  }
}

async function read(response, reader, controller) {
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok || !type.startsWith("text/event-stream")) throw await failureOf(response);
  const events = readEvents(response.body);
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done) break;
      if (value.data.trim() !== "" && reader.read(value)) {
        letEnd(events, controller);
        return;
      }
    }
  } catch (error) {
    await events.return();
    throw error;
  }
  if (!reader.complete) throw new AnswerError("The answer broke off before its end.");
}

async function reach(path, body, signal) {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { accept: "text/event-stream", "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AnswerError("The gateway cannot be reached.");
  }
}

function inWords(error, signal) {
  if (signal.aborted || error instanceof AnswerError) return error;
  if (error instanceof SyntaxError) return new AnswerError("The stream is damaged.");
  // What browsers throw when the connection goes is a TypeError, and its words are their own.
  return error instanceof TypeError ? new AnswerError("The connection was lost.") : error;
}

/** Read to the end of the body, which is near, so that nobody sees a client that leaves. */
async function letEnd(events, controller) {
  const timer = setTimeout(() => controller.abort(), LINGER);
  try {
    while (!(await events.next()).done);
  } catch {
    // The answer is whole; how the connection ends is nobody's concern.
  } finally {
    clearTimeout(timer);
  }
}

// The chat: what the reader does, and what the page does about it.

import { Answer } from "./answer.js";
import { ask } from "./ask.js";
import { button, element } from "./element.js";
import { failureOf } from "./failure.js";
import { Follower } from "./follow.js";

const APIS = { chat: "chat completions", messages: "messages", responses: "responses" };

const find = (id) => document.getElementById(id);
const form = find("ask");
const prompt = find("prompt");
const send = find("send");
const stop = find("stop");
const status = find("status");
const models = find("model");
const turnsBox = find("turns");
const welcome = find("welcome");
const follower = new Follower(find("conversation"), turnsBox, find("latest"));

let known = []; // the models: {id, upstream, shape}
let turns = []; // {prompt, answer, box}; `answer` is the last one of its turn
let running = null; // the AbortController of the answer that streams

async function loadModels() {
  status.replaceChildren("Loading the models …");
  try {
    const response = await fetch("api/models");
    if (!response.ok) throw await failureOf(response);
    known = (await response.json()).models;
  } catch (error) {
    const again = button("Load again", "quiet", loadModels);
    status.replaceChildren(`The models cannot be loaded. ${error.message} `, again);
    return;
  }
  models.replaceChildren(...known.map(option));
  models.disabled = known.length === 0;
  status.replaceChildren(known.length === 0 ? "The gateway has no models." : "");
  refresh();
}

function option({ id, upstream }) {
  const made = element("option", "", id);
  made.value = id;
  if (upstream) made.title = `from ${upstream}`;
  return made;
}

function submit(event) {
  event?.preventDefault();
  const text = prompt.value.trim();
  if (text === "" || running || models.disabled) return;
  prompt.value = "";
  fit();
  welcome.hidden = true;
  turns.at(-1)?.answer?.settle();
  const question = element("article", "question", element("p", "", text));
  question.ariaLabel = "You";
  const box = element("section", "turn", question);
  turnsBox.append(box);
  turns.push({ prompt: text, answer: null, box });
  answer();
}

/** Ask for an answer to the last turn. */
async function answer() {
  const turn = turns.at(-1);
  const model = known.find(({ id }) => id === models.value);
  const shape = find("shape").value || model.shape;
  const controller = new AbortController();
  const asked = turns.map(({ prompt: text, answer: given }) => ({
    prompt: text,
    answer: given?.said,
  }));
  asked.at(-1).answer = undefined; // of an answer that broke off, another is made
  turn.answer?.settle();
  turn.answer = new Answer(model.id, APIS[shape]);
  turn.box.append(turn.answer.element);
  running = controller;
  refresh();
  follower.follow();
  status.replaceChildren("Answering …");
  const question = { shape, model: model.id, turns: asked, withTool: find("tools").checked };
  let words;
  try {
    await ask(question, turn.answer, controller);
    turn.answer.done();
    words = turn.answer.summary;
  } catch (error) {
    words = controller.signal.aborted ? "Stopped." : error.message;
    turn.answer.broken(words, retry, controller.signal.aborted ? "stopped" : "failed");
  }
  // Another chat may have begun meanwhile.
  if (running === controller) {
    running = null;
    status.replaceChildren(words);
    refresh();
  }
}

function retry() {
  if (running) return;
  answer();
  prompt.focus();
}

function stopAnswer() {
  running?.abort();
  prompt.focus();
}

function newChat() {
  running?.abort();
  running = null;
  for (const { box } of turns) box.remove();
  turns = [];
  welcome.hidden = false;
  status.replaceChildren("");
  refresh();
  prompt.focus();
}

function refresh() {
  send.hidden = running !== null;
  stop.hidden = running === null;
  send.disabled = prompt.value.trim() === "" || models.disabled;
}

/** As high as its text, up to what the style sheet allows. */
function fit() {
  const lines = prompt.value.split("\n").length;
  prompt.rows = Math.min(Math.max(lines, Math.ceil(prompt.value.length / 60)), 8) || 1;
  refresh();
}

form.addEventListener("submit", submit);
stop.addEventListener("click", stopAnswer);
find("new").addEventListener("click", newChat);
prompt.addEventListener("input", fit);
prompt.addEventListener("keydown", (event) => {
  // While an input method composes, Enter is its own.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && running && !event.isComposing) stopAnswer();
});

loadModels();

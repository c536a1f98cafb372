// One answer: what has come of it, on the page and for the next request.

import { button, element } from "./element.js";
import { Measure } from "./measure.js";

const EXPECTED = ["stop", "end_turn", "completed", "tool_calls", "tool_use", "function_call"];
const MEASURES_EVERY = 250; // milliseconds

export class Answer {
  #parts = new Map(); // by the place in the answer, as each API names it
  #calls = [];
  #text = [];
  #measure = new Measure();
  #measures = element("p", "measures");
  #note = element("div", "note");
  #body = element("div", "body");
  #timer = setInterval(() => this.#show(), MEASURES_EVERY);
  #model;
  #finish = null;
  #complete = false;

  constructor(model, api) {
    this.#model = `${model} · ${api}`;
    this.element = element("article", "answer running", this.#body, this.#note, this.#measures);
    this.element.ariaLabel = "Answer";
    this.#show();
  }

  reasoning(place, piece) {
    if (!piece) return; // an empty piece says nothing about where the part stands
    const key = `reasoning ${place}`;
    if (!this.#parts.has(key)) this.#add(key, this.#thoughts(), "reasoning");
    this.#append(key, piece);
  }

  text(place, piece) {
    if (!piece) return;
    const key = `text ${place}`;
    if (!this.#parts.has(key)) {
      this.#add(key, element("p"), "text");
      for (const thoughts of this.#body.querySelectorAll("details:not(.touched)")) {
        thoughts.open = false;
      }
    }
    this.#text.push(piece);
    this.#append(key, piece);
  }

  /** A tool call begins, or its name has come. */
  call(place, id, name) {
    const key = `call ${place}`;
    if (!this.#parts.has(key)) {
      const call = { id, name, arguments: "", title: element("code", "name") };
      this.#calls.push(call);
      const given = element("pre", "arguments");
      const head = element("p", "label", "Tool call ", call.title);
      this.#add(key, element("section", "", head, given), "call", given);
      this.#parts.get(key).call = call;
      this.#measure.piece("");
    }
    const { call } = this.#parts.get(key);
    call.id ||= id;
    call.name ||= name;
    call.title.textContent = call.name ?? "…";
  }

  argument(place, piece) {
    if (!piece) return;
    this.call(place);
    const { call } = this.#parts.get(`call ${place}`);
    call.arguments += piece;
    this.#append(`call ${place}`, piece);
  }

  tokens(count) {
    this.#measure.tokens(count);
  }

  finish(reason) {
    this.#finish = reason;
  }

  /** It is whole. */
  done() {
    this.#complete = true;
    this.#end("done");
  }

  /** It ends here. What has come stays; `retry` is called when the reader asks for another. */
  broken(message, retry, kind = "failed") {
    this.#end(kind);
    this.#note.append(element("p", "", message), button("Retry", "retry", retry));
  }

  /** It is not the last one any more. */
  settle() {
    this.#note.querySelector(".retry")?.remove();
  }

  /** What the model is told of it later: calls only if they are whole. */
  get said() {
    const calls = this.#calls.map(({ id, name, arguments: text }) => ({
      id,
      name,
      arguments: text || "{}",
    }));
    const usable = this.#complete && calls.every((call) => isObject(call.arguments));
    return { text: this.#text.join(""), calls: usable ? calls : [] };
  }

  /** How it ended, in words for whoever listens. */
  get summary() {
    return ["Answer complete", this.#unexpected(), this.#measure.words().tokens]
      .filter(Boolean)
      .join(", ");
  }

  #thoughts() {
    const thoughts = element("details", "", element("summary", "", "Reasoning"));
    thoughts.open = true;
    thoughts.querySelector("summary").addEventListener("click", () => {
      thoughts.classList.add("touched");
    });
    return thoughts;
  }

  #add(key, holder, kind, within = null) {
    holder.classList.add(kind);
    const target = within ?? (kind === "text" ? holder : element("p"));
    if (target !== holder && target.parentNode === null) holder.append(target);
    const text = document.createTextNode("");
    target.append(text);
    this.#parts.set(key, { text, call: null });
    this.#body.append(holder);
  }

  #append(key, piece) {
    this.#measure.piece(piece);
    this.#parts.get(key).text.appendData(piece);
  }

  #end(kind) {
    clearInterval(this.#timer);
    this.element.classList.remove("running");
    this.element.classList.add(kind);
    this.#show();
  }

  #show() {
    const { first, rate, tokens } = this.#measure.words();
    const shown = { model: this.#model, first, rate, tokens, finish: this.#unexpected() };
    const spans = Object.entries(shown).filter(([, words]) => words);
    this.#measures.replaceChildren(...spans.map(([name, words]) => element("span", name, words)));
  }

  #unexpected() {
    return this.#finish === null || EXPECTED.includes(this.#finish) ? "" : `ended: ${this.#finish}`;
  }
}

/** Whether it is the JSON of an object: the APIs refuse a later turn with any other arguments. */
function isObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

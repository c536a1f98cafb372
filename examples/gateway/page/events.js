// Bytes to server-sent events, as the standard reads them. A response to a POST is not reconnected,
// so `id` and `retry` are of no use here.

/** Text in pieces, cut anywhere, to events `{event, data}`. */
export class EventParser {
  #line = []; // the pieces of a line whose end has not come
  #afterCr = false; // the line feed that comes next belongs to that CR
  #event = "";
  #data = [];

  /** The events that this piece completes. */
  feed(text) {
    const events = [];
    let from = 0;
    // Each character is looked at once, however long the line gets.
    if (this.#afterCr && text !== "") {
      this.#afterCr = false;
      if (text[0] === "\n") from = 1;
    }
    const ends = /\r\n|\n|\r/g;
    ends.lastIndex = from;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      this.#line.push(text.slice(from, end.index));
      const event = this.#read(this.#line.join(""));
      if (event !== null) events.push(event);
      this.#line = [];
      from = ends.lastIndex;
      this.#afterCr = end[0] === "\r" && from === text.length;
    }
    if (from < text.length) this.#line.push(text.slice(from));
    return events;
  }

  #read(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    return null;
  }

  #dispatch() {
    const event = { event: this.#event || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return isEmpty ? null : event;
  }
}

/** The events of a response's body. An event without its blank line at the end is dropped. */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder(); // drops a byte order mark, joins characters that were cut
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // Nothing is decoded at the end: half a character completes no event.
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

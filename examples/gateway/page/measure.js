// Time to the first token, tokens, and tokens per second.

const CHARACTERS_PER_TOKEN = 4; // of English text, where the server does not say how many

export class Measure {
  #asked = performance.now();
  #first = null;
  #last = null;
  #characters = 0;
  #tokens = null;

  piece(text) {
    this.#last = performance.now();
    this.#first ??= this.#last;
    this.#characters += text.length;
  }

  /** How many they are, by the server's own count. */
  tokens(count) {
    this.#tokens = count;
  }

  /** In words, as far as known. What is estimated has a `~`. */
  words() {
    if (this.#first === null) return { first: "", rate: "", tokens: "" };
    const count = this.#tokens ?? Math.ceil(this.#characters / CHARACTERS_PER_TOKEN);
    const sign = this.#tokens === null ? "~" : "";
    const seconds = (this.#last - this.#first) / 1000;
    return {
      first: `first token after ${inSeconds(this.#first - this.#asked)}`,
      // All at once has no rate.
      rate: seconds > 0.01 ? `${sign}${inDigits(count / seconds)} tokens/s` : "",
      tokens: `${sign}${count} token${count === 1 ? "" : "s"}`,
    };
  }
}

function inSeconds(milliseconds) {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}

function inDigits(number) {
  return number < 100 ? number.toFixed(1) : String(Math.round(number));
}

// Keeps the end of the conversation in view, unless the reader has scrolled up.

const NEAR = 24; // pixels from the end that still count as the end

export class Follower {
  #box;
  #button;
  #following = true;
  #top = 0;
  #planned = false;

  constructor(box, content, button) {
    this.#box = box;
    this.#button = button;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    button.addEventListener("click", () => {
      this.follow();
      box.focus();
    });
    new ResizeObserver(() => this.#plan()).observe(content);
    new ResizeObserver(() => this.#plan()).observe(box);
  }

  /** Go to the end and stay there. */
  follow() {
    this.#following = true;
    this.#plan();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    if (scrollHeight - scrollTop - clientHeight <= NEAR) this.#following = true;
    // Only a reader goes up. What is new below does not.
    else if (scrollTop < this.#top) this.#following = false;
    this.#top = scrollTop;
    this.#button.hidden = this.#following;
  }

  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    requestAnimationFrame(() => {
      this.#planned = false;
      if (this.#following) this.#box.scrollTop = this.#box.scrollHeight;
      this.#button.hidden = this.#following;
    });
  }
}

// Keeps the end of the conversation in view, unless the reader has scrolled up.

const NEAR = 24; // pixels from the end that still count as the end

export class Follower {
  #box;
  #button;
  #following = true;
  #top = 0;

  constructor(box, content, button) {
    this.#box = box;
    this.#button = button;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    button.addEventListener("click", () => {
      this.follow();
      box.focus();
    });
    // It is told after the layout and before the picture: the end never flickers.
    const observer = new ResizeObserver(() => this.#keep());
    observer.observe(content);
    observer.observe(box);
  }

  /** Go to the end and stay there. */
  follow() {
    this.#following = true;
    this.#keep();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const below = scrollHeight - scrollTop - clientHeight;
    // Only a reader goes up. What is new below does not, and what shrinks ends at the end.
    if (scrollTop < this.#top && below > 1) this.#following = false;
    else if (below <= NEAR) this.#following = true;
    this.#top = scrollTop;
    this.#button.hidden = this.#following;
  }

  #keep() {
    if (this.#following) this.#box.scrollTop = this.#box.scrollHeight;
    this.#button.hidden = this.#following;
  }
}

// Elements of the page. Text from a server goes in as text, never as markup.

/** An element with a class and children: elements, or strings that become text. */
export function element(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function button(words, className, onClick) {
  const made = element("button", className, words);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

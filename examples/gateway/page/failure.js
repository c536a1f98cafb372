// What went wrong, in words for the reader of the page.

/** The answer failed; `message` is shown as it is. */
export class AnswerError extends Error {}

/** An error event, of any of the three APIs. */
export function errorEvent(error) {
  return new AnswerError(`The server says: ${messageIn(error)}`);
}

/** The message within an error of any of the three APIs, or of a server that has its own idea. */
function messageIn(error) {
  if (typeof error === "string" && error !== "") return error;
  if (typeof error !== "object" || error === null) return "an error without a message";
  if (error.error) return messageIn(error.error);
  const message = error.message ?? error.detail ?? error.code ?? error.type;
  return typeof message === "string" ? message : JSON.stringify(error).slice(0, 300);
}

/** The error that an HTTP response tells of. */
export async function failureOf(response) {
  const text = await response.text();
  let message = text.slice(0, 300).trim() || response.statusText || "no reason given";
  try {
    message = messageIn(JSON.parse(text));
  } catch {
    // A proxy's own page; its first words will do.
  }
  return new AnswerError(
    response.ok ? `No event stream came: ${message}` : `HTTP ${response.status}: ${message}`,
  );
}

// The one tool that the page can offer. It shows how calls stream; nothing runs them.

export const TOOL = {
  name: "get_forecast",
  description: "The weather of the next days in a city.",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string" },
      days: { type: "integer", description: "1 to 7" },
    },
    required: ["city", "days"],
    additionalProperties: false,
  },
};

/** What the model is told of its calls: without any result the APIs refuse the next turn. */
export const NO_RESULT = "No result: this page runs no tools.";

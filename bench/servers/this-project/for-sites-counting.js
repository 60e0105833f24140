import counting from "./counting.js";
import { withClient } from "./one-client.js";

export * from "./counting.js";
export default {
  ...counting,
  fetch: (request, env, ctx) => counting.fetch(request, withClient(env), ctx),
};

import worker from "./index.js";
import { withClient } from "./one-client.js";

export * from "./index.js";
export default {
  ...worker,
  fetch: (request, env, ctx) => worker.fetch(request, withClient(env), ctx),
};

export { default } from "./app.ts";
export { LoginObject } from "./login/object.ts";

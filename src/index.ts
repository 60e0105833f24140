export { default } from "./app.ts";
export { LoginObject } from "./login/object.ts";
export { UserObject } from "./users/object.ts";

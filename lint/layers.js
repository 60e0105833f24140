/**
 * Imports point down. Each room of src/ (a folder there, or a file that lies loose in it) names the
 * rooms it may import; types, re-exports and dynamic imports count like any other. A room that is
 * not listed may import nothing, so a new one is given its floor here first.
 */
import { dirname, relative, resolve, sep } from "node:path";

const below = ["core", "login", "users", "sites", "identity"];

const floors = {
  core: [],
  login: ["core"],
  users: ["core"],
  sites: ["core"],
  identity: ["core"],
  pages: ["core"],
  "config.ts": below,
  http: [...below, "config.ts", "pages"],
  faces: [...below, "config.ts", "pages", "http"],
  "app.ts": ["http", "faces", "core"],
  "index.ts": ["app.ts", "login", "users"],
  local: ["core", "identity", "sites"],
};

/** A Durable Object is started by the platform, which hands it nothing but the Worker's bindings. */
const entrances = { "login/object.ts": ["config.ts"] };

/**
 * @param {string} from file, as a path inside src/
 * @param {string} to the same of what it imports
 * @returns {string | undefined} what is wrong with that
 */
function fault(from, to) {
  const [room, face] = from.split("/");
  const [toRoom, toFace] = to.split("/");
  if (room === toRoom) {
    const isOther = room === "faces" && face !== toFace;
    return isOther ? `The face ${face} imports ${toFace}: no face knows another.` : undefined;
  }
  const allowed = [...(floors[room] ?? []), ...(entrances[from] ?? [])];
  if (allowed.includes(toRoom)) return undefined;
  return `${room} may import ${allowed.join(", ") || "nothing of ours"}, but not ${toRoom}.`;
}

const layers = {
  create(context) {
    const src = resolve(context.cwd, "src");
    const from = inside(src, context.filename);
    if (from === undefined) return {};
    const check = (node) => {
      const source = node?.source ?? node?.moduleReference?.expression;
      if (!source) return;
      if (typeof source.value !== "string") {
        context.report({ node, message: "Import a path that can be read here." });
        return;
      }
      if (!source.value.startsWith(".")) return;
      const to = inside(src, resolve(dirname(context.filename), source.value));
      const message =
        to === undefined ? "What is deployed imports nothing from outside src." : fault(from, to);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
      TSImportEqualsDeclaration: check,
    };
  },
};

/** @returns the path inside src/, with forward slashes, or nothing */
function inside(src, file) {
  const path = relative(src, file);
  return path.startsWith("..") || path === "" ? undefined : path.split(sep).join("/");
}

export default { meta: { name: "house" }, rules: { layers } };

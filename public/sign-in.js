// @ts-check
// The phone's sign-in form works without this; with it, the password can be looked at.
const password = /** @type {HTMLInputElement} */ (document.querySelector("#password"));
const show = /** @type {HTMLButtonElement} */ (document.querySelector("#show"));

/** @param {boolean} shown */
function reveal(shown) {
  password.type = shown ? "text" : "password";
  show.ariaPressed = String(shown);
}

show.hidden = false;
show.addEventListener("click", () => reveal(password.type === "password"));
// Browsers remember what is typed into a text field, and offer it to whoever comes next.
password.form?.addEventListener("submit", () => reveal(false));

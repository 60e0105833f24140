// @ts-check
// Takes an answer on to its site, without a click.
document.forms[0]?.submit();

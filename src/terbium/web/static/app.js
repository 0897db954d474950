// Enhancement only: every page can be read and every form sent without this file.
"use strict";

// menus close on Escape and when something else is chosen
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// data-copy: text, or "" for the address of the page; data-done: what the button says afterwards
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy ? new URL(button.dataset.copy, location.href).href : location.href;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.querySelector("[data-copy-field]");
    if (field) field.select();
    return;
  }
  const said = button.textContent;
  button.textContent = button.dataset.done || said;
  setTimeout(() => { button.textContent = said; }, 2000);
});

// data-submit: a choice in a form that needs no button
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit]");
  if (form) form.requestSubmit();
});

// a panel that has turned into "finished" leads to its result
document.addEventListener("htmx:afterSwap", () => {
  const panel = document.querySelector("[data-finished]");
  if (panel) location.assign(panel.dataset.finished);
});

// without htmx a page under way looks again by itself
if (!window.htmx && document.querySelector("[data-job]")) {
  setTimeout(() => location.reload(), 2000);
}

// a problem in a text leads to its line
const written = document.querySelector("textarea.code");
for (const place of written ? document.querySelectorAll(".problems strong") : []) {
  const found = place.textContent.match(/line (\d+)/);
  if (!found) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = place.textContent;
  button.addEventListener("click", () => {
    const lines = written.value.split("\n");
    const line = Math.min(Number(found[1]), lines.length) - 1;
    const start = lines.slice(0, line).join("\n").length + (line ? 1 : 0);
    written.focus();
    written.setSelectionRange(start, start + lines[line].length);
    written.scrollTop = Math.max(0, (line - 5) * written.scrollHeight / lines.length);
  });
  place.replaceChildren(button);
}

// problems are read out and seen first
const problems = document.querySelector(".problems");
if (problems) problems.focus();
for (const button of document.querySelectorAll("[data-needs-script]")) button.hidden = false;

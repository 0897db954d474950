// Enhancement only: without this file the form is sent by its button.
"use strict";

const levers = document.getElementById("levers");
const answerBox = document.getElementById("answer");
const locale = document.documentElement.lang;

const isMoved = (input) =>
  input.type === "checkbox" ? (input.checked ? "1" : "") !== input.dataset.default : input.value !== input.dataset.default;

// says where a slider stands, and marks what was moved
function show(input) {
  const lever = input.closest(".lever");
  if (!lever) return;
  lever.classList.toggle("moved", isMoved(input));
  const output = lever.querySelector("output");
  if (!output) return;
  const value = Number(input.value);
  const unit = output.dataset.unit;
  const digits = { maximumSignificantDigits: 3 };
  if (unit === "%") output.textContent = value.toLocaleString(locale, { style: "percent", maximumFractionDigits: 0 });
  else if (output.dataset.factor) output.textContent = output.dataset.factor.replace("§", value.toLocaleString(locale, digits));
  else output.textContent = value.toLocaleString(locale, digits) + (unit ? " " + unit : "");
}

function count() {
  for (const panel of levers.querySelectorAll(".panel-levers")) {
    const moved = panel.querySelectorAll(".lever.moved").length;
    panel.querySelector("[data-count]").textContent = moved ? "● " + moved : "";
  }
}

// on a narrow page the answer lies below the levers: its first sentence stays in sight
const quick = document.querySelector(".quick");
function brief() {
  const found = answerBox.querySelector(".found");
  quick.hidden = !found;
  if (found) quick.firstElementChild.textContent = found.textContent.trim();
}
if (quick && window.IntersectionObserver) {
  new IntersectionObserver(([seen]) => { quick.classList.toggle("unseen", seen.isIntersecting); }).observe(answerBox);
}

if (levers) {
  levers.addEventListener("input", (event) => {
    show(event.target);
    count();
    answerBox.classList.add("waiting");
  });
  // all back, and one question instead of a new page
  levers.addEventListener("click", (event) => {
    if (!event.target.closest("[data-reset]") || !window.htmx) return;
    event.preventDefault();
    for (const input of levers.querySelectorAll("[data-default]")) {
      if (input.type === "checkbox") input.checked = input.dataset.default === "1";
      else input.value = input.dataset.default;
      show(input);
    }
    count();
    levers.requestSubmit();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== answerBox) return;
    const answered = answerBox.querySelector("[data-permalink]");
    if (!answered) return;
    answerBox.classList.remove("waiting");
    for (const button of answerBox.querySelectorAll("[data-needs-script]")) button.hidden = false;
    history.replaceState(null, "", answered.dataset.permalink);
    brief();
    document.getElementById("said").textContent = answerBox.querySelector(".found").textContent.trim();
  });
  count();
  brief();
}

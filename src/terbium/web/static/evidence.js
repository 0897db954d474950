// Enhancement only: files can be chosen, and findings opened, without this file.
"use strict";

const zone = document.querySelector("[data-drop-zone]");
if (zone) {
  const field = zone.querySelector("input[type=file]");
  const over = (is) => zone.classList.toggle("over", is);
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); over(true); });
  }
  zone.addEventListener("dragleave", () => over(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    zone.closest("form").requestSubmit();
  });
}

// a finding that is linked to is unfolded
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let place = target; place; place = place.parentElement) {
    if (place.tagName === "DETAILS") place.open = true;
  }
  if (target.tagName === "DETAILS") target.querySelector("summary").focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}
window.addEventListener("hashchange", unfold);
if (location.hash) unfold();
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash && link.hash === location.hash) unfold();
});

// from finding to finding: by buttons, or by N and P while the text has the focus
const findings = [...document.querySelectorAll(".article .finding")];
function jump(step) {
  const open = findings.findIndex((one) => one.id === location.hash.slice(1));
  const next = findings[(Math.max(open, step > 0 ? -1 : 0) + step + findings.length) % findings.length];
  if (open >= 0) findings[open].open = false;
  location.hash = next.id;
}
const tools = document.querySelector("[data-needs-findings]");
if (tools && findings.length) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-jump]");
    if (button) jump(Number(button.dataset.jump));
  });
  document.getElementById("article").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { n: 1, p: -1 }[event.key.toLowerCase()];
    if (step) {
      event.preventDefault();
      jump(step);
    }
  });
}

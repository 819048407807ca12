// Keys for the queue of divergent days. They do what the buttons do, rest while a field has the focus, and can be
// switched off; without this script everything works by buttons.
"use strict";
(() => {
  const help = document.getElementById("keys");
  const keySwitch = document.getElementById("keys-switch");
  if (!help || !keySwitch) return;
  const KEPT = "sekisho-divergence-keys";
  const hints = document.querySelectorAll(".key-hint");
  const writes = (node) => node.matches("input, textarea, select, [contenteditable]");

  function isOn() {
    return localStorage.getItem(KEPT) !== "off";
  }

  function show() {
    keySwitch.setAttribute("aria-pressed", String(isOn()));
    for (const hint of hints) hint.hidden = !isOn();
  }

  const deeds = {
    j: () => document.getElementById("day-after")?.click(),
    k: () => document.getElementById("day-before")?.click(),
    a: () => document.getElementById("accept")?.requestSubmit(),
    r: () => document.getElementById("reason")?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (writes(event.target) || document.querySelector(":popover-open")) return;
    const deed = deeds[event.key.toLowerCase()];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
  keySwitch.addEventListener("click", () => {
    localStorage.setItem(KEPT, isOn() ? "off" : "on");
    show();
  });
  help.hidden = false;
  show();
})();

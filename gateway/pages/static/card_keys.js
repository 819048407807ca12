// Keys for a list of cards: J next, K previous, A approve, R send back or reject. The buttons do the same without this.
// They listen while no field has the focus, and whoever is in their way turns them off (WCAG 2.1.4).
"use strict";
(() => {
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const cards = [...document.querySelectorAll("[data-card]")];
  const switching = help.querySelector("button");
  const STORED = "card_keys";
  let on = localStorage.getItem(STORED) !== "off";

  function show() {
    help.hidden = false;
    switching.textContent = on ? switching.dataset.on : switching.dataset.off;
    switching.setAttribute("aria-pressed", String(on));
  }

  function current() {
    return cards.find((card) => card.contains(document.activeElement)) ?? (cards.length === 1 ? cards[0] : undefined);
  }

  function go(by) {
    const link = document.querySelector(by > 0 ? "main a[rel=next]" : "main a[rel=prev]");
    const at = cards.indexOf(current());
    const next = cards[at + by] ?? (at < 0 ? cards[0] : undefined);
    if (next && cards.length > 1) next.focus();
    else if (link) link.click();
  }

  const acts = {
    j: () => go(1),
    k: () => go(-1),
    a: () => current()?.querySelector("[data-approve]")?.click(),
    r: () => {
      const details = current()?.querySelector("[data-return]");
      if (!details) return;
      details.open = true;
      details.querySelector("input:not([type=hidden])").focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    act();
    event.preventDefault();
  });
  switching.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(STORED, on ? "on" : "off");
    show();
  });
  show();
})();

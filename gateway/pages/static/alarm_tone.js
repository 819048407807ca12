// A short tone for alarms that need a person, beside the words that are on the page in any case. Off until switched on.
"use strict";
(() => {
  const button = document.getElementById("tone");
  const queue = document.getElementById("alarm-queue");
  if (!button || !queue || !window.AudioContext) return;
  const KEPT = "sekisho.tone";
  let context = null;
  let told = new Set();

  const rings = () => new Set([...queue.querySelectorAll("[data-ring]")].map((line) => line.dataset.ring));
  const isOn = () => button.getAttribute("aria-pressed") === "true";

  function sound() {
    context ??= new AudioContext();
    context.resume();
    for (const [after, hertz] of [[0, 880], [0.22, 660], [0.44, 880]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const at = context.currentTime + after;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + 0.18);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.2);
    }
    queue.dataset.sounded = String(Number(queue.dataset.sounded ?? 0) + 1);
  }

  function turn(on) {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
    localStorage.setItem(KEPT, on ? "on" : "off");
  }

  button.hidden = false;
  turn(localStorage.getItem(KEPT) === "on");
  told = rings();
  button.addEventListener("click", () => {
    turn(!isOn());
    if (isOn()) sound();
  });
  new MutationObserver(() => {
    const now = rings();
    if (isOn() && [...now].some((ring) => !told.has(ring))) sound();
    told = now;
  }).observe(queue, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ring"] });
})();

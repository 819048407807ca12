// Placing a door by a click into the plan or by the arrow keys on it; the numbers in the form do the same without this.
"use strict";
(() => {
  const picture = document.getElementById("plan-picture");
  const ghost = document.getElementById("ghost");
  const [x, y] = ["x", "y"].map((id) => document.getElementById(id));
  if (!picture || !ghost || !x || !y) return;
  const region = picture.parentElement;
  const box = picture.viewBox.baseVal;
  const within = (value) => Math.min(100, Math.max(0, value));

  function show() {
    const [left, top] = [Number(x.value), Number(y.value)];
    ghost.setAttribute("transform", `translate(${(left * box.width) / 100} ${(top * box.height) / 100})`);
  }

  function move(left, top) {
    x.value = within(left).toFixed(1);
    y.value = within(top).toFixed(1);
    show();
  }

  picture.addEventListener("click", (event) => {
    const seen = picture.getBoundingClientRect();
    move((100 * (event.clientX - seen.left)) / seen.width, (100 * (event.clientY - seen.top)) / seen.height);
  });
  region.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 5 : 0.5;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (by) {
      move(Number(x.value) + by[0], Number(y.value) + by[1]);
      event.preventDefault();
    } else if (event.key === "Enter") {
      document.getElementById("place").requestSubmit();
    }
  });
  for (const field of [x, y]) field.addEventListener("input", show);
})();

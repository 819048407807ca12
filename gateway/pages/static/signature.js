// A borrower without a card signs on the screen, by finger, pen or mouse. Without this a paper is signed instead.
"use strict";
(() => {
  const way = document.querySelector("[data-signature]");
  const pad = way?.querySelector("canvas");
  const pen = pad?.getContext("2d");
  if (!pen) return;
  const field = way.querySelector("input[name=signature]");
  way.hidden = false;
  let last = null;

  function wipe() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pad.width, pad.height);
    field.value = "";
  }

  function where(event) {
    const seen = pad.getBoundingClientRect();
    const [x, y] = [event.clientX - seen.left, event.clientY - seen.top];
    return [(x * pad.width) / seen.width, (y * pad.height) / seen.height];
  }

  function draw(event) {
    if (!last) return;
    const here = where(event);
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...here);
    pen.stroke();
    last = here;
    event.preventDefault();
  }

  function lift(event) {
    if (!last) return;
    draw(event);
    last = null;
    field.value = pad.toDataURL("image/png");
  }

  pen.lineWidth = 4;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  wipe();
  pad.addEventListener("pointerdown", (event) => {
    last = where(event);
    pad.setPointerCapture(event.pointerId);
    draw(event);
  });
  pad.addEventListener("pointermove", draw);
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);
  way.querySelector("[data-clear]").addEventListener("click", wipe);
})();

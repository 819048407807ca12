// Parts of a page renew themselves. Where that takes away what has the focus, the focus goes to the nearest thing around
// it that is still there: whoever works by keyboard goes on from that place and not from the top of the page.
"use strict";
(() => {
  let way = [];

  document.addEventListener("focusin", ({ target }) => {
    way = [];
    for (let each = target; each !== document.body && each; each = each.parentElement) way.push(each);
  });
  document.addEventListener("pointerdown", () => (way = []));

  new MutationObserver(() => {
    const isLost = document.activeElement === document.body && way.length && !way[0].isConnected;
    const near = isLost && way.find((each) => each.isConnected);
    if (!near) return;
    if (near.tabIndex < 0) near.tabIndex = -1;
    near.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
})();

"use strict";
// Shows what a mark stands for beside the pointer, and on a phone when it is touched. Without it, browsers show <title> by themselves.
(() => {
  const tip = document.getElementById("tip");
  let shown = null;
  for (const title of document.querySelectorAll("svg .mark > title")) {
    title.parentNode.dataset.tip = title.textContent;
    title.remove();
  }
  const hide = () => {
    tip.hidden = true;
    if (shown) shown.classList.remove("on");
    shown = null;
  };
  const show = (event) => {
    const mark = event.target.closest ? event.target.closest(".mark") : null;
    if (!mark) return hide();
    if (shown && shown !== mark) shown.classList.remove("on");
    shown = mark;
    mark.classList.add("on");
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = mark.getBoundingClientRect(), own = tip.getBoundingClientRect();
    const x = Math.min(Math.max(8, box.left + box.width / 2 - own.width / 2), document.documentElement.clientWidth - own.width - 8);
    const y = box.top - own.height - 8;
    tip.style.left = x + "px";
    tip.style.top = (y < 8 ? box.bottom + 8 : y) + "px";
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();

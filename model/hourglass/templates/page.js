"use strict";
(() => {
  // What is folded is printed, too.
  const folds = document.querySelectorAll("details");
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...folds].filter((fold) => !fold.open);
    for (const fold of opened) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });

  // Pictures that stand in the page become live ones, for hovers, once they come within a window's height
  // of the reader's; where that fails, they stay.
  const data = document.getElementById("charts");
  if (data === null || window.vegaEmbed === undefined || window.IntersectionObserver === undefined) return;
  const specs = JSON.parse(data.textContent);
  const options = { actions: false, renderer: "svg", mode: "vega-lite" };

  // The reader keeps a place: in the page, where the browser does not see to it, and by keyboard.
  let owed = 0; // a window scrolls by whole pixels, a figure grows by parts of them
  const hold = (grown) => {
    const before = scrollY;
    owed += grown;
    scrollBy(0, owed);
    owed -= scrollY - before;
  };
  const swap = (still, live) => {
    const focused = still.contains(document.activeElement);
    const was = still.getBoundingClientRect();
    still.remove();
    live.classList.remove("coming");
    live.removeAttribute("aria-hidden");
    if (was.bottom <= 0 && !CSS.supports("overflow-anchor", "auto")) hold(live.getBoundingClientRect().height - was.height);
    if (!focused) return;
    live.tabIndex = -1;
    live.focus({ preventScroll: true });
  };

  // A hover by keyboard: the Tab key reaches the first mark of a picture, arrows the others, Enter its source.
  const AHEAD = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const place = (mark) => mark.getBoundingClientRect();
  const point = (type) => ({ currentTarget: mark }) => {
    const { x, y, width, height } = place(mark);
    const at = { clientX: x + width / 2, clientY: y + height / 2, bubbles: true };
    mark.dispatchEvent(new PointerEvent(type, at));
  };
  const reach = (live) => {
    const marks = [...live.querySelectorAll("path[aria-label]")].filter((mark) => mark.__data__);
    marks.sort((one, other) => place(one).x - place(other).x);
    marks.forEach((mark, i) => {
      mark.setAttribute("tabindex", i === 0 ? "0" : "-1");
      if (mark.__data__.href) mark.setAttribute("role", "link");
      mark.addEventListener("focus", point("pointermove"));
      mark.addEventListener("blur", point("pointerout"));
      mark.addEventListener("keydown", (event) => {
        if (event.key === "Enter") mark.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        if (!(event.key in AHEAD)) return;
        event.preventDefault();
        const next = marks[i + AHEAD[event.key]];
        if (next === undefined) return;
        mark.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
      });
    });
  };

  const draw = async (still) => {
    const live = document.createElement("div");
    live.className = "chart coming";
    live.setAttribute("aria-hidden", "true");
    still.after(live);
    try {
      await window.vegaEmbed(live, specs[still.dataset.chart], options);
      swap(still, live);
      reach(live);
    } catch (error) {
      live.remove();
      console.error(error);
    }
  };

  // One after the other, so that a reader can scroll meanwhile.
  const main = document.getElementById("main");
  let drawn = Promise.resolve();
  const approach = (entries, observer) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      drawn = drawn.then(() => draw(target));
    }
    main.dataset.drawing = "";
    const last = drawn.then(() => {
      if (drawn === last) delete main.dataset.drawing;
    });
    drawn = last;
  };
  const near = new IntersectionObserver(approach, { rootMargin: "100% 0px" });
  for (const still of document.querySelectorAll("[data-chart]")) {
    if (!(still.dataset.chart in specs)) continue;
    main.dataset.drawing = "";
    near.observe(still);
  }
})();

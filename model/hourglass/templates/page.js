"use strict";
(() => {
  // Pictures that stand in the page become live ones, for hovers, once they come within a window's height
  // of the reader's; where that fails, they stay.
  const main = document.getElementById("main");
  const data = document.getElementById("charts");
  const specs = data === null || window.vegaEmbed === undefined ? {} : JSON.parse(data.textContent);
  const options = { actions: false, renderer: "svg", mode: "vega-lite" };
  const draw = async (place) => {
    const live = document.createElement("div");
    live.className = "chart coming";
    place.after(live);
    try {
      await window.vegaEmbed(live, specs[place.dataset.chart], options);
      place.remove();
      live.classList.remove("coming");
    } catch (error) {
      live.remove();
      console.error(error);
    }
  };
  // One after the other, so that a reader can scroll meanwhile.
  let drawn = Promise.resolve();
  const come = (entries, near) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      drawn = drawn.then(() => draw(target));
    }
    const last = drawn.then(() => drawn === last && main.setAttribute("aria-busy", "false"));
    drawn = last;
    main.setAttribute("aria-busy", "true");
  };
  const near = new IntersectionObserver(come, { rootMargin: "100% 0px" });
  const places = [...document.querySelectorAll("[data-chart]")].filter((place) => place.dataset.chart in specs);
  main.setAttribute("aria-busy", String(places.length > 0));
  for (const place of places) near.observe(place);

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
})();

"use strict";
(() => {
  // Pictures that stand in the page become live ones, for hovers; where that fails, they stay.
  const main = document.getElementById("main");
  const data = document.getElementById("charts");
  const specs = data === null || window.vegaEmbed === undefined ? {} : JSON.parse(data.textContent);
  const options = { actions: false, renderer: "svg", mode: "vega-lite" };
  const draw = async (place) => {
    const live = document.createElement("div");
    live.className = "chart";
    place.after(live);
    try {
      await window.vegaEmbed(live, specs[place.dataset.chart], options);
      place.remove();
    } catch (error) {
      live.remove();
      console.error(error);
    }
  };
  // One after the other, so that a reader can scroll meanwhile.
  const drawAll = async () => {
    main.setAttribute("aria-busy", "true");
    for (const place of document.querySelectorAll("[data-chart]")) {
      if (place.dataset.chart in specs) await draw(place);
    }
    main.setAttribute("aria-busy", "false");
  };
  drawAll();

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

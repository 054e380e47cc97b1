"use strict";
(() => {
  // Pictures that stand in the page become live ones, for hovers; where that fails, they stay.
  const data = document.getElementById("charts");
  const specs = data === null || window.vegaEmbed === undefined ? {} : JSON.parse(data.textContent);
  const draw = async (place) => {
    const live = document.createElement("div");
    const options = { actions: false, renderer: "svg", tooltip: { theme: "custom" } };
    try {
      place.after(live);
      live.className = "chart live";
      await window.vegaEmbed(live, specs[place.dataset.chart], options);
      live.setAttribute("role", "img");
      live.setAttribute("aria-label", place.getAttribute("aria-label"));
      place.remove();
    } catch (error) {
      live.remove();
      console.warn(error);
    }
  };
  const places = [...document.querySelectorAll("[data-chart]")].filter((place) => place.dataset.chart in specs);
  Promise.all(places.map(draw)).then(() => { document.documentElement.dataset.drawn = String(places.length); });

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

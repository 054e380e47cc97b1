"use strict";
// Recomputes the forecast under suppositions, from draws and futures that the page carries. The closed
// form is that of hourglass/rollout.py.
(() => {
  const holder = document.getElementById("whatif-data");
  if (!holder) return;
  const told = JSON.parse(holder.textContent);
  const model = told.model;
  const root = document.getElementById("whatif");
  const find = (selector) => root.querySelector(selector);

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const numbers = {};
  for (const [name, text] of Object.entries(model.numbers)) numbers[name] = new Float32Array(bytes(text));
  const steps = new Int16Array(bytes(model.state));
  const { draws, futures } = model;
  const months = model.month[model.month.length - 1] + 1;
  const drivers = numbers.memory.length / draws;
  const walks = model.step.length;
  const causes = 1 + model.moved.length;
  const stateAt = (walk, month, draw, future) =>
    steps[((walk * months + month) * draws + draw) * futures + future] * model.step[walk];
  const tilt = (effects, group, draw, x) => {
    let sum = 0;
    for (const [driver, place] of effects) sum += group[place * draws + draw] * x[driver];
    return sum;
  };

  // Where the walks of one future stand in a month; what is held stands, then goes back toward its level.
  function suppose(x, position, month, draw, future) {
    for (let k = 0; k < walks; k++) x[k] = stateAt(k, month, draw, future);
    if (month < 1) return;
    for (const [k, level] of position.levels) {
      if (month <= model.held) x[k] = level;
      else
        x[k] +=
          Math.pow(numbers.memory[k * draws + draw], month - model.held) *
          (level - stateAt(k, model.held, draw, future));
    }
  }

  function passing(x, position, month, draw) {
    let chance = 1;
    model.gate_effects.forEach((effects, gate) => {
      if (month >= 1 && month <= model.held && position.chances.has(gate)) {
        chance *= position.chances.get(gate);
        return;
      }
      const which = model.disposition_of[gate];
      let logit = numbers.logit[gate * draws + draw] + tilt(effects, numbers.gate_effect, draw, x);
      if (which !== null) logit += x[drivers + which];
      chance /= 1 + Math.exp(-logit);
    });
    return chance;
  }

  // Hazards of the rivals over a slice: a part that drivers move, and one that they leave alone.
  function rivals(hazards, x, slice, draw) {
    const spent = (spells) =>
      spells.reduce((sum, s) => sum + numbers.rate[s * draws + draw] * model.exposure[s][slice], 0);
    model.rival_effects.forEach((effects, rival) => {
      let moved = spent(model.moved[rival]);
      if (effects.length) {
        let mean = 0;
        for (const [, place] of effects) mean += 0.5 * numbers.rival_effect[place * draws + draw] ** 2;
        moved *= Math.exp(tilt(effects, numbers.rival_effect, draw, x) - mean);
      }
      hazards[1 + rival] = moved + spent(model.steady[rival]);
    });
  }

  // Chance that each cause has struck by the end of each slice through the last horizon.
  function cumulative(position) {
    const slices = model.month.length;
    const struck = Array.from({ length: slices }, () => new Float64Array(causes));
    const x = new Float64Array(walks);
    const hazards = new Float64Array(causes);
    let d = 0;
    for (let draw = 0; draw < draws; draw++) {
      const weight = numbers.weight[draw] / futures;
      const nu = numbers.nu[draw];
      const tau = numbers.tau[draw];
      d += numbers.weight[draw];
      for (let future = 0; future < futures; future++) {
        let alive = 1;
        let before = numbers.before[draw];
        for (let i = 0; i < slices; i++) {
          suppose(x, position, model.month[i], draw, future);
          const clock = Math.log1p(model.until[i] / tau) - Math.log1p(model.since[i] / tau);
          const stretch = numbers.scale[draw] * clock * passing(x, position, model.month[i], draw);
          hazards[0] =
            nu * Math.log1p(stretch / (nu + before)) + numbers.outside[draw] * (model.until[i] - model.since[i]);
          rivals(hazards, x, i, draw);
          let total = 0;
          for (let k = 0; k < causes; k++) total += hazards[k];
          const share = (weight * alive * -Math.expm1(-total)) / total;
          const ratio = numbers.ratio[i * draws + draw];
          struck[i][0] += share * hazards[0] * ratio;
          d += share * hazards[0] * (ratio - 1);
          for (let k = 1; k < causes; k++) struck[i][k] += share * hazards[k];
          alive *= Math.exp(-total);
          before += stretch;
        }
      }
    }
    const sum = new Float64Array(causes);
    return struck.slice(0, model.by).map((row) => {
      row.forEach((chance, k) => (sum[k] += chance));
      return closed(Array.from(sum, (chance) => chance / d));
    });
  }

  // Chances of all outcomes, the last that of none.
  const closed = (chances) => [...chances, 1 - chances.reduce((a, b) => a + b, 0)];

  const nowhere = { levels: new Map(), chances: new Map() };
  let atRest = null;
  const neutral = () => (atRest ??= cumulative(nowhere));

  // What few draws find, set right by what all draws say where nothing is supposed: outcome by outcome
  // in proportion, so that chances stay between 0 and 1 and sum to 1.
  function corrected(full, supposed, slice) {
    const found = full.map((chance, k) => (chance * supposed[slice][k]) / neutral()[slice][k]);
    const sum = found.reduce((a, b) => a + b, 0);
    return found.map((chance) => chance / sum);
  }

  const percent = (chance) =>
    chance > 0.999 ? "> 99.9 %" : chance < 0.001 ? "< 0.1 %" : `${(100 * chance).toFixed(1)} %`;
  const day = (text, style) =>
    new Date(`${text}T00:00:00Z`).toLocaleDateString("en-GB", { timeZone: "UTC", ...style });
  const long = { day: "numeric", month: "long", year: "numeric" };
  const span = told.span.map((text) => day(text, { month: "long", year: "numeric" }));
  const within = (h) => `${+h.months} ${h.months === 1 ? "month" : "months"}`;
  const last = told.horizons.reduce((a, b) => (b.slice > a.slice ? b : a));

  function nearest(slider, value) {
    const at = +value.toFixed(1); // as it is printed
    let best = null;
    for (const [level, words] of slider.anchors)
      if (best === null || Math.abs(level - at) < Math.abs(best[0] - at)) best = [level, words];
    return best === null ? "" : best[1];
  }
  const signed = (level) => `${level < 0 ? "-" : "+"}${Math.abs(level).toFixed(1)}`;
  const number = (slider, value) =>
    slider.gate ? `${Math.round(100 * value)} % at an occasion` : `${signed(+value.toFixed(1))} sd`;
  function reading(slider, value) {
    const words = nearest(slider, value);
    return number(slider, value) + (words ? `: ${words}` : "");
  }

  const parts = told.sliders.map((slider, i) => {
    const box = find(`[data-slider="${i}"]`);
    return { slider, box, on: box.querySelector("[type=checkbox]"), at: box.querySelector("[type=range]"),
             said: box.querySelector("output") };
  });

  function element(name, attributes, text, within) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== null) made.textContent = text;
    within.append(made);
    return made;
  }

  function row(body, words) {
    const made = document.createElement("tr");
    words.forEach((word, i) => {
      const cell = document.createElement(i ? "td" : "th");
      if (!i) cell.scope = "row";
      cell.dir = "auto";
      cell.textContent = word;
      made.append(cell);
    });
    body.append(made);
  }

  // A step of the axis that leaves three to six lines up to the top.
  function ticks(top) {
    const rough = top / 4;
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    return { step, count: Math.ceil(top / step) };
  }

  function draw(found) {
    const holder = find(".whatif-curve");
    const width = Math.max(280, Math.min(640, holder.clientWidth));
    const size = { width, height: Math.max(230, 0.55 * width), left: 58, right: 14, top: 26, bottom: 46 };
    const was = told.curve.chances.map((chances) => chances[0]);
    const would = found.map((chances) => chances[0]);
    const { step, count } = ticks(Math.max(0.01, ...was, ...would));
    const end = told.curve.months[told.curve.months.length - 1];
    const x = (month) => size.left + (month / end) * (size.width - size.left - size.right);
    const y = (chance) =>
      size.height - size.bottom - (chance / (step * count)) * (size.height - size.top - size.bottom);
    const svg = element("svg", { viewBox: `0 0 ${size.width} ${size.height}`, role: "img" }, null, holder);
    svg.setAttribute(
      "aria-label",
      `Chance of entry by month. Within ${within(last)} it reaches ${percent(was[last.slice])} as forecast, ` +
        `${percent(would[last.slice])} if so.`
    );
    const digits = Math.max(0, Math.ceil(-Math.log10(100 * step) - 1e-9));
    for (let i = 0; i <= count; i++) {
      const at = y(i * step);
      element("line", { class: "whatif-grid", x1: size.left, x2: size.width - size.right, y1: at, y2: at }, null, svg);
      element("text", { x: size.left - 8, y: at + 4, "text-anchor": "end" }, `${(100 * i * step).toFixed(digits)} %`, svg);
    }
    const every = Math.max(1, Math.ceil(end / 6));
    for (let month = 0; month <= end + 1e-6; month += every)
      element("text", { x: x(month), y: size.height - size.bottom + 20, "text-anchor": "middle" }, month, svg);
    element("text", { x: (size.left + size.width) / 2, y: size.height - 6, "text-anchor": "middle" },
            `months after ${day(told.as_of, long)}`, svg);
    const path = (chances) =>
      `M${x(0)},${y(0)}` + chances.map((c, i) => `L${x(told.curve.months[i]).toFixed(1)},${y(c).toFixed(1)}`).join("");
    element("path", { class: "whatif-was", d: path(was) }, null, svg);
    element("path", { class: "whatif-would", d: path(would) }, null, svg);
    element("line", { class: "whatif-would", x1: size.left, x2: size.left + 26, y1: 10, y2: 10 }, null, svg);
    element("text", { x: size.left + 32, y: 14 }, "what if", svg);
    element("line", { class: "whatif-was", x1: size.left + 110, x2: size.left + 136, y1: 10, y2: 10 }, null, svg);
    element("text", { x: size.left + 142, y: 14 }, "as forecast", svg);
  }

  function sentence(now, supposed) {
    const answer = `the chance of entry within ${within(last)}`;
    if (!supposed.length) return `As forecast, ${answer} is ${percent(last.chances[0])}.`;
    const was = percent(last.chances[0]);
    const moved = percent(now) === was ? `still ${was}, as forecast` : `${percent(now)}, not ${was} as forecast`;
    const told = supposed.map(({ slider, at }) => `“${slider.title}” at ${reading(slider, +at.value)}`);
    return `If so, ${answer} is ${moved}. Supposed from ${span[0]} through ${span[1]}: ${told.join("; ")}.`;
  }

  const example = find(".whatif-command code").textContent;
  function command(supposed) {
    const set = ({ slider, at }) =>
      ` --set '${slider.name}=${!slider.gate && +at.value > 0 ? "+" : ""}${at.value}'`;
    find(".whatif-command code").textContent = supposed.length ? told.command + supposed.map(set).join("") : example;
  }

  let waiting = 0;
  function show() {
    const supposed = parts.filter(({ on }) => on.checked);
    const position = { levels: new Map(), chances: new Map() };
    for (const { slider, at } of supposed)
      (slider.gate ? position.chances : position.levels).set(slider.place, +at.value);
    const raw = supposed.length ? cumulative(position) : null;
    const exact = (h) => (supposed.length ? corrected(h.chances, raw, h.slice) : h.chances);
    const curve = told.curve.chances.map((full, i) => (supposed.length ? corrected(full, raw, i) : full));

    for (const { slider, box, on, at, said } of parts) {
      box.classList.toggle("whatif-on", on.checked);
      said.textContent = on.checked ? reading(slider, +at.value) : `as forecast (now about ${reading(slider, slider.now)})`;
      at.setAttribute("aria-valuetext", said.textContent);
    }
    const chances = find(".whatif-chances tbody");
    chances.replaceChildren();
    for (const h of told.horizons)
      row(chances, [`${within(h)}, by ${day(h.date, long)}`, percent(h.chances[0]), percent(exact(h)[0])]);
    const outcomes = find(".whatif-outcomes tbody");
    outcomes.replaceChildren();
    told.outcomes.forEach(({ title }, k) => row(outcomes, [title, percent(last.chances[k]), percent(exact(last)[k])]));
    find(".whatif-curve").replaceChildren();
    draw(curve);
    command(supposed);

    // Said once a reader pauses, so that a screen reader is not flooded.
    clearTimeout(waiting);
    root.setAttribute("aria-busy", "true");
    waiting = setTimeout(() => {
      find(".whatif-sentence").textContent = sentence(exact(last)[0], supposed);
      root.removeAttribute("aria-busy");
    }, 250);
  }

  let asked = 0;
  const soon = () => {
    root.setAttribute("aria-busy", "true");
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(show);
  };
  for (const { slider, on, at } of parts) {
    at.addEventListener("input", () => {
      on.checked = true;
      soon();
    });
    on.addEventListener("change", () => {
      if (!on.checked) at.value = slider.now;
      soon();
    });
  }
  addEventListener("resize", soon);
  find("form").addEventListener("reset", () => setTimeout(soon));
  find("form").addEventListener("submit", (event) => event.preventDefault());
  find("figcaption").textContent = "Chance that entry has happened, month by month";
  find(".whatif-outcomes caption").textContent = `What happens first, within ${within(last)}`;
  find(".whatif-live").hidden = false;
  show();
})();

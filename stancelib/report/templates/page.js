"use strict";
(() => {
  const content = JSON.parse(document.getElementById("charts").textContent);
  const wide = window.matchMedia("(min-width: 700px), print");

  const rows = ({ columns, rows: cells }) =>
    cells.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));

  const names = (part) => {
    if (Array.isArray(part)) return part.flatMap(names);
    if (part === null || typeof part !== "object") return [];
    const own = part.data && part.data.name ? [part.data.name] : [];
    return own.concat(Object.values(part).flatMap(names));
  };

  const options = {
    renderer: "svg",
    actions: false,
    // Expressions are interpreted: the page's policy forbids code made from text.
    ast: true,
    config: content.config,
    // Styles come from the page; its policy refuses style elements made by scripts.
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  };

  let drawing = Promise.resolve();

  const draw = async (place) => {
    const both = content.charts[place.dataset.chart];
    const width = wide.matches ? "wide" : "narrow";
    if (place.dataset.width === width) return;
    const specification = structuredClone(both[width]);
    const used = names(specification).filter((name) => name in content.tables);
    specification.datasets = Object.fromEntries(
      used.map((name) => [name, rows(content.tables[name])]),
    );
    place.dataset.width = width;
    try {
      await window.vegaEmbed(place, specification, options);
      // The place has the name of the picture; the marks inside have none.
      for (const svg of place.querySelectorAll("svg")) svg.setAttribute("aria-hidden", "true");
    } catch (problem) {
      place.textContent = `This chart could not be drawn: ${problem.message}`;
      console.error(problem);
    }
  };

  const drawAll = () => {
    drawing = drawing.then(async () => {
      for (const place of document.querySelectorAll("[data-chart]")) await draw(place);
      document.documentElement.dataset.drawn = wide.matches ? "wide" : "narrow";
    });
  };

  wide.addEventListener("change", drawAll);
  drawAll();
})();

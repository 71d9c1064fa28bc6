"use strict";
(() => {
  const typing = (target) => target instanceof Element && target.matches("input, select, textarea");
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => !row.hidden && !row.closest("[hidden]") && row.querySelector(".craft a"));
  const step = (by) => {
    const link = document.querySelector(by > 0 ? 'a[rel="next"]' : 'a[rel="prev"]');
    if (link) {
      location.href = link.href;
      return;
    }
    const shown = rows();
    const here = shown.findIndex((row) => row.contains(document.activeElement));
    const row = shown[Math.min(Math.max(here + by, 0), shown.length - 1)];
    if (row) {
      row.querySelector(".craft a").focus();
      row.scrollIntoView({ block: "nearest" });
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
  const tools = document.querySelector("[data-tools]");
  if (!tools) return;
  const find = tools.querySelector("[data-find]");
  const sort = tools.querySelector("[data-sort]");
  const count = tools.querySelector("[data-count]");
  const table = document.querySelector("#flags ~ table.list");
  if (!table) return;
  tools.hidden = false;
  const entries = [...table.querySelectorAll("[data-entry]")];
  const told = new Map();
  for (const row of table.querySelectorAll("[data-row]")) told.set(row, row.textContent.toLowerCase());
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const entry of entries) {
      let any = false;
      for (const row of entry.querySelectorAll("[data-row]")) {
        row.hidden = !words.every((word) => told.get(row).includes(word));
        any = any || !row.hidden;
        n += row.hidden ? 0 : 1;
      }
      entry.hidden = !any;
    }
    count.textContent = words.length ? `${n} of ${told.size} shown` : "";
  };
  const order = () => {
    const by = sort.value;
    const key = (entry) => (by === "name" ? entry.dataset.name : Number(entry.dataset[by]));
    const before = (a, b) => {
      if (by === "name") return key(a).localeCompare(key(b));
      return by === "rank" ? key(a) - key(b) : key(b) - key(a);
    };
    for (const entry of [...entries].sort(before)) table.append(entry);
  };
  find.addEventListener("input", filter);
  sort.addEventListener("change", order);
})();

// The page without its charts: sorting, filtering, downloading. Works on the tables as they stand
// in the document, so that the page is complete before this runs, and without it.
(function () {
  "use strict";

  const view = JSON.parse(document.getElementById("view").textContent);

  function valueOf(row, column) {
    const cell = row.cells[column];
    const number = cell.dataset.value;
    if (number === undefined) {
      return cell.textContent;
    }
    return number === "" ? null : Number(number);
  }

  // What is not known stays at the end in both directions.
  function compare(left, right, direction) {
    if (left === null || right === null) {
      return left === right ? 0 : left === null ? 1 : -1;
    }
    const order = typeof left === "number" && typeof right === "number"
      ? left - right
      : String(left).localeCompare(String(right), "en", { numeric: true });
    return order * direction;
  }

  function sortBy(table, header) {
    const ascending = header.getAttribute("aria-sort") === "descending" ||
      (header.getAttribute("aria-sort") === null && header.classList.contains("text"));
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
    }
    header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const column = header.cellIndex;
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => ({ row, value: valueOf(row, column) }));
    rows.sort((a, b) => compare(a.value, b.value, ascending ? 1 : -1));
    body.append(...rows.map((entry) => entry.row));
  }

  function makeSortable(table) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sortBy(table, header));
    }
  }

  function shownServers(section) {
    return Array.from(section.querySelector("table.main").tBodies[0].rows)
      .filter((row) => !row.hidden)
      .map((row) => row.dataset.server);
  }

  function makeFilter(section, whenChanged) {
    const table = section.querySelector("table.main");
    const tools = section.querySelector(".tools");
    const label = document.createElement("label");
    label.textContent = "Filter ";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = "name, rank or verdict";
    label.append(input);
    const count = document.createElement("span");
    count.className = "meta";
    count.setAttribute("role", "status");
    tools.prepend(label, count);
    let timer;
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = words.length ? `${shown} of ${table.tBodies[0].rows.length} servers` : "";
      clearTimeout(timer);
      timer = setTimeout(whenChanged, 150);
    });
  }

  function offerDownload() {
    const link = document.getElementById("download");
    const raw = document.getElementById("results").textContent;
    link.addEventListener("click", () => {
      link.href = URL.createObjectURL(new Blob([raw], { type: "application/json" }));
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
    link.hidden = false;
  }

  const charts = window.benchhostCharts;
  for (const table of document.querySelectorAll("table")) {
    makeSortable(table);
  }
  document.querySelectorAll("section.profile").forEach((section) => {
    if (!section.querySelector("table.main")) {
      return;
    }
    const profile = view.profiles[Number(section.dataset.profile)];
    const host = section.querySelector(".charts");
    const draw = charts ? charts(host, profile) : () => {};
    makeFilter(section, () => draw(shownServers(section)));
    if (!charts) {
      host.textContent = "This build of benchhost has no charts: it was made without npm.";
      return;
    }
    // Far below the fold nothing is drawn before it is looked at.
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        observer.disconnect();
        draw(shownServers(section));
      }
    }, { rootMargin: "300px" });
    observer.observe(host);
  });
  offerDownload();
})();

// The charts of report.html. Bundled with the parts of ECharts that it names, nothing else.
import { init, use } from "echarts/core";
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([CustomChart, LineChart, ScatterChart, DataZoomComponent, GridComponent, LegendComponent,
  MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

const MOST_LINES = 10; // more cannot be told apart
const PALETTE_LIGHT = ["#0a5cc2", "#c2410c", "#15803d", "#7c3aed", "#be123c", "#0e7490", "#a16207",
  "#4d7c0f", "#9d174d", "#475569"];
const PALETTE_DARK = ["#6cb0ff", "#ffa36c", "#6fce8a", "#b79cff", "#ff8fa3", "#5fd0e6", "#e3b341",
  "#a8d65c", "#f08ac0", "#a9b4c2"];

const dark = matchMedia("(prefers-color-scheme: dark)");
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const short = (number) => new Intl.NumberFormat("en", { maximumSignificantDigits: 4 }).format(number);
// ECharts' tooltips are HTML: everything that comes from a result is escaped.
const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function base(unitX, unitY) {
  const text = { color: css("--soft") };
  const axis = {
    nameTextStyle: text,
    axisLabel: { ...text, hideOverlap: true },
    axisLine: { lineStyle: { color: css("--line") } },
    splitLine: { lineStyle: { color: css("--line"), opacity: 0.6 } },
    nameLocation: "middle",
  };
  return {
    animation: false,
    color: dark.matches ? PALETTE_DARK : PALETTE_LIGHT,
    textStyle: { fontFamily: "system-ui, sans-serif" },
    grid: { left: 84, right: 28, top: 46, bottom: 48 },
    legend: { type: "scroll", top: 4, textStyle: { color: css("--ink") }, pageTextStyle: text },
    tooltip: {
      confine: true,
      backgroundColor: css("--panel"),
      borderColor: css("--line"),
      textStyle: { color: css("--ink") },
    },
    xAxis: { ...axis, name: unitX, nameGap: 28, splitNumber: innerWidth > 600 ? 5 : 2 },
    yAxis: { ...axis, name: unitY, nameGap: 62 },
  };
}

const line = (row, data, more) => ({
  type: "line", name: row.label, data, showSymbol: false, lineStyle: { width: 2 }, ...more,
});
const pointTip = (unitX, unitY) => (point) =>
  `${escaped(point.seriesName)}<br>${short(point.value[0])} ${unitX}: ${short(point.value[1])} ${unitY}`;

function throughput(rows) {
  const known = rows.filter((row) => row.rounds.some((round) => round.rate > 0));
  if (!known.length) {
    return null;
  }
  const option = base("requests/s", "");
  option.legend = undefined;
  const room = innerWidth > 600 ? 210 : 130; // for the names
  option.grid = { ...option.grid, left: room, top: 10 };
  option.xAxis = { ...option.xAxis, type: "value", min: 0 };
  option.yAxis = {
    ...option.yAxis, type: "category", inverse: true, name: "", data: known.map((row) => row.label),
    axisLabel: { color: css("--ink"), width: room - 15, overflow: "truncate" },
  };
  const dots = [];
  const spans = [];
  known.forEach((row, index) => {
    const rates = row.rounds.filter((round) => round.rate > 0);
    rates.forEach((round) => dots.push([round.rate, index, round.round]));
    spans.push([Math.min(...rates.map((r) => r.rate)), Math.max(...rates.map((r) => r.rate)),
      row.requests_per_s ?? rates[0].rate, index]);
  });
  const ink = css("--ink");
  option.tooltip.formatter = (point) => point.seriesType === "scatter"
    ? `${escaped(known[point.value[1]].label)}, round ${point.value[2]}<br>${short(point.value[0])} requests/s`
    : "";
  option.series = [
    {
      type: "custom", data: spans, encode: { x: [0, 1, 2], y: 3 }, silent: true,
      renderItem: (_, api) => {
        const [low, y] = api.coord([api.value(0), api.value(3)]);
        const [high] = api.coord([api.value(1), api.value(3)]);
        const [middle] = api.coord([api.value(2), api.value(3)]);
        const stroke = { stroke: ink, lineWidth: 1.5 };
        return {
          type: "group",
          children: [
            { type: "line", shape: { x1: low, y1: y, x2: high, y2: y }, style: stroke },
            { type: "line", shape: { x1: middle, y1: y - 8, x2: middle, y2: y + 8 },
              style: { ...stroke, lineWidth: 2.5 } },
          ],
        };
      },
    },
    { type: "scatter", data: dots, symbolSize: 8, itemStyle: { opacity: 0.75 } },
  ];
  return option;
}

const NINES = { 0: "0 %", 1: "90 %", 2: "99 %", 3: "99.9 %", 4: "99.99 %", 5: "99.999 %", 6: "99.9999 %" };

function percentiles(rows, raw) {
  const key = raw ? "service_percentiles" : "percentiles";
  const known = rows.filter((row) => row[key].length);
  if (!known.length) {
    return null;
  }
  const option = base("percentile", "ms");
  option.xAxis = {
    ...option.xAxis, type: "value", min: 0, interval: 1,
    axisLabel: { ...option.xAxis.axisLabel, formatter: (value) => NINES[value] ?? "" },
  };
  option.yAxis = { ...option.yAxis, type: "log" };
  option.tooltip = { ...option.tooltip, trigger: "axis", valueFormatter: (value) => `${short(value)} ms` };
  option.tooltip.formatter = (points) => {
    const share = 100 * (1 - 10 ** -points[0].value[0]);
    return `p${share.toPrecision(6).replace(/\.?0+$/, "")}<br>` + points.map((point) =>
      `${escaped(point.seriesName)}: ${short(point.value[1])} ms`).join("<br>");
  };
  option.series = known.map((row) => line(row,
    row[key].filter(([, ms]) => ms > 0).map(([quantile, ms]) => [-Math.log10(1 - quantile), ms])));
  // No further than the lines go: the label of a whole nine beyond would stand outside.
  option.xAxis.max = Math.max(1, ...option.series.flatMap((series) => series.data.map(([nines]) => nines)));
  option.grid.right = 36;
  return option;
}

function overTime(rows, field, unit, scale, log) {
  const known = rows.filter((row) => row.series.some((point) => point[field] !== undefined));
  if (!known.length) {
    return null;
  }
  const option = base("seconds of the window", unit);
  option.xAxis = { ...option.xAxis, type: "value" };
  option.yAxis = { ...option.yAxis, type: log ? "log" : "value" };
  option.tooltip.formatter = pointTip("s", unit);
  // A second is drawn at its middle; what came before 0 is the warm-up.
  const points = (row) => [...row.warmup, ...row.series.map((point) => ({ ...point, t: point.t + 0.5 }))]
    .filter((point) => point[field] !== undefined && (!log || point[field] > 0))
    .map((point) => [point.t, point[field] * scale]);
  option.series = known.map((row) => line(row, points(row), { showSymbol: true, symbolSize: 4 }));
  option.xAxis.max = Math.max(...known.flatMap((row) => row.series.map((point) => point.t + 1)));
  const first = Math.min(0, ...option.series.flatMap((series) => series.data.map(([t]) => t)));
  if (first < 0) {
    option.series[0].markArea = {
      silent: true, itemStyle: { color: css("--soft"), opacity: 0.15 },
      label: { color: css("--soft"), position: "insideTop" },
      data: [[{ name: "warm-up", xAxis: first }, { xAxis: 0 }]],
    };
  }
  return option;
}

function loadLatency(rows, unit) {
  const known = rows.filter((row) => row.steps.length);
  if (!known.length) {
    return null;
  }
  const option = base(unit, "p99 ms");
  option.xAxis = { ...option.xAxis, type: "value" };
  option.yAxis = { ...option.yAxis, type: "log" };
  option.tooltip.formatter = (point) => `${escaped(point.seriesName)}: ${short(point.value[0])} ${escaped(unit)}<br>` +
    `p99 ${short(point.value[1])} ms, ${point.value[2] ? `${short(point.value[2])} failed` : "no failures"}`;
  option.series = known.map((row) => line(row,
    row.steps.filter((step) => step.p99_ms > 0).sort((a, b) => a.load - b.load).map((step) => ({
      value: [step.load, step.p99_ms, step.failed], symbol: step.passed ? "circle" : "triangle",
    })),
    {
      showSymbol: true, symbolSize: 9,
      markLine: row.highest_load === undefined ? undefined : {
        symbol: "none", silent: true, label: { formatter: "limit", color: css("--soft") },
        data: [{ xAxis: row.highest_load }],
      },
    }));
  return option;
}

function cpuAgainstRate(rows) {
  const known = rows.filter((row) => row.rounds.some((round) => round.rate > 0 && round.cpu_us > 0));
  if (!known.length) {
    return null;
  }
  const option = base("requests/s", "CPU µs/request");
  option.xAxis = { ...option.xAxis, type: "value", scale: true };
  option.yAxis = { ...option.yAxis, type: "value", min: 0 };
  option.tooltip.formatter = pointTip("requests/s", "µs/request");
  option.series = known.map((row) => ({
    type: "scatter", name: row.label, symbolSize: 9,
    data: row.rounds.filter((r) => r.rate > 0 && r.cpu_us > 0).map((r) => [r.rate, r.cpu_us]),
  }));
  return option;
}

const CHARTS = [
  ["Throughput", "Every round is a dot; the bar spans the rounds, the mark is their median.",
    (rows) => throughput(rows)],
  ["Latency by percentile", "Both axes are logarithmic: each step right is one more nine.",
    (rows, _, raw) => percentiles(rows, raw)],
  ["Load against latency", "Triangles are steps that failed; the line marks the highest load that was confirmed.",
    (rows, profile) => loadLatency(rows, profile.load_unit)],
  ["Throughput over time", "Verified answers a second in the last measured round; the shaded warm-up counts in no figure.",
    (rows) => overTime(rows, "ok", "requests/s", 1, false)],
  ["p99 over time", "In the last measured round.", (rows) => overTime(rows, "p99_ms", "ms", 1, true)],
  ["Failures over time", "In the last measured round.",
    (rows) => overTime(rows.filter((row) => row.series.some((p) => p.failed > 0)), "failed", "failed/s", 1, false)],
  ["Memory over time", "Resident memory of the server's process tree in the last measured round.",
    (rows) => overTime(rows, "rss_bytes", "MiB", 1 / 1048576, false)],
  ["CPU per request against rate", "Lower is cheaper, further right is faster; every round is a dot.",
    (rows) => cpuAgainstRate(rows)],
];

function figure(title, caption) {
  const element = document.createElement("figure");
  element.className = "chart";
  const heading = document.createElement("h3");
  heading.textContent = title;
  const plot = document.createElement("div");
  plot.className = "plot";
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${title}. The numbers are in the table.`);
  const text = document.createElement("figcaption");
  text.textContent = caption;
  element.append(heading, plot, text);
  return { element, plot, heading };
}

function rawToggle(heading, redraw) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  label.append(" ", box, " raw (from the write, not corrected)");
  label.style.fontWeight = "normal";
  heading.append(label);
  box.addEventListener("change", redraw);
  return box;
}

// charts(host, profile) gives draw(servers): shows those servers, at most MOST_LINES of them.
window.benchhostCharts = (host, profile) => {
  const drawn = [];
  let rows = [];
  let raw;
  const hasRaw = profile.rows.some((row) => row.service_percentiles.length);

  function update(entry) {
    const option = entry.make(rows, profile, raw !== undefined && raw.checked);
    entry.element.hidden = option === null;
    if (option === null) {
      return;
    }
    entry.chart = entry.chart ?? init(entry.plot, null, { renderer: "svg" });
    entry.chart.setOption(option, { notMerge: true });
    entry.chart.resize();
  }

  for (const [title, caption, make] of CHARTS) {
    const entry = { ...figure(title, caption), make };
    if (title === "Latency by percentile" && hasRaw) {
      raw = rawToggle(entry.heading, () => update(entry));
    }
    entry.element.hidden = true;
    host.append(entry.element);
    drawn.push(entry);
  }
  const resizing = new ResizeObserver(() => drawn.forEach((entry) => entry.chart?.resize()));
  drawn.forEach((entry) => resizing.observe(entry.plot));
  dark.addEventListener("change", () => drawn.forEach(update));
  return (servers) => {
    const wanted = new Set(servers);
    rows = profile.rows.filter((row) => wanted.has(row.server)).slice(0, MOST_LINES);
    drawn.forEach(update);
  };
};

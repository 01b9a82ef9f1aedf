// Curves of one machine below each other on one axis of time, with one cursor: uPlot draws, this says what.
import uPlot from "./uplot/uPlot.esm.js";
import { colour, zone } from "./app.js";

const HATCH = 7;
/** Colours that are told apart by all; each has its own dash as well. */
export const SHARES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a6d00", "#8888aa"];
const numberText = (value) => value == null ? "--" : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(4)).toString();

function frame(height, width, { range, onRange }) {
  const axis = () => ({ stroke: () => colour("soft"), grid: { stroke: () => colour("line"), width: 1 }, ticks: { stroke: () => colour("line"), width: 1 } });
  return {
    width, height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone() === "UTC" ? "Etc/UTC" : zone()),
    fmtDate: (style) => uPlot.fmtDate(style.replaceAll("{h}", "{HH}").replaceAll("{aa}", "").replace("{M}/{D}/{YY}", "{YYYY}-{MM}-{DD}").replace("{M}/{D}", "{MM}-{DD}")),
    cursor: { sync: { key: "machine", setSeries: false }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: true, range } },
    axes: [axis(), { ...axis(), size: 62 }],
    hooks: { setSelect: [(plot) => plot.select.width > 3 && onRange(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"))] },
  };
}

/** Shade the anomalies behind a curve. */
const shaded = (anomalies) => (plot) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.globalAlpha = 0.16;
  for (const one of anomalies) {
    const [from, to] = [one.start, one.end].map((at) => Math.min(Math.max(plot.valToPos(at, "x", true), bbox.left), bbox.left + bbox.width));
    ctx.fillStyle = colour(one.kind);
    ctx.fillRect(from, bbox.top, Math.max(2, to - from), bbox.height);
  }
  ctx.restore();
};

/** Hatch what was imputed: it is no measurement. */
const hatched = (imputed) => (plot) => {
  const { ctx, bbox, data } = plot;
  ctx.save();
  ctx.strokeStyle = colour("filled");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  let first = null;
  imputed.forEach((value, n) => {
    if (value !== null && first === null) first = n;
    const ends = first !== null && (value === null || n === imputed.length - 1);
    if (!ends) return;
    const [from, to] = [data[0][first], data[0][n]].map((at) => plot.valToPos(at, "x", true));
    for (let x = from; x < to; x += HATCH * devicePixelRatio) { ctx.moveTo(x, bbox.top + bbox.height); ctx.lineTo(Math.min(x + bbox.height / 3, to), bbox.top + bbox.height * 2 / 3); }
    first = null;
  });
  ctx.stroke();
  ctx.restore();
};

const unitOf = (unit) => (_, value) => value == null ? "--" : `${numberText(value)}${unit ? ` ${unit}` : ""}`;

/** A slot's values at the times of a course: null outside of its slots. */
function atTimes(usual, values, times) {
  const places = new Map(usual.times.map((at, n) => [at, n]));
  return times.map((at) => values[places.get(Math.floor(at / usual.slot_s) * usual.slot_s)] ?? null);
}

function sensorPlot(course, name, other, usual, anomalies, width, view) {
  const one = course.sensors[name], label = unitOf(one.unit), dots = { show: false };
  const series = [{}, { label: "low", scale: "y", value: label, points: dots, stroke: () => colour("band") }, { label: "high", value: label, points: dots, stroke: () => colour("band") },
    { label: "expected", value: label, points: dots, stroke: () => colour("soft"), dash: [4, 3] }, { label: "measured", value: label, width: 1.5, points: { show: one.measured.length < 200 }, stroke: () => colour("accent") },
    { label: "imputed", value: label, points: dots, stroke: () => colour("filled"), width: 1.5 }];
  const data = [course.times, one.low, one.high, one.expected, one.measured, one.imputed];
  if (other) {
    series.push({ label: other.asset, value: label, points: dots, stroke: () => colour("good"), dash: [8, 3] });
    data.push(other.sensors[name]?.measured ?? course.times.map(() => null));
  }
  const reference = usual?.sensors[name];
  if (reference?.holds) {
    const quiet = { value: label, points: dots, stroke: () => colour("planned"), width: 1 };
    series.push({ label: "usual low", ...quiet, dash: [2, 3] }, { label: "usual", ...quiet, dash: [8, 3, 2, 3] }, { label: "usual high", ...quiet, dash: [2, 3] });
    for (const part of ["low", "middle", "high"]) data.push(atTimes(usual, reference[part], course.times));
  }
  const options = { ...frame(110, width, view), series, bands: [{ series: [2, 1], fill: () => `${colour("band")}88` }] };
  options.hooks.drawClear = [shaded(anomalies)];
  options.hooks.draw = [hatched(one.imputed)];
  const title = one.unit ? `${name}, ${one.unit}` : name;
  return { title: reference && !reference.holds ? `${title} (usual course ${reference.message})` : title, options, data };
}

function sharePlot(course, anomalies, width, view) {
  const names = Object.keys(course.sensors);
  const sums = course.times.map(() => 0);
  const stacked = names.map((name) => course.sensors[name].share.map((value, n) => value === null ? null : (sums[n] += value)));
  const series = [{}, ...names.map((name, n) => ({ label: name, points: { show: false }, stroke: SHARES[n % SHARES.length], fill: `${SHARES[n % SHARES.length]}55`, width: 1,
    value: (_, value, place, at) => at == null || course.sensors[name].share[at] == null ? "--" : `${Math.round(100 * course.sensors[name].share[at])} %` }))];
  const bands = names.slice(1).map((_, n) => ({ series: [n + 2, n + 1] }));
  const options = { ...frame(120, width, view), series, bands };
  options.scales.y = { range: [0, 1] };
  options.axes[1].values = (_, values) => values.map((value) => `${Math.round(100 * value)} %`);
  options.hooks.drawClear = [shaded(anomalies)];
  return { title: "Contribution of each sensor to the score", options, data: [course.times, ...stacked] };
}

const positive = (values) => values.map((value) => value !== null && value > 0 ? value : null);
/** A plot's options with a logarithmic axis and the anomalies shaded. */
function logarithmic(options, anomalies) {
  options.scales.y = { distr: 3 };
  options.axes[1].values = (_, values) => values.map((value) => value === null ? "" : numberText(value));
  options.hooks.drawClear = [shaded(anomalies)];
  return options;
}

function scorePlot(course, anomalies, width, view) {
  const label = unitOf("nats");
  const series = [{}, { label: "score", value: label, stroke: () => colour("ink"), width: 1.5, points: { show: false } },
    { label: "threshold", value: label, stroke: () => colour("critical"), dash: [6, 4], points: { show: false } }];
  const options = logarithmic({ ...frame(150, width, view), series }, anomalies);
  return { title: "Score and threshold, nats", options, data: [course.times, positive(course.score), positive(course.threshold)] };
}

/** The scores of several machines over one threshold, their anomalies shaded. */
export function drawnScores(box, { scores, anomalies }, onRange) {
  const names = Object.keys(scores), label = unitOf("nats");
  const tables = names.map((name) => [scores[name].times, positive(scores[name].score)]);
  const data = uPlot.join([...tables, [scores[names[0]].times, positive(scores[names[0]].threshold)]]);
  const series = [{}, ...names.map((name, n) => ({ label: name, value: label, stroke: SHARES[n % SHARES.length], width: 1.5, points: { show: false } })),
    { label: "threshold", value: label, stroke: () => colour("critical"), dash: [6, 4], points: { show: false } }];
  const view = { range: [data[0][0], data[0].at(-1)], onRange };
  const options = { ...frame(220, widthOf(box), view), series };
  options.cursor.sync = undefined;
  return mounted(box, [{ title: "Score of each machine and threshold, nats", options: logarithmic(options, anomalies), data }], view);
}

/** Draw a machine's curves into a box, a plot each; `view` has their range and takes another one. */
export function drawn(box, course, other, usual, anomalies, view, only) {
  const width = widthOf(box);
  const names = Object.keys(course.sensors).filter((name) => !only || only.includes(name));
  const plots = names.map((name) => sensorPlot(course, name, other, usual, anomalies, width, view));
  if (!only && names.length > 1) plots.push(sharePlot(course, anomalies, width, view));
  plots.push(scorePlot(course, anomalies, width, view));
  return mounted(box, plots, view);
}

/** The usual course of a day: a band and its middle a sensor, and in words why others have none. */
export function drawnUsual(box, usual, range) {
  const width = widthOf(box), view = { range, onRange: () => {} }, dots = { show: false };
  const plots = Object.entries(usual.sensors).filter(([, one]) => one.holds).map(([name, one]) => {
    const label = unitOf(one.unit), edge = { value: label, points: dots, stroke: () => colour("planned"), dash: [2, 3] };
    const series = [{}, { label: "low", scale: "y", ...edge }, { label: "high", ...edge }, { label: "usual", value: label, points: dots, stroke: () => colour("soft"), dash: [8, 3, 2, 3] }];
    const options = { ...frame(110, width, view), series, bands: [{ series: [2, 1], fill: () => `${colour("planned")}33` }] };
    options.cursor = { ...options.cursor, sync: { key: "usual", setSeries: false }, drag: { x: false, y: false } };
    return { title: `${name}${one.unit ? `, ${one.unit}` : ""}: ${one.message}`, options, data: [usual.times, one.low, one.high, one.middle] };
  });
  const made = mounted(box, plots, view);
  for (const [name, one] of Object.entries(usual.sensors)) {
    if (one.holds) continue;
    const words = document.createElement("p");
    words.textContent = `${name}: ${one.message}.`;
    box.append(words);
  }
  return made;
}

const widthOf = (box) => Math.max(280, box.clientWidth);

/** Put plots below each other into a box, each with its title, legend and keys; the last one has the times. */
function mounted(box, plots, view) {
  box.replaceChildren();
  const all = [];
  plots.forEach(({ title, options, data }, n) => {
    const holder = document.createElement("div");
    holder.className = "curve";
    holder.tabIndex = 0;
    holder.setAttribute("role", "group");
    holder.setAttribute("aria-label", title);
    const heading = document.createElement("h3");
    heading.textContent = title;
    const head = document.createElement("div");
    head.className = "head";
    head.append(heading);
    holder.append(head);
    box.append(holder);
    options.legend = { mount: (_, legend) => head.append(legend) };
    if (n < plots.length - 1) Object.assign(options.axes[0], { values: (_, times) => times.map(() => ""), size: 6 });
    const plot = new uPlot(options, data, holder);
    holder.addEventListener("keydown", (event) => moved(event, plot, all, view.onRange));
    all.push(plot);
  });
  return all;
}

/** The keys of a curve. */
function moved(event, plot, all, onRange) {
  const [from, to] = [plot.scales.x.min, plot.scales.x.max], half = (to - from) / 4;
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  if (event.key in steps) {
    const now = plot.cursor.idx ?? Math.floor(plot.data[0].length / 2);
    const place = Math.min(Math.max(now + steps[event.key] * (event.shiftKey ? 10 : 1), 0), plot.data[0].length - 1);
    for (const one of all) one.setCursor({ left: one.valToPos(plot.data[0][place], "x"), top: 10 });
  } else if (event.key === "+") onRange(from + half, to - half);
  else if (event.key === "-") onRange(from - half * 2, to + half * 2);
  else return;
  event.preventDefault();
}

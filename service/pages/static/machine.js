// A machine's page: its curves, the events above them, the numbers below; the address holds the range.
import { ask, colour, counted, escaped, fetched, interval, iso, moment, onChange, say } from "./app.js";
import { drawn, drawnUsual } from "./curves.js";

const ROWS = 500;
const box = ask("curves"), about = box.dataset;
const wish = ask("with-usual"), ahead = ask("ahead");
let course, other, events, usual, coming, plots = [], later = [];

async function load() {
  const range = { from: about.from, to: about.to };
  const query = new URLSearchParams({ family: about.family, asset: about.asset, ...range });
  try {
    [course, events] = await Promise.all([fetched(`/v1/course?${query}`), fetched(`/v1/events?${query}`)]);
    if (wish.checked) usual = await fetched(`/v1/usual?${query}`);
    if (about.compare) other = await fetched(`/v1/course?${new URLSearchParams({ family: about.family, asset: about.compare, ...range })}`);
  } catch (error) {
    box.innerHTML = `<p class="note bad">${escaped(error.message)}</p>`;
    if (!course) return;
  }
  if (other) aligned();
  ask("thinned").textContent = course.rows > 1 ? `Each pair of points is the lowest and highest of ${course.rows} rows.` : "";
  draw();
}

/** The other machine's curves at this one's times. */
function aligned() {
  const places = new Map(other.times.map((at, n) => [at, n]));
  for (const one of Object.values(other.sensors)) one.measured = course.times.map((at) => one.measured[places.get(at)] ?? null);
}

function draw() {
  for (const plot of plots) plot.destroy();
  plots = drawn(box, course, other, wish.checked ? usual : null, events.anomalies, { range: shown(), onRange });
  requestAnimationFrame(strip); // the curves have their places only then
  if (ask("table").open) numbers();
}

const shown = () => [about.from, about.to].map((text) => Date.parse(text) / 1000);

/** Another range is another address, so that back returns. */
function onRange(from, to) {
  const query = new URLSearchParams(location.search);
  query.delete("day");
  query.delete("days");
  query.set("from", iso(from));
  query.set("to", iso(Math.max(to, from + 2 * course.step_s)));
  location.search = query;
}

/** What happened, above the curves: anomalies, planned work, verdicts, changes of model. */
function strip() {
  const [from, to] = shown();
  const bars = [...events.anomalies.map((one) => ({ ...one, text: `${one.kind}: ${interval(one.start, one.end)}` })),
    ...events.incidents.map((one) => ({ ...one, kind: "planned", text: `${one.word}${one.author ? ` by ${one.author}` : ""}${one.note ? `: ${one.note}` : ""}, ${interval(one.start, one.end)}` })),
    ...events.models.map((one) => ({ start: one.at, end: one.at, kind: "good", text: `from ${moment(one.at)}: ${one.model}` }))];
  const area = plots[0].over.getBoundingClientRect(), left = area.left - box.getBoundingClientRect().left, width = area.width, height = 14;
  const place = (at) => left + width * Math.min(Math.max((at - from) / (to - from), 0), 1);
  const shapes = bars.map((one, n) => `<rect x="${place(one.start)}" y="${n * height}" width="${Math.max(3, place(one.end) - place(one.start))}" height="${height - 3}" fill="${colour(one.kind)}"><title>${escaped(one.text)}</title></rect>`);
  const words = bars.map((one) => `<li>${escaped(one.text)}</li>`).join("");
  ask("events").innerHTML = bars.length ? `<h3>Events</h3><svg class="events" viewBox="0 0 ${box.clientWidth} ${bars.length * height}" height="${bars.length * height}" role="img" aria-label="${counted(bars.length, "event")}">${shapes.join("")}</svg><details><summary>${counted(bars.length, "event")}</summary><ul>${words}</ul></details>` : "";
}

function numbers() {
  const names = Object.keys(course.sensors);
  const head = ["time", ...names.flatMap((name) => [`${name}${course.sensors[name].unit ? `, ${course.sensors[name].unit}` : ""}`, "expected"]), "score", "threshold"];
  const many = Math.min(course.times.length, ROWS);
  const cell = (value) => `<td class="number">${value === null ? "" : value}</td>`;
  const lines = course.times.slice(0, many).map((at, n) => `<tr><td>${moment(at)}</td>${names.map((name) => {
    const one = course.sensors[name];
    return cell(one.measured[n] ?? one.imputed[n]) + cell(one.expected[n]);
  }).join("")}${cell(course.score[n])}${cell(course.threshold[n])}</tr>`);
  ask("rows").textContent = `${many.toLocaleString("en")} of ${counted(course.times.length, "row")} of this range.`;
  ask("numbers").innerHTML = `<thead><tr>${head.map((name) => `<th>${escaped(name)}</th>`).join("")}</tr></thead><tbody>${lines.join("")}</tbody>`;
}

// ---- what is usual at that time of day ----
wish.checked = new URLSearchParams(location.search).has("usual");
/** The choices that the page's own links keep. */
function keepChoices() {
  for (const link of document.querySelectorAll(".bar a.button")) {
    const address = new URL(link.href);
    if (about.compare) address.searchParams.set("compare", about.compare);
    if (wish.checked) address.searchParams.set("usual", "1");
    else address.searchParams.delete("usual");
    link.href = address;
  }
  const hidden = ask("where").querySelector("[name=usual]");
  if (hidden) hidden.disabled = !wish.checked;
}
wish.addEventListener("change", async () => {
  const address = new URL(location.href);
  if (wish.checked) address.searchParams.set("usual", "1");
  else address.searchParams.delete("usual");
  history.replaceState(null, "", address);
  keepChoices();
  try {
    if (wish.checked) usual ??= await fetched(`/v1/usual?${new URLSearchParams({ family: about.family, asset: about.asset, from: about.from, to: about.to })}`);
  } catch (error) { return say(error.message); }
  if (course) draw();
});
keepChoices();

/** The usual course of the day that comes. */
async function look() {
  const day = ahead.dataset.day, begin = Date.parse(`${day}T00:00Z`) / 1000;
  const query = new URLSearchParams({ family: about.family, asset: about.asset, from: `${day}T00:00Z`, to: iso(begin + 86400) });
  try {
    coming ??= await fetched(`/v1/usual?${query}`);
  } catch (error) {
    ask("usual").innerHTML = `<p class="note">${escaped(error.message)}</p>`;
    return;
  }
  for (const plot of later) plot.destroy();
  later = drawnUsual(ask("usual"), coming, [begin, begin + 86400]);
}
ahead?.addEventListener("toggle", () => ahead.open && look());

ask("table").addEventListener("toggle", () => ask("table").open && course && numbers());
ask("where").addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    if (field.type === "datetime-local" && field.value) { const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: field.name, value: `${field.value}Z` }); field.disabled = true; event.target.append(hidden); }
    if (field.name === "compare" && !field.value) field.disabled = true;
  }
});
ask("where").elements.family.addEventListener("change", (event) => { location.href = `/pages/asset?family=${encodeURIComponent(event.target.value)}`; });
let width = box.clientWidth;
new ResizeObserver(() => { if (course && Math.abs(box.clientWidth - width) > 4) { width = box.clientWidth; draw(); if (coming && ahead.open) look(); } }).observe(box);
onChange(() => {
  if (course) draw();
  if (coming && ahead.open) look();
});
load().catch((error) => say(error.message));

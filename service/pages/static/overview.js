// The overview: the lane, its filters, the list below it, and how the last night went.
import { addressed, address, ask, counted, escaped, fetched, interval, iso, machineAddress, onChange, say } from "./app.js";
import { LaneView } from "./lane.js";
import { atOnce, chosen, columnsOf, DEFAULTS, kindOf, saidOf } from "./lane_model.js";

const PAGE = 100;
const form = ask("filters");
const view = new LaneView(ask("lane"), open, (text) => { ask("tell").textContent = text; });
const defaults = { ...DEFAULTS };
let lane, columns, shown = PAGE;

/** The night of a cell: a machine's page, or a camera's. */
function open(row, column) {
  if (row.kind === "camera") location.href = `/pages/images?camera=${encodeURIComponent(row.name)}&day=${column.night}`;
  else location.href = machineAddress(row.family, row.name, iso(column.start), iso(column.end));
}

/** Put what the address says into the filters. */
function fill(choices) {
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = choices[field.name] === field.value;
    else if (field.name) field.value = choices[field.name] ?? "";
  }
}
const choices = () => Object.fromEntries(Object.keys(DEFAULTS).map((name) => {
  const field = form.elements[name];
  return [name, field.type === "checkbox" ? (field.checked ? field.value : "") : field.value];
}));

function options(name, values) {
  const field = form.elements[name], first = field.options[0];
  field.replaceChildren(first, ...values.map((value) => new Option(value, value)));
}

async function load() {
  const said = addressed(DEFAULTS);
  const query = new URLSearchParams(Object.entries({ from: said.from, to: said.to }).filter(([, value]) => value));
  try {
    lane = await fetched(`/v1/lane?${query}`);
  } catch (error) {
    ask("counts").textContent = error.message;
    ask("night").replaceChildren();
    return;
  }
  lane.measured = {};
  lane.scoredSets = Object.fromEntries(Object.entries(lane.scored).map(([name, nights]) => [name, new Set(nights)]));
  columns = columnsOf(lane.nights);
  options("family", [...new Set(lane.rows.map((row) => row.family))]);
  options("sensor", [...new Set(lane.anomalies.flatMap((one) => one.sensors.map((s) => s.sensor)))].sort());
  fill({ ...said, from: lane.nights[0], to: lane.nights.at(-1) });
  defaults.from = said.from ? "" : lane.nights[0];
  defaults.to = said.to ? "" : lane.nights.at(-1);
  render();
  measure(query);
}

/** How much was measured comes after the first picture: it is counted in far larger files. */
async function measure(query) {
  for (const family of new Set(lane.rows.filter((row) => row.kind === "machine").map((row) => row.family))) {
    query.set("family", family);
    lane.measured[family] = await fetched(`/v1/lane/measured?${query}`);
  }
  if (addMissing()) render();
  else view.show(lane, view.rows, columns);
  ask("lane").dataset.measured = "yes";
}

/** Machines that only earlier nights know get a row too. */
function addMissing() {
  const known = new Set(lane.rows.map((row) => `${row.family}\n${row.name}`));
  const before = lane.rows.length;
  for (const [family, nights] of Object.entries(lane.measured)) {
    for (const machines of Object.values(nights)) {
      for (const name of Object.keys(machines)) {
        if (known.has(`${family}\n${name}`)) continue;
        known.add(`${family}\n${name}`);
        lane.rows.push({ kind: "machine", family, name });
      }
    }
  }
  return lane.rows.length > before;
}

function render() {
  const { rows, anomalies } = chosen(lane, choices());
  view.show(lane, rows, columns);
  headline();
  const all = lane.anomalies.length;
  ask("counts").textContent = `Shown: ${rows.length.toLocaleString("en")} of ${counted(lane.rows.length, "row")}, ` +
    `${anomalies.length.toLocaleString("en")} of ${all === 1 ? "1 anomaly" : `${all.toLocaleString("en")} anomalies`} in ${counted(lane.nights.length, "night")}.`;
  list(anomalies);
}

function headline() {
  const fresh = lane.anomalies.filter((one) => !one.planned && one.state !== "ended");
  const critical = fresh.filter((one) => one.severity === "critical").length;
  const odd = lane.images.filter((one) => one.night === lane.newest).reduce((sum, one) => sum + one.odd, 0);
  const parts = [fresh.length ? counted(fresh.length, "anomaly") : "No anomaly", critical && `${critical} critical`, odd && counted(odd, "odd image")];
  ask("headline").textContent = `Night of ${lane.newest}: ${parts.filter(Boolean).join(", ")}`;
}

function list(anomalies) {
  const some = anomalies.slice(0, shown);
  ask("listed").textContent = anomalies.length ? `${some.length.toLocaleString("en")} of ${counted(anomalies.length, "anomaly")}, worst first.` : "No anomaly fits the filters.";
  ask("list").innerHTML = some.map((one) => {
    const row = lane.rows[one.row];
    const margin = Math.max(6 * 3600, (one.end - one.start) / 2);
    const link = machineAddress(one.family, row.name, iso(one.start - margin), iso(one.end + margin));
    const sensors = one.sensors.map((s) => `${s.sensor} ${Math.round(100 * s.share)} %`).join(", ");
    const others = atOnce(lane, one) ? `<br><span class="soft">${atOnce(lane, one)}</span>` : "";
    const review = `<a href="/pages/review?${new URLSearchParams({ family: one.family, id: one.id })}">${escaped(saidOf(one) || "review")}</a>`;
    return `<tr><td><span class="tag ${kindOf(one)}">${kindOf(one)}</span></td><td data-head="machine"><a href="${escaped(link)}">${escaped(row.name)}</a> <span class="soft">${escaped(one.family)}</span></td>
      <td data-head="when">${escaped(interval(one.start, one.end))}</td><td data-head="what is odd">${escaped(one.oddity)} <span class="soft">${escaped(sensors)}</span>${others}</td><td data-head="state">${one.state}</td><td data-head="said">${review}</td></tr>`;
  }).join("");
  ask("more").hidden = some.length === anomalies.length;
}

async function night() {
  const answer = await fetch("/pages/parts/night");
  ask("night").innerHTML = await answer.text();
}

form.addEventListener("input", (event) => {
  if (event.target.type === "date") return;
  shown = PAGE;
  address(choices(), defaults, event.target.type === "search" ? "replaceState" : "pushState");
  render();
});
form.addEventListener("change", (event) => {
  if (event.target.type !== "date") return;
  address(choices(), defaults);
  load();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => { address({}, defaults); say("all filters are cleared"); load(); }));
addEventListener("popstate", load);
ask("more").addEventListener("click", () => { shown += PAGE; render(); });
onChange(() => lane && render());
await load();
night();

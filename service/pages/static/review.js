// Review: a queue of anomalies, one in curves and words, verdicts by key and in bulk, history and undo.
import { addressed, address, ask, counted, escaped, fetched, interval, iso, machineAddress, moment, onChange, say } from "./app.js";
import { drawn } from "./curves.js";
import { atOnce, chosen, isSnoozed, kindOf, saidOf, together } from "./lane_model.js";

const KEYS = { c: "confirmed", d: "dismissed", p: "planned" };
const defaults = { q: "", family: "", severity: "", said: "open", nights: "30", id: "" };
const form = ask("filters"), verdict = ask("verdict"), notes = new Map(), selected = new Set();
let lane, queue = [], at = null, undone = [], plots = [], view = null;

const choices = () => Object.fromEntries(Object.keys(defaults).map((name) => [name, form.elements[name]?.value ?? at ?? ""]));

async function load() {
  const asked = addressed(defaults);
  for (const name of Object.keys(defaults)) if (form.elements[name]) form.elements[name].value = asked[name];
  at = asked.id || at;
  lane = await fetched(`/v1/lane?nights=${asked.nights}`);
  const people = new Set(lane.anomalies.flatMap((one) => [one.assigned, one.author]).filter(Boolean));
  ask("people").innerHTML = [...people].map((name) => `<option value="${escaped(name)}"></option>`).join("");
  render();
  await show();
}

function render() {
  const asked = choices();
  const open = { sensor: "", state: "", only: "", sort: "worst", ...asked };
  const wanted = chosen(lane, open).anomalies, snoozed = chosen(lane, { ...open, said: "snoozed" }).anomalies;
  queue = asked.said === "open" ? wanted.filter((one) => !isSnoozed(one)) : wanted;
  ask("asleep").hidden = !snoozed.length && asked.said !== "snoozed";
  ask("asleep").textContent = `${snoozed.length.toLocaleString("en")} snoozed`;
  ask("asleep").setAttribute("aria-pressed", asked.said === "snoozed");
  const linked = at && lane.anomalies.find((one) => one.id === at);
  if (linked && !queue.includes(linked)) queue.unshift(linked);
  if (!linked) at = queue[0]?.id ?? null;
  ask("counts").textContent = !lane.anomalies.length ? "" : `${queue.length.toLocaleString("en")} of ${counted(lane.anomalies.length, "anomaly")} of ${asked.nights} nights, worst first.`;
  ask("queue").innerHTML = queue.map((one) => {
    const row = lane.rows[one.row];
    const said = saidOf(one) ? `<br><span class="soft">${escaped(saidOf(one))}</span>` : "";
    return `<li data-id="${one.id}" aria-current="${one.id === at}"><input type="checkbox" aria-label="select ${escaped(row.name)}"${selected.has(one.id) ? " checked" : ""}>
      <button type="button"><span class="tag ${kindOf(one)}">${kindOf(one)}</span> <strong>${escaped(row.name)}</strong> ${escaped(one.oddity)} <span class="soft">${atOnce(lane, one)}</span><br>${escaped(interval(one.start, one.end))}${said}</button></li>`;
  }).join("");
  ask("selected").textContent = selected.size ? `${selected.size} selected` : "";
}

const found = () => lane.anomalies.find((one) => one.id === at);

/** The newest anomaly before this one, of its machine and leading sensor, of which somebody spoke. */
function before(one) {
  const alike = (other) => other.row === one.row && other.said && other.start < one.start && other.sensors[0]?.sensor === one.sensors[0]?.sensor;
  return lane.anomalies.filter(alike).sort((a, b) => b.start - a.start)[0];
}

/** The chosen anomaly: curves first, then words. */
async function show() {
  const one = found();
  for (const item of ask("queue").children) item.setAttribute("aria-current", item.dataset.id === at);
  ask("queue").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  verdict.elements.note.value = notes.get(at) ?? "";
  ask("same").hidden = !one || !before(one);
  ask("none-left").hidden = Boolean(one);
  ask("split").hidden = !one;
  if (!one) { ask("none-left").textContent = next(); return; }
  ask("wake").hidden = !isSnoozed(one);
  if (before(one)) ask("same").title = `${interval(before(one).start, before(one).end)}: ${saidOf(before(one))}`;
  ask("assigning").elements.to.value = one.assigned ?? "";
  const row = lane.rows[one.row], margin = Math.max(6 * 3600, (one.end - one.start) / 2);
  const range = { from: iso(one.start - margin), to: iso(one.end + margin) };
  ask("what").textContent = `${row.name}: ${interval(one.start, one.end)}`;
  ask("where").href = machineAddress(one.family, row.name, range.from, range.to);
  ask("where").hidden = false;
  const about = new URLSearchParams({ family: one.family, asset: row.name, ...range });
  const [course, story] = await Promise.all([fetched(`/v1/course?${about}`), fetched(`/v1/anomaly?family=${one.family}&anomaly=${one.id}`)]);
  if (one.id !== at) return;
  const leading = one.sensors.map((sensor) => sensor.sensor).filter((name) => course.sensors[name]);
  view = () => {
    for (const plot of plots) plot.destroy();
    const shown = { range: [one.start - margin, one.end + margin], onRange: (from, to) => { location.href = machineAddress(one.family, row.name, iso(from), iso(to)); } };
    plots = drawn(ask("curves"), course, null, null, [{ ...one, kind: kindOf(one) }], shown, leading.length ? leading : Object.keys(course.sensors).slice(0, 1));
  };
  view();
  ask("lines").innerHTML = story.lines.map((line) => `<li>${escaped(line)}</li>`).join("");
  ask("history").innerHTML = story.history.map((past) => `<li>${escaped(`${past.told ? `${moment(Date.parse(past.told) / 1000)}: ` : ""}${past.kind}${past.until ? ` until ${past.until.slice(0, 10)}` : ""} by ${past.author || "somebody"}${past.note ? `: ${past.note}` : ""}${past.withdrawn ? `, taken back ${moment(Date.parse(past.withdrawn) / 1000)}` : ""}`)}</li>`).join("") || "<li>nothing yet</li>";
}

/** What comes next, where there is nothing to choose. */
const next = () => lane.anomalies.length ? "No anomaly is left of this choice. The next night's anomalies will stand here."
  : `No anomaly was found in ${choices().nights} nights. The next one will stand here with its curves, to confirm, dismiss or excuse.`;

function choose(id) {
  at = id;
  address({ ...choices(), id }, defaults, "replaceState");
  show().catch((error) => say(error.message));
}
function step(by) {
  const place = queue.findIndex((one) => one.id === at);
  const next = queue[Math.min(Math.max(place + by, 0), queue.length - 1)];
  if (next) choose(next.id);
}

/** Keep planned work of a machine from an anomaly's start to the end of a UTC day: what comes until then alarms nobody. */
const excused = (one, until, author, note) => fetched("/v1/incidents", { method: "POST", body: JSON.stringify({
  family: one.family, asset: lane.rows[one.row].name, start: iso(one.start), end: iso(Date.parse(`${until}T00:00Z`) / 1000 + 86400), kind: "planned", author, note }) });

/** Keep a verdict on all that are selected, else on the one shown. */
async function speak(kind) {
  const author = verdict.elements.author.value.trim(), note = verdict.elements.note.value.trim();
  const until = verdict.elements.until.value;
  if (!document.body.dataset.mayWrite) return say("Writing takes the token");
  if (!author) { verdict.elements.author.focus(); return say("Say who you are first: your name is kept with what you say."); }
  localStorage.setItem("author", author);
  const about = lane.anomalies.filter((one) => selected.size ? selected.has(one.id) : one.id === at);
  if (!about.length) return;
  const before = about.map(({ id, family, said, author, note }) => ({ id, family, said, author, note }));
  const place = queue.findIndex((one) => one.id === at);
  const kept = [];
  for (const one of about) {
    const { incident } = await (kind === "planned" && until ? excused(one, until, author, note)
      : fetched("/v1/labels", { method: "POST", body: JSON.stringify({ family: one.family, anomaly_id: one.id, kind, author, note }) }));
    kept.push(incident);
    Object.assign(one, { said: kind, author, note, incident });
    notes.delete(one.id);
  }
  undone.push({ before, kept });
  ask("undo").disabled = false;
  selected.clear();
  say(`${counted(about.length, "anomaly")} ${kind}. It counts from the next training on.`);
  at = (queue.slice(place + 1).find((one) => !about.includes(one)) ?? queue.find((one) => !about.includes(one)) ?? about[0]).id;
  render();
  choose(at);
}

/** Say of the one shown what was said before of its machine and sensor. */
async function same() {
  const last = found() && before(found());
  if (!last) return say("Nothing was said before of this machine and sensor");
  verdict.elements.note.value = last.note ?? "";
  selected.clear();
  await speak(last.said);
}

/** Say who looks at all that are selected, else at the one shown. */
async function assign() {
  const author = verdict.elements.author.value.trim(), to = ask("assigning").elements.to.value.trim();
  if (!document.body.dataset.mayWrite) return say("Writing takes the token");
  if (!author) { verdict.elements.author.focus(); return say("Say who you are first: your name is kept with what you say."); }
  if (!to) { ask("assigning").elements.to.focus(); return say("Name who looks at it"); }
  const about = lane.anomalies.filter((one) => selected.size ? selected.has(one.id) : one.id === at);
  for (const one of about) {
    await fetched("/v1/assignments", { method: "POST", body: JSON.stringify({ family: one.family, anomaly_id: one.id, to, author }) });
    one.assigned = to;
  }
  say(`${to} looks at ${counted(about.length, "anomaly")}`);
  render();
  await show();
}

/** The UTC day on which a snooze would end. */
function wakes() {
  const { days, day } = ask("snoozing").elements;
  return days.value ? iso(Date.now() / 1000 + days.value * 86400).slice(0, 10) : day.value;
}

/** Put all that are selected, else the one shown, out of the queue until a day. */
async function snooze() {
  const author = verdict.elements.author.value.trim(), note = verdict.elements.note.value.trim(), until = wakes();
  if (!document.body.dataset.mayWrite) return say("Writing takes the token");
  if (!author) { verdict.elements.author.focus(); return say("Say who you are first: your name is kept with what you say."); }
  if (!until) { ask("snoozing").elements.day.focus(); return say("Name the day on which it is back"); }
  localStorage.setItem("author", author);
  const about = lane.anomalies.filter((one) => selected.size ? selected.has(one.id) : one.id === at);
  if (!about.length) return;
  const place = queue.findIndex((one) => one.id === at);
  for (const one of about) {
    const { incident } = await fetched("/v1/snoozes", { method: "POST", body: JSON.stringify({ family: one.family, anomaly_id: one.id, until, note, author }) });
    one.snoozed = { until, author, note, incident };
    notes.delete(one.id);
  }
  selected.clear();
  say(`${counted(about.length, "anomaly")} snoozed until ${until}. Metrics, report and alerts still count ${about.length === 1 ? "it" : "them"}.`);
  at = (queue.slice(place + 1).find((one) => !about.includes(one)) ?? queue.find((one) => !about.includes(one)) ?? about[0]).id;
  render();
  choose(at);
}

/** Put all that are selected, else the one shown, back into the queue. */
async function wake() {
  if (!document.body.dataset.mayWrite) return say("Writing takes the token");
  const about = lane.anomalies.filter((one) => isSnoozed(one) && (selected.size ? selected.has(one.id) : one.id === at));
  if (!about.length) return say("Nothing of this is snoozed");
  for (const one of about) {
    await fetched(`/v1/incidents/${one.snoozed.incident}`, { method: "DELETE" });
    one.snoozed = null;
  }
  selected.clear();
  say(`${counted(about.length, "anomaly")} back in the queue`);
  render();
  await show();
}

/** Take back the last verdict; what was said before it is said again. */
async function undo() {
  const last = undone.pop();
  if (!last) return;
  for (const [n, incident] of last.kept.entries()) {
    const { id, family, said, author, note } = last.before[n];
    await fetched(`/v1/incidents/${incident}`, { method: "DELETE" });
    if (said) await fetched("/v1/labels", { method: "POST", body: JSON.stringify({ family, anomaly_id: id, kind: said, author: author || "somebody", note: note ?? "" }) });
    Object.assign(lane.anomalies.find((one) => one.id === id), { said, author, note });
  }
  ask("undo").disabled = !undone.length;
  say(`taken back: ${counted(last.kept.length, "verdict")}`);
  at = last.before[0].id;
  render();
  choose(at);
}

const failing = (work) => (...given) => Promise.resolve(work(...given)).catch((error) => say(error.message));

ask("queue").addEventListener("click", (event) => {
  const id = event.target.closest("li")?.dataset.id;
  if (!id) return;
  if (event.target.type === "checkbox") { selected[event.target.checked ? "add" : "delete"](id); ask("selected").textContent = selected.size ? `${selected.size} selected` : ""; }
  else choose(id);
});
ask("all").addEventListener("click", () => { for (const one of queue) selected.add(one.id); render(); });
ask("none").addEventListener("click", () => { selected.clear(); render(); });
verdict.addEventListener("click", failing((event) => event.target.closest("[data-kind]") && speak(event.target.closest("[data-kind]").dataset.kind)));
ask("same").addEventListener("click", failing(same));
ask("assigning").addEventListener("submit", (event) => { event.preventDefault(); failing(assign)(); });
ask("snoozing").addEventListener("submit", (event) => { event.preventDefault(); failing(snooze)(); });
ask("snoozing").elements.days.addEventListener("input", (event) => { ask("typed").hidden = Boolean(event.target.value); });
ask("wake").addEventListener("click", failing(wake));
ask("asleep").addEventListener("click", () => {
  form.elements.said.value = form.elements.said.value === "snoozed" ? "open" : "snoozed";
  form.elements.said.dispatchEvent(new Event("input", { bubbles: true }));
});
verdict.addEventListener("submit", (event) => event.preventDefault());
verdict.elements.note.addEventListener("input", (event) => notes.set(at, event.target.value));
ask("undo").addEventListener("click", failing(undo));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", failing((event) => {
  address(choices(), defaults, event.target.type === "search" ? "replaceState" : "pushState");
  if (event.target.name === "nights") return load();
  at = null;
  render();
  return show();
}));
addEventListener("popstate", failing(load));
addEventListener("keydown", failing((event) => {
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) { if (event.key === "Escape") event.target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in KEYS) return speak(KEYS[event.key]);
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "u") return undo();
  else if (event.key === "s") return same();
  else if (event.key === "z") return snooze();
  else if (event.key === "w") return wake();
  else if (event.key === "a") { event.preventDefault(); ask("assigning").elements.to.focus(); }
  else if (event.key === "g" && at) { for (const one of together(lane, found())) selected.add(one.id); render(); }
  else if (event.key === "x" && at) { selected[selected.has(at) ? "delete" : "add"](at); render(); }
  else if (event.key === "n") { event.preventDefault(); verdict.elements.note.focus(); }
}));
onChange(() => { if (lane) { render(); view?.(); } });
let width = ask("curves").clientWidth;
new ResizeObserver(() => { if (ask("curves").clientWidth && Math.abs(ask("curves").clientWidth - width) > 4) { width = ask("curves").clientWidth; view?.(); } }).observe(ask("curves"));

verdict.elements.author.value = localStorage.getItem("author") ?? "";
load().catch((error) => { ask("counts").textContent = error.message; });

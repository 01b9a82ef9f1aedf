// What every page shares: light or dark, local time or UTC, the address, asking the service, saying something.
const THEMES = { system: "as the system", light: "light", dark: "dark" };
const listeners = [];

export const ask = (name) => document.getElementById(name);
export const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
export const counted = (many, what) =>
  `${many.toLocaleString("en")} ${many === 1 ? what : what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`}`;

/** Say a sentence to everybody, also to those who listen. */
export function say(text) {
  ask("said").textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { ask("said").textContent = ""; }, 8000);
}

/** JSON of an address of the service; an Error with its detail and remedy where it refuses. */
export async function fetched(address, options) {
  const answer = await fetch(address, { headers: { "content-type": "application/json" }, ...options });
  if (!answer.ok) throw await refusal(answer);
  return answer.headers.get("content-type")?.includes("json") ? answer.json() : {};
}

/** What a refused answer says, as an Error. */
export async function refusal(answer) {
  const body = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  return new Error([body.detail ?? `the service answered ${answer.status}`, body.remedy].filter(Boolean).join("; "));
}

// ---- time ----
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const zone = () => localStorage.getItem("zone") === "utc" ? "UTC" : here;
const formats = new Map();
/** A zone's way to write a moment; making one is slow, so each is made once. */
function format() {
  const name = zone();
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("sv-SE", { timeZone: name, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }));
  return formats.get(name);
}
const parts = (seconds, wanted) => {
  const text = format().format(seconds * 1000);
  return wanted === "day" ? text.slice(0, 10) : text.slice(11, 16);
};
export const moment = (seconds) => `${parts(seconds, "day")} ${parts(seconds, "time")}`;
export function lasting(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const parts = [];
  for (const [size, unit] of units) {
    const many = Math.floor(seconds / size);
    if (many) parts.push(`${many} ${unit}`);
    seconds -= many * size;
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}
/** An interval in the chosen zone, its day said once. */
export function interval(start, end) {
  const last = parts(start, "day") === parts(end, "day") ? parts(end, "time") : moment(end);
  return `${moment(start)} to ${last} (${lasting(end - start)})`;
}
function retime(root = document) {
  for (const node of root.querySelectorAll("time[datetime]")) {
    const [start, end] = [node.dateTime, node.dataset.end].map((text) => Date.parse(text) / 1000);
    node.textContent = Number.isNaN(end) ? moment(start) : interval(start, end);
    node.title = `${node.dateTime}${node.dataset.end ? ` to ${node.dataset.end}` : ""}`;
  }
}
export const timed = retime;
export const onChange = (work) => listeners.push(work);

function showChoices() {
  ask("zone").textContent = `Times: ${zone()}`;
  const theme = localStorage.getItem("theme") ?? "system";
  ask("theme").textContent = `Look: ${THEMES[theme]}`;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
ask("zone").addEventListener("click", () => {
  localStorage.setItem("zone", zone() === "UTC" ? "local" : "utc");
  changed();
});
ask("theme").addEventListener("click", () => {
  const names = Object.keys(THEMES);
  localStorage.setItem("theme", names[(names.indexOf(localStorage.getItem("theme") ?? "system") + 1) % names.length]);
  changed();
});
function changed() {
  showChoices();
  retime();
  for (const work of listeners) work();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
showChoices();
retime();

// ---- the address ----
/** The choices in the address, as the page's defaults with what the address says. */
export const addressed = (defaults) => ({ ...defaults, ...Object.fromEntries(new URLSearchParams(location.search)) });
/** Keep choices in the address; those that are as by default are left out. */
export function address(choices, defaults, kept = "pushState") {
  const said = Object.entries(choices).filter(([name, value]) => value !== "" && value !== (defaults[name] ?? ""));
  const query = new URLSearchParams(said).toString();
  const next = location.pathname + (query ? `?${query}` : "");
  if (next !== location.pathname + location.search) history[kept](null, "", next);
}
export const machineAddress = (family, asset, from, to) => `/pages/asset?${new URLSearchParams({ family, asset, from, to })}`;
export const iso = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16) + "Z";
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

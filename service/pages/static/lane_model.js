// The lane as data: which rows and anomalies are wanted, in which order, and what each cell holds. No page here.
export const RANK = { planned: 0, info: 1, warning: 2, critical: 3 };
export const DEFAULTS = { q: "", family: "", severity: "", sensor: "", state: "", said: "", only: "", sort: "worst", from: "", to: "" };
const DAY = 86400;
const seconds = (night) => Date.parse(`${night}T00:00Z`) / 1000;

export const kindOf = (anomaly) => anomaly.planned ? "planned" : anomaly.severity;
/** Whether an anomaly is out of the queue for some days; a verdict ends that. */
export const isSnoozed = (one) => Boolean(one.snoozed) && !one.said && !one.planned;
/** What people said of an anomaly, who looks at it, and until when it is snoozed. */
export const saidOf = (one) => [one.said && `${one.said} by ${one.author || "somebody"}${one.note ? `: ${one.note}` : ""}`,
  one.assigned && `${one.assigned} looks at it`,
  isSnoozed(one) && `snoozed until ${one.snoozed.until} by ${one.snoozed.author || "somebody"}${one.snoozed.note ? `: ${one.snoozed.note}` : ""}`].filter(Boolean).join("; ");
const grouped = new WeakMap();
/** An anomaly, and those of other machines that are likely to have its cause. */
export function together(lane, anomaly) {
  if (!grouped.has(lane)) grouped.set(lane, Map.groupBy(lane.anomalies, (one) => one.group));
  return anomaly.group ? grouped.get(lane).get(anomaly.group) : [anomaly];
}
/** How many machines it is odd on at once, in words; empty for one alone. */
export function atOnce(lane, anomaly) {
  const machines = new Set(together(lane, anomaly).map((one) => one.row)).size;
  return machines > 1 ? `at once on ${machines} machines` : "";
}

/** The columns of the lane: nights, or hours where there are at most three of them. */
export function columnsOf(nights) {
  const step = nights.length > 3 ? DAY : DAY / 24;
  const columns = [];
  for (const night of nights) {
    for (let at = seconds(night); at < seconds(night) + DAY; at += step) {
      const hour = new Date(at * 1000).toISOString().slice(11, 16);
      columns.push({ start: at, end: at + step, night, label: step === DAY ? night.slice(5) : hour === "00:00" ? night.slice(5) : hour });
    }
  }
  return columns;
}

const wantedAnomaly = (choices) => (anomaly) =>
  (!choices.severity || RANK[kindOf(anomaly)] >= RANK[choices.severity]) &&
  (!choices.sensor || anomaly.sensors.some((one) => one.sensor === choices.sensor)) &&
  (!choices.state || anomaly.state === choices.state) &&
  (!choices.said || saidAs(anomaly, choices.said));
const saidAs = (anomaly, said) => said === "open" ? !anomaly.said && !anomaly.planned
  : said === "snoozed" ? isSnoozed(anomaly) : anomaly.said === said;

/** Rows and anomalies that the choices want, in the wanted order, each row with its own anomalies. */
export function chosen(lane, choices) {
  const words = choices.q.toLowerCase().split(/\s+/).filter(Boolean);
  const asked = choices.severity || choices.sensor || choices.state || choices.said || choices.only;
  const mine = new Map();
  const named = (row, ...more) => (!choices.family || row.family === choices.family) &&
    words.every((word) => [row.name, row.family, ...more].some((text) => text.toLowerCase().includes(word)));
  const anomalies = lane.anomalies.filter((anomaly) => named(lane.rows[anomaly.row], anomaly.assigned ?? "")).filter(wantedAnomaly(choices));
  for (const anomaly of anomalies) {
    if (mine.has(anomaly.row)) mine.get(anomaly.row).push(anomaly);
    else mine.set(anomaly.row, [anomaly]);
  }
  const images = new Map();
  for (const night of lane.images) images.set(night.row, [...(images.get(night.row) ?? []), night]);
  const rows = [];
  lane.rows.forEach((row, place) => {
    const fits = named(row) || mine.has(place);
    const odd = (images.get(place) ?? []).some((night) => night.odd);
    if (!fits || (asked && !mine.has(place) && !(choices.only && odd))) return;
    rows.push({ ...row, place, anomalies: mine.get(place) ?? [], images: images.get(place) ?? [] });
  });
  for (const row of rows) Object.assign(row, { worst: worstOf(row), peak: peakOf(row), newest: newestOf(row) });
  return { rows: rows.sort(ORDERS[choices.sort] ?? ORDERS.worst), anomalies: anomalies.sort(worstFirst) };
}

export const worstFirst = (a, b) => RANK[kindOf(b)] - RANK[kindOf(a)] || b.peak - a.peak;
const worstOf = (row) => row.anomalies.reduce((most, one) => Math.max(most, RANK[kindOf(one)] + 1), row.images.some((night) => night.odd) ? RANK.warning + 1 : 0);
const peakOf = (row) => Math.max(...row.anomalies.map((one) => one.peak), 0);
const newestOf = (row) => Math.max(...row.anomalies.map((one) => one.until), ...row.images.filter((n) => n.odd).map((n) => seconds(n.night)), 0);
const alphabet = new Intl.Collator("en", { numeric: true });
const byName = (a, b) => alphabet.compare(a.family, b.family) || alphabet.compare(a.name, b.name);
const causeOf = (row) => row.anomalies[0]?.sensors[0]?.sensor ?? "\uffff";
const ORDERS = {
  worst: (a, b) => b.worst - a.worst || b.peak - a.peak || byName(a, b),
  name: byName,
  newest: (a, b) => b.newest - a.newest || byName(a, b),
  most: (a, b) => b.anomalies.length - a.anomalies.length || byName(a, b),
  cause: (a, b) => alphabet.compare(causeOf(a), causeOf(b)) || b.newest - a.newest || byName(a, b),
};

/** What a cell shows: classes for the eye and a sentence for the ear. */
export function cellOf(lane, row, column) {
  const touching = row.anomalies.filter((one) => one.start < column.end && one.until > column.start);
  if (touching.length > 1) touching.sort(worstFirst);
  const night = row.images.find((one) => one.night === column.night);
  const scored = lane.scoredSets[row.family]?.has(column.night);
  const share = row.kind === "camera" ? (night ? 100 : 0) : lane.measured[row.family]?.[column.night]?.[row.name];
  const known = row.kind === "camera" || lane.measured[row.family] !== undefined;
  const none = !scored || (known && share === undefined);
  const work = lane.incidents.filter((one) => one.family === row.family && (one.row === null || one.row === row.place) &&
    one.start < column.end && one.end > column.start);
  const text = [];
  const classes = [];
  if (none) { classes.push("none"); text.push("not scored"); }
  else if (share < 80 && row.kind === "machine") { classes.push("thin"); text.push(`${share} % of its values were measured`); }
  if (work.length) { classes.push("work"); text.push(work.map((one) => `${one.kind}${one.note ? `: ${one.note}` : ""}`).join(", ")); }
  if (touching.length) {
    classes.push(kindOf(touching[0]));
    if (touching.every((one) => one.said)) classes.push("said");
    text.push(touching.map((one) => `${kindOf(one)}${one.sensors.length ? ` ${one.sensors[0].sensor}` : ""}${one.end <= column.start ? ", goes on" : ""}${one.said ? `, ${one.said} by ${one.author || "somebody"}` : ""}`).join("; "));
  }
  if (night?.odd) { classes.push("warning"); text.push(`${night.odd} of ${night.images} images odd`); }
  if (!text.length) text.push("nothing found");
  return { classes: classes.join(" "), text: text.join("; ") };
}

// Images: a camera's day as pictures beside their heat maps, verdicts by key, one's own picture, the map of codes.
import { addressed, address, ask, counted, escaped, fetched, moment, say } from "./app.js";
import { beginPlace, clearPlace, dragPlaces, drawPlaces, leavePlace, markedPlace, pixels } from "./picture_places.js";

const KEYS = { c: "confirmed", d: "dismissed" };
const WORDS = { confirmed: "a real defect", dismissed: "a false alarm" };
const defaults = { camera: "", day: "", only: "", most: "12" };
const form = ask("filters"), pictures = ask("pictures");
let cameras = [], rows = [], verdicts = new Map();

const asked = () => Object.fromEntries(Object.keys(defaults).map((name) => [name, form.elements[name].value]));
const of = (image, what) => `/v1/${what}?${new URLSearchParams({ camera: form.elements.camera.value, day: form.elements.day.value, image })}`;
const short = (value) => Number(value).toPrecision(4).replace(/\.?0+$/, "");

/** The days of the chosen camera, the newest first, and the one that the address names. */
function showDays(wanted) {
  const days = [...(cameras.find((one) => one.camera === form.elements.camera.value)?.days ?? [])].reverse();
  form.elements.day.innerHTML = days.map((day) => `<option>${day}</option>`).join("");
  if (days.includes(wanted)) form.elements.day.value = wanted;
  return days.length;
}

async function load() {
  cameras = await fetched("/v1/cameras");
  const wanted = addressed(defaults);
  const first = cameras.find((one) => one.camera === wanted.camera) ?? cameras.find((one) => one.days.length) ?? cameras[0];
  form.elements.camera.value = first.camera;
  form.elements.only.value = wanted.only;
  form.elements.most.value = wanted.most;
  await day(wanted.day);
}

/** Read the chosen camera's day. */
async function day(wanted) {
  const { camera } = asked();
  pictures.replaceChildren();
  ask("codes").replaceChildren();
  if (!showDays(wanted)) {
    ask("counts").textContent = `No picture of ${camera} was scored yet. Next: nightscore score-images --camera ${camera}; for why not: nightscore doctor`;
    return;
  }
  const [scored, said] = await Promise.all([
    fetched(`/v1/image-scores?${new URLSearchParams({ camera, day: form.elements.day.value })}`),
    fetched(`/v1/picture-verdicts?${new URLSearchParams({ camera })}`),
  ]);
  rows = scored;
  verdicts = new Map();
  for (const one of said) verdicts.set(one.image, [...verdictsOn(one.image), one]);
  render();
  await showCodes();
}

const verdictsOn = (image) => verdicts.get(image) ?? [];
const wholeVerdict = (image) => verdictsOn(image).find((one) => !one.place);
const author = (verdict) => verdict.author || "somebody";

/** What was said of a picture, and of each place in it. */
function verdictsText(image) {
  const whole = wholeVerdict(image);
  const places = verdictsOn(image).filter((one) => one.place).map((one) =>
    `<li>${WORDS[one.kind]} at ${escaped(one.place)}, says ${escaped(author(one))} <button type="button" data-back="${escaped(one.incident)}"${document.body.dataset.mayWrite ? "" : " disabled"}>take back</button></li>`);
  return `<em>${whole ? escaped(`${WORDS[whole.kind]}, says ${author(whole)}`) : ""}</em>${places.length ? `<ul>${places.join("")}</ul>` : ""}`;
}

/** Show what was said of a figure's picture. */
function showVerdicts(figure) {
  figure.querySelector(".verdicts").innerHTML = verdictsText(figure.dataset.image);
  drawPlaces(figure, verdictsOn(figure.dataset.image));
}

const marked = (address, words) => `<span class="marked"><img src="${address}" alt="${words}" loading="lazy"><svg aria-hidden="true" preserveAspectRatio="none"></svg></span>`;

function render() {
  const { only, most } = asked();
  const odd = rows.filter((row) => row.is_anomaly);
  const chosen = rows.filter((row) => !only || (row.is_anomaly && (only === "odd" || !verdicts.has(row.image_id))));
  const shown = chosen.slice(0, Number(most));
  const limit = rows.length ? `, limit ${short(rows[0].threshold)} nats` : "";
  ask("counts").textContent = `${odd.length.toLocaleString("en")} of ${counted(rows.length, "picture")} over the threshold${limit}; ${shown.length} of ${chosen.length.toLocaleString("en")} shown.`;
  pictures.innerHTML = shown.map((row) => `<figure tabindex="0" data-image="${escaped(row.image_id)}"${row.is_anomaly ? ' class="odd"' : ""}>
    <div>${marked(of(row.image_id, "image"), "the picture")}${marked(of(row.image_id, "heat-map"), "what is unexpected in it")}</div>
    <figcaption><strong>${short(row.score)} nats</strong> ${row.is_anomaly ? "odd" : "normal"}, ${moment(Date.parse(row.time) / 1000)}<br><span class="soft">${escaped(row.image_id)}</span><br><span class="verdicts">${verdictsText(row.image_id)}</span></figcaption>
    ${ask("place")?.innerHTML ?? ""}<p>${ask("buttons").innerHTML}</p></figure>`).join("");
}

/** Whether somebody may say something, under a name. */
function maySpeak() {
  const name = form.elements.author.value.trim();
  if (!document.body.dataset.mayWrite) say("Writing takes the token");
  else if (!name) { form.elements.author.focus(); say("Say who you are first: your name is kept with what you say."); }
  else localStorage.setItem("author", name);
  return document.body.dataset.mayWrite && name;
}

/** Keep what somebody says of a picture, or of the place that is marked in it. */
async function speak(figure, kind) {
  const name = maySpeak();
  if (!name) return;
  const { camera, day } = asked(), { image } = figure.dataset, place = markedPlace(figure);
  const { incident } = await fetched("/v1/picture-verdicts", { method: "POST", body: JSON.stringify({ camera, day, image, kind, place, author: name }) });
  const others = verdictsOn(image).filter((one) => (one.place ?? null) !== place);
  verdicts.set(image, [...others, { incident, image, kind, place, place_size: pixels(figure).join("x"), author: name }]);
  clearPlace(figure);
  showVerdicts(figure);
  const stays = kind === "dismissed" && others.some((one) => one.kind === "confirmed");
  say(`${place ? `${place}: ` : ""}${WORDS[kind]}. ${stays ? "Training still leaves the picture out: a real defect was confirmed in it." : "It counts from the next training on."}`);
}

/** Take back a verdict on a figure's picture. */
async function takeBack(figure, verdict) {
  const { image } = figure.dataset;
  if (!verdict) return verdictsOn(image).length ? say("Nothing was said of the whole picture. Take a place back by its own button.") : undefined;
  if (!maySpeak()) return;
  await fetched(`/v1/incidents/${verdict.incident}`, { method: "DELETE" });
  verdicts.set(image, verdictsOn(image).filter((one) => one !== verdict));
  if (!verdictsOn(image).length) verdicts.delete(image);
  showVerdicts(figure);
  say("taken back");
}

/** Show beside the heat map what the part should look like: its generator paints out what is odd. */
async function expect(figure) {
  const button = figure.querySelector("[data-expected]"), address = of(figure.dataset.image, "expected-image");
  button.disabled = true;
  const answer = await fetch(address);
  if (!answer.ok) { button.disabled = false; return say((await answer.json()).detail); }
  const picture = new Image();
  picture.src = URL.createObjectURL(await answer.blob());
  picture.alt = "what it should look like";
  figure.querySelector("div").append(picture);
}

/** The map of codes: normal ones grey, the day's over them. */
async function showCodes() {
  const { camera, day } = asked();
  const found = await fetched(`/v1/image-codes?${new URLSearchParams({ camera, day })}`);
  const odd = new Set(rows.filter((row) => row.is_anomaly).map((row) => row.image_id));
  const all = [...found.normal, ...found.today], [width, height, edge] = [900, 380, 12];
  const [low, high] = [0, 1].map((axis) => [Math.min(...all.map((at) => at[axis])), Math.max(...all.map((at) => at[axis]))]);
  const x = (at) => edge + (width - 2 * edge) * (at[0] - low[0]) / ((low[1] - low[0]) || 1);
  const y = (at) => height - edge - (height - 2 * edge) * (at[1] - high[0]) / ((high[1] - high[0]) || 1);
  const point = (at, kind, radius, title) => `<circle class="${kind}" cx="${x(at).toFixed(1)}" cy="${y(at).toFixed(1)}" r="${radius}">${title ? `<title>${escaped(title)}</title>` : ""}</circle>`;
  const grey = found.normal.map((at) => point(at, "", 2));
  const today = found.today.map((at, n) => point(at, odd.has(found.images[n]) ? "odd" : "today", 4, found.images[n]));
  ask("codes").innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Codes of ${found.today.length} pictures of the day, ${odd.size} of them over the threshold, among ${found.normal.length} normal ones">${grey.join("")}${today.join("")}</svg>`;
}

/** A picture of the reader's own, judged as the camera's. */
async function judge(file) {
  const { camera } = asked(), address = `/v1/score-images?${new URLSearchParams({ camera })}`;
  const body = () => { const sent = new FormData(); sent.append("images", file, file.name); return { method: "POST", body: sent, headers: {} }; };
  ask("judged").textContent = "Judging ...";
  const found = await fetched(address, body()), one = found.images[0];
  const map = await fetch(`${address}&format=png`, body());
  ask("judged").innerHTML = `<p class="note${one.is_anomaly ? " bad" : ""}">${one.is_anomaly ? "Odd" : "Normal"}: ${short(one.score)} nats, the limit is ${short(found.threshold)}; a normal picture scores as high with probability ${short(one.p_value)}</p>
    <div class="pictures"><figure><div><img src="${URL.createObjectURL(file)}" alt="your picture"><img src="${URL.createObjectURL(await map.blob())}" alt="what is unexpected in it"></div><figcaption>${escaped(file.name)}</figcaption></figure></div>`;
}

const redraw = (figure) => drawPlaces(figure, verdictsOn(figure.dataset.image));
const failing = (work) => (...given) => Promise.resolve(work(...given)).catch((error) => say(error.message));

if (form) {
  form.elements.author.value = localStorage.getItem("author") ?? "";
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", failing(async (event) => {
    if (event.target.name === "author") return;
    if (event.target.name === "camera" || event.target.name === "day") await day(event.target.name === "day" ? event.target.value : "");
    else render();
    address(asked(), defaults);
  }));
  pictures.addEventListener("click", failing((event) => "expected" in event.target.dataset && expect(event.target.closest("figure"))));
  pictures.addEventListener("click", failing((event) => event.target.dataset.kind && speak(event.target.closest("figure"), event.target.dataset.kind)));
  pictures.addEventListener("click", failing((event) => {
    const figure = event.target.closest("figure"), { back } = event.target.dataset;
    if (back) return takeBack(figure, verdictsOn(figure.dataset.image).find((one) => one.incident === back));
  }));
  pictures.addEventListener("load", (event) => event.target.closest(".marked") && redraw(event.target.closest("figure")), true);
  pictures.addEventListener("input", (event) => redraw(event.target.closest("figure")));
  pictures.addEventListener("toggle", (event) => redraw(event.target.closest("figure")), true);
  dragPlaces(pictures, redraw);
  ask("own").addEventListener("change", (event) => event.target.files[0] && judge(event.target.files[0]).catch((error) => { ask("judged").innerHTML = `<p class="note bad">${escaped(error.message)}</p>`; }));
  addEventListener("keydown", failing((event) => {
    if (event.key === "Escape" && event.target.matches("[data-part]")) return leavePlace(event.target.closest("figure"));
    if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...pictures.children], at = all.indexOf(document.activeElement.closest?.("figure"));
    if (event.key === "j" || event.key === "k") all[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1)]?.focus();
    else if (at >= 0 && event.key in KEYS) return speak(all[at], KEYS[event.key]);
    else if (at >= 0 && event.key === "u") return takeBack(all[at], wholeVerdict(all[at].dataset.image));
    else if (at >= 0 && event.key === "p") { event.preventDefault(); beginPlace(all[at]); }
  }));
  addEventListener("popstate", failing(load));
  load().catch((error) => { ask("counts").textContent = error.message; });
}

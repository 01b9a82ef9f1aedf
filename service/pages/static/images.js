// Images: a camera's day as pictures beside their heat maps, verdicts by key, one's own picture, the map of codes.
import { addressed, address, ask, counted, escaped, fetched, moment, say } from "./app.js";

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
  verdicts = new Map(said.map((one) => [one.image, one]));
  render();
  await showCodes();
}

const verdictText = (row) => {
  const said = verdicts.get(row.image_id);
  return said ? `${WORDS[said.kind]}, says ${said.author || "somebody"}` : "";
};

function render() {
  const { only, most } = asked();
  const odd = rows.filter((row) => row.is_anomaly);
  const chosen = rows.filter((row) => !only || (row.is_anomaly && (only === "odd" || !verdicts.has(row.image_id))));
  const shown = chosen.slice(0, Number(most));
  const limit = rows.length ? `, limit ${short(rows[0].threshold)} nats` : "";
  ask("counts").textContent = `${odd.length.toLocaleString("en")} of ${counted(rows.length, "picture")} over the threshold${limit}; ${shown.length} of ${chosen.length.toLocaleString("en")} shown.`;
  pictures.innerHTML = shown.map((row) => `<figure tabindex="0" data-image="${escaped(row.image_id)}"${row.is_anomaly ? ' class="odd"' : ""}>
    <div><img src="${of(row.image_id, "image")}" alt="the picture" loading="lazy"><img src="${of(row.image_id, "heat-map")}" alt="what is unexpected in it" loading="lazy"></div>
    <figcaption><strong>${short(row.score)} nats</strong> ${row.is_anomaly ? "odd" : "normal"}, ${moment(Date.parse(row.time) / 1000)}<br><span class="soft">${escaped(row.image_id)}</span><br><em>${escaped(verdictText(row))}</em></figcaption>
    <p>${ask("buttons").innerHTML}</p></figure>`).join("");
}

/** Keep what somebody says of a picture, or take back what was said. */
async function speak(figure, kind) {
  const image = figure.dataset.image, author = form.elements.author.value.trim();
  if (!document.body.dataset.mayWrite) return say("Writing takes the token");
  if (!author) { form.elements.author.focus(); return say("Say who you are first: your name is kept with what you say."); }
  localStorage.setItem("author", author);
  if (kind) {
    const { camera, day } = asked();
    const { incident } = await fetched("/v1/picture-verdicts", { method: "POST", body: JSON.stringify({ camera, day, image, kind, author }) });
    verdicts.set(image, { incident, kind, author });
    say(`${WORDS[kind]}. It counts from the next training on.`);
  } else if (verdicts.has(image)) {
    await fetched(`/v1/incidents/${verdicts.get(image).incident}`, { method: "DELETE" });
    verdicts.delete(image);
    say("taken back");
  }
  figure.querySelector("em").textContent = verdictText({ image_id: image });
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
  ask("own").addEventListener("change", (event) => event.target.files[0] && judge(event.target.files[0]).catch((error) => { ask("judged").innerHTML = `<p class="note bad">${escaped(error.message)}</p>`; }));
  addEventListener("keydown", failing((event) => {
    if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...pictures.children], at = all.indexOf(document.activeElement.closest?.("figure"));
    if (event.key === "j" || event.key === "k") all[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1)]?.focus();
    else if (at >= 0 && event.key in KEYS) return speak(all[at], KEYS[event.key]);
    else if (at >= 0 && event.key === "u") return speak(all[at], null);
  }));
  addEventListener("popstate", failing(load));
  load().catch((error) => { ask("counts").textContent = error.message; });
}

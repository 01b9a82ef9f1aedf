// Synthesis: what is drawn follows the choices; the address holds them.
import { addressed, address, ask, escaped, fetched, say } from "./app.js";

const defaults = { camera: "", label: "", many: "24", seed: "0", truncation: "1", first: "0", last: "1", layers: "2" };
const form = ask("choices"), ends = ask("ends"), mixing = ask("mixing");
let draws = false, styled = false;

const field = (name) => form.elements[name] ?? ends.elements[name] ?? mixing.elements[name];
const chosen = () => Object.fromEntries(Object.keys(defaults).map((name) => [name, field(name).value]));
const picture = (name, choices) => `/pages/parts/${name}.png?${new URLSearchParams(choices)}`;

/** Put a picture in; where there is none, say why. */
async function show(id, choices) {
  const image = ask(id);
  image.src = picture(id, choices);
  image.hidden = false;
  await image.decode().catch(async () => {
    image.hidden = true;
    await fetched(image.src).catch((error) => say(error.message));
  });
}

const drawing = () => { const { camera, label, many, seed, truncation } = chosen(); return draws && show("drawn", { camera, label, many, seed, truncation }); };
const reals = () => { const { camera, label, many } = chosen(); return show("real", { camera, label, many }); };
const way = () => { const { camera, first, last } = chosen(); return draws && show("way", { camera, first, last }); };
const mix = () => { const { camera, first, last, layers } = chosen(); return styled && show("mixed", { camera, first, last, layers }); };
const vary = () => { const { camera, first } = chosen(); return styled && show("varied", { camera, first }); };
const between = () => Promise.all([way(), mix(), vary()]);

/** The values of the sliders beside them. */
function shown() {
  for (const name of ["truncation", "layers"]) field(name).parentElement.querySelector("output").value = field(name).value;
}

/** All of the chosen camera. */
async function camera() {
  const query = new URLSearchParams({ camera: field("camera").value });
  const found = await fetched(`/pages/parts/generator?${query}`);
  draws = found.draws;
  styled = found.layers > 1;
  for (const id of ["drawn", "way", "real", "mixed", "varied"]) ask(id).hidden = true;
  ask("styles").hidden = !styled;
  if (styled) field("layers").max = found.layers - 1;
  shown();
  ask("drawer").textContent = found.message;
  const label = field("label").value || addressed(defaults).label;
  field("label").innerHTML = `<option value="">all classes</option>${found.classes.map((name) => `<option>${escaped(name)}</option>`).join("")}`;
  if (found.classes.includes(label)) field("label").value = label;
  ask("quality").innerHTML = await (await fetch(`/pages/parts/quality?${query}`)).text();
  await Promise.all([drawing(), reals(), between()]);
}

const after = { camera, label: () => Promise.all([drawing(), reals()]), many: () => Promise.all([drawing(), reals()]), seed: drawing, truncation: drawing, first: between, last: between, layers: mix };
let asked = Promise.resolve(), next;
/** Follow a choice; of those made while something is drawn the last one counts. */
function follow(name) {
  address(chosen(), defaults, "replaceState");
  next = name;
  asked = asked.then(() => next === name && after[name]()).catch((error) => say(error.message));
}

if (form) {
  const wanted = addressed(defaults);
  for (const [name, value] of Object.entries(wanted)) if (name !== "label" && value && field(name)) field(name).value = value;
  if (!field("camera").value) field("camera").selectedIndex = 0;
  for (const one of [form, ends, mixing]) {
    one.addEventListener("submit", (event) => event.preventDefault());
    one.addEventListener("change", (event) => follow(event.target.name));
  }
  for (const name of ["truncation", "layers"]) field(name).addEventListener("input", shown);
  ask("another").addEventListener("click", () => { field("seed").value = Math.floor(Math.random() * 1000); follow("seed"); });
  shown();
  camera().catch((error) => say(error.message));
}

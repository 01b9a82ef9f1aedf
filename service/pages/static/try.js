// Try it: a file is uploaded, understood, corrected, scored; the budget moves the threshold; its settings are taken along.
import { ask, escaped, fetched, onChange, refusal, say, timed } from "./app.js";
import { drawn, drawnScores } from "./curves.js";

const form = ask("ask"), budget = ask("budget"), behind = ask("behind"), saving = ask("saving");
let upload = "", tryout = "", result, course, range, plots = [];

const json = (body) => ({ method: "POST", body: JSON.stringify(body) });
const wrong = (error) => { ask("problem").innerHTML = error ? `<p class="note bad">${escaped(error.message)}</p>` : ""; };
/** Do something and say what went wrong; the button waits until it is over. */
async function doing(button, work) {
  wrong();
  button.disabled = true;
  try { await work(); } catch (error) { wrong(error); } finally { button.disabled = false; }
}

/** Send a chosen file and read what is understood of it. */
async function send(file) {
  upload = "";
  ask("understood").innerHTML = '<p class="soft">Reading ...</p>';
  saving.hidden = true;
  try {
    const sent = { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } };
    ({ upload } = await fetched(`/pages/try/files?${new URLSearchParams({ name: file.name })}`, sent));
  } catch (error) {
    ask("understood").replaceChildren();
    throw error;
  }
  try {
    await understand({});
  } catch (error) {
    ask("understood").replaceChildren(ask("bare").content.cloneNode(true));
    throw error;
  }
}

async function understand(corrections) {
  const found = await fetched(`/pages/try/files/${upload}/understood`, json(corrections));
  const open = ask("understood").querySelector("details")?.open;
  ask("understood").innerHTML = found.html;
  ask("understood").querySelector("details").open = Boolean(open);
  saving.hidden = false;
  saving.elements.name.value ||= found.name;
}

/** What the form of corrections says. */
function corrected(fields) {
  const said = {};
  for (const one of fields) {
    if (!one.name) continue;
    said[one.name] = one.multiple ? [...one.selectedOptions].map((option) => option.value) : one.type === "checkbox" ? one.checked : one.value.trim();
  }
  return said;
}

async function score() {
  const { example, scorer, learn } = form.elements;
  const wanted = { upload, example: upload ? "" : example.value, scorer: scorer.value, learn: learn.value / 100, alarms: Number(budget.elements.alarms.value) };
  ask("about").textContent = "Scoring ...";
  ask("outcome").hidden = false;
  try {
    result = await fetched("/pages/try/scores", json(wanted));
  } catch (error) {
    ask("outcome").hidden = true;
    throw error;
  }
  tryout = result.tryout;
  ask("download").href = `/pages/try/scores/${tryout}/scores.parquet`;
  behind.elements.asset.innerHTML = result.machines.map((name) => `<option>${escaped(name)}</option>`).join("");
  range = undefined;
  await show();
}

/** The outcome, and the curves of the chosen machine. */
async function show() {
  ask("about").textContent = result.message;
  ask("anomalies").innerHTML = result.html;
  timed(ask("anomalies"));
  await curves();
}

async function curves() {
  const asked = { asset: behind.elements.asset.value, alarms: budget.elements.alarms.value, ...range };
  course = await fetched(`/pages/try/scores/${tryout}/curves?${new URLSearchParams(asked)}`);
  draw();
}

function draw() {
  for (const plot of plots) plot.destroy();
  const onRange = (from, to) => { range = { from, to }; doing(ask("wider"), curves); };
  const view = { range: [course.from, course.to], onRange };
  plots = [...drawnScores(ask("scores"), result, onRange), ...drawn(ask("curves"), course, null, null, course.anomalies, view)];
}

/** The same rows under another budget. */
async function move() {
  result = await fetched(`/pages/try/scores/${tryout}?${new URLSearchParams({ alarms: budget.elements.alarms.value })}`);
  await show();
}

form.addEventListener("submit", (event) => { event.preventDefault(); doing(ask("score"), score); });
form.elements.file.addEventListener("change", (event) => {
  if (!event.target.files[0]) { upload = ""; saving.hidden = true; return ask("understood").replaceChildren(); }
  form.elements.example.value = "";
  saving.elements.name.value = "";
  doing(ask("score"), () => send(event.target.files[0]));
});
form.elements.example.addEventListener("change", (event) => {
  if (!event.target.value) return;
  [upload, form.elements.file.value, saving.hidden] = ["", "", true];
  ask("understood").replaceChildren();
  form.elements.scorer.value = `the detector of ${event.target.value.split(" ")[0]}`;
});
form.elements.learn.addEventListener("input", (event) => { event.target.parentElement.querySelector("output").value = `${event.target.value} %`; });
ask("understood").addEventListener("submit", (event) => {
  event.preventDefault();
  doing(event.target.querySelector("button"), () => understand(corrected(event.target.elements)));
});
budget.elements.alarms.addEventListener("input", (event) => { event.target.parentElement.querySelector("output").value = event.target.value; });
budget.elements.alarms.addEventListener("change", () => tryout && doing(ask("wider"), move));
behind.elements.asset.addEventListener("change", () => { range = undefined; doing(ask("wider"), curves); });
ask("wider").addEventListener("click", () => {
  const half = (course.to - course.from) / 2;
  range = { from: course.from - half, to: course.to + half };
  doing(ask("wider"), curves);
});
for (const one of [budget, behind]) one.addEventListener("submit", (event) => event.preventDefault());
saving.addEventListener("submit", (event) => {
  event.preventDefault();
  doing(saving.querySelector("button"), async () => {
    const answer = await fetch(`/pages/try/files/${upload}/settings.toml?${new URLSearchParams({ name: saving.elements.name.value })}`);
    if (!answer.ok) throw await refusal(answer);
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await answer.blob()), download: "settings.toml" });
    link.click();
    say("settings.toml is downloaded: put its lines into yours");
  });
});
for (const kind of ["dragover", "drop"]) ask("drop").addEventListener(kind, (event) => {
  event.preventDefault();
  if (kind === "drop" && event.dataTransfer.files.length) {
    form.elements.file.files = event.dataTransfer.files;
    form.elements.file.dispatchEvent(new Event("change"));
  }
});
let width = 0;
new ResizeObserver(() => { if (course && Math.abs(ask("curves").clientWidth - width) > 4) { width = ask("curves").clientWidth; draw(); } }).observe(ask("curves"));
onChange(() => course && draw());

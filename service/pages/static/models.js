// Models: train now and watch it, and let an earlier model serve again, once somebody who may decide says so twice.
import { ask, escaped, fetched, say, timed } from "./app.js";

const LOOK_MS = 2000;
const groups = () => [...document.querySelectorAll("section.models")];
const whose = (group) => `${group.dataset.kind} ${group.dataset.name}`;
let under = new Set(), chosen = "", timer;

/** Ask twice: the first click only changes the button's words. */
function isSure(button, words) {
  if (button.dataset.asked) return true;
  button.dataset.asked = "yes";
  button.textContent = words;
  return false;
}

async function done(button, words, address, options) {
  if (words && !isSure(button, words)) return;
  button.disabled = true;
  try {
    say((await fetched(address, options)).message);
  } catch (error) {
    button.disabled = false;
    say(error.message);
    return;
  }
  if (button.dataset.to) setTimeout(() => location.reload(), 1500);
  else await look();
}

document.querySelector("main").addEventListener("click", (event) => {
  const button = event.target.closest("button"), group = event.target.closest("section.models");
  if (!button || !group) return;
  chosen = whose(group);
  const { kind, name, day } = group.dataset, json = (body) => ({ method: "POST", body: JSON.stringify(body) });
  if (button.dataset.to) done(button, `Sure? The nights to come of ${name} are scored by it`, "/v1/rollbacks", json({ kind, name, to: button.dataset.to }));
  else if ("train" in button.dataset) done(button, `Sure? What is accepted serves ${name} from ${day} on`, "/v1/trainings", json({ kind, name }));
  else if ("stop" in button.dataset) done(button, "Sure? It leaves nothing", `/v1/trainings/${kind}/${name}`, { method: "DELETE" });
});

/** Show how far the trainings are; look again while one is under way. */
async function look() {
  clearTimeout(timer);
  let known;
  try {
    known = await fetched("/v1/trainings");
  } catch { // the service starts anew, perhaps; the training goes on
    timer = setTimeout(look, LOOK_MS);
    return;
  }
  const now = new Map(known.map((one) => [`${one.kind} ${one.name}`, one]));
  const active = known.filter((one) => one.state !== "cut off").map((one) => `${one.kind} ${one.name}`);
  const over = [...under].filter((name) => !active.includes(name));
  under = new Set(active);
  for (const group of groups()) {
    if (over.includes(whose(group))) await renewed(group);
    else show(group, now.get(whose(group)));
  }
  if (active.length) timer = setTimeout(look, LOOK_MS);
}

function show(group, one) {
  const box = group.querySelector(".under-way"), button = group.querySelector("[data-train]");
  const goesOn = Boolean(one) && one.state !== "cut off";
  box.hidden = !one;
  if (button && goesOn) button.disabled = true;
  if (!one) return;
  const bar = box.querySelector("progress"), stop = box.querySelector("[data-stop]");
  bar.hidden = !goesOn;
  if (one.planned) [bar.max, bar.value] = [one.planned, one.done];
  else bar.removeAttribute("value");
  if (stop) stop.hidden = one.state !== "under way";
  const begun = goesOn ? `The training for ${one.day} is under way` : `The training for ${one.day} was cut off`;
  box.querySelector("span").innerHTML = escaped(`${begun}: ${one.message}.${goesOn ? "" : " The next one goes on where it was."}`);
}

/** A group as it is now that its training has ended. */
async function renewed(group) {
  const { kind, name } = group.dataset;
  const answer = await fetch(`/pages/parts/models?${new URLSearchParams({ kind, name })}`);
  if (!answer.ok) return location.reload();
  const box = document.createElement("div"), active = document.activeElement;
  const had = group.contains(active) || (active === document.body && chosen === whose(group)); // a button that goes loses it
  box.innerHTML = await answer.text();
  const fresh = box.querySelector("section");
  group.replaceWith(fresh);
  timed(fresh);
  const outcome = fresh.querySelector("p b");
  say(outcome ? `the training of ${name} has ended: ${outcome.textContent}` : `the training of ${name} has ended`);
  if (had) ask(`${kind}-${name}`).focus();
}

look();

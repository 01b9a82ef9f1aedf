// Settings: the file as it stands, a check with the lines that would change, and only then a save.
import { ask, escaped, fetched, say } from "./app.js";

const text = ask("text"), save = ask("save"), outcome = ask("outcome");
let version = "";

async function load() {
  const found = await fetched("/v1/settings");
  [text.value, version, text.disabled, save.disabled] = [found.text, found.version, false, true];
  outcome.replaceChildren();
}

const marked = (line) => `<span class="${line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : ""}">${escaped(line)}\n</span>`;

/** What a check found: the changed lines, or nothing to save. */
function show(lines) {
  save.disabled = !lines.length;
  outcome.innerHTML = lines.length ? `<p class="note">This can be saved. What changes:</p><pre class="diff" tabindex="0">${lines.slice(2).map(marked).join("")}</pre>` : '<p class="note">It can be used, and nothing would change.</p>';
}

const failing = (work) => () => work().catch((error) => {
  save.disabled = true;
  outcome.innerHTML = `<p class="note bad">${escaped(error.message)}</p>`;
});

async function check() {
  show((await fetched("/v1/settings/check", { method: "POST", body: JSON.stringify({ text: text.value }) })).changed);
}

async function keep() {
  const kept = await fetched("/v1/settings", { method: "PUT", body: JSON.stringify({ text: text.value, version }) });
  [version, save.disabled] = [kept.version, true];
  outcome.innerHTML = '<p class="note">Saved. The next night reads it, and these pages do now; another store counts from the next start.</p>';
  say("saved");
}

if (text) {
  text.addEventListener("input", () => { save.disabled = true; });
  ask("check").addEventListener("click", failing(check));
  save.addEventListener("click", failing(keep));
  ask("load").addEventListener("click", failing(load));
  failing(load)();
}

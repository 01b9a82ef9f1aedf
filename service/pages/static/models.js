// Models: an earlier model serves again, once somebody who may decide says so twice.
import { fetched, say } from "./app.js";

document.querySelector("main").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-to]");
  if (!button) return;
  const { kind, name, to } = button.dataset;
  if (!button.dataset.asked) {
    button.dataset.asked = "yes";
    button.textContent = `Sure? The nights to come of ${name} are scored by it`;
    return;
  }
  button.disabled = true;
  try {
    const { told } = await fetched("/v1/rollbacks", { method: "POST", body: JSON.stringify({ kind, name, to }) });
    say(told);
    setTimeout(() => location.reload(), 1500);
  } catch (error) {
    button.disabled = false;
    say(error.message);
  }
});

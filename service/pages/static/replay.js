// What would change: newest nights judged again under a threshold fitted with what was said, and accepted or not.
import { ask, escaped, fetched, interval, say } from "./app.js";

const replay = ask("replay");
const asked = () => ({ family: replay.elements.family.value, nights: replay.elements.nights.value, ...(replay.elements.budget.value && { budget: replay.elements.budget.value }) });
replay.addEventListener("submit", async (event) => {
  event.preventDefault();
  ask("outcome").innerHTML = "<p>Judging these nights again ...</p>";
  try {
    const judged = await fetched(`/v1/replay?${new URLSearchParams(asked())}`);
    const rows = judged.anomalies.map((row) => `<tr><td>${row.change}</td><td>${escaped([...new Set([row.severity_before, row.severity_after].filter(Boolean))].join(" to "))}</td><td>${escaped(row.asset)}</td><td>${escaped(interval(Date.parse(row.start) / 1000, Date.parse(row.end) / 1000))}</td></tr>`);
    ask("outcome").innerHTML = `<p class="note">${escaped(judged.message)}</p><table><thead><tr><th>change</th><th>severity</th><th>machine</th><th>when</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
    ask("accept").disabled = !document.body.dataset.mayWrite;
  } catch (error) {
    ask("outcome").innerHTML = `<p class="note bad">${escaped(error.message)}</p>`;
  }
});
async function accept() {
  const { family, nights, budget } = asked();
  const kept = await fetched("/v1/thresholds", { method: "POST", body: JSON.stringify({ family, nights: Number(nights), budget: budget ? Number(budget) : null }) });
  ask("outcome").insertAdjacentHTML("afterbegin", `<p class="note">${escaped(kept.message)}</p>`);
  ask("accept").disabled = true;
}

ask("accept").addEventListener("click", () => accept().catch((error) => say(error.message)));

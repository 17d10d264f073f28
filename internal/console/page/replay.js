import { ask, byID, el } from "./dom.js";
import { plural } from "./format.js";

const words = {
  would_replay: "to replay", replayed: "replayed", replayed_before: "already replayed", refused_again: "refused again, skipped", foreign: "of another topic, skipped", data_omitted: "without data, skipped",
};

/** dryRun shows what a replay of the dead letters with a reason would do, with a button that starts it. */
export async function dryRun(reason) {
  const into = byID("replay");
  into.replaceChildren(el("p", {}, "Reading the error topic…"));
  try {
    const r = await ask("api/replay", { reason });
    const would = r.actions.would_replay || 0;
    const go = el("button.strong", { type: "button", onclick: () => replay(reason, r.ticket) }, `Replay ${plural(would, "letter", "letters")}`);
    into.replaceChildren(panel(`Dry run: ${reason || "all reasons"}`, r, would ? go : undefined, el("button", { type: "button", onclick: () => into.replaceChildren() }, "Dismiss")));
  } catch (error) {
    into.replaceChildren(el("p.error", {}, error.message));
  }
}

async function replay(reason, ticket) {
  const into = byID("replay");
  for (const b of into.querySelectorAll("button")) b.disabled = true;
  try {
    const r = await ask("api/replay", { reason, ticket });
    into.replaceChildren(panel("Replayed", r, el("button", { type: "button", onclick: () => into.replaceChildren() }, "Dismiss")));
  } catch (error) {
    into.replaceChildren(el("p.error", {}, error.message));
  }
}

function panel(title, r, ...buttons) {
  const sums = Object.entries(r.actions).map(([action, n]) => `${plural(n, "letter", "letters")} ${words[action] || action}`);
  return el("div.panel", {}, el("h3", {}, title), el("p", {}, sums.length ? sums.join(", ") + "." : "No letter has this reason."), ...(r.notes || []).map((n) => el("p.text", {}, n)),
    (r.letters || []).length ? el("div.scroll", { tabindex: "0", role: "region", "aria-label": "Letters" }, el("table", {}, el("thead", {}, el("tr", {}, ...["Letter", "Key", "Reason", "Outcome"].map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, ...r.letters.map((l) => el("tr", {}, el("td", {}, l.origin), el("td", {}, l.key), el("td", {}, l.reason), el("td", {}, (words[l.action] || l.action) + (l.unsure ? ", may have been replayed before" : ""))))))) : undefined,
    el("p.controls", {}, ...buttons));
}

import { ask, byID, el } from "./dom.js";
import { clock, duration } from "./format.js";
import { verdictBlock } from "./bars.js";

/** openDetail shows everything that is known about a row. */
export async function openDetail(n) {
  const title = byID("detail-title"), body = byID("detail-body");
  title.textContent = "Record";
  body.replaceChildren(el("p", {}, "…"));
  byID("detail").showModal();
  try {
    const d = await ask(`api/entries/${n}`);
    title.textContent = d.reason ? `Dead letter: ${d.reason}` : "Answer";
    body.replaceChildren(...parts(d));
  } catch (error) {
    body.replaceChildren(el("p.error", {}, error.message));
  }
}

function parts(d) {
  const facts = [["Key", d.key || "none"], ["Event", d.of], ["Record", d.origin], ["Written", `${new Date(d.at).toISOString()} (${clock(d.at)} here)`]];
  if (d.millis !== undefined) facts.push(["Took", `${duration(d.millis)} from when its record was written`]);
  if (d.source) facts.push(["Source", d.source]);
  if (d.reason) facts.push(["Status", d.code || "no answer"], ["Message", d.message || "none"]);
  const list = [el("dl.facts", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))];
  if (d.verdicts.length) {
    list.push(el("h3", {}, d.verdicts.length === 1 ? "Explanation" : "Explanation of each comment"));
    if (!d.sameModel) list.push(el("p.text", {}, `Answered by the model ${d.attributes.modeldigest || "without a digest"}. The explanation is from the model of this page, ${d.verdicts[0].model} ${d.verdicts[0].digest}.`));
    list.push(...d.verdicts.map((v) => verdictBlock(v)));
  } else if ((d.comments || []).length) {
    list.push(el("h3", {}, "Comment"), ...d.comments.map((c) => el("p.quote", {}, c)));
  } else {
    list.push(el("p.text", {}, "The comment is not known: this page has not seen its record."));
  }
  list.push(el("h3", {}, d.reason ? "Data" : "Answer"), el("pre", { tabindex: "0" }, d.data || "(no data)"));
  if (d.cut) list.push(el("p.text", {}, "Truncated; the topic has the rest."));
  list.push(el("h3", {}, "Attributes"),
    el("table.attributes", {}, el("tbody", {}, ...Object.keys(d.attributes).sort().map((name) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, d.attributes[name]))))));
  return list;
}

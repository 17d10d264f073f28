import { el } from "./dom.js";
import { count } from "./format.js";

/** modelCard describes a model and its origin. */
export function modelCard(card) {
  const m = card.manifest, v = m.vectorizer;
  const facts = [
    ["Version", card.version], ["Digest", card.digest], ["Classes", card.classes.join(", ")],
    card.decides ? ["Threshold", `${card.threshold} of ${card.classes[1]}`] : undefined,
    ["Text", [m.language, m.cleaner && `cleaner ${m.cleaner}`].filter(Boolean).join(", ")],
    v && ["Features", `${count(v.features)} of ${v.ngram_range[0]} to ${v.ngram_range[1]} words${v.norm ? `, norm ${v.norm}` : ""}`],
    m.sources && ["Made from", m.sources.map((s) => [s.what, s.release, s.sha256 && s.sha256.slice(0, 12)].filter(Boolean).join(" ")).join("; ")],
    m.notes && ["Notes", m.notes.join("; ")],
    ["Size", `${count(card.bytes)} bytes`],
  ];
  const evaluation = figures(m.metrics, "");
  return el("article.verdict", {}, el("h3", {}, card.name), list(facts),
    evaluation.length ? el("details", {}, el("summary", {}, "Evaluation"), list(evaluation)) : undefined);
}

function list(facts) {
  const told = facts.filter((f) => f && f[1] !== undefined && f[1] !== "");
  return el("dl.facts", {}, ...told.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** figures returns the numbers of the evaluation with their names. */
function figures(value, name) {
  if (typeof value === "number") return [[name, String(Number(value.toFixed(4)))]];
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([k, v]) => figures(v, name ? `${name} ${k.replaceAll("_", " ")}` : k.replaceAll("_", " "))).slice(0, 24);
}

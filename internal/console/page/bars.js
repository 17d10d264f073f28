import { el } from "./dom.js";
import { probability, signed } from "./format.js";

/** bar returns a bar for a fraction from 0 to 1, with a mark at the threshold if there is one. */
export function bar(share, kind, threshold) {
  const filled = el(`i.${kind}`);
  filled.style.width = `${Math.min(Math.max(share, 0), 1) * 100}%`;
  const b = el("span.bar", { "aria-hidden": "true" }, filled);
  if (threshold !== undefined) {
    const mark = el("i.mark");
    mark.style.left = `${threshold * 100}%`;
    b.append(mark);
  }
  return b;
}

/** kind returns the style of a class. With two classes, the second one is flagged. */
export const kind = (label, classes) => (classes.length === 2 ? ["kept", "removed"][label] : ["kept", "removed", "third", "fourth", "fifth", "sixth"][label % 6]);

/** classBars lists the probability of each class, or the decision values. */
export function classBars(verdict) {
  if (!verdict.isProba) return verdict.numbers.length ? el("p", {}, `Decision: ${verdict.numbers.map(signed).join(", ")}`) : undefined;
  const list = verdict.numbers.map((p, i) => ({ p, i }));
  if (list.length > 2) list.sort((a, b) => b.p - a.p);
  return el("ul.classes", {}, ...list.slice(0, 10).map(({ p, i }) =>
    el("li", {}, el("span.name", {}, verdict.classes[i]), bar(p, kind(i, verdict.classes), list.length === 2 && i === 1 && verdict.threshold !== null ? verdict.threshold : undefined), el("span.n", {}, probability(p)))));
}

const heat = (weight) => (Math.abs(weight) < 0.05 ? "" : `.${weight > 0 ? "for" : "against"}${Math.min(3, Math.ceil(Math.abs(weight) * 3))}`);

/** marked returns the text with its deciding words highlighted. */
export function marked(verdict) {
  return el("p.quote", {}, ...verdict.spans.map((s) => {
    const h = heat(s.weight || 0);
    return h ? el(`mark${h}`, { title: `${s.weight > 0 ? "for" : "against"} ${verdict.for}, ${Math.round(100 * Math.abs(s.weight))} % of the largest weight` }, s.text) : s.text;
  }));
}

/** words lists the n-grams with the largest weights. */
export function words(verdict) {
  if (!verdict.words.length) return el("p.empty", {}, verdict.why || "The model's vocabulary has none of its words.");
  const most = Math.max(...verdict.words.map((w) => Math.abs(w.value)));
  return el("table.words", {}, el("caption", {}, `Largest contributions to the decision value of ${verdict.for}`),
    el("tbody", {}, ...verdict.words.map((w) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, w.ngram)),
      el("td", {}, bar(Math.abs(w.value) / most, w.value > 0 ? "removed" : "kept")), el("td.n", {}, signed(w.value)))),
    el("tr", {}, el("th", { scope: "row" }, el("em", {}, "intercept")), el("td"), el("td.n", {}, signed(verdict.intercept)))));
}

/** verdictBlock shows the prediction of a model for a comment, with its explanation. */
export function verdictBlock(verdict, named) {
  const labels = verdict.labels.flatMap((label, i) => [i ? ", " : "", el(`strong.${kind(label, verdict.classes)}`, {}, verdict.classes[label])]);
  return el("article.verdict", {}, named ? el("h3", {}, verdict.model, " ", el("small", {}, verdict.digest)) : undefined,
    el("p.label", {}, ...(labels.length ? labels : ["no label"]),
      verdict.threshold === null ? undefined : el("small", {}, ` at the threshold ${Number(verdict.threshold.toFixed(4))}`)),
    classBars(verdict), marked(verdict), words(verdict));
}

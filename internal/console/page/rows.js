import { el } from "./dom.js";
import { clock, count, duration, probability } from "./format.js";
import { bar, kind } from "./bars.js";

/** labelsOf returns the classes of a row's i-th comment: by the threshold of the slider if it was moved, or as predicted. */
export function labelsOf(row, i, model, threshold) {
  if (threshold !== model.threshold && row.numbers[i].length === 2) return [row.numbers[i][1] >= threshold ? 1 : 0];
  return (row.labels && row.labels[i]) || [];
}

/** answerRow returns the row of an answer: time, key, labels with bars, and the beginning of the comment. */
export function answerRow(row, model, threshold, open) {
  const results = (row.numbers || []).map((p, i) => {
    const labels = labelsOf(row, i, model, threshold), names = labels.map((l) => model.classes[l]).join(", ") || (row.labels ? "none" : "");
    const shown = model.threshold !== null && p.length === 2 ? 1 : labels[0];
    if (shown === undefined || !model.isProba) return el("span.one.more", {}, el("b", {}, names), " ", p.slice(0, 3).map(probability).join(" "));
    return el("span.one", {}, el(`b.${kind(labels[0], model.classes)}`, {}, names), bar(p[shown], kind(labels[0], model.classes), model.decides || threshold !== model.threshold ? threshold : undefined),
      el("span.n", {}, probability(p[shown])));
  });
  if (row.count > results.length) results.push(el("span.one.more", {}, `and ${count(row.count - results.length)} more`));
  if (row.guessed) results.push(el("span.one.more", { title: "The label is a guess from the numbers, because this page does not know the comment, or another model answered it." }, "probably"));
  if (!results.length) results.push(el("span.one.more", {}, "answered"));
  return line(row, open, el("span.said", {}, ...results), el("span.begin", {}, row.text || ""));
}

/** letterRow returns the row of a dead letter: time, key, reason and message. */
export function letterRow(row, open) {
  return line(row, open, el("span.said", {}, el("b.reason", {}, row.reason), row.code ? el("span.code", {}, row.code) : undefined),
    el("span.begin", {}, row.message || "", row.text ? el("small", {}, row.text) : undefined));
}

function line(row, open, said, begin) {
  return el("li", {}, el("button.row", { type: "button", "data-n": row.n, onclick: () => open(row.n) },
    el("time.at", { datetime: new Date(row.at).toISOString() }, clock(row.at)), el("span.key", {}, row.key || row.of), said, begin,
    el("span.took", {}, row.millis === undefined ? "" : duration(row.millis))));
}

/** List shows the newest rows, up to a limit, and hides those that a filter excludes. */
export class List {
  constructor(ul, empty, { most, make, keep }) {
    Object.assign(this, { ul, empty, most, make, keep, rows: [] });
  }

  /** add adds rows at the top, the newest first. */
  add(rows) {
    if (!rows.length) return;
    const fresh = rows.map((row) => ({ row, node: this.make(row) }));
    for (const f of fresh) f.node.hidden = !this.keep(f.row);
    this.ul.prepend(...fresh.map((f) => f.node));
    this.rows = [...fresh, ...this.rows];
    for (const old of this.rows.splice(this.most)) old.node.remove();
    this.tell();
  }

  /** clear removes all rows. */
  clear() {
    this.rows = [];
    this.ul.replaceChildren();
    this.tell();
  }

  /** filter applies the filter again. */
  filter() {
    for (const { row, node } of this.rows) node.hidden = !this.keep(row);
    this.tell();
  }

  tell() {
    this.empty.hidden = this.rows.some(({ node }) => !node.hidden);
    this.empty.textContent = this.rows.length ? "No row matches the filter." : this.empty.dataset.none;
  }
}

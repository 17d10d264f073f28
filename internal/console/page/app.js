import { ask, byID, el, later } from "./dom.js";
import { count, duration, percent, plural, probability, rate, clock } from "./format.js";
import { drawRates, drawScores } from "./charts.js";
import { List, answerRow, labelsOf, letterRow } from "./rows.js";
import { verdictBlock } from "./bars.js";
import { openDetail } from "./detail.js";
import { dryRun } from "./replay.js";
import { modelCard } from "./card.js";

const mostRows = 200;
const about = await ask("api/about");
const model = about.models[0];
const two = model.threshold !== null;
let threshold = model.threshold; // the value of the slider
let state; // the last tick
let paused = false;
let held = []; // the last ticks since the lists were paused

const contains = (row, text, ...fields) => !text || fields.some((f) => (row[f] || "").toLowerCase().includes(text));
const typed = (id) => byID(id).value.trim().toLowerCase();

const answers = new List(byID("answer-rows"), byID("answers-empty"), {
  most: mostRows,
  make: (row) => answerRow(row, model, threshold, openDetail),
  keep: (row) => {
    const label = byID("answers-class").value;
    return contains(row, typed("answers-filter"), "key", "text", "of") && (!label || (row.numbers || []).some((_, i) => labelsOf(row, i, model, threshold).includes(Number(label))));
  },
});
const letters = new List(byID("letter-rows"), byID("letters-empty"), {
  most: mostRows,
  make: (row) => letterRow(row, openDetail),
  keep: (row) => contains(row, typed("letters-filter"), "key", "text", "of", "origin", "message") && (!byID("letters-reason").value || byID("letters-reason").value === row.reason),
});

function addRows(t) {
  answers.add(t.rows);
  letters.add(t.dead);
  const [seen, dead] = t.seen || [0, 0];
  if (seen > t.rows.length || dead > t.dead.length) byID("answers-note").textContent = `Newest first. The lists are a sample of ${t.rows.length + t.dead.length} of the last ${seen + dead} records.`;
  else if (seen + dead) byID("answers-note").textContent = "Newest first.";
}

function show(t) {
  state = t;
  if (paused) {
    held.push(t);
    held = held.slice(-20);
  } else addRows(t);
  tiles(t);
  findings(t);
  reasons(t.reasons);
  drawRates(byID("rates"), t.perSecond);
  scores();
  notices(t.notices || []);
}

function tiles(t) {
  const list = [
    ["Answered", count(t.answers), t.comments === t.answers ? "records" : plural(t.comments, "comment", "comments")],
    ["Rate", rate(t.rates.out), `answers per second; ${rate(t.rates.in)} inputs`],
    ["Latency", t.latency.count ? duration(t.latency.p50) : "–", t.latency.count ? `median; 99 % within ${duration(t.latency.p99)}` : "no answers in the last minute"],
    t.lag ? ["Lag", count(t.lag.records), `records of group ${t.lag.group}`] : ["Waiting", count(t.waiting), "records without an answer"],
    two ? ["Flagged", percent(t.flagged, t.comments), `${count(t.flagged)} are ${model.classes[1]}`] : ["Most frequent", mostFrequent(t.labels), `of ${count(model.classes.length)} classes`],
    ["Dead letters", count(t.letters), mostly(t.reasons, t.letters)],
  ];
  const into = byID("tiles");
  if (!into.children.length) into.append(...list.map(() => el("div", {}, el("dt"), el("dd", {}, el("b"), el("small")))));
  list.forEach(([name, value, note], i) => {
    const tile = into.children[i];
    put(tile.querySelector("dt"), name);
    put(tile.querySelector("b"), value);
    put(tile.querySelector("small"), note);
    tile.classList.toggle("bad", name === "Dead letters" && t.letters > 0);
  });
}

const mostFrequent = (labels) => (labels.some((n) => n) ? model.classes[labels.indexOf(Math.max(...labels))] : "–");

/** put sets the text of an element if it differs, so that screen readers do not repeat it. */
function put(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

/** once rebuilds the children of an element if its items have changed. */
function once(into, items, make) {
  const key = JSON.stringify(items);
  if (into.shows === key) return;
  into.shows = key;
  into.replaceChildren(...items.map(make));
}

function findings(t) {
  once(byID("findings"), t.findings, (f) => el(`li.${f.level}`, {}, f.text, " ", el("a", { href: `#${f.see}` }, `See ${sections[f.see]}`)));
}

const sections = { notices: "the log", letters: "the dead letters", overview: "the charts" };

function notices(list) {
  byID("notices").hidden = !list.length;
  once(byID("notice-list"), [...list].reverse(), (n) => el("li", {}, el("time", {}, clock(n.at)), " ", n.text, n.times > 1 ? el("small", {}, ` ${count(n.times)} times`) : undefined));
}

/** mostly says which reason most dead letters have, if there is one. */
function mostly(list, letters) {
  if (list.length < 2) return list.length ? list[0].reason : "none";
  return list[0].count * 2 > letters ? `mostly ${list[0].reason}` : `${count(list.length)} reasons`;
}

/** reasons fills the filter with the reasons and their counts. */
function reasons(list) {
  const select = byID("letters-reason");
  const chosen = select.value;
  if (document.activeElement === select) return; // do not change an open list
  once(select, [["", "all"], ...list.map((r) => [r.reason, `${r.reason} (${count(r.count)})`])], ([value, text]) => el("option", { value }, text));
  select.value = chosen;
}

const chosenClass = () => (two ? 1 : Number(byID("class").value || 0));

function scores() {
  if (!state) return;
  const c = chosenClass(), list = state.scores[c], training = (model.training || [])[c];
  drawScores(byID("scores"), list, { name: model.classes[c], threshold: two ? threshold : undefined, training });
  put(byID("scores-note"), `Probability of ${model.classes[c]}, over all comments answered.${training ? ` The line shows training (${model.trainingOf}).` : ""}`);
  if (byID("scores-table").closest("details").open) {
    once(byID("scores-table"), list, (n) => el("tr", {}, el("td"), el("td.n", {}, count(n))));
    [...byID("scores-table").rows].forEach((r, i) => put(r.cells[0], `${(i / list.length).toFixed(2)} to ${((i + 1) / list.length).toFixed(2)}`));
  }
}

// The stream of updates. The browser reconnects by itself.
const stream = new EventSource("api/events");
const say = (text, live) => {
  put(byID("state"), text);
  byID("state").classList.toggle("live", live);
};
stream.addEventListener("first", (e) => {
  say("live", true);
  held = [];
  answers.clear();
  letters.clear();
  const wasPaused = paused;
  paused = false;
  show(JSON.parse(e.data));
  paused = wasPaused;
});
stream.addEventListener("tick", (e) => show(JSON.parse(e.data)));
stream.addEventListener("error", () => say(stream.readyState === EventSource.CLOSED ? "disconnected: reload the page" : "disconnected; reconnecting", false));

byID("pause").addEventListener("click", () => {
  paused = !paused;
  byID("pause").setAttribute("aria-pressed", String(paused));
  put(byID("pause"), paused ? "Resume" : "Pause");
  if (!paused) held.splice(0).forEach(addRows);
});
for (const id of ["answers-filter", "answers-class"]) byID(id).addEventListener("input", () => answers.filter());
for (const id of ["letters-filter", "letters-reason"]) byID(id).addEventListener("input", () => letters.filter());
byID("class").addEventListener("input", scores);
byID("scores-table").closest("details").addEventListener("toggle", scores);
byID("detail-close").addEventListener("click", () => byID("detail").close());
byID("detail").addEventListener("click", (e) => e.target === byID("detail") && byID("detail").close());
byID("dry-run").hidden = !about.replay;
byID("dry-run").addEventListener("click", () => dryRun(byID("letters-reason").value));

// The threshold.
let asked = 0;
async function moveThreshold() {
  const number = ++asked;
  const m = await ask(`api/threshold?at=${threshold}`);
  if (number !== asked) return; // the slider has moved on
  const more = m.flagged - m.now;
  const difference = more ? `${plural(Math.abs(more), "comment", "comments")} ${more > 0 ? "more" : "fewer"} than` : "as many as";
  const compared = model.decides ? `, ${difference} at the model's ${Number(model.threshold.toFixed(4))}` : ". The model itself does not predict by a threshold";
  put(byID("threshold-said"), m.of ? `At ${threshold.toFixed(2)}: ${count(m.flagged)} of ${count(m.of)} are ${model.classes[1]} (${percent(m.flagged, m.of)})${compared}.` : "No comment has been answered yet.");
  const here = model.decides ? model : { ...model, threshold: NaN }; // the labels are the slider's wherever it stands
  once(byID("threshold-rows"), m.rows, (row) => answerRow(row, here, threshold, openDetail));
}
const moveSoon = later(moveThreshold, 120);
byID("slider").value = String(threshold);
byID("slider").addEventListener("input", () => {
  threshold = Number(byID("slider").value);
  scores();
  moveSoon();
});
byID("slider").addEventListener("change", () => { // the labels change when the slider is released
  const rows = answers.rows.map(({ row }) => row);
  answers.clear();
  answers.add(rows);
});
if (two) setInterval(() => state && document.visibilityState === "visible" && moveThreshold().catch(() => {}), 2000);

// The box. It shows the answer to the last text, even if an earlier one is answered later.
let typedLast = 0;
const predict = later(async () => {
  const text = byID("comment").value, number = ++typedLast;
  if (!text) return byID("verdicts").replaceChildren();
  try {
    const list = await ask("api/predict", { text });
    if (number !== typedLast) return;
    byID("verdicts").replaceChildren(...list.map((v) => verdictBlock(v, true)));
    put(byID("try-said"), list.map((v) => `${v.model}: ${v.labels.map((l) => v.classes[l]).join(", ")} ${v.isProba && v.labels.length ? probability(v.numbers[v.threshold === null ? v.labels[0] : 1]) : ""}`).join("; "));
  } catch (error) {
    byID("verdicts").replaceChildren(el("p.error", {}, error.message));
  }
}, 100);
byID("comment").addEventListener("input", predict);

// What never changes.
for (const e of document.querySelectorAll(".two")) e.hidden = !two;
byID("class-choice").hidden = two || !model.isProba;
byID("scores").closest("figure").hidden = !model.isProba;
byID("class").append(...model.classes.map((name, i) => el("option", { value: i }, name)));
byID("answers-class").append(...model.classes.map((name, i) => el("option", { value: i }, name)));
byID("cards").append(...about.models.map(modelCard));
for (const [id, topic] of [["answers-empty", about.topics.output], ["letters-empty", about.topics.errors]]) byID(id).dataset.none = `Nothing yet in ${topic}.`;
answers.tell();
letters.tell();

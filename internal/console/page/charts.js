import { svg } from "./dom.js";
import { count } from "./format.js";

const width = 520, height = 180, left = 50, right = 8, top = 10, bottom = 24;
const across = (x) => left + x * (width - left - right);
const up = (y) => height - bottom - y * (height - top - bottom);

/** roof returns a round number that is not below n. */
function roof(n) {
  if (n <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 4, 5, 10].map((f) => f * power).find((r) => r >= n);
}

function axis(most) {
  const parts = [];
  for (const share of [0, 0.5, 1]) {
    parts.push(svg("line", { class: share ? "grid" : "base", x1: left, x2: width - right, y1: up(share), y2: up(share) }));
    parts.push(svg("text", { class: "tick end", x: left - 6, y: up(share) + 4 }, count(most * share)));
  }
  return parts;
}

const tick = (share, text, anchor) => svg("text", { class: `tick ${anchor}`, x: across(share), y: height - 6 }, text);

/** drawRates draws what was written in each second: [in, answered, dead letters]. The last second is not over and is left out. */
export function drawRates(into, perSecond) {
  const seconds = perSecond.slice(0, -1);
  const most = roof(Math.max(...seconds.flat()));
  const line = (k) => seconds.map((s, i) => `${i ? "L" : "M"}${across(i / (seconds.length - 1)).toFixed(1)} ${up(s[k] / most).toFixed(1)}`).join("");
  into.replaceChildren(...axis(most), tick(0, "2 min ago", "start"), tick(1, "now", "end"),
    ...["plain", "kept", "removed"].map((name, k) => svg("path", { class: `line ${name}`, d: line(k) })));
  const sum = (k) => count(seconds.reduce((n, s) => n + s[k], 0));
  into.setAttribute("aria-label", `In the last two minutes: ${sum(0)} inputs, ${sum(1)} answers and ${sum(2)} dead letters.`);
}

/** drawScores draws a histogram of the probabilities of a class. training, if given, has the fractions in training. */
export function drawScores(into, scores, { name, training, threshold }) {
  const all = scores.reduce((n, s) => n + s, 0);
  const shares = scores.map((s) => (all ? s / all : 0));
  const most = Math.max(0.05, ...shares, ...(training || []));
  const step = 1 / scores.length;
  const parts = axis(1).filter((e) => e.tagName === "line");
  for (const share of [0, 0.5, 1]) parts.push(svg("text", { class: "tick end", x: left - 6, y: up(share) + 4 }, `${Math.round(100 * most * share)} %`));
  shares.forEach((s, i) => {
    const at = (i + 0.5) * step;
    if (!s) return;
    parts.push(svg("rect", {
      class: `bar ${threshold !== undefined && at >= threshold ? "removed" : "kept"}`, x: across(i * step) + 1, width: across(step) - across(0) - 2,
      y: up(s / most), height: up(0) - up(s / most),
    }));
  });
  if (training) {
    const d = training.map((s, i) => `${i ? "L" : "M"}${across(i * step)} ${up(s / most)}H${across((i + 1) * step)}`).join("");
    parts.push(svg("path", { class: "line reference", d }));
  }
  if (threshold !== undefined) parts.push(svg("line", { class: "chosen", x1: across(threshold), x2: across(threshold), y1: top, y2: up(0) }));
  parts.push(tick(0, "0", "middle"), tick(0.5, "0.5", "middle"), tick(1, "1", "end"));
  into.replaceChildren(...parts);
  into.setAttribute("aria-label", `Histogram of the probabilities of ${name}. The table below has the numbers.`);
}

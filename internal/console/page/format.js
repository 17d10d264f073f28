const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export const count = (n) => whole.format(n);
export const rate = (n) => (n < 100 ? tenth : whole).format(n);
export const percent = (part, all) => (all ? `${tenth.format((100 * part) / all)} %` : "–");
export const probability = (p) => p.toFixed(3);
export const signed = (v) => (v < 0 ? "−" : "+") + Math.abs(v).toFixed(3);
export const duration = (ms) => (ms < 1000 ? `${whole.format(ms)} ms` : ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${whole.format(ms / 60_000)} min`);
export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

const two = (n) => String(n).padStart(2, "0");
export function clock(ms) {
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

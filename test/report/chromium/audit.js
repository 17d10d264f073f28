// Looks at the page as it is laid out, and returns what the test judges.
(() => {
  const rgb = (s) => { const m = s.match(/[\d.]+/g).map(Number); return { c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1 }; };
  const blend = (top, a, under) => top.map((v, i) => a * v + (1 - a) * under[i]);
  const luminance = (c) => {
    const l = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  };
  const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = (el) => {
    const layers = [];
    for (let e = el; e; e = e.parentElement) {
      const { c, a } = rgb(getComputedStyle(e).backgroundColor);
      if (a > 0) layers.push({ c, a });
      if (a === 1) break;
    }
    return layers.reverse().reduce((under, l) => blend(l.c, l.a, under), [255, 255, 255]);
  };
  // What is drawn under a text within a chart: the cell it stands in.
  const cellGround = (text) => {
    let under = ground(text);
    const box = text.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    for (const cell of text.ownerSVGElement.querySelectorAll(".cell")) {
      const b = cell.getBoundingClientRect(), s = getComputedStyle(cell);
      if (x > b.left && x < b.right && y > b.top && y < b.bottom) under = blend(rgb(s.fill).c, Number(s.fillOpacity), under);
    }
    return under;
  };
  const faint = [];
  const judge = (what, ink, under, least) => {
    const ratio = contrast(ink, under);
    if (ratio < least) faint.push(`${what}: ${ratio.toFixed(2)}, at least ${least}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || !el.getClientRects().length || el.closest("svg, script, #tip")) continue;
    const s = getComputedStyle(el), size = parseFloat(s.fontSize);
    judge(`“${text.slice(0, 30)}” (${el.tagName}.${el.className})`, rgb(s.color).c, ground(el), size >= 24 || (size >= 18.66 && s.fontWeight >= 700) ? 3 : 4.5);
  }
  const charts = [];
  for (const figure of document.querySelectorAll("figure")) {
    const svg = figure.querySelector("svg"), frame = figure.getBoundingClientRect();
    const marks = [...svg.querySelectorAll(".mark")].filter((m) => { const b = m.getBoundingClientRect(); return b.width > 0 && b.height > 0; });
    const outside = [];
    for (const text of svg.querySelectorAll("text")) {
      const b = text.getBoundingClientRect();
      if (b.left < frame.left - 0.5 || b.right > frame.right + 0.5) outside.push(text.textContent);
      judge(`“${text.textContent}” in ${figure.id}`, rgb(getComputedStyle(text).fill).c, cellGround(text), 4.5);
    }
    for (const m of svg.querySelectorAll(".bar, .dot:not(.chosen)")) judge(`a mark in ${figure.id}`, rgb(getComputedStyle(m).fill).c, ground(svg), 3);
    for (const m of svg.querySelectorAll(".line")) judge(`a line in ${figure.id}`, rgb(getComputedStyle(m).stroke).c, ground(svg), 3);
    const size = Math.min(...[...svg.querySelectorAll("text")].map((t) => parseFloat(getComputedStyle(t).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width));
    charts.push({ id: figure.id, marks: marks.length, tips: marks.filter((m) => m.dataset.tip).length, rows: figure.querySelectorAll("tbody tr").length, outside, type: size });
  }
  const wide = [...document.querySelectorAll("body *")].filter((e) => !e.closest("svg, .scroll, #tip") && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map((e) => `${e.tagName}.${e.className} to ${e.getBoundingClientRect().right}`);
  // Within a frame that scrolls nothing shows that there is more to the right.
  const cut = [...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth)
    .map((e) => `${e.scrollWidth} of ${e.clientWidth}: ${e.querySelector("thead").innerText}`);
  return {
    title: document.title, cut, charts, faint: [...new Set(faint)], wide,
    scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth,
    strangers: document.querySelectorAll("main script, main img, main iframe, main link, main style, main object").length,
    sections: [...document.querySelectorAll("section")].map((s) => s.id),
    links: [...document.querySelectorAll("[href], [src]")].map((e) => e.getAttribute("href") || e.getAttribute("src")).filter((a) => !/^(#|data:)/.test(a)),
  };
})()

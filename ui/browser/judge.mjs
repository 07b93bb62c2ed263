// Judges the screens in Debian's Chromium. Reads one JSON command a line from standard
// input and answers each with one line: {"ok": value} or {"error": "one line"}.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const sizes = { portrait: [1080, 1920], landscape: [1920, 1080], square: [1280, 1024] };
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'EN-301-549v4'];
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'],
});
let pages = {};
let wrong = [];

// open loads the screen at every size; bearer, where given, is sent with the first page only.
async function open({ url, bearer }) {
  for (const [name, [width, height]] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport: { width, height }, hasTouch: true, locale: 'nl-BE', timezoneId: 'Europe/Brussels', reducedMotion: 'reduce', bypassCSP: false });
    const page = await context.newPage();
    page.on('pageerror', (e) => wrong.push(`${name}: ${e}`));
    page.on('console', (m) => { if (m.type() === 'error') wrong.push(`${name}: ${m.text()}`); });
    if (bearer?.[name]) {
      await page.route(url, (route) => route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${bearer[name]}` } }), { times: 1 });
    }
    const answer = await page.goto(url);
    if (answer.status() !== 200) throw new Error(`${name}: status ${answer.status()}`);
    // The policy of the page lets no script in but its own; the driver evaluates past it.
    await page.evaluate(await axeSource());
    pages[name] = page;
  }
  return Object.keys(pages);
}

// shut closes every page and forgets what they stored.
async function shut() {
  await Promise.all(browser.contexts().map((context) => context.close()));
  pages = {};
  wrong = [];
}

let source;
async function axeSource() {
  source ??= await import('node:fs/promises').then((fs) => fs.readFile(axePath, 'utf8'));
  return source;
}

const each = (f) => Promise.all(Object.entries(pages).map(([name, page]) => f(page, name)));

// Runs in the page: what is too small, too near, outside, cut off, or hidden by another.
function measure({ large }) {
  const bad = [];
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} "${(e.innerText ?? '').trim().replace(/\s+/g, ' ').slice(0, 30)}"`;
  const [w, h] = [innerWidth, innerHeight];
  const live = (e) => !e.closest('[inert]') && !e.closest('[hidden]') && e.getClientRects().length > 0;
  // In large text a list of appointments scrolls, rather than be small; nothing else does, and it never does sideways.
  const scrolls = (e) => large && e.closest('.choices') !== null;
  const buttons = [...document.querySelectorAll('button')].filter(live);
  const boxes = buttons.map((b) => [b, b.getBoundingClientRect()]);
  for (const [b, r] of boxes) {
    const least = b.matches('.main, .choice') ? 80 : 60;
    if (r.width < least || r.height < least) bad.push(`${name(b)} is ${Math.round(r.width)}×${Math.round(r.height)}, less than ${least}`);
  }
  const list = document.querySelector('.choices button')?.getBoundingClientRect();
  if (list && list.bottom > document.querySelector('.choices').getBoundingClientRect().bottom + 1) bad.push('the first appointment is not all to be seen');
  for (const [i, [a, ra]] of boxes.entries()) {
    if (scrolls(a)) continue;
    for (const [b, rb] of boxes.slice(i + 1).filter(([x]) => !scrolls(x))) {
      const dx = Math.max(ra.left - rb.right, rb.left - ra.right), dy = Math.max(ra.top - rb.bottom, rb.top - ra.bottom);
      if (Math.max(dx, dy) < 8) bad.push(`${name(a)} and ${name(b)} are ${Math.round(Math.max(dx, dy))} px apart`);
    }
  }
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('[hidden]') || e.closest('svg') || e.getClientRects().length === 0) continue;
    const r = e.getBoundingClientRect();
    if (scrolls(e)) {
      if (r.left < -1 || r.right > w + 1 || e.scrollWidth > e.clientWidth + 1) bad.push(`${name(e)} is cut off at its side`);
      continue;
    }
    if (r.left < -1 || r.top < -1 || r.right > w + 1 || r.bottom > h + 1) bad.push(`${name(e)} is outside the screen: ${[r.left, r.top, r.right, r.bottom].map(Math.round)}`);
    const ink = 0.25 * parseFloat(getComputedStyle(e).fontSize); // accents may rise out of a tight line
    if (getComputedStyle(e).display !== 'inline' && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + ink)) bad.push(`${name(e)} is cut off: ${e.scrollWidth}×${e.scrollHeight} in ${e.clientWidth}×${e.clientHeight}`);
  }
  // A word goes on to the next line at its hyphen, or not at all.
  for (const e of document.querySelectorAll('.keyed .action > span')) {
    for (const text of [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE)) {
      for (const word of text.data.matchAll(/[\p{L}\p{N}]+/gu)) {
        const range = document.createRange();
        const tops = [...word[0]].map((_, i) => {
          range.setStart(text, word.index + i);
          range.setEnd(text, word.index + i + 1);
          return Math.round([...range.getClientRects()].at(-1)?.top ?? 0); // the hyphen before it is the first
        });
        if (new Set(tops).size > 1) bad.push(`${name(e)} is broken within ${word[0]}`);
      }
    }
  }
  const main = document.querySelector('main').getBoundingClientRect();
  const blocks = [...document.querySelectorAll('main > *, main > .lead > *, main > .body > *')].filter((e) => e.getClientRects().length > 0 && (e.matches('.choices') || !scrolls(e)));
  for (const e of blocks) {
    const r = e.getBoundingClientRect();
    if (r.bottom > main.bottom + 1 || r.top < main.top - 1 || r.right > main.right + 1) bad.push(`${name(e)} leaves its place: ${[r.left, r.top, r.right, r.bottom].map(Math.round)} in ${[main.left, main.top, main.right, main.bottom].map(Math.round)}`);
    for (const o of blocks) {
      if (o === e || e.contains(o) || o.contains(e)) continue;
      const q = o.getBoundingClientRect();
      if (Math.min(r.right, q.right) - Math.max(r.left, q.left) > 1 && Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top) > 1) bad.push(`${name(e)} lies over ${name(o)}`);
    }
  }
  // Whoever works at the desk sits before it, with a keyboard.
  const desk = document.querySelector('main.staff') !== null;
  const px = (e) => parseFloat(getComputedStyle(e).fontSize);
  for (const e of document.querySelectorAll('h1, h2[id], .body-text, .action, .label, .asking p')) {
    // Capitals of 7.3 mm (EN 301 549, 5.1.4), 0.66 of the size in this font, on 21.5 inches or, 1280 wide, 17.
    const capital = px(e) * 0.66 * (w === 1280 ? 0.264 : 0.248);
    if (large && !desk && capital < 7.3) bad.push(`${name(e)} has capitals of ${capital.toFixed(1)} mm in large text`);
    const least = desk ? 24 : 32;
    if (px(e) < least) bad.push(`${name(e)} is ${px(e)} px, less than ${least}`);
  }
  for (const e of document.querySelectorAll('main *, footer *, header *, .banner')) {
    if (e.children.length === 0 && e.textContent.trim() && px(e) < 22) bad.push(`${name(e)} is ${px(e)} px`);
  }
  const first = document.querySelector('.asking .action.main') ?? document.querySelector('main .action.main');
  if (first && h > w && !desk) {
    const r = first.getBoundingClientRect();
    if (r.top < h / 2) bad.push(`${name(first)} is in the upper half, where a wheelchair does not reach`);
  }
  const active = document.activeElement;
  if (!active || active === document.body || active.closest('[inert]')) bad.push(`the focus is on ${active ? name(active) : 'nothing'}`);
  if (document.fonts.status !== 'loaded' || ![...document.fonts].some((f) => f.status === 'loaded')) bad.push('the font is not loaded');
  return [...new Set(bad)];
}

const commands = {
  open,
  shut,
  // Waits until every page shows a view.
  shown: ({ seq, lang, classes }) => each((page) => page.waitForFunction(
    ([s, l, c]) => document.documentElement.dataset.seq === s && document.documentElement.lang === l && document.documentElement.className === c,
    [String(seq), lang, classes ?? ''], { timeout: 10000 })).then(() => true),
  measure: async ({ large }) => (await each(async (page, name) => (await page.evaluate(measure, { large })).map((b) => `${name}: ${b}`))).flat(),
  axe: async ({ page }) => {
    const result = await pages[page].evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), tags);
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${(n.failureSummary ?? v.help).replace(/\s+/g, ' ')}`));
  },
  shot: ({ page, path }) => pages[page].screenshot({ path }).then(() => true),
  // The page at half its size, for the documentation: every measure follows the screen.
  small: async ({ page, path }) => {
    const [width, height] = sizes[page];
    await pages[page].setViewportSize({ width: width / 2, height: height / 2 });
    await pages[page].screenshot({ path });
    await pages[page].setViewportSize({ width, height });
    return true;
  },
  tap: ({ page, selector }) => pages[page].locator(selector).first().tap({ timeout: 5000 }).then(() => true),
  taps: async ({ page, selector, times }) => {
    const { x, y, width, height } = await pages[page].locator(selector).first().boundingBox();
    await Promise.all(Array.from({ length: times }, () => pages[page].touchscreen.tap(x + width / 2, y + height / 2)));
    return true;
  },
  moving: async ({ page, motion }) => {
    await pages[page].emulateMedia({ reducedMotion: motion });
    return pages[page].evaluate(() => new Promise((done) => requestAnimationFrame(() => done(document.getAnimations().length))));
  },
  press: ({ page, key }) => pages[page].keyboard.press(key).then(() => true),
  focused: ({ page }) => pages[page].evaluate(() => {
    const e = document.activeElement;
    return e.dataset?.do ? `${e.dataset.do} ${e.dataset.choice ?? ''}`.trim() : e.tagName.toLowerCase();
  }),
  value: ({ page, selector }) => pages[page].locator(selector).inputValue(),
  wait: ({ page, selector, state }) => pages[page].locator(selector).first().waitFor({ state: state ?? 'visible', timeout: 15000 }).then(() => true),
  reload: ({ page }) => pages[page].reload().then((r) => r.status()),
  errors: () => wrong.splice(0),
};

console.log(JSON.stringify({ ok: 'ready' }));
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { do: name, ...args } = JSON.parse(line);
    if (name === 'close') break;
    console.log(JSON.stringify({ ok: (await commands[name](args)) ?? null }));
  } catch (e) {
    console.log(JSON.stringify({ error: String(e.message ?? e).split('\n').slice(0, 3).join(' ') }));
  }
}
await browser.close();

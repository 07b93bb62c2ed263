// A person at the screen, in Debian's Chromium. Reads one JSON command a line from
// standard input and answers each with one line: {"ok": value} or {"error": "one line"}.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'],
});
const context = await browser.newContext({ viewport: { width: 1080, height: 1920 }, hasTouch: true, locale: 'nl-BE', timezoneId: 'Europe/Brussels' });
let page;
const wrong = [];

// Runs in the page: what a person sees.
function seen() {
  const main = document.querySelector('main');
  const live = (e) => !e.closest('[inert]') && !e.closest('[hidden]') && e.getClientRects().length > 0;
  return {
    screen: main?.dataset.screen ?? '', notice: main?.dataset.notice ?? '', lang: document.documentElement.lang,
    text: document.body.innerText,
    buttons: [...document.querySelectorAll('button[data-do]')].filter(live).map((b) => `${b.dataset.do}:${b.dataset.choice ?? ''}`),
  };
}

function isOneOf(screens) {
  const main = document.querySelector('main');
  const { screen, notice } = main?.dataset ?? {};
  return screens.includes(screen) || (screen === 'notice' && screens.includes(`notice:${notice}`));
}

const look = () => page.evaluate(seen);

const verbs = {
  async open({ url }) {
    page = await context.newPage();
    page.on('pageerror', (e) => wrong.push(String(e)));
    page.on('console', (m) => { if (m.type() === 'error' && !/ERR_|409|Failed to load/.test(m.text())) wrong.push(m.text()); });
    const answer = await page.goto(url);
    if (answer.status() !== 200) throw new Error(`status ${answer.status()}`);
  },
  look,
  async wait({ screens, limit }) {
    try {
      await page.waitForFunction(isOneOf, screens, { timeout: limit });
    } catch (e) {
      const now = await look();
      throw new Error(`waiting for ${screens}: ${now.screen} ${now.notice} is shown (${e.name})`);
    }
    return look();
  },
  async read({ text, limit }) {
    try {
      await page.waitForFunction((t) => document.body.innerText.includes(t), text, { timeout: limit });
    } catch (e) {
      throw new Error(`waiting for a text: ${(await look()).screen} is shown without it (${e.name})`);
    }
    return look();
  },
  async press({ what, choice }) {
    const of = choice ? `[data-choice="${choice}"]` : '';
    await page.locator(`button[data-do="${what}"]${of}`).first().click({ timeout: 10000 });
  },
  async type({ digits }) {
    for (const digit of digits) await page.locator(`button[data-digit="${digit}"]`).click({ timeout: 10000 });
  },
  // What is typed on a keyboard goes to whatever has the focus; then a key, and but for Tab
  // the next view.
  async keys({ text, key }) {
    await page.keyboard.type(text);
    const before = await page.evaluate(() => document.documentElement.dataset.seq);
    await page.keyboard.press(key);
    if (key === 'Tab') return;
    await page.waitForFunction((seq) => document.documentElement.dataset.seq !== seq, before, { timeout: 10000 });
  },
  // A key that chooses is pressed until the choice is seen to be made: where what is shown
  // had just changed, the press before did nothing.
  async mark({ key }) {
    const made = page.locator(`button[data-hotkey="${key}"][aria-pressed="true"]`);
    for (let tries = 0; tries < 5 && (await made.count()) === 0; tries++) {
      await page.keyboard.press(key);
      await made.first().waitFor({ timeout: 2000 }).catch(() => {});
    }
    if ((await made.count()) === 0) throw new Error(`the choice of key ${key} is not made`);
  },
  async fill({ field, keys }) {
    await page.locator(`input[data-field="${field}"]`).click({ timeout: 10000 });
    for (const key of keys) await page.locator(`[data-board="${field}"] button[data-key="${key}"]`).click({ timeout: 10000 });
  },
  async picture({ path }) {
    await page.screenshot({ path: path, animations: 'disabled' });
  },
  async show({ url, ready, path, width, height }) {
    const other = await context.newPage();
    await other.setViewportSize({ width, height });
    await other.goto(url);
    await other.locator(ready).first().waitFor({ timeout: 10000 }); // a page that streams is never idle
    await other.evaluate(() => Promise.all([...document.images].map((i) => i.decode().catch(() => {}))));
    await other.screenshot({ path: path, animations: 'disabled' });
    await other.close();
  },
  wrong: async () => wrong,
};

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ ok: null });
for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...args } = JSON.parse(line);
  try {
    say({ ok: (await verbs[name](args)) ?? null });
  } catch (e) {
    say({ error: String(e.message ?? e).split('\n')[0] });
  }
}
await browser.close();

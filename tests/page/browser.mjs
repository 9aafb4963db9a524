// The real server and a real browser that shows its page, for one test.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = new URL('../../', import.meta.url);
const binary = process.env.AMAZONMQ_LOCAL_BIN || fileURLToPath(new URL('build/amazonmq-local', root));
const browserPath = process.env.AMAZONMQ_LOCAL_BROWSER || '/usr/bin/chromium';
const pictures = fileURLToPath(new URL('build/page/', root));

// Installed apart from this directory, where a plain import would not find them.
const installed = createRequire(new URL('build/node-page/', root));
const { chromium } = installed('playwright-core');
const axe = readFileSync(installed.resolve('axe-core/axe.min.js'), 'utf8');

// How long anything that must happen may take: generous, because only a failure ever waits so long.
const DEADLINE_MS = 30_000;

// Brokers move only when the clock is stepped.
const STANDING = ['--create-time', '1h', '--reboot-time', '1h', '--delete-time', '1h'];

const WORLD = `
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO broker (id, name, engine_type, deployment_mode) VALUES ('b-rabbit', 'events', 'RABBITMQ', 'CLUSTER_MULTI_AZ');
INSERT INTO user (broker_id, username, password, groups) VALUES ('b-orders', 'reader', 'reader-password-1', '["readers"]');
`;

/** Calls condition() until it is true, and returns that; fails, naming what, at the deadline. */
export async function eventually(condition, what) {
  const end = performance.now() + DEADLINE_MS;
  let result;
  while (!(result = await condition())) {
    assert.ok(performance.now() < end, `waited in vain for: ${what}`);
    await delay(20);
  }
  return result;
}

/** Leaves work for the end of the test; what was left last is done first, so that the browser ends before its server. */
const left = new WeakMap();
function atEnd(t, work) {
  if (!left.has(t)) {
    left.set(t, []);
    t.after(async () => {
      const errors = [];
      for (const each of left.get(t).reverse()) await Promise.resolve().then(each).catch((error) => errors.push(error));
      if (errors.length) throw errors[0];
    });
  }
  left.get(t).push(work);
}

/** Waits until the element shows that. */
export async function shows(locator, wanted) {
  let text;
  const matches = async () => {
    text = await locator.count() === 1 ? await locator.innerText() : `${await locator.count()} elements`;
    return wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted);
  };
  await eventually(matches, `${locator} to show ${wanted}`).catch((error) => assert.fail(`${error.message}; it shows: ${text}`));
}

const venv = fileURLToPath(new URL('build/venv/bin', root));
/** The AWS CLI, and boto3, which is installed with it. */
export const hasAws = existsSync(join(venv, 'aws'));

/** A directory that is removed at the end. */
export function temporary(t) {
  const directory = mkdtempSync(join(tmpdir(), 'amazonmq-local-page-'));
  atEnd(t, () => rmSync(directory, { recursive: true }));
  return directory;
}

/** Runs a command as it is in a shell without settings, whose PATH has amazonmq-local and aws; it must not fail. */
export async function shell(t, command) {
  const home = temporary(t);
  symlinkSync(binary, join(home, 'amazonmq-local'));
  await promisify(execFile)('/bin/sh', ['-c', command], { cwd: home, env: { HOME: home, PATH: `${home}:${venv}:/usr/bin:/bin` } });
}

/** A server on a free port with the world above and `more`: {url, call(method, path, body, headers)}. It must stop cleanly. */
export async function serve(t, { flags = [], more = '' } = {}) {
  const directory = temporary(t);
  const seed = join(directory, 'world.sql');
  writeFileSync(seed, WORLD + more);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AMAZONMQ_LOCAL_')));
  const child = spawn(binary, ['--port', '0', '--seed', seed, ...STANDING, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text; });
  const exited = once(child, 'close');
  let stopped;
  const stop = () => stopped ??= (async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    const [code, signal] = await exited;
    clearTimeout(timer);
    assert.deepEqual([code, signal], [0, null], log);
  })();
  atEnd(t, stop);
  await eventually(() => {
    assert.deepEqual([child.exitCode, child.signalCode], [null, null], `the server ended instead of starting: ${log}`);
    return out.includes('\n');
  }, 'the URL on stdout');
  const url = out.trimEnd();
  const call = (method, path, body, headers = {}) => fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  return { url, call, stop };
}

/**
 * A browser that shows the page: {page, server, expectErrors(pattern), log}. Whatever the test does, the page asks
 * nobody but its server, breaks no rule of its content security policy, and the console shows no error but those
 * that the test expects.
 */
export async function open(t, { server, flags, more, scheme = 'light', viewport = { width: 1280, height: 1000 } } = {}) {
  server ??= await serve(t, { flags, more });
  const browser = await chromium.launch({ executablePath: browserPath, timeout: DEADLINE_MS });
  atEnd(t, () => browser.close());
  const context = await browser.newContext({ colorScheme: scheme, viewport, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  const asked = [], errors = [], expected = [];
  page.on('request', (request) => asked.push(request));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) errors.push(message.text()); });
  await page.clock.install(); // goes on as the machine's until a test moves it
  await page.goto(`${server.url}/_local/`);
  atEnd(t, () => {
    const strangers = asked.map((request) => request.url()).filter((url) => !url.startsWith(`${server.url}/`) && url !== 'data:,');
    assert.deepEqual(strangers, [], 'requests to others');
    assert.deepEqual(errors.filter((text) => !expected.some((pattern) => pattern.test(text))), [], 'errors of the page');
  });
  const user = (name, column) =>
    page.locator('#detail tbody tr', { has: page.getByText(name, { exact: true }) }).locator('td').nth(column);
  return {
    page, server, asked,
    expectErrors: (pattern) => expected.push(pattern),
    status: page.getByRole('status'),
    /** Waits until the page shows what it was last told of, and asks for nothing more. */
    settled: () => eventually(async () => await page.locator('main').getAttribute('aria-busy') === 'false', 'the page to be complete'),
    journal: page.locator('#calls'),
    /** The row of a broker, by name, and one of the selected broker's users. */
    broker: (name) => page.locator('#list tbody tr', { hasText: name }),
    applied: (username) => user(username, 1),
    pending: (username) => user(username, 2),
    /** A picture in build/page, of a page with which axe-core finds nothing wrong, and on which nothing is cut. */
    picture: async (name) => {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, any }) => `${html.slice(0, 200)}: ${any[0]?.message}`)]), []);
      const cut = await page.evaluate(() => [...document.querySelectorAll('button, input, select, textarea, a, summary')]
        .filter((element) => element.checkVisibility()).filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          return left < 0 || right > innerWidth + 0.5 || element.localName === 'button' && element.scrollWidth > element.clientWidth;
        }).map((element) => element.outerHTML.slice(0, 200)));
      assert.deepEqual(cut, [], 'cut or outside');
      const wide = await page.evaluate(() => [...document.querySelectorAll('section')]
        .filter((element) => element.scrollWidth > element.clientWidth).map(({ id, scrollWidth, clientWidth }) => ({ id, scrollWidth, clientWidth })));
      assert.deepEqual(wide, [], 'wider than its section');
      const apart = await page.evaluate(() => [...document.querySelectorAll('.state')].filter((element) => {
        const word = document.createRange();
        word.selectNodeContents(element.firstChild);
        element.style = 'display: inline-block; width: 0'; // breaks the text wherever it can be broken
        const below = element.checkVisibility() && word.getClientRects()[0].top - element.getBoundingClientRect().top;
        element.removeAttribute('style');
        return below > 8;
      }).map((element) => element.textContent));
      assert.deepEqual(apart, [], 'a dot that can be on the line before its word');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'sideways scrolling');
    },
  };
}

export const createUser = (server, username, more = {}) => server.call('POST', `/v1/brokers/b-orders/users/${username}`,
  { password: 'a-long-password-1', groups: ['admins'], ...more });

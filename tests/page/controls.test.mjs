// The clock, faults and the state, by the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { createUser, eventually, open, root, shows } from './browser.mjs';
import { ok, step } from './world.mjs';

test('to the next window: pending changes are applied', async (t) => {
  const { page, server, status, applied, pending, broker } = await open(t);
  await page.getByRole('button', { name: 'Show orders' }).click();
  await ok(createUser(server, 'alice'));
  await shows(pending('alice'), 'CREATE');
  await page.getByRole('button', { name: 'To the next window' }).click();
  await shows(status, 'Clock to the window of orders: done.');
  await shows(broker('orders'), 'REBOOT_IN_PROGRESS');
  await step(page, 2);
  await shows(applied('alice'), 'no console access, groups: admins');
  await page.getByRole('button', { name: "To the machine's time" }).click();
  await eventually(async () => !await page.locator('#offset').isVisible() || /^[+-]?[01] s$/.test(await page.locator('#offset').innerText()), 'the time of the machine');
});

test('ready-made faults', async (t) => {
  const { page, server, status } = await open(t);
  const create = (name) => createUser(server, name).then(({ status: code }) => code, () => 'no answer');
  await page.locator('#ready').getByLabel('For').selectOption('CreateUser');
  await page.getByRole('button', { name: 'Fail twice, then work' }).click();
  await shows(status, 'Fail twice, then work: done.');
  assert.deepEqual([await create('ann'), await create('ann'), await create('ann')], [500, 500, 200]);
  await page.getByRole('button', { name: 'Do it, drop the answer' }).click();
  await shows(status, 'Do it, drop the answer: done.');
  assert.deepEqual([await create('bob'), await create('bob')], ['no answer', 409]);
  await page.getByRole('button', { name: 'Slow: 3 s late' }).click();
  await shows(status, 'Slow: 3 s late: done.');
  const begin = performance.now();
  assert.equal(await create('cid'), 200);
  assert.ok(performance.now() - begin >= 2900);
});

test('the fault form offers every operation and every error that the server knows', async (t) => {
  const { page } = await open(t);
  const source = readFileSync(new URL('server/mq/operations.c', root), 'utf8');
  const operations = [...source.matchAll(/^ {4}\{\.name = "(\w+)",/gm)].map((match) => match[1]).sort();
  assert.ok(operations.length > 20);
  await page.getByText('Any other fault').click();
  const offered = await page.locator('#fault [name=operation] option').allInnerTexts();
  assert.deepEqual(offered, ['any operation', ...operations]);
  const schema = readFileSync(new URL('schema/0001_initial.sql', root), 'utf8');
  const known = schema.match(/status IS NOT NULL OR error IN \(([^)]*)\)/)[1].match(/\w+/g);
  const errors = await page.locator('#errors option').evaluateAll((options) => options.map((option) => option.value));
  assert.deepEqual(errors, known);
});

test('a seed with an error is shown with its line; then it is applied', async (t) => {
  const { page, status, broker, expectErrors } = await open(t);
  expectErrors(/status of 400/);
  await page.getByText('Apply a seed').click();
  const sql = page.getByLabel('SQL');
  await sql.fill("INSERT INTO broker (id, name) VALUES ('b-2', 'second');\n\nINSERT INTO broker (id, name) VALUES ('b-orders', 'again');");
  await page.getByRole('button', { name: 'Apply' }).click();
  await shows(page.locator('#seed-error'), /Line 3: [^]*another row of broker has the same[^]*'again'/);
  assert.equal(await sql.evaluate((box) => box.value.slice(box.selectionStart, box.selectionEnd)), "INSERT INTO broker (id, name) VALUES ('b-orders', 'again');");
  await sql.fill("INSERT INTO broker (id, name) VALUES ('b-2', 'second');");
  await page.getByRole('button', { name: 'Apply' }).click();
  await shows(status, 'Apply the seed: done.');
  await shows(page.locator('#seed-error'), '');
  await shows(broker('second'), 'RUNNING');
});

test('a snapshot is saved and loaded', async (t) => {
  const { page, server, status, applied } = await open(t);
  await ok(createUser(server, 'alice'));
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(applied('alice'), '–');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a snapshot' }).click();
  const file = await (await downloading).path();
  await ok(server.call('POST', '/_local/reset'));
  await eventually(async () => await applied('alice').count() === 0, 'alice gone');
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByLabel('Load a snapshot').setInputFiles(file);
  await shows(status, 'Load a snapshot: done.');
  await shows(applied('alice'), '–');
});

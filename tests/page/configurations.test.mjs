// The revisions of configurations on the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, open, shows } from './browser.mjs';
import { BROKER, count, enrich, journalCount, ok, revise, RICH, step } from './world.mjs';

const REVISIONS = /-\s*<constantPendingMessageLimitStrategy limit="(\d+)"\/>\s*\+\s*<constantPendingMessageLimitStrategy limit="(\d+)"\/>/;

test('what the applied revision of the configuration has changed', async (t) => {
  const { page, server } = await open(t, { more: RICH });
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(page.locator('#detail'), 'Auto-generated default');
  assert.equal(await page.locator('#compare').count(), 0); // there is only one
  await enrich(server);
  await shows(page.locator('#detail'), 'limit="250"');
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await step(page, 2);
  await shows(page.locator('#detail dl').first(), 'RUNNING');
  await page.getByText('Compare its 2 revisions').click();
  const compare = page.locator('#compare');
  await shows(compare, REVISIONS);
  assert.deepEqual((await compare.innerText()).match(REVISIONS).slice(1), ['1000', '250']);
  await shows(compare, 'Only in revision 1 (-): 1 line. Only in revision 2 (+): 1 line.');
});

test('any two of three revisions of the configuration are compared, by the keyboard too', async (t) => {
  const { page, server, settled, asked } = await open(t, { viewport: { width: 360, height: 900 } });
  await page.getByRole('button', { name: 'Show orders' }).click();
  await revise(server, 500, 'half of them');
  const id = await revise(server, 250, 'W'.repeat(1000));
  await ok(server.call('PUT', BROKER, { configuration: { id, revision: 2 } }));
  const journal = await journalCount(server), compare = page.locator('#compare');
  const from = compare.getByRole('combobox', { name: 'Compare', exact: true }), to = compare.getByRole('combobox', { name: 'With', exact: true });
  const limits = async () => (await compare.innerText()).match(REVISIONS)?.slice(1).join(' to ');
  await shows(page.locator('#detail'), 'limit="500"');
  await page.getByText('Compare its 3 revisions').click();
  await eventually(async () => await limits() === '1000 to 250', 'the first and the last');
  assert.deepEqual((await from.innerText()).split('\n'), ['revision 1, applied: Auto-generated default for orders-configuration on…',
    'revision 2, pending: half of them', `revision 3: ${'W'.repeat(50)}…`]);

  await from.focus();
  await page.keyboard.press('ArrowDown');
  await eventually(async () => await limits() === '500 to 250', 'the second and the last');
  await shows(compare, 'Only in revision 2 (-): 1 line. Only in revision 3 (+): 1 line.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  await eventually(async () => await limits() === '500 to 1000', 'the second and the first');
  await page.keyboard.press('ArrowDown');
  await shows(compare, 'No line differs.');
  assert.equal(await compare.locator('pre').count(), 0);
  await page.keyboard.press('End');
  await eventually(async () => await limits() === '500 to 250', 'the second and the last again');

  await revise(server, 100, 'few'); // what was chosen remains, and so does the focus
  await shows(page.locator('#detail'), 'Compare its 4 revisions');
  await eventually(async () => await limits() === '500 to 250', 'the second and the third');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'compare-to');
  await settled();
  assert.equal(count(asked, '/v1/'), 0);
  assert.equal(await journalCount(server), journal + 1); // only that of the test
});

test('revisions of two configurations are compared', async (t) => {
  const { page, server } = await open(t, { more: `
    INSERT INTO configuration (id, name) VALUES ('c-tuned', 'tuned');
    INSERT INTO configuration_revision (configuration_id, revision, description, data) VALUES ('c-tuned', 2, 'tuned', '<broker/>');` });
  await page.getByRole('button', { name: 'Show orders' }).click();
  await ok(server.call('PUT', BROKER, { configuration: { id: 'c-tuned', revision: 2 } }));
  await page.getByText('Compare its 3 revisions').click();
  await page.locator('#compare-from').selectOption('c-tuned 1');
  await shows(page.locator('#compare'), /Only in c-tuned revision 1 \(-\): \d+ lines\. Only in c-tuned revision 2 \(\+\): 1 line\./);
  await page.locator('#compare-from').selectOption('c-orders 1');
  await shows(page.locator('#compare'), /Only in c-orders revision 1 \(-\): \d+ lines/);
});

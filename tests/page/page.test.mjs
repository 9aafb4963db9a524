// The page for people at /_local/, in a real browser.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { createUser, eventually, hasAws, open, root, serve, shell, shows } from './browser.mjs';

const ok = async (answer) => {
  const response = await answer;
  assert.equal(response.status, 200, await response.text());
};

/** How often the page has asked for that path. */
const count = (asked, part) => asked.filter((request) => new URL(request.url()).pathname.startsWith(part)).length;

/** Steps the clock by hours, with the mouse. */
async function step(page, hours) {
  await page.getByLabel('Step by').fill(String(hours));
  await page.getByRole('button', { name: 'Step the clock' }).click();
}

const BROKER = '/v1/brokers/b-orders';
const journalCount = async (server) => (await (await server.call('GET', '/_local/requests?count=true')).json()).count;

test('the click path: a user is created, seen pending, rebooted, applied; a fault is injected; reset', async (t) => {
  const { page, server, status, journal, broker, applied, pending } = await open(t);
  await shows(broker('orders'), /RUNNING[^]*ActiveMQ/);
  await shows(broker('events'), /RUNNING[^]*RabbitMQ/);
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(applied('reader'), 'no console access, groups: readers');
  await shows(pending('reader'), '–');

  await ok(createUser(server, 'alice', { consoleAccess: true }));
  await shows(journal, /CreateUser\s+200 OK\s+POST\s+alice\s+b-orders/);
  await shows(applied('alice'), '–');
  await shows(pending('alice'), /CREATE\s*console access, groups: admins\s*created by the next reboot/);
  await shows(page.locator('#detail'), 'The next reboot changes 1 user.');
  await journal.getByRole('button', { name: /request and answer/ }).first().click();
  await shows(journal, '"password": "***"');
  await shows(journal, `POST ${BROKER}/users/alice`);

  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(broker('orders'), /REBOOT_IN_PROGRESS\s*(59 min \d+ s|1 h) left/);
  await shows(status, 'Reboot orders: done.');
  await shows(journal, /RebootBroker page/);
  await step(page, 2);
  await shows(broker('orders'), /RUNNING/);
  await shows(applied('alice'), 'console access, groups: admins');
  await shows(pending('alice'), '–');
  await shows(page.locator('#offset'), /\+7[12]\d\d s/);

  await page.getByText('Any other fault').click();
  const form = page.locator('#fault');
  await form.getByLabel('Operation').selectOption('ListTags');
  await form.getByLabel('Error').fill('TooManyRequestsException');
  await form.getByLabel('Times').fill('1');
  await form.getByRole('button', { name: 'Inject' }).click();
  await shows(page.locator('#faults'), /ListTags\s*TooManyRequestsException\s*1 more/);
  const tags = '/v1/tags/arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders';
  assert.equal((await server.call('GET', tags)).status, 429);
  await shows(journal, /ListTags\s+429 TooManyRequestsException/);
  await shows(page.locator('#faults'), '0 more');
  assert.equal((await server.call('GET', tags)).status, 200);
  await page.getByRole('button', { name: 'Clear all faults' }).click();
  await shows(page.locator('#faults'), 'Faults (0)');

  page.once('dialog', (dialog) => dialog.dismiss());
  await page.getByRole('button', { name: 'Reset' }).click();
  await ok(server.call('GET', `${BROKER}/users/alice`));
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Reset' }).click();
  await shows(status, 'Reset: done.');
  await eventually(async () => await applied('alice').count() === 0, 'alice gone');
  assert.equal((await server.call('GET', `${BROKER}/users/alice`)).status, 404);
});

test('looking at 180 brokers makes no call of the service and uses up no fault', async (t) => {
  const many = Array.from({ length: 178 }, (_, at) => `INSERT INTO broker (id, name) VALUES ('b-${at}', 'many-${at}');`).join('\n');
  const { page, server, asked, journal, settled } = await open(t, { more: `${many}
    INSERT INTO fault (error, times) VALUES ('InternalServerErrorException', 3);` });
  const list = page.locator('#list');
  await shows(list, '1 to 25 of 180');
  await page.getByRole('button', { name: 'Next page' }).click();
  await shows(list, '26 to 50 of 180');
  await page.getByLabel('Filter').fill('many-17');
  await shows(list, '1 to 9 of 9');
  await page.getByRole('button', { name: 'Show many-177' }).click();
  await shows(page.locator('#broker'), 'Broker many-177');
  await page.getByLabel('Sort by').selectOption('created');
  await page.getByLabel('Filter').fill('');
  await page.locator('#world').selectOption('*');
  await shows(list, '1 to 25 of 180');
  await step(page, 1);
  await shows(page.locator('#offset'), /\+3[56]\d\d s/);
  assert.equal(count(asked, '/v1/'), 0);
  assert.equal(await journalCount(server), 0);
  await shows(page.locator('#faults'), '3 more');
  assert.equal((await server.call('GET', '/v1/brokers')).status, 500);
  await shows(journal, /ListBrokers\s+500 InternalServerErrorException/);
  await shows(page.locator('#faults'), '2 more');
  await settled();
  const before = count(asked, '/');
  await page.clock.runFor('10:00');
  assert.equal(count(asked, '/'), before, 'it asks only when something has changed');
});

test('the filters of the journal, its bodies, and older calls', async (t) => {
  const { page, server, journal } = await open(t);
  for (let at = 0; at < 55; at++) await ok(server.call('GET', BROKER));
  await ok(createUser(server, 'alice'));
  assert.equal((await createUser(server, 'alice')).status, 409);
  assert.equal((await server.call('GET', '/v1/nothing')).status, 403);
  const rows = () => journal.locator('tbody tr').count();
  await eventually(async () => await rows() === 50, '50 rows');
  await page.getByRole('button', { name: 'Show older calls' }).click();
  await eventually(async () => await rows() === 58, 'all rows');
  await page.getByLabel('Errors only').check();
  await eventually(async () => await rows() === 2, 'two errors');
  await page.locator('#journal').getByLabel('Operation').selectOption('none');
  await eventually(async () => await rows() === 1, 'the call without an operation');
  await shows(journal, '/v1/nothing');
  await page.locator('#journal').getByLabel('Operation').selectOption('CreateUser');
  await shows(journal, /CreateUser\s+409 ConflictException/);
  await page.getByLabel('Errors only').uncheck();
  await page.getByRole('searchbox', { name: 'User' }).fill('alice');
  await eventually(async () => await rows() === 2, 'two calls');
  await page.locator('#journal').getByLabel('Status').fill('409');
  await eventually(async () => await rows() === 1, 'one call');
  await journal.getByRole('button', { name: /request and answer/ }).click();
  await shows(journal, /Body of the answer\s*\{\s*"errorAttribute"/);
  await journal.getByText('The same in code').click();
  await shows(journal, /aws mq create-user[^]*"Username": "alice"/);
  await journal.getByRole('button', { name: 'boto3' }).click();
  await shows(journal, /mq\.create_user\([^]*BrokerId="b-orders"/);
  await journal.getByRole('button', { name: 'JavaScript' }).click();
  await shows(journal, 'new CreateUserCommand(');
  await journal.getByRole('button', { name: 'Copy the request id' }).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^[0-9a-f-]{36}$/);
});

test('a status that is none is marked, and that it does not filter is said', async (t) => {
  const { page, server, journal, picture } = await open(t);
  await ok(server.call('GET', BROKER));
  await shows(journal, 'DescribeBroker');
  const field = page.locator('#journal').getByLabel('Status'), marked = () => field.evaluate((element) => {
    const bad = document.createElement('i');
    bad.style.color = 'var(--bad)';
    document.body.append(bad);
    const [border, color] = [getComputedStyle(element).borderColor, getComputedStyle(bad).color];
    bad.remove();
    return [border === color, element.getAttribute('aria-invalid')];
  });
  await field.fill('4');
  await shows(journal, /1 calls, the newest first\. Not filtered by status: that takes a number such as 404\.[^]*DescribeBroker/);
  assert.deepEqual(await marked(), [true, 'true']);
  await picture('no-status');
  await page.getByRole('searchbox', { name: 'User' }).fill('nobody');
  await shows(journal, /No call[^]*Not filtered by status/);
  await page.getByRole('searchbox', { name: 'User' }).fill('');
  await field.fill('404');
  await shows(journal, /^No call of the service has arrived that this filter shows\.$/);
  assert.deepEqual(await marked(), [false, 'false']);
});

test('how long a call took is shown as precisely as it is known', async (t) => {
  const { page, server, journal } = await open(t);
  await page.route('**/_local/requests*', async (route) => {
    const response = await route.fetch(), answer = await response.json();
    answer.requests?.forEach((one, at) => { one.durationUs = [7, 999, 1000, 123456][at]; });
    await route.fulfill({ response, json: answer });
  });
  await page.getByLabel('Pause').check();
  for (let at = 0; at < 4; at++) await ok(server.call('GET', BROKER));
  await page.getByLabel('Pause').uncheck();
  await shows(journal, /\s123\.5 ms\s[^]*\s1\.0 ms\s[^]*\s999 µs\s[^]*\s7 µs\s/);
});

test('the keyboard alone reaches, names and shows the focus of everything', async (t) => {
  const { page, server, broker, status, journal } = await open(t, { more: `
    INSERT INTO fault (operation, error, times) VALUES ('Promote', 'ConflictException', 1);` });
  await ok(createUser(server, 'alice'));
  await shows(journal, 'CreateUser');
  await shows(page.locator('#faults'), 'Promote');
  await shows(broker('orders'), 'RUNNING');
  const focus = (name) => page.evaluate((name) => {
    const element = document.activeElement;
    if (name === undefined) element.dataset.reached = 'yes';
    const label = element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent;
    return { name: label.trim(), outline: getComputedStyle(element).outlineStyle, body: element === document.body };
  }, name);
  const tabTo = (name) => eventually(async () => {
    await page.keyboard.press('Tab');
    return (await focus(name)).name.startsWith(name);
  }, `the focus on ${name}`);

  await tabTo('Any other fault');
  await page.keyboard.press('Enter');
  assert.ok(await page.getByLabel('Delay in ms').isVisible());
  const unreached = () => page.evaluate(() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')]
    .filter((element) => element.checkVisibility() && !element.dataset.reached).map((element) => element.outerHTML));
  await eventually(async () => {
    const { name, outline, body } = await focus();
    assert.ok(body || name && outline !== 'none', `${name || 'nameless'}: outline ${outline}`);
    await page.keyboard.press('Tab');
    return (await unreached()).length === 0;
  }, 'the focus on everything').catch(async (error) => assert.fail(`${error.message}: ${await unreached()}`));

  await tabTo('Show events');
  await page.keyboard.press('Space');
  await shows(page.locator('#broker'), 'Broker events');
  assert.equal((await focus('')).name, 'Show events');
  await tabTo('Reboot orders');
  await page.keyboard.press('Enter');
  await shows(broker('orders'), 'REBOOT_IN_PROGRESS');
  assert.equal((await focus('')).name, 'Reboot orders');
  await tabTo('Step by');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await shows(broker('orders'), 'RUNNING');
  await page.locator('#fault').getByLabel('Operation').focus();
  await page.keyboard.type('DeleteUser');
  await tabTo('Error');
  await page.keyboard.type('ForbiddenException');
  await page.keyboard.press('Enter');
  await shows(page.locator('#faults'), /DeleteUser\s*ForbiddenException/);
  page.once('dialog', (dialog) => dialog.accept());
  await tabTo('Reset');
  await page.keyboard.press('Space');
  await shows(status, 'Reset: done.');
  await shows(page.locator('#faults'), 'Faults (1)');
});

// The longest names that the service takes, without a place to break them.
const LONG = { broker: 'W'.repeat(50), user: 'M'.repeat(100), group: 'G'.repeat(100), tag: 'T'.repeat(128) };

// Much of what a page can show.
const RICH = `
  INSERT INTO user (broker_id, username, pending_change, pending_password) VALUES ('b-orders', 'newcomer', 'CREATE', 'newcomer-password-1');
  INSERT INTO broker (id, name, state) VALUES ('b-growing', 'growing', 'CREATION_IN_PROGRESS'), ('b-broken', 'broken', 'CREATION_FAILED'),
    ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', '${LONG.broker}', 'RUNNING');
  INSERT INTO user (broker_id, username, password, groups, pending_change)
    SELECT id, '${LONG.user}', 'a-long-password-1', '["${LONG.group}"]', 'DELETE' FROM broker WHERE id IN ('b-orders', 'b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9');
  INSERT INTO fault (operation, error, username) VALUES ('Promote', 'ConflictException', NULL), ('ListTags', 'ConflictException', '${LONG.user}');`;

async function enrich(server) {
  const { configurations: { current } } = await (await server.call('GET', '/_local/brokers/b-orders')).json();
  const data = Buffer.from(current.text.replace('limit="1000"', 'limit="250"')).toString('base64');
  await ok(server.call('PUT', `/v1/configurations/${current.id}`, { data, description: 'fewer pending messages' }));
  await ok(server.call('PUT', BROKER, { configuration: { id: current.id, revision: 2 }, hostInstanceType: 'mq.m5.xlarge', logs: { general: true } }));
  await server.call('POST', '/v1/tags/arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders', { tags: { team: 'blue', [LONG.tag]: LONG.tag } });
  assert.equal((await createUser(server, LONG.user)).status, 409);
  await server.call('GET', '/v1/nothing');
  await ok(server.call('GET', '/v1/brokers'));
  await ok(server.call('POST', '/v1/brokers/b-rabbit/reboot'));
}

for (const scheme of ['light', 'dark']) {
  test(`${scheme}: every text stands out from what is behind it`, async (t) => {
    const { page, server, picture, journal, pending, broker, expectErrors } = await open(t, { scheme, more: RICH });
    expectErrors(/status of 400/);
    await enrich(server);
    await shows(journal, '/v1/nothing');
    await page.getByRole('button', { name: 'Show orders' }).click();
    await shows(pending('newcomer'), 'CREATE');
    await shows(page.locator('#detail'), 'limit="250"');
    await journal.getByRole('button', { name: /request and answer/ }).first().click();
    await shows(journal, 'Body of the answer');
    await page.getByRole('button', { name: 'Reboot events' }).click();
    await shows(page.getByRole('status'), '400 BadRequestException');
    await shows(broker('events'), 'left');
    const weak = await page.evaluate(() => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const paint = (color) => { // whatever notation the browser answers in
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
      };
      const luminance = (color) => [...color].slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
      const behind = (element) => { // what is painted behind it, translucent colours over those of its parents
        const color = paint(getComputedStyle(element).backgroundColor), alpha = color[3] / 255;
        if (alpha === 1) return color;
        const below = behind(element.parentElement);
        return [0, 1, 2].map((at) => color[at] * alpha + below[at] * (1 - alpha));
      };
      return [...document.querySelectorAll('body *')]
        .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((element) => {
          const [one, other] = [luminance(paint(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => b - a);
          return { text: element.textContent.slice(0, 40), ratio: (one + 0.05) / (other + 0.05) };
        }).filter(({ ratio }) => ratio < 4.5);
    });
    assert.deepEqual(weak, []);
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back, scheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(21, 23, 27)');
    await picture(scheme);
  });
}

/** Adds a revision to the configuration of b-orders: the default with another limit of pending messages; returns its id. */
async function revise(server, limit, description) {
  const { configurations: { current } } = await (await server.call('GET', '/_local/brokers/b-orders')).json();
  const data = Buffer.from(current.text.replace('limit="1000"', `limit="${limit}"`)).toString('base64');
  await ok(server.call('PUT', `/v1/configurations/${current.id}`, { data, description }));
  return current.id;
}

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
  const { page, server, settled, picture, asked } = await open(t, { viewport: { width: 360, height: 900 } });
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
  await picture('compare');

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

for (const width of [360, 768, 1280, 2560]) {
  test(`${width} pixels wide: nothing is cut, no sideways scrolling`, async (t) => {
    const { page, server, broker, journal, picture, settled } = await open(t, { viewport: { width, height: 900 }, more: RICH, scheme: width === 768 ? 'dark' : 'light' });
    await enrich(server);
    await page.getByRole('button', { name: 'Show orders' }).click();
    await shows(page.locator('#detail'), 'limit="250"');
    await journal.getByRole('button', { name: /request and answer/ }).first().click();
    await shows(journal, 'Body of the answer');
    await shows(broker('growing'), 'CREATION_IN_PROGRESS');
    const unfold = () => page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
    await unfold();
    await picture(`width-${width}`);
    await page.getByRole('button', { name: `Show ${LONG.broker}` }).click();
    await shows(page.locator('#detail'), `Auto-generated default for ${LONG.broker}`);
    await page.locator('#world').selectOption('*');
    await shows(broker(LONG.broker), '123456789012 us-east-1');
    await page.getByRole('button', { name: `Reboot ${LONG.broker}` }).click();
    await shows(page.getByRole('status'), `Reboot ${LONG.broker}: done.`);
    await shows(broker(LONG.broker), 'left');
    await settled();
    await unfold();
    await picture(`width-${width}-long`);
  });
}

test('with nothing there: three commands that put something there, and where else there are brokers', async (t) => {
  const { page, server, picture, broker } = await open(t);
  await shows(broker('orders'), 'RUNNING');
  await ok(server.call('POST', '/_local/reset?empty=true'));
  await shows(page.locator('#list'), /There is no broker in account 123456789012, region us-east-1[^]*aws mq create-broker[^]*curl[^]*ctl/);
  await shows(page.locator('#detail'), 'No broker is selected.');
  await ok(server.call('DELETE', '/_local/requests'));
  await picture('empty');

  // Where callers without settings are not: each command must name the account and the region.
  await ok(fetch(`${server.url}/_local/seed`, { method: 'POST', body: `INSERT INTO broker (id, account, region, name) VALUES ('b-far', '111122223333', 'eu-west-1', 'far');` }));
  await page.locator('#world').selectOption('111122223333 eu-west-1');
  await shows(broker('far'), 'RUNNING');
  await ok(server.call('POST', '/_local/reset?empty=true'));
  await shows(page.locator('#list'), 'There is no broker in account 111122223333, region eu-west-1');
  const commands = [];
  for (const number of [1, 2, 3]) {
    await page.getByRole('button', { name: `Copy command ${number}` }).click();
    commands.push(await page.evaluate(() => navigator.clipboard.readText()));
  }
  for (const command of hasAws ? commands : commands.slice(1)) await shell(t, command);
  for (const name of hasAws ? ['orders', 'payments', 'events'] : ['payments', 'events']) await shows(broker(name), /RUNNING|CREATION/);
  const { worlds } = await (await server.call('GET', '/_local/worlds')).json();
  assert.deepEqual(worlds, [{ account: '111122223333', brokers: hasAws ? 3 : 2, region: 'eu-west-1' }]);
});

test('with a token the commands for an empty world take it from the environment', async (t) => {
  const { page, server, expectErrors } = await open(t, { flags: ['--control-token', 'secret-token'] });
  expectErrors(/status of 401/);
  await ok(server.call('POST', '/_local/reset?empty=true', undefined, { authorization: 'Bearer secret-token' }));
  await page.getByLabel('Token of').fill('secret-token');
  await page.getByRole('button', { name: 'Use the token' }).click();
  await shows(page.locator('#list'), /with the token in AMAZONMQ_LOCAL_CONTROL_TOKEN/);
  for (const number of [2, 3]) {
    await page.getByRole('button', { name: `Copy command ${number}` }).click();
    await shell(t, `export AMAZONMQ_LOCAL_CONTROL_TOKEN=secret-token\n${await page.evaluate(() => navigator.clipboard.readText())}`);
    await shows(page.locator('#list'), number === 2 ? 'payments' : 'events');
    await ok(server.call('POST', '/_local/reset?empty=true', undefined, { authorization: 'Bearer secret-token' }));
    await shows(page.locator('#list'), 'There is no broker');
  }
});

test('the same in code makes the same call, or says what the journal does not record', async (t) => {
  const { page, server, journal } = await open(t, { more: "INSERT INTO broker (id, account, region, name) VALUES ('b-far', '111122223333', 'eu-west-1', 'far');" });
  const arn = 'arn:aws:mq:eu-west-1:111122223333:broker:far:b-far', tags = `/v1/tags/${arn}`;
  const authorization = 'AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/mq/aws4_request, SignedHeaders=host, Signature=x';
  const call = (...parts) => server.call(...parts, { authorization });
  const newest = async () => (await (await server.call('GET', '/_local/requests?last=1')).json()).requests[0];
  const look = async (operation) => {
    await shows(journal.locator('tbody tr').first(), operation);
    await journal.getByRole('button', { name: /request and answer/ }).first().click();
    await shows(journal, 'Body of the answer');
  };
  const text = () => journal.getByRole('region', { name: /^\w+ in / }).innerText();

  assert.equal((await call('POST', tags, { tags: { env: 'test', "it's": 'so' } })).status, 204);
  await look('CreateTags');
  await journal.getByText('The same in code').click();
  const { body } = await newest();
  if (hasAws) {
    await shell(t, await text());
    const { number, operation, account, region, ...again } = await newest();
    assert.deepEqual([number, operation, account, region, again.body], [2, 'CreateTags', '111122223333', 'eu-west-1', body]);
  }
  await journal.getByRole('button', { name: 'boto3' }).click();
  assert.match(await text(), /Tags=\{\s*"env": "test",\s*"it's": "so"\s*\}/);
  if (hasAws) {
    await shell(t, `python3 - <<'END'\n${await text()}\nEND\n`);
    const { number, operation, account, region, ...again } = await newest();
    assert.deepEqual([number, operation, account, region, again.body], [3, 'CreateTags', '111122223333', 'eu-west-1', body]);
  }
  await journal.getByRole('button', { name: 'JavaScript' }).click();
  assert.match(await text(), /region: "eu-west-1",\s*credentials: \{ accessKeyId: "111122223333", secretAccessKey: "local" \}/);
  assert.match(await text(), /"Tags": \{\s*"env": "test"/);

  const shown = () => journal.getByText('The same in code').count();
  assert.equal((await call('DELETE', `${tags}?tagKeys=env`, undefined)).status, 204);
  await look('DeleteTags');
  await shows(journal, 'Not shown in code: the journal does not record the query of a call.');
  assert.equal(await shown(), 0);
  await ok(call('GET', '/v1/brokers?maxResults=5', undefined));
  await look('ListBrokers');
  await journal.getByText('The same in code').click();
  await shows(journal, 'The journal does not record the query of a call, such as MaxResults.');
  await call('POST', '/v1/brokers/b-far/users/alice', { password: 'a-long-password-1' });
  await look('CreateUser');
  await journal.getByText('The same in code').click();
  await shows(journal, 'The journal does not record passwords: *** stands for them.');
  await call('POST', '/v1/brokers/b-far/users/bob', { password: 'a-long-password-1', groups: ['x'.repeat(20000)] });
  await look('CreateUser');
  await shows(journal, 'Not shown in code: the journal does not record the body of this call.');
  assert.equal(await shown(), 0);
});

test('a seed with an error is shown with its line; then it is applied', async (t) => {
  const { page, status, broker, picture, expectErrors } = await open(t);
  expectErrors(/status of 400/);
  await page.getByText('Apply a seed').click();
  const sql = page.getByLabel('SQL');
  await sql.fill("INSERT INTO broker (id, name) VALUES ('b-2', 'second');\n\nINSERT INTO broker (id, name) VALUES ('b-orders', 'again');");
  await page.getByRole('button', { name: 'Apply' }).click();
  await shows(page.locator('#seed-error'), /Line 3: [^]*another row of broker has the same[^]*'again'/);
  assert.equal(await sql.evaluate((box) => box.value.slice(box.selectionStart, box.selectionEnd)), "INSERT INTO broker (id, name) VALUES ('b-orders', 'again');");
  await picture('seed-error');
  await sql.fill("INSERT INTO broker (id, name) VALUES ('b-2', 'second');");
  await page.getByRole('button', { name: 'Apply' }).click();
  await shows(status, 'Apply the seed: done.');
  await shows(page.locator('#seed-error'), '');
  await shows(broker('second'), 'RUNNING');
});

test('the process of a real broker: state, another version than the shown one, its last lines', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'amazonmq-local-page-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const { page, server, broker, picture, status } = await open(t, { flags: ['--brokers', directory], more: RICH });
  await shows(broker('orders'), /STARTING\s*slot 0/);
  await shows(status, /^$/); // that a broker is not up is no error of the page
  await shows(page.locator('h1'), (await (await server.call('GET', '/_local/health')).json()).version);
  await shows(broker('events'), /STARTING\s*slot 1/);
  const [generation, , , id, secret] = readFileSync(join(directory, '0', 'order'), 'utf8').split(' ');
  const report = (state, version) => ok(server.call('POST', `/_local/brokers/${id}`, { generation: Number(generation), secret, state, version }));
  writeFileSync(join(directory, '0', 'log'), 'INFO | started\nWARN | <b>bold</b>\n');
  await report('up', '5.16.7');
  await shows(broker('orders'), /UP\s*slot 0/);
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(page.locator('#detail dl').first(), /Process\s*UP slot 0, version 5\.16\.7, ended by itself 0 times not 5\.\d+/);
  await page.getByText('Last lines of the process').click();
  await shows(page.getByRole('region', { name: 'Last lines of the process' }), 'WARN | <b>bold</b>');
  await ok(server.call('POST', '/v1/brokers/b-rabbit/reboot'));
  await shows(broker('events'), 'left');
  await page.locator('#world').selectOption('*');
  await shows(broker(LONG.broker), '123456789012 us-east-1');
  await picture('process');
  await page.getByRole('button', { name: 'Show orders' }).click();
  await report('ended', '5.16.7');
  await shows(page.locator('#detail dl').first(), /Process\s*STARTING slot 0, version 5\.16\.7, ended by itself 1 times/);
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

test('a broker and a user are created, a login is checked, both are deleted', async (t) => {
  const { page, server, status, broker, pending, journal, expectErrors } = await open(t);
  expectErrors(/status of 404/); // the broker that was looked at is gone
  await page.getByText('Create a broker').click();
  const form = page.locator('#create');
  await form.getByLabel('Name').fill('made-here');
  await form.getByRole('button', { name: 'Create' }).click();
  await shows(status, 'Create made-here: done.');
  await shows(broker('made-here'), /CREATION_IN_PROGRESS[^]*left/);
  await shows(page.locator('#broker'), 'Broker made-here');
  await shows(journal, /CreateBroker page/);
  await step(page, 3);
  await step(page, 3);
  await shows(broker('made-here'), 'RUNNING');
  await page.getByText('Create a user, check a login').click();
  await page.locator('#new-user').getByLabel('Username').fill('zoe');
  await page.getByRole('button', { name: 'Create the user' }).click();
  await shows(pending('zoe'), 'CREATE');
  await page.locator('#new-user').getByLabel('Username').fill('admin');
  await page.getByRole('button', { name: 'Check this login' }).click();
  await shows(status, 'admin can log in now.');
  await page.getByRole('button', { name: 'Delete user admin' }).click();
  await shows(pending('admin'), 'deleted by the next reboot');
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Delete made-here' }).click();
  await shows(broker('made-here'), 'DELETION_IN_PROGRESS');
  await step(page, 3);
  await eventually(async () => await broker('made-here').count() === 0, 'the broker gone');
  await shows(page.locator('#broker'), /Broker (events|orders)/);
  assert.equal((await (await server.call('GET', '/_local/requests?username=zoe')).json()).requests[0].page, true);
});

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

test('what the service refuses is said', async (t) => {
  const { page, status, broker, expectErrors } = await open(t);
  expectErrors(/status of 400/);
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(broker('orders'), 'REBOOT_IN_PROGRESS');
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(status, /^POST \/v1\/brokers\/b-orders\/reboot: 400 BadRequestException: .*orders/);
  await page.getByText('Any other fault').click();
  await page.getByRole('button', { name: 'Inject' }).click();
  await shows(status, /^POST \/_local\/faults: 400 BadRequestException: fault: give error/);
});

test('faults of the service do not concern the page', async (t) => {
  const { page, status, broker } = await open(t, { more: `
    INSERT INTO fault (broker_id, error) VALUES ('b-rabbit', 'InternalServerErrorException');
    INSERT INTO fault (operation, error) VALUES ('ListBrokers', 'InternalServerErrorException');` });
  await shows(broker('orders'), 'RUNNING');
  await shows(broker('events'), 'RUNNING');
  await page.getByRole('button', { name: 'Show events' }).click();
  await shows(page.locator('#broker'), 'Broker events');
  await shows(status, '');
});

test('a server that went away is said', async (t) => {
  const { server, status, broker, page, picture, expectErrors } = await open(t);
  expectErrors(/ERR_CONNECTION|ERR_INCOMPLETE/);
  await shows(broker('orders'), 'RUNNING');
  await server.stop();
  await shows(status, /GET \/_local\/events: |Failed to fetch/);
  await shows(page.locator('#live'), 'not connected');
  await shows(broker('orders'), 'RUNNING');
  await picture('gone');
});

test('settings that wait for the next reboot, beside what is applied', async (t) => {
  const { page, server } = await open(t);
  await page.getByRole('button', { name: 'Show orders' }).click();
  await ok(server.call('PUT', BROKER, { hostInstanceType: 'mq.m5.xlarge', logs: { general: true } }));
  await shows(page.locator('#detail'), 'The next reboot changes 2 settings.');
  await shows(page.locator('#detail'), /hostInstanceType\s+mq.m5.large\s+mq.m5.xlarge/);
  await shows(page.locator('#detail'), /general log\s+false\s+true/);
});

test('users beyond the first twenty are shown on demand', async (t) => {
  const names = Array.from({ length: 30 }, (_, at) => `user${at + 10}`);
  const { page, applied } = await open(t, { more: names.map((name) =>
    `INSERT INTO user (broker_id, username, password) VALUES ('b-orders', '${name}', 'a-long-password-1');`).join('\n') });
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(page.locator('#detail'), 'Users (31)');
  await shows(applied('user28'), 'groups: none');
  assert.equal(await applied('user39').count(), 0);
  await page.getByRole('button', { name: 'More users' }).click();
  await shows(applied('user39'), 'groups: none');
  assert.equal(await page.getByRole('button', { name: 'More users' }).count(), 0);
});

test('brokers of another account and region', async (t) => {
  const { page, broker, journal, status, server } = await open(t, { more: `
    INSERT INTO broker (id, name, account, region) VALUES ('b-far', 'faraway', '111122223333', 'eu-west-1');
    INSERT INTO broker (id, name, region) VALUES ('b-near', 'nearby', 'eu-west-1');` });
  await shows(broker('orders'), 'RUNNING');
  const choose = page.locator('#world');
  await shows(choose, /us-east-1: 2 brokers[^]*111122223333 · eu-west-1: 1 broker\n/);
  await choose.selectOption('111122223333 eu-west-1');
  await shows(broker('faraway'), 'RUNNING');
  assert.equal(await broker('orders').count(), 0);
  await page.getByRole('button', { name: 'Reboot faraway' }).click();
  await shows(broker('faraway'), 'REBOOT_IN_PROGRESS');
  await journal.getByRole('button', { name: /request and answer/ }).first().click();
  await shows(journal, '111122223333 · eu-west-1');
  await choose.selectOption('*');
  await shows(page.locator('#list'), '1 to 4 of 4');

  await choose.selectOption('123456789012 eu-west-1');
  await shows(broker('nearby'), 'RUNNING');
  await ok(createUser(server, 'alice'));
  await shows(journal, 'CreateUser');
  await page.getByLabel('Only this account and region').check();
  const asks = page.waitForEvent('dialog');
  const reset = page.getByRole('button', { name: 'Reset' }).click();
  const dialog = await asks;
  assert.equal(dialog.message(), 'Reset account 123456789012 in eu-west-1?');
  await dialog.accept();
  await reset;
  await shows(status, 'Reset: done.');
  await ok(server.call('GET', `${BROKER}/users/alice`));
  await page.reload();
  await shows(broker('nearby'), 'RUNNING');
});

test('with --control-token the page is served and asks for the token', async (t) => {
  const { page, status, journal, server, picture, expectErrors } = await open(t, { flags: ['--control-token', 'secret-token'] });
  expectErrors(/status of 401/);
  await shows(status, /401 UnauthorizedException/);
  await shows(page.locator('#live'), 'token needed');
  await picture('token');
  await page.getByLabel('Token of').fill('secret-token');
  await page.getByRole('button', { name: 'Use the token' }).click();
  await eventually(async () => !(await status.innerText()).includes('401'), 'no complaint any more');
  await ok(createUser(server, 'alice'));
  await shows(journal, 'CreateUser');
  await page.getByRole('button', { name: 'Clear the journal' }).click();
  await shows(status, 'Clear the journal: done.');
  await shows(journal, 'No call of the service has arrived');
});

test('a wrong token is told from none', async (t) => {
  const { page, status, expectErrors } = await open(t, { flags: ['--control-token', 'secret-token'] });
  expectErrors(/status of 401/);
  await shows(status, /^GET \/_local\/events: 401 UnauthorizedException: The control API requires the bearer token of --control-token\.$/);
  await page.getByLabel('Token of').fill('another-token');
  await page.getByRole('button', { name: 'Use the token' }).click();
  await shows(status, /of --control-token\. The token given here is another\.$/);
  assert.ok(await page.getByLabel('Token of').isVisible());
});

test('with --auth verify it is said why the calls of the page are refused', async (t) => {
  const { page, status, broker, picture, expectErrors } = await open(t, { flags: ['--auth', 'verify'] });
  expectErrors(/status of 403/);
  await shows(broker('orders'), 'RUNNING');
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(status, /403 IncompleteSignatureException: [^]* The page does not sign its calls of the service: with --auth verify they are refused\.$/);
  await picture('verify');
});

test('with --control off there is no page', async (t) => {
  const server = await serve(t, { flags: ['--control', 'off'] });
  const response = await server.call('GET', '/_local/');
  assert.notEqual(response.status, 200);
  assert.ok(!(await response.text()).includes('<html'));
});

test('the page has at most 60 KB', async (t) => {
  const server = await serve(t);
  const { byteLength } = await (await server.call('GET', '/_local/')).arrayBuffer();
  assert.ok(byteLength > 10_000 && byteLength <= 60_000, `${byteLength} bytes`);
});

test('changes do not pile up behind a slow answer', async (t) => {
  const { page, server, pending, asked } = await open(t);
  await page.getByRole('button', { name: 'Show orders' }).click();
  const held = [];
  let holds = true;
  await page.route('**/_local/requests*', (route) => holds ? held.push(route) : route.continue());
  await ok(createUser(server, 'ann'));
  await eventually(() => held.length === 1, 'a held answer');
  const before = count(asked, '/_local/requests');
  for (const name of ['bob', 'cid', 'dora']) await ok(createUser(server, name));
  await shows(pending('dora'), 'CREATE'); // the page knows of the last change
  assert.deepEqual([held.length, count(asked, '/_local/requests')], [1, before]);
  holds = false;
  await held[0].continue();
  await shows(page.locator('#calls'), /dora[^]*cid[^]*bob[^]*ann/);
  assert.ok(count(asked, '/_local/requests') <= before + 2);
});

test('a journal that begins anew, and a paused one', async (t) => {
  const { page, server, journal } = await open(t);
  await ok(createUser(server, 'alice'));
  await shows(journal, 'alice');
  await ok(server.call('DELETE', '/_local/requests'));
  await eventually(async () => !(await journal.innerText()).includes('alice'), 'an empty journal');
  await ok(createUser(server, 'bob'));
  await shows(journal, 'bob');
  await page.getByLabel('Pause').check();
  const answered = page.waitForResponse('**/_local/faults');
  await ok(createUser(server, 'carol'));
  await answered;
  assert.ok(!(await journal.innerText()).includes('carol'));
  await page.getByLabel('Pause').uncheck();
  await shows(journal, 'carol');
  await page.getByRole('button', { name: 'Clear the journal' }).click();
  await eventually(async () => !(await journal.innerText()).includes('bob'), 'an empty journal');
});

test('texts of others are texts, and its policy lets the page send nothing elsewhere', async (t) => {
  const { page, server, journal, expectErrors } = await open(t, { more: `
    INSERT INTO fault (operation, error, message) VALUES ('Promote', 'ConflictException', '<img src=x onerror=alert(1)>');` });
  expectErrors(/Content Security Policy/);
  page.on('dialog', (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
  await shows(page.locator('#faults'), '<img src=x onerror=alert(1)>');
  await server.call('POST', '/v1/brokers/b-orders/users/alice', { groups: ['<img src=x onerror=alert(2)>'], password: 'a-long-password-1' });
  await journal.getByRole('button', { name: /request and answer/ }).first().click();
  await shows(journal, '<img src=x onerror=alert(2)>');
  assert.equal(await page.locator('img').count(), 0);
  const broken = await page.evaluate(() => new Promise((resolve) => {
    const broken = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      broken.push(effectiveDirective);
      if (broken.length === 2) resolve(broken.sort());
    });
    fetch('http://127.0.0.1:1/').catch(() => {});
    document.body.append(Object.assign(document.createElement('img'), { src: '/v1/brokers' }));
  }));
  assert.deepEqual(broken, ['connect-src', 'img-src']);
  await page.locator('img').evaluate((element) => element.remove());
});

test('the page of another site reaches nothing', async (t) => {
  const server = await serve(t);
  await ok(createUser(server, 'alice'));
  const { page, expectErrors, asked } = await open(t);
  expectErrors(/CORS policy|ERR_FAILED|status of 403/);
  // Another port is another origin, and its pages are not bound by this page's policy.
  await page.route('**/stranger', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><link rel=icon href="data:,">' }));
  await page.goto(new URL('/stranger', page.url()).href);
  const read = await page.evaluate(async (url) => {
    await fetch(`${url}/_local/reset`, { method: 'POST', mode: 'no-cors' }).catch(() => {});
    return fetch(`${url}/_local/requests`).then(() => 'read', () => 'refused');
  }, server.url);
  assert.equal(read, 'refused');
  await ok(server.call('GET', '/v1/brokers/b-orders/users/alice'));
  asked.length = 0; // this time it was the test that asked another
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

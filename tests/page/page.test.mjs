// The page for people at /_local/, in a real browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { createUser, eventually, open, root, serve, shows } from './browser.mjs';

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

test('the click path: a user is created, seen pending, rebooted, applied; a fault is injected; reset', async (t) => {
  const { page, server, status, journal, broker, applied, pending } = await open(t);
  await shows(broker('orders'), /ActiveMQ[^]*RUNNING/);
  await shows(broker('events'), /RabbitMQ[^]*RUNNING/);
  await shows(applied('reader'), 'no console access, groups: readers');
  await shows(pending('reader'), '–');
  await shows(page.locator('#configurations'), /orders-configuration[^]*ActiveMQ/);

  await ok(createUser(server, 'alice', { consoleAccess: true }));
  await shows(journal, /CreateUser\s+POST \/v1\/brokers\/b-orders\/users\/alice\s+200/);
  await shows(applied('alice'), '–');
  await shows(pending('alice'), /CREATE\s*console access, groups: admins/);
  await shows(broker('orders'), '1 user');
  await journal.locator('summary').first().click();
  await shows(journal, '"password": "***"');

  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(broker('orders'), 'REBOOT_IN_PROGRESS');
  await shows(status, 'Reboot orders: done.');
  await step(page, 2);
  await shows(broker('orders'), /RUNNING/);
  await shows(applied('alice'), 'console access, groups: admins');
  await shows(pending('alice'), '–');
  await shows(page.locator('#offset'), /\+7[12]\d\d s/);

  await page.getByLabel('Operation').selectOption('ListTags');
  await page.getByLabel('Error').fill('TooManyRequestsException');
  await page.getByLabel('Times').fill('1');
  await page.getByRole('button', { name: 'Inject' }).click();
  await shows(page.locator('#faults'), /ListTags\s+TooManyRequestsException\s+1 more/);
  const tags = '/v1/tags/arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders';
  assert.equal((await server.call('GET', tags)).status, 429);
  await shows(journal, /ListTags[^\n]*429\s+TooManyRequestsException/);
  await shows(page.locator('#faults'), '0 more');
  assert.equal((await server.call('GET', tags)).status, 200);
  await page.getByRole('button', { name: 'Clear all faults' }).click();
  await shows(page.locator('#faults'), 'Faults (0)');

  page.once('dialog', (dialog) => dialog.dismiss());
  await page.getByRole('button', { name: 'Reset' }).click();
  await ok(server.call('GET', '/v1/brokers/b-orders/users/alice'));
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Reset' }).click();
  await shows(status, 'Reset: done.');
  await eventually(async () => await applied('alice').count() === 0, 'alice gone');
  assert.equal((await server.call('GET', '/v1/brokers/b-orders/users/alice')).status, 404);
});

test('the keyboard alone reaches, names and shows the focus of everything', async (t) => {
  const { page, server, broker, status, journal } = await open(t, { more: `
    INSERT INTO fault (operation, error, times) VALUES ('Promote', 'ConflictException', 1);` });
  await ok(createUser(server, 'alice'));
  await shows(journal, 'CreateUser');
  await shows(page.locator('#faults'), 'Promote');
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

  await tabTo('Account, region and token');
  await page.keyboard.press('Enter');
  assert.ok(await page.getByLabel('Region', { exact: true }).isVisible());
  const unreached = () => page.evaluate(() => [...document.querySelectorAll('button, input, select, summary, [tabindex]')]
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
  await tabTo('Operation');
  await page.keyboard.type('DeleteUser');
  await tabTo('Error');
  await page.keyboard.type('ForbiddenException');
  await page.keyboard.press('Enter');
  await shows(page.locator('#faults'), /DeleteUser\s+ForbiddenException/);
  page.once('dialog', (dialog) => dialog.accept());
  await tabTo('Reset');
  await page.keyboard.press('Space');
  await shows(status, 'Reset: done.');
  await shows(page.locator('#faults'), 'Faults (1)');
});

for (const scheme of ['light', 'dark']) {
  test(`${scheme}: every text stands out from what is behind it`, async (t) => {
    const { page, server, picture, journal, pending, expectErrors } = await open(t, { scheme, more: `
      INSERT INTO user (broker_id, username, pending_change, pending_password) VALUES ('b-orders', 'newcomer', 'CREATE', 'newcomer-password-1');
      INSERT INTO broker (id, name, state) VALUES ('b-growing', 'growing', 'CREATION_IN_PROGRESS'), ('b-broken', 'broken', 'CREATION_FAILED');
      INSERT INTO fault (operation, error) VALUES ('Promote', 'ConflictException'), ('RebootBroker', 'ConflictException');` });
    expectErrors(/status of 409/);
    await server.call('GET', '/v1/nothing');
    await shows(journal, 'GET /v1/nothing');
    await page.getByRole('button', { name: 'Show orders' }).click();
    await shows(pending('newcomer'), 'CREATE');
    await page.getByRole('button', { name: 'Reboot orders' }).click();
    await shows(page.getByRole('status'), 'ConflictException');
    const weak = await page.evaluate(() => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const paint = (color) => { // whatever notation the browser answers in
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
      };
      const luminance = (color) => [...paint(color)].slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
      const behind = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return paint(color)[3] === 255 ? color : behind(element.parentElement);
      };
      return [...document.querySelectorAll('body *')]
        .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((element) => {
          const [one, other] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => b - a);
          return { text: element.textContent.slice(0, 40), ratio: (one + 0.05) / (other + 0.05) };
        }).filter(({ ratio }) => ratio < 4.5);
    });
    assert.deepEqual(weak, []);
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back, scheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(21, 23, 27)');
    await picture(scheme);
  });
}

test('a narrow window needs no sideways scrolling', async (t) => {
  const { page, broker, picture } = await open(t, { viewport: { width: 390, height: 800 } });
  await shows(broker('orders'), 'RUNNING');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await picture('narrow');
});

test('what the service refuses is said', async (t) => {
  const { page, status, broker, expectErrors } = await open(t);
  expectErrors(/status of 400/);
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(broker('orders'), 'REBOOT_IN_PROGRESS');
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(status, /^POST \/v1\/brokers\/b-orders\/reboot: 400 BadRequestException: .*orders/);
  await page.getByRole('button', { name: 'Inject' }).click();
  await shows(status, /^POST \/_local\/faults: 400 BadRequestException: fault: give error/);
});

test('a failed look at one broker leaves the others to be seen', async (t) => {
  const { page, status, broker, expectErrors } = await open(t, { more: `
    INSERT INTO fault (operation, broker_id, error) VALUES ('DescribeBroker', 'b-rabbit', 'InternalServerErrorException');` });
  expectErrors(/status of 500/);
  await shows(status, /GET \/v1\/brokers\/b-rabbit: 500 InternalServerErrorException/);
  await shows(broker('orders'), 'RUNNING');
  await shows(broker('events'), 'not loaded');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await shows(status, /b-rabbit: 500/);
});

test('a server that went away is said', async (t) => {
  const { server, status, broker, expectErrors } = await open(t);
  expectErrors(/ERR_CONNECTION/);
  await shows(broker('orders'), 'RUNNING');
  await server.stop();
  await shows(status, /GET \/_local\/\w+.*: Failed to fetch/);
  await shows(broker('orders'), 'RUNNING');
});

test('settings that wait for the next reboot, beside what is applied', async (t) => {
  const { page, server, broker } = await open(t);
  await ok(server.call('PUT', '/v1/brokers/b-orders', { hostInstanceType: 'mq.m5.xlarge', logs: { general: true } }));
  await shows(broker('orders'), /hostInstanceType\s*general log/);
  await shows(page.locator('#broker'), /hostInstanceType\s+mq.m5.large\s+mq.m5.xlarge/);
  await shows(page.locator('#broker'), /general log\s+false\s+true/);
});

test('users beyond the first twenty are shown on demand', async (t) => {
  const names = Array.from({ length: 30 }, (_, at) => `user${at + 10}`);
  const { page, applied, asked } = await open(t, { more: names.map((name) =>
    `INSERT INTO user (broker_id, username, password) VALUES ('b-orders', '${name}', 'a-long-password-1');`).join('\n') });
  await shows(page.locator('#broker'), 'Users (31)');
  await shows(applied('user28'), 'groups: none');
  assert.equal(count(asked, '/v1/brokers/b-orders/users/'), 20);
  await page.getByRole('button', { name: 'More users' }).click();
  await shows(applied('user39'), 'groups: none');
  assert.equal(await page.getByRole('button', { name: 'More users' }).count(), 0);
});

test('brokers of another account and region', async (t) => {
  const { page, broker, journal, status, server } = await open(t, { more: `
    INSERT INTO broker (id, name, account, region) VALUES ('b-far', 'faraway', '111122223333', 'eu-west-1');
    INSERT INTO broker (id, name, region) VALUES ('b-near', 'nearby', 'eu-west-1');` });
  await shows(broker('orders'), 'RUNNING');
  await page.getByText('Account, region and token').click();
  await page.getByLabel('Account', { exact: true }).fill('111122223333');
  await page.getByLabel('Region', { exact: true }).fill('eu-west-1');
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await shows(broker('faraway'), 'RUNNING');
  assert.equal(await broker('orders').count(), 0);
  await page.getByLabel("Show this page's own calls").check();
  await shows(journal, '111122223333 eu-west-1');
  await page.getByLabel('Account', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Use', exact: true }).click();
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
  await ok(server.call('GET', '/v1/brokers/b-orders/users/alice'));
  await page.reload();
  await shows(broker('nearby'), 'RUNNING');
});

test('with --control-token the page is served and asks for the token', async (t) => {
  const { page, status, journal, server, expectErrors } = await open(t, { flags: ['--control-token', 'secret-token'] });
  expectErrors(/status of 401/);
  await shows(status, /401 UnauthorizedException/);
  await page.getByLabel('Token').fill('secret-token');
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await eventually(async () => !(await status.innerText()).includes('401'), 'no complaint any more');
  await ok(createUser(server, 'alice'));
  await shows(journal, 'CreateUser');
  await page.getByRole('button', { name: 'Clear all faults' }).click();
  await shows(status, 'Clear all faults: done.');
});

test('with --control off there is no page', async (t) => {
  const server = await serve(t, { flags: ['--control', 'off'] });
  const response = await server.call('GET', '/_local/');
  assert.notEqual(response.status, 200);
  assert.ok(!(await response.text()).includes('<html'));
});

test('the journal does not fill with the page watching it', async (t) => {
  const { page, asked, broker, journal, server } = await open(t);
  await shows(broker('orders'), 'RUNNING');
  await shows(page.locator('#broker'), 'reader');
  const rounds = (more) => {
    const begin = count(asked, '/_local/requests');
    return eventually(() => count(asked, '/_local/requests') >= begin + more, `${more} more rounds`);
  };
  await rounds(1);
  const before = count(asked, '/v1/');
  await rounds(3);
  assert.equal(count(asked, '/v1/'), before);
  await ok(server.call('GET', '/v1/brokers/b-orders'));
  await shows(journal, 'DescribeBroker'); // another's call that changes nothing
  assert.equal((await createUser(server, 'reader')).status, 409);
  await shows(journal, 'ConflictException');
  await rounds(2);
  assert.equal(count(asked, '/v1/'), before);

  const visible = () => journal.locator('tr:visible').count();
  assert.equal(await visible(), 2);
  await page.getByLabel("Show this page's own calls").check();
  assert.equal(await visible(), before + 2);
  await page.getByLabel('Filter').fill('conflict');
  assert.equal(await visible(), 1);
});

test('rounds do not pile up behind a slow answer', async (t) => {
  const { page, broker, asked } = await open(t);
  await shows(broker('orders'), 'RUNNING');
  const held = [];
  let holds = true;
  await page.route('**/_local/requests*', (route) => holds ? held.push(route) : route.continue());
  await eventually(() => held.length === 1, 'a held answer');
  const before = count(asked, '/_local/clock');
  for (let i = 0; i < 3; i++) {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await shows(page.getByRole('status'), 'Refresh: done.');
  }
  assert.deepEqual([held.length, count(asked, '/_local/clock')], [1, before]);
  holds = false;
  await held[0].continue();
  await eventually(() => count(asked, '/_local/clock') > before, 'the next round');
});

test('a journal that begins anew, and a paused one', async (t) => {
  const { page, server, journal } = await open(t);
  await ok(createUser(server, 'alice'));
  await shows(journal, 'users/alice');
  await ok(server.call('DELETE', '/_local/requests'));
  await eventually(async () => !(await journal.innerText()).includes('alice'), 'an empty journal');
  await ok(createUser(server, 'bob'));
  await shows(journal, 'users/bob');
  await page.getByLabel('Pause').check();
  const answered = page.waitForResponse('**/_local/faults');
  await ok(createUser(server, 'carol'));
  await answered;
  assert.ok(!(await journal.innerText()).includes('carol'));
  await page.getByLabel('Pause').uncheck();
  await shows(journal, 'users/carol');
  await page.getByRole('button', { name: 'Clear the journal' }).click();
  await eventually(async () => !(await journal.innerText()).includes('users/bob'), 'an empty journal');
});

test('texts of others are texts, and its policy lets the page send nothing elsewhere', async (t) => {
  const { page, server, journal, expectErrors } = await open(t, { more: `
    INSERT INTO fault (operation, error, message) VALUES ('Promote', 'ConflictException', '<img src=x onerror=alert(1)>');` });
  expectErrors(/Content Security Policy/);
  page.on('dialog', (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
  await shows(page.locator('#faults'), '<img src=x onerror=alert(1)>');
  await server.call('POST', '/v1/brokers/b-orders/users/alice', { groups: ['<img src=x onerror=alert(2)>'], password: 'a-long-password-1' });
  await journal.locator('summary').first().click();
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
  const offered = await page.locator('#fault [name=operation] option').allInnerTexts();
  assert.deepEqual(offered, ['any operation', ...operations]);
  const schema = readFileSync(new URL('schema/0001_initial.sql', root), 'utf8');
  const known = schema.match(/status IS NOT NULL OR error IN \(([^)]*)\)/)[1].match(/\w+/g);
  const errors = await page.locator('#errors option').evaluateAll((options) => options.map((option) => option.value));
  assert.deepEqual(errors, known);
});

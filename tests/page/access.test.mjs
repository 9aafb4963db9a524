// Who may use the page, what it says when it may not or cannot, and what it must not do.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createUser, eventually, open, serve, shows } from './browser.mjs';
import { ok } from './world.mjs';

test('with --control-token the page is served and asks for the token', async (t) => {
  const { page, status, journal, server, expectErrors } = await open(t, { flags: ['--control-token', 'secret-token'] });
  expectErrors(/status of 401/);
  await shows(status, /401 UnauthorizedException/);
  await shows(page.locator('#live'), 'token needed');
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
  const { page, status, broker, expectErrors } = await open(t, { flags: ['--auth', 'verify'] });
  expectErrors(/status of 403/);
  await shows(broker('orders'), 'RUNNING');
  await page.getByRole('button', { name: 'Reboot orders' }).click();
  await shows(status, /403 IncompleteSignatureException: [^]* The page does not sign its calls of the service: with --auth verify they are refused\.$/);
});

test('with --control off there is no page', async (t) => {
  const server = await serve(t, { flags: ['--control', 'off'] });
  const response = await server.call('GET', '/_local/');
  assert.notEqual(response.status, 200);
  assert.ok(!(await response.text()).includes('<html'));
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
  const { server, status, broker, page, expectErrors } = await open(t);
  expectErrors(/ERR_CONNECTION|ERR_INCOMPLETE/);
  await shows(broker('orders'), 'RUNNING');
  await server.stop();
  await shows(status, /GET \/_local\/events: |Failed to fetch/);
  await shows(page.locator('#live'), 'not connected');
  await shows(broker('orders'), 'RUNNING');
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

test('the page has at most 60 KB', async (t) => {
  const server = await serve(t);
  const { byteLength } = await (await server.call('GET', '/_local/')).arrayBuffer();
  assert.ok(byteLength > 10_000 && byteLength <= 60_000, `${byteLength} bytes`);
});

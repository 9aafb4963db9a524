// What the page shows of brokers, and does with them.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { createUser, eventually, hasAws, open, shell, shows, temporary } from './browser.mjs';
import { BROKER, count, journalCount, LONG, ok, report, RICH, step } from './world.mjs';

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

test('the process of a real broker: state, another version than the shown one, its last lines', async (t) => {
  const directory = temporary(t);
  const { page, server, broker, status } = await open(t, { flags: ['--brokers', directory], more: RICH });
  await shows(broker('orders'), /STARTING\s*slot 0/);
  await shows(status, /^$/); // that a broker is not up is no error of the page
  await shows(page.locator('h1'), (await (await server.call('GET', '/_local/health')).json()).version);
  await shows(broker('events'), /STARTING\s*slot 1/);
  writeFileSync(join(directory, '0', 'log'), 'INFO | started\nWARN | <b>bold</b>\n');
  await report(server, directory, 'up', '5.16.7');
  await shows(broker('orders'), /UP\s*slot 0/);
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(page.locator('#detail dl').first(), /Process\s*UP slot 0, version 5\.16\.7, ended by itself 0 times not 5\.\d+/);
  await page.getByText('Last lines of the process (2)').click();
  await shows(page.getByRole('region', { name: 'Last lines of the process' }), 'WARN | <b>bold</b>');
  await ok(server.call('POST', '/v1/brokers/b-rabbit/reboot'));
  await shows(broker('events'), 'left');
  await page.locator('#world').selectOption('*');
  await shows(broker(LONG.broker), '123456789012 us-east-1');
  await page.getByRole('button', { name: 'Show orders' }).click();
  await report(server, directory, 'ended', '5.16.7');
  await shows(page.locator('#detail dl').first(), /Process\s*STARTING slot 0, version 5\.16\.7, ended by itself 1 times/);
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

test('the address names the broker that was chosen: for a reload, for going back and for others', async (t) => {
  const { page, server, broker, settled, expectErrors } = await open(t, { more: `
    INSERT INTO broker (id, name, region) VALUES ('b-near', 'nearby', 'eu-west-1');` });
  const title = page.locator('#broker-title'), address = () => new URL(page.url()).search;
  await shows(title, 'Broker events'); // the first
  assert.equal(address(), '');
  await page.getByRole('button', { name: 'Show orders' }).click();
  await shows(title, 'Broker orders');
  assert.equal(address(), '?broker=b-orders');
  await page.reload();
  await shows(broker('orders'), 'RUNNING');
  await shows(title, 'Broker orders');
  await page.getByRole('button', { name: 'Show events' }).click();
  await shows(title, 'Broker events');
  await page.getByRole('link', { name: 'Journal' }).click();
  await page.goBack(); // from the link to a section
  await shows(title, 'Broker events');
  await page.goBack();
  await shows(title, 'Broker orders');
  await page.goBack();
  await shows(title, 'Broker events');
  await page.goForward();
  await shows(title, 'Broker orders');
  await page.locator('#world').selectOption('*');
  await eventually(() => address() === '', 'an address without a broker');
  await settled();
  await page.goBack();
  await eventually(() => address() !== '', 'the address of before');
  await shows(title, 'Broker orders');

  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${server.url}/_local/?broker=b-near`); // of another region than the list
  await shows(title, 'Broker nearby');
  await shows(page.locator('#list'), '1 to 2 of 2');
  expectErrors(/status of 404/);
  await page.goto(`${server.url}/_local/?broker=b-none`);
  await shows(title, 'Broker events');
  await shows(page.locator('#status'), 'There is no broker b-none.');
  assert.equal(address(), '');
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

test('with nothing there: three commands that put something there, and where else there are brokers', async (t) => {
  const { page, server, broker, settled } = await open(t);
  await shows(broker('orders'), 'RUNNING');
  await settled(); // else it may still ask for what is gone
  await ok(server.call('POST', '/_local/reset?empty=true'));
  await shows(page.locator('#list'), /There is no broker in account 123456789012, region us-east-1[^]*aws mq create-broker[^]*curl[^]*ctl/);
  await shows(page.locator('#detail'), 'No broker is selected.');

  // Where callers without settings are not: each command must name the account and the region.
  await ok(fetch(`${server.url}/_local/seed`, { method: 'POST', body: `INSERT INTO broker (id, account, region, name) VALUES ('b-far', '111122223333', 'eu-west-1', 'far');` }));
  await page.locator('#world').selectOption('111122223333 eu-west-1');
  await shows(broker('far'), 'RUNNING');
  await settled();
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
  const { page, server, expectErrors, settled } = await open(t, { flags: ['--control-token', 'secret-token'] });
  expectErrors(/status of 401/);
  await ok(server.call('POST', '/_local/reset?empty=true', undefined, { authorization: 'Bearer secret-token' }));
  await page.getByLabel('Token of').fill('secret-token');
  await page.getByRole('button', { name: 'Use the token' }).click();
  await shows(page.locator('#list'), /with the token in AMAZONMQ_LOCAL_CONTROL_TOKEN/);
  for (const number of [2, 3]) {
    await page.getByRole('button', { name: `Copy command ${number}` }).click();
    await shell(t, `export AMAZONMQ_LOCAL_CONTROL_TOKEN=secret-token\n${await page.evaluate(() => navigator.clipboard.readText())}`);
    await shows(page.locator('#list'), number === 2 ? 'payments' : 'events');
    await settled();
    await ok(server.call('POST', '/_local/reset?empty=true', undefined, { authorization: 'Bearer secret-token' }));
    await shows(page.locator('#list'), 'There is no broker');
  }
});

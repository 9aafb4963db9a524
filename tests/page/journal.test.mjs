// The journal of the page, and the calls in code.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createUser, eventually, hasAws, open, shell, shows } from './browser.mjs';
import { BROKER, count, ok } from './world.mjs';

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

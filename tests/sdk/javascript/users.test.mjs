// The life of a user, paging, and names that need encoding, with the AWS SDK for JavaScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changes, connect, insert, members, PASSWORD, reboot, refusal, sdk, serve } from './server.mjs';

// Every character a path segment has to encode, and some that need no encoding.
const STRANGE = "we ird/üñ?#%+&=:@!$'()*,;~._-%2F";

test('the life of a user', async (t) => {
  const mq = connect(t, await serve(t, { flags: ['--reboot-time', '100ms'] }));
  const alice = { BrokerId: 'b-orders', Username: 'alice' };

  const { BrokerSummaries } = await mq.send('ListBrokers');
  const brokers = Object.fromEntries(BrokerSummaries.map((row) => [row.BrokerName, row]));
  assert.equal(brokers.orders.BrokerId, 'b-orders');
  const broker = await mq.send('DescribeBroker', { BrokerId: 'b-orders' });
  assert.equal(broker.BrokerState, 'RUNNING');
  assert.equal(broker.EngineType, 'ActiveMQ');
  assert.ok(broker.Created instanceof Date && !Number.isNaN(broker.Created.getTime()));
  assert.deepEqual(broker.Users, [{ Username: 'reader' }]);

  const created = await mq.send('CreateUser',
    { ...alice, Password: PASSWORD, ConsoleAccess: true, Groups: ['admins'] });
  assert.deepEqual(members(created), {});
  assert.deepEqual(members(await mq.send('DescribeUser', alice)), {
    ...alice,
    ReplicationUser: false,
    Pending: { ConsoleAccess: true, Groups: ['admins'], PendingChange: 'CREATE' },
  });
  assert.deepEqual(members(await mq.send('ListUsers', { BrokerId: 'b-orders' })), {
    BrokerId: 'b-orders',
    MaxResults: 20,
    Users: [{ Username: 'alice', PendingChange: 'CREATE' }, { Username: 'reader' }],
  });

  assert.deepEqual(members(await mq.send('UpdateUser', { ...alice, Groups: ['admins', 'auditors'] })), {});
  assert.deepEqual((await mq.send('DescribeUser', alice)).Pending,
    { ConsoleAccess: true, Groups: ['admins', 'auditors'], PendingChange: 'CREATE' });

  await reboot(mq);
  const applied = { ...alice, ConsoleAccess: true, Groups: ['admins', 'auditors'], ReplicationUser: false };
  assert.deepEqual(members(await mq.send('DescribeUser', alice)), applied);
  assert.deepEqual(await changes(mq), { alice: undefined, reader: undefined });

  await mq.send('UpdateUser', { ...alice, ConsoleAccess: false });
  const pending = { ConsoleAccess: false, Groups: ['admins', 'auditors'] };
  assert.deepEqual(members(await mq.send('DescribeUser', alice)),
    { ...applied, Pending: { ...pending, PendingChange: 'UPDATE' } });

  assert.deepEqual(members(await mq.send('DeleteUser', alice)), {});
  assert.deepEqual(members(await mq.send('DescribeUser', alice)),
    { ...applied, Pending: { ...pending, PendingChange: 'DELETE' } });
  assert.deepEqual(await changes(mq), { alice: 'DELETE', reader: undefined });

  await reboot(mq);
  const gone = await refusal(mq, 'NotFoundException', 'DescribeUser', alice);
  assert.equal(gone.errorAttribute, 'username');
  assert.deepEqual(await changes(mq), { reader: undefined });
});

function manyUsers(count) {
  const names = Array.from({ length: count }, (_, number) => `user-${String(number).padStart(2, '0')}`);
  const rows = names.map((username) => insert('user', { broker_id: 'b-orders', username, password: PASSWORD }));
  return { more: rows.join(''), names: ['reader', ...names].sort() };
}

test('ListUsers is paged by hand', async (t) => {
  const { more, names } = manyUsers(12);
  const mq = connect(t, await serve(t, { more }));
  const pages = [];
  let NextToken;
  do {
    const page = await mq.send('ListUsers', { BrokerId: 'b-orders', MaxResults: 5, NextToken });
    assert.equal(page.MaxResults, 5);
    pages.push(page.Users.map((user) => user.Username));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  assert.deepEqual(pages, [names.slice(0, 5), names.slice(5, 10), names.slice(10)]);

  const first = await mq.send('ListUsers', { BrokerId: 'b-orders', MaxResults: 5, NextToken: '' });
  assert.deepEqual(first.Users.map((user) => user.Username), names.slice(0, 5));
  const forged = await refusal(mq, 'BadRequestException', 'ListUsers',
    { BrokerId: 'b-orders', NextToken: 'tok+/=~ %2F' });
  assert.equal(forged.errorAttribute, 'nextToken');
});

test('ListBrokers has a paginator', async (t) => {
  const rows = Array.from({ length: 9 },
    (_, number) => insert('broker', { id: `b-more-${number}`, name: `more-${number}` }));
  const mq = connect(t, await serve(t, { more: rows.join('') }));
  const pages = [];
  for await (const page of sdk.paginateListBrokers({ client: mq.client, pageSize: 5 }, {})) {
    pages.push(page.BrokerSummaries.map((row) => row.BrokerId));
  }
  assert.deepEqual(pages.map((page) => page.length), [5, 5, 2]);
  assert.deepEqual(pages.flat(), [...pages.flat()].sort());
});

test('fifty calls at once are all carried out', async (t) => {
  const mq = connect(t, await serve(t));
  const names = Array.from({ length: 50 }, (_, number) => `worker-${number}`);
  await Promise.all(names.map(
    (Username) => mq.send('CreateUser', { BrokerId: 'b-orders', Username, Password: PASSWORD })));
  const { Users } = await mq.send('ListUsers', { BrokerId: 'b-orders', MaxResults: 100 });
  assert.deepEqual(Users.map((user) => user.Username), ['reader', ...names].sort());
});

test('a username arrives as it was given', async (t) => {
  const mq = connect(t, await serve(t));
  const strange = { BrokerId: 'b-orders', Username: STRANGE };
  const created = await refusal(mq, 'BadRequestException', 'CreateUser', { ...strange, Password: PASSWORD });
  assert.equal(created.message, 'Make sure your username only contains valid characters [A-Za-z0-9-._~].');
  for (const operation of ['DescribeUser', 'UpdateUser', 'DeleteUser']) {
    const error = await refusal(mq, 'NotFoundException', operation, strange);
    assert.equal(error.message, `Can't find requested user [${STRANGE}]. Make sure your user exists.`);
  }
});

for (const Username of ['..', 'a~b-c._d']) {
  test(`${Username} is a username`, async (t) => {
    const mq = connect(t, await serve(t, { flags: ['--reboot-time', '0'] }));
    const user = { BrokerId: 'b-orders', Username };
    await mq.send('CreateUser', { ...user, Password: PASSWORD });
    await mq.send('UpdateUser', { ...user, ConsoleAccess: true });
    await reboot(mq);
    assert.equal((await mq.send('DescribeUser', user)).ConsoleAccess, true);
    await mq.send('DeleteUser', user);
    assert.equal((await changes(mq))[Username], 'DELETE');
  });
}

test('an empty username is refused by the server', async (t) => {
  const mq = connect(t, await serve(t));
  for (const operation of ['CreateUser', 'DescribeUser', 'UpdateUser', 'DeleteUser']) {
    const error = await refusal(mq, 'BadRequestException', operation,
      { BrokerId: 'b-orders', Username: '', Password: PASSWORD });
    assert.equal(error.errorAttribute, 'username');
    assert.equal(error.message, 'Username is invalid. Enter a username 2 to 100 characters long.');
  }
});

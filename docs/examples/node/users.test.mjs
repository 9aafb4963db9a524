import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { DescribeBrokerCommand, MqClient } from '@aws-sdk/client-mq';
import { useLocalMq } from './local-mq.mjs';
import { addUsers } from './users.mjs';

const BROKER = 'b-orders';
const USERS = { alice: 'alice-password-1', bob: 'bob-password-12' };

const local = useLocalMq(`
  INSERT INTO broker (id, name) VALUES ('${BROKER}', 'orders');
  INSERT INTO user (broker_id, username, password) VALUES ('${BROKER}', 'admin', 'admin-password-1');
`);
let mq;
beforeEach(() => { mq = new MqClient(); });

const state = async () => (await mq.send(new DescribeBrokerCommand({ BrokerId: BROKER }))).BrokerState;

test('new users can log in after the reboot', async () => {
  await addUsers(mq, BROKER, USERS);
  assert.equal(await state(), 'REBOOT_IN_PROGRESS');
  assert.equal((await local.login(BROKER, 'alice', USERS.alice)).authenticated, false);

  await local.advance(3600);

  assert.equal(await state(), 'RUNNING');
  assert.deepEqual(await local.login(BROKER, 'alice', USERS.alice),
    { authenticated: true, consoleAccess: false, groups: ['team'] });
  assert.equal((await local.login(BROKER, 'alice', 'a-wrong-password')).authenticated, false);
});

test('a call that fails is tried again', async () => {
  await local.fault({ operation: 'CreateUser', username: 'bob', error: 'InternalServerErrorException', times: 2 });
  await addUsers(mq, BROKER, USERS);
  assert.deepEqual((await local.requests({ username: 'bob' })).map((call) => call.status), [500, 500, 200]);
});

test('what is sent', async () => {
  await addUsers(mq, BROKER, USERS);
  assert.deepEqual((await local.requests()).map((call) => [call.operation, call.username]), [
    ['DescribeBroker', undefined], ['CreateUser', 'alice'], ['CreateUser', 'bob'],
    ['DescribeBroker', undefined], ['RebootBroker', undefined],
  ]);
  const [created] = await local.requests({ username: 'alice' });
  assert.deepEqual(created.body, { groups: ['team'], password: '***' });
});

test('no reboot without a change', async () => {
  await addUsers(mq, BROKER, { admin: 'admin-password-1' });
  assert.deepEqual(await local.requests({ operation: 'RebootBroker' }), []);
});

test('whatever fails, the next run completes', async () => {
  const snapshot = await local.snapshot();
  for (const operation of ['DescribeBroker', 'CreateUser', 'RebootBroker']) {
    await local.restore(snapshot);
    await local.fault({ operation, error: 'ForbiddenException', times: 1 });
    await assert.rejects(addUsers(mq, BROKER, USERS), { name: 'ForbiddenException' });

    await addUsers(mq, BROKER, USERS);

    await local.advance(3600);
    for (const [name, password] of Object.entries(USERS)) {
      assert.equal((await local.login(BROKER, name, password)).authenticated, true, operation);
    }
  }
});

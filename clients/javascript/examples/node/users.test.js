import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { CreateUserCommand, DescribeUserCommand, MqClient, RebootBrokerCommand } from '@aws-sdk/client-mq';
import { start } from 'amazonmq-local';

const user = { BrokerId: 'b-1', Username: 'alice' };
let server, mq;

before(async () => {
  server = await start({
    seed: "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');",
    flags: ['--reboot-time', '1h'], // a reboot lasts until the test advances the clock
  });
  mq = new MqClient(server.config);
});
beforeEach(() => server.reset());
after(() => server.stop());

test('a new user can log in after the reboot', async () => {
  await mq.send(new CreateUserCommand({ ...user, Password: 'alice-password-1' }));
  assert.equal((await mq.send(new DescribeUserCommand(user))).Pending.PendingChange, 'CREATE');

  await mq.send(new RebootBrokerCommand({ BrokerId: 'b-1' }));
  assert.equal((await server.authenticate('b-1', 'alice', 'alice-password-1')).authenticated, false);
  await server.clock.advance('1h');

  assert.equal((await server.authenticate('b-1', 'alice', 'alice-password-1')).authenticated, true);
});

test('a call that fails is tried again', async () => {
  await server.faults.add({ operation: 'CreateUser', error: 'InternalServerErrorException', times: 2 });
  await mq.send(new CreateUserCommand({ ...user, Password: 'alice-password-1' }));
  const calls = await server.requests({ operation: 'CreateUser' });
  assert.deepEqual(calls.map((call) => call.status), [500, 500, 200]);
});

const { CreateUserCommand, DescribeUserCommand, MqClient, RebootBrokerCommand } = require('@aws-sdk/client-mq');
const { start } = require('amazonmq-local');

const user = { BrokerId: 'b-1', Username: 'alice' };
let server, mq;

beforeAll(async () => {
  server = await start({
    seed: "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');",
    flags: ['--reboot-time', '1h'], // a reboot lasts until the test advances the clock
  });
  mq = new MqClient(server.config);
});
beforeEach(() => server.reset());
afterAll(() => server.stop());

test('a new user can log in after the reboot', async () => {
  await mq.send(new CreateUserCommand({ ...user, Password: 'alice-password-1' }));
  expect((await mq.send(new DescribeUserCommand(user))).Pending.PendingChange).toBe('CREATE');

  await mq.send(new RebootBrokerCommand({ BrokerId: 'b-1' }));
  expect((await server.authenticate('b-1', 'alice', 'alice-password-1')).authenticated).toBe(false);
  await server.clock.advance('1h');

  expect((await server.authenticate('b-1', 'alice', 'alice-password-1')).authenticated).toBe(true);
});

test('a call that fails is tried again', async () => {
  await server.faults.add({ operation: 'CreateUser', error: 'InternalServerErrorException', times: 2 });
  await mq.send(new CreateUserCommand({ ...user, Password: 'alice-password-1' }));
  const calls = await server.requests({ operation: 'CreateUser' });
  expect(calls.map((call) => call.status)).toEqual([500, 500, 200]);
});

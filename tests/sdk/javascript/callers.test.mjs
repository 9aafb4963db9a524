// How the AWS SDK for JavaScript finds the server, and whom the server takes it for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, insert, PASSWORD, reboot, refusal, serve, setEnvironment } from './server.mjs';

for (const variable of ['AWS_ENDPOINT_URL_MQ', 'AWS_ENDPOINT_URL']) {
  test(`the endpoint comes from ${variable}`, async (t) => {
    setEnvironment(t, { [variable]: (await serve(t)).url });
    const broker = await connect(t).send('DescribeBroker', { BrokerId: 'b-orders' });
    assert.equal(broker.BrokerName, 'orders');
  });
}

test('account and region are worlds of their own', async (t) => {
  const more = insert('broker', { id: 'b-far', name: 'far', account: '111122223333', region: 'eu-west-1' });
  const server = await serve(t, { more });
  const far = connect(t, server,
    { region: 'eu-west-1', credentials: { accessKeyId: '111122223333', secretAccessKey: 'secret' } });
  const { BrokerSummaries } = await far.send('ListBrokers');
  assert.deepEqual(BrokerSummaries.map((row) => row.BrokerArn),
    ['arn:aws:mq:eu-west-1:111122223333:broker:far:b-far']);
  await refusal(connect(t, server), 'NotFoundException', 'DescribeBroker', { BrokerId: 'b-far' });
});

const VERIFIED = { accessKeyId: 'AKIDVERIFIED', secretAccessKey: 'the+right/secret' };

test('every call verifies with the right secret', async (t) => {
  const server = await serve(t, { flags: ['--auth', 'verify', '--reboot-time', '0'] });
  for (const credentials of [VERIFIED, { ...VERIFIED, sessionToken: 'a session/token+==' }]) {
    const mq = connect(t, server, { credentials });
    assert.equal((await mq.send('ListBrokers', { MaxResults: 5 })).BrokerSummaries.length, 3);
    for (const Username of ['alice', '..']) {
      const user = { BrokerId: 'b-orders', Username };
      await mq.send('CreateUser', { ...user, Password: 'pass word ~ 1 & more', Groups: ['admins'] });
      await mq.send('UpdateUser', { ...user, ConsoleAccess: true });
      await reboot(mq);
      assert.equal((await mq.send('DescribeUser', user)).ConsoleAccess, true);
      await mq.send('DeleteUser', user);
      await reboot(mq);
    }
    await refusal(mq, 'NotFoundException', 'DescribeUser', { BrokerId: 'b-orders', Username: "a b/ü+%&='()" });
    await refusal(mq, 'BadRequestException', 'DescribeUser', { BrokerId: 'b-orders', Username: '' });
    await refusal(mq, 'BadRequestException', 'ListUsers', { BrokerId: 'b-orders', NextToken: 'tok+/=~ %2F' });
  }
});

for (const [credentials, name] of [
  [{ ...VERIFIED, secretAccessKey: 'the+wrong/secret' }, 'InvalidSignatureException'],
  [{ ...VERIFIED, accessKeyId: 'AKIDUNKNOWN' }, 'UnrecognizedClientException'],
]) {
  test(`a caller who cannot sign meets ${name}`, async (t) => {
    const mq = connect(t, await serve(t, { flags: ['--auth', 'verify'] }), { credentials });
    const error = await refusal(mq, name, 'CreateUser',
      { BrokerId: 'b-orders', Username: 'alice', Password: PASSWORD });
    assert.equal(error.$metadata.httpStatusCode, 403);
  });
}

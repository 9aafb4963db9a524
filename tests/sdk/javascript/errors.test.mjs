// Errors and retries as the AWS SDK for JavaScript sees them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changes, connect, errorCases, insert, loggedRequest, PASSWORD, refusal, sdk, serve, setEnvironment,
} from './server.mjs';

const ALICE = { BrokerId: 'b-orders', Username: 'alice', Password: PASSWORD };

// The pinned SDK is older than DescribeSharedResources.
const known = errorCases.filter(
  ({ operation }) => operation !== 'DescribeSharedResources' || sdk.DescribeSharedResourcesCommand);

for (const { operation, parameters, fault, status, error: name, attribute, message } of known) {
  test(`${operation}: ${name} (${attribute ?? message}) is a class of its own`, async (t) => {
    assert.equal(typeof sdk[name], 'function');
    const mq = connect(t, await serve(t, { more: fault ? insert('fault', fault) : '' }));
    const error = await refusal(mq, name, operation, parameters);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.equal(error.$metadata.attempts, 1);
    assert.equal(error.message, message);
    assert.equal(error.errorAttribute, attribute);
  });
}

// This client checks no types, so the server has to.
for (const [parameters, attribute, message] of [
  [{ Password: 12345 }, 'password', 'Invalid value for [password]. Specify a string.'],
  [{ Groups: 'nolist' }, 'groups', 'Invalid value for [groups]. Specify a list of strings.'],
  [{ Groups: ['admins', 5] }, 'groups[1]', 'Invalid value for [groups[1]]. Specify a string.'],
  [{ ConsoleAccess: 'yes' }, 'consoleAccess', 'Invalid value for [consoleAccess]. Specify a boolean.'],
  [{ ReplicationUser: 1 }, 'replicationUser', 'Invalid value for [replicationUser]. Specify a boolean.'],
]) {
  test(`a wrong type in ${attribute} is a BadRequestException`, async (t) => {
    const mq = connect(t, await serve(t));
    for (const [operation, Username] of [['CreateUser', 'alice'], ['UpdateUser', 'reader']]) {
      const error = await refusal(mq, 'BadRequestException', operation, { ...ALICE, Username, ...parameters });
      assert.equal(error.errorAttribute, attribute);
      assert.equal(error.message, message);
    }
    assert.deepEqual(await changes(mq), { reader: undefined });
  });
}

test('a missing password is a BadRequestException', async (t) => {
  const mq = connect(t, await serve(t));
  const error = await refusal(mq, 'BadRequestException', 'CreateUser', { ...ALICE, Password: undefined });
  assert.equal(error.errorAttribute, 'password');
  assert.equal(error.message, '[password] is required.');
});

test('a page size that is out of range is a BadRequestException', async (t) => {
  const mq = connect(t, await serve(t));
  for (const MaxResults of [0, 4, 101]) {
    const error = await refusal(mq, 'BadRequestException', 'ListUsers', { BrokerId: 'b-orders', MaxResults });
    assert.equal(error.errorAttribute, 'maxResults');
    assert.equal(error.message,
      `Invalid max results value [${MaxResults}]. Specify an integer between [5] and [100].`);
  }
});

test('throttling has its name', async (t) => {
  const more = insert('fault', { operation: 'ListUsers', error: 'TooManyRequestsException', times: 1 });
  const mq = connect(t, await serve(t, { more }));
  const error = await refusal(mq, 'TooManyRequestsException', 'ListUsers', { BrokerId: 'b-orders' });
  assert.equal(error.$metadata.httpStatusCode, 429);
  assert.equal(error.message, 'Too Many Requests');
});

for (const name of ['InternalServerErrorException', 'TooManyRequestsException']) {
  test(`the default retries outlive two times ${name}`, async (t) => {
    setEnvironment(t, { AWS_MAX_ATTEMPTS: undefined });
    const more = insert('fault', { operation: 'CreateUser', error: name, times: 2 });
    const mq = connect(t, await serve(t, { more }));
    const { $metadata } = await mq.send('CreateUser', ALICE);
    assert.equal($metadata.attempts, 3);
    assert.deepEqual(await changes(mq), { alice: 'CREATE', reader: undefined });
  });
}

test('a retry after a lost answer meets the conflict', async (t) => {
  setEnvironment(t, { AWS_MAX_ATTEMPTS: undefined });
  const more = insert('fault', { operation: 'CreateUser', drop_connection: 1, times: 1 });
  const mq = connect(t, await serve(t, { more }));
  const error = await refusal(mq, 'ConflictException', 'CreateUser', ALICE);
  assert.equal(error.$metadata.attempts, 2);
  assert.deepEqual(await changes(mq), { alice: 'CREATE', reader: undefined });
});

test('the request id is the one of the log', async (t) => {
  const server = await serve(t);
  const mq = connect(t, server);
  const { $metadata } = await mq.send('ListUsers', { BrokerId: 'b-orders' });
  const done = await loggedRequest(server, $metadata.requestId);
  assert.deepEqual([done.operation, done.status], ['ListUsers', '200']);
  const error = await refusal(mq, 'NotFoundException', 'DescribeUser', { BrokerId: 'b-orders', Username: 'nobody' });
  const refused = await loggedRequest(server, error.$metadata.requestId);
  assert.deepEqual([refused.operation, refused.status, refused.error], ['DescribeUser', '404', 'NotFoundException']);
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BROKER, HERE, require, run, user } from './helpers.mjs';
import { CreateUserCommand, ListBrokersCommand, ListUsersCommand, MqClient } from '@aws-sdk/client-mq';
import { AmazonMqLocalError, start } from 'amazonmq-local';

let server, mq;
before(async () => {
  server = await start({ seed: BROKER });
  mq = new MqClient(server.config);
});
beforeEach(() => server.reset());
after(() => server.stop());

const names = async () => (await mq.send(new ListUsersCommand({ BrokerId: 'b-1' }))).Users.map((one) => one.Username);
const create = (name, password = `${name}-password-1`) =>
  mq.send(new CreateUserCommand({ BrokerId: 'b-1', Username: name, Password: password }));

test('url and port', () => {
  assert.equal(server.url, `http://localhost:${server.port}`);
});

test('seeds are texts, files and lists of both', async (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'seed '));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const file = pathToFileURL(path.join(directory, 'users.sql'));
  fs.writeFileSync(file, user('bob'));
  await server.seed([user('alice'), file]);
  assert.deepEqual(await names(), ['alice', 'bob']);

  fs.writeFileSync(file, `${user('carol')}\n${user('carol')}`);
  await assert.rejects(server.seed(file), (error) => {
    assert.ok(error instanceof AmazonMqLocalError);
    assert.match(error.message, /^\/.*\/seed [^/]*\/users\.sql:2: statement 2/);
    assert.equal(error.status, 400);
    return true;
  });
  assert.deepEqual(await names(), ['alice', 'bob']);
});

test('an error has the message of the server and the line of the test', async () => {
  const error = await server.seed('INSERT INTO brokr VALUES (1)').catch((reason) => reason);
  assert.match(error.message, /no such table: brokr/);
  assert.deepEqual([error.name, error.status, error.type], ['AmazonMqLocalError', 400, 'BadRequestException']);
  assert.match(error.stack, /api\.test\.mjs/);
});

test('a reset restores the beginning, or another', async () => {
  await create('alice');
  await server.faults.add({ operation: 'CreateUser', drop: true });
  await server.clock.advance('1d');
  await server.reset();
  assert.deepEqual(await server.requests(), []);
  assert.deepEqual(await server.faults.list(), []);
  assert.ok(Math.abs(await server.clock.now() - Date.now()) < 3_600_000);
  assert.deepEqual(await names(), []);

  await server.reset({ seed: [BROKER, user('bob')] });
  assert.deepEqual(await names(), ['bob']);
  await server.reset({ seed: [] });
  assert.deepEqual((await mq.send(new ListBrokersCommand({}))).BrokerSummaries, []);
  await server.reset();
  assert.deepEqual(await names(), []);
  await assert.rejects(server.reset({ seeds: BROKER }), /there is no option seeds/);
});

test('the clock', async () => {
  const begin = await server.clock.now();
  const week = 7 * 86_400_000;
  assert.ok(await server.clock.advance('7d') - begin >= week);
  assert.ok(await server.clock.advance('1h30m') - begin >= week + 5_400_000);
  assert.ok(await server.clock.advance(500) - begin >= week + 5_400_500);
  const christmas = new Date('2031-12-24T18:00:00Z');
  // The clock goes on.
  const near = (time, expected) => assert.ok(time - expected >= 0 && time - expected < 3_600_000, time);
  near(await server.clock.set(christmas), christmas);
  near(await server.clock.set('2030-12-24T18:00:00Z'), Date.UTC(2030, 11, 24, 18));
  assert.throws(() => server.clock.advance('a week'), /a week is no time/);
  await assert.rejects(server.clock.set('Christmas'), /Specify either \[advanceMs\]/);
});

test('faults', async () => {
  const fault = await server.faults.add({ operation: 'CreateUser', error: 'ForbiddenException', times: 1 });
  const other = await server.faults.add({ operation: 'CreateUser', username: 'nobody', drop: true });
  await assert.rejects(create('alice'), { name: 'ForbiddenException' });
  await create('alice');
  assert.deepEqual((await server.faults.list()).map((one) => [one.id, one.times]), [[fault.id, 0], [other.id, undefined]]);
  await server.faults.clear(fault.id);
  assert.deepEqual((await server.faults.list()).map((one) => one.id), [other.id]);
  await server.faults.clear();
  assert.deepEqual(await server.faults.list(), []);
  await assert.rejects(server.faults.add({ error: 'UnheardOfException' }), /status: needed with an error/);
});

test('more faults than an answer holds', async () => {
  await server.seed(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
    INSERT INTO fault (operation, username, drop_connection) SELECT 'CreateUser', 'u-' || i, 1 FROM n;`);
  const faults = await server.faults.list();
  assert.equal(new Set(faults.map((fault) => fault.id)).size, 2500);
});

test('requests', async () => {
  const since = new Date(Date.now() - 60_000);
  await create('alice');
  await create('bob');
  await assert.rejects(create('carol', 'short'), { name: 'BadRequestException' });
  const calls = await server.requests({ operation: 'CreateUser', since });
  assert.deepEqual(calls.map((call) => [call.username, call.status]), [['alice', 200], ['bob', 200], ['carol', 400]]);
  assert.deepEqual(calls[0].body, { password: '***' });
  assert.deepEqual(await server.requests({ username: 'bob', status: undefined }), [calls[1]]);
  assert.deepEqual(await server.requests({ status: 400 }), [calls[2]]);
  assert.deepEqual(await server.requests({ since: calls[0].number }), calls.slice(1));
  assert.deepEqual(await server.requests({ last: 1 }), [calls[2]]);
  await assert.rejects(server.requests({ user: 'bob' }), { name: 'AmazonMqLocalError', status: 400 });
  await assert.rejects(server.requests({ count: true }), TypeError);
  await server.clearRequests();
  assert.deepEqual(await server.requests(), []);
});

test('authenticate', async () => {
  await server.seed(user('alice'));
  assert.deepEqual(await server.authenticate('b-1', 'alice', 'alice-password-1'),
    { authenticated: true, consoleAccess: false, groups: [] });
  assert.deepEqual(await server.authenticate('b-1', 'alice', 'wrong'), { authenticated: false });
  await assert.rejects(server.authenticate('b-9', 'alice', 'wrong'), /Cannot find broker ID \[b-9\]/);
});

test('snapshots', async () => {
  await server.seed(user('alice'));
  const snapshot = await server.snapshot();
  await server.reset();
  await server.restore(snapshot);
  assert.deepEqual(await names(), ['alice']);
  await assert.rejects(server.restore(snapshot.subarray(0, 100)), /not a whole SQLite file/);
});

test('the variables are for a child process', async () => {
  const code = "const { ListBrokersCommand, MqClient } = require('@aws-sdk/client-mq');" +
    'new MqClient().send(new ListBrokersCommand({})).then((answer) => console.log(answer.BrokerSummaries[0].BrokerName));';
  const { stdout, stderr } = await run(process.execPath, ['-e', code], { cwd: HERE, env: { ...process.env, ...server.env } });
  assert.equal(stdout, 'orders\n', stderr);
});

test('a running server is used, and not stopped', async (t) => {
  await create('alice');
  const other = await start({ url: `${server.url}/`, seed: [BROKER, user('bob')] });
  assert.equal(other.url, server.url);
  assert.deepEqual(await names(), ['bob']);
  await other.stop();
  assert.deepEqual(await names(), ['bob']);

  process.env.AMAZONMQ_LOCAL_URL = server.url;
  t.after(() => { delete process.env.AMAZONMQ_LOCAL_URL; });
  assert.equal((await start()).url, server.url);
});

test('a server that is not there', async () => {
  await assert.rejects(start({ url: 'http://localhost:9' }), /amazonmq-local at http:\/\/localhost:9 does not answer: .*ECONNREFUSED/s);
});

test('a token', async () => {
  const guarded = await start({ token: 'a-long-token', seed: BROKER });
  await guarded.reset();
  await assert.rejects(start({ url: guarded.url }), { status: 401 });
  await guarded.stop();
});

test('options of the server', async () => {
  const slow = await start({ seed: BROKER, flags: ['--journal', '0'] });
  await new MqClient(slow.config).send(new ListBrokersCommand({}));
  assert.deepEqual(await slow.requests(), []);
  await slow.stop();
});

test('a start that fails says why', async () => {
  await assert.rejects(start({ flags: ['--no-such-option'] }), /^AmazonMqLocalError: amazonmq-local ended with status 2: .*--no-such-option/);
  await assert.rejects(start({ seed: 'nonsense' }), /body:1/);
  await assert.rejects(start({ seed: './seeds/world.sql' }), /seed: a file is given by its URL: new URL\('\.\/seeds\/world\.sql', import\.meta\.url\)/);
  await assert.rejects(start({ sed: BROKER }), /start: there is no option sed/);
  await assert.rejects(start({ binary: '/no/such/file' }), /\/no\/such\/file/);
  const taken = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { taken.once('listening', resolve); });
  const { port } = taken.address();
  await assert.rejects(start({ port }), new RegExp(`^AmazonMqLocalError: amazonmq-local ended with status 1: .*${port}`));
  taken.close();
});

test('require() gives the same module', () => {
  assert.equal(require('amazonmq-local').start, start);
  assert.equal(require('amazonmq-local').AmazonMqLocalError, AmazonMqLocalError);
});

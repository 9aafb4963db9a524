// Starts the real server for a test, in the world of world.sql, and gives it a client of the real SDK.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const binary = process.env.AMAZONMQ_LOCAL_BIN || fileURLToPath(new URL('build/amazonmq-local', root));
const world = fileURLToPath(new URL('tests/sdk/world.sql', root));

// How long anything that must happen may take: generous, because only a failure ever waits so long.
const DEADLINE_MS = 30_000;

// No setting of the person who runs the tests reaches the client, and each call is sent once.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}
Object.assign(process.env, {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'us-east-1',
  AWS_MAX_ATTEMPTS: '1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

// Installed apart from this directory, where a plain import would not find it.
export const sdk = createRequire(new URL('build/node/', root))('@aws-sdk/client-mq');
export const errorCases = JSON.parse(readFileSync(new URL('tests/sdk/errors.json', root), 'utf8'));

export const PASSWORD = 'a-long-password-1';

/** Sets environment variables (undefined: removes them) until the end of the test. */
export function setEnvironment(t, variables) {
  const apply = (values) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  t.after(() => apply(before));
  apply(variables);
}

/** Calls condition() until it is true; fails, naming what, at the deadline. */
export async function eventually(condition, what) {
  const end = performance.now() + DEADLINE_MS;
  let result;
  while (!(result = await condition())) {
    assert.ok(performance.now() < end, `waited in vain for: ${what}`);
    await delay(10);
  }
  return result;
}

/** A server on a free port: {url, log()}. At the end of the test it must stop cleanly. */
export async function serve(t, { flags = [], more = '', begin = world } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'amazonmq-local-sdk-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const seed = join(directory, 'more.sql');
  writeFileSync(seed, more);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AMAZONMQ_LOCAL_')));
  const child = spawn(binary, ['--port', '0', '--seed', begin, '--seed', seed, ...flags],
    { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text; });
  const exited = once(child, 'close');
  t.after(async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    const [code, signal] = await exited;
    clearTimeout(timer);
    assert.deepEqual([code, signal], [0, null], log);
  });
  await eventually(() => {
    assert.deepEqual([child.exitCode, child.signalCode], [null, null], `the server ended instead of starting: ${log}`);
    return out.includes('\n');
  }, 'the URL on stdout');
  return { url: out.trimEnd(), log: () => log };
}

/** A client for that server; send(operation, parameters) makes a call. */
export function connect(t, server, settings = {}) {
  const client = new sdk.MqClient({ ...(server && { endpoint: server.url }), ...settings });
  t.after(() => client.destroy());
  return {
    client,
    send: (operation, parameters = {}) => client.send(new sdk[`${operation}Command`](parameters)),
  };
}

/** The answer without what the SDK adds to it, and without members that are undefined. */
export function members({ $metadata, ...answer }) {
  return JSON.parse(JSON.stringify(answer));
}

/** Makes a call that must fail with that error, as that class if the model has it; returns the error. */
export async function refusal(mq, name, operation, parameters) {
  const error = await mq.send(operation, parameters).then(
    () => assert.fail(`${operation} was not refused`), (reason) => reason);
  assert.ok(error instanceof (sdk[name] ?? sdk.MqServiceException), error);
  assert.equal(error.name, name);
  return error;
}

/** Reboots a broker and waits until it is RUNNING again. */
export async function reboot(mq, BrokerId = 'b-orders') {
  assert.deepEqual(members(await mq.send('RebootBroker', { BrokerId })), {});
  await eventually(async () => (await mq.send('DescribeBroker', { BrokerId })).BrokerState === 'RUNNING',
    `${BrokerId} RUNNING again`);
}

/** The pending change of each user of b-orders. */
export async function changes(mq) {
  const { Users } = await mq.send('ListUsers', { BrokerId: 'b-orders' });
  return Object.fromEntries(Users.map((user) => [user.Username, user.PendingChange]));
}

/** The server's log line of a request as an object; waits for it. */
export async function loggedRequest(server, id) {
  const line = await eventually(
    () => server.log().split('\n').slice(0, -1).find((text) => text.includes(`event=request id=${id} `)),
    `the log line of request ${id}`);
  return Object.fromEntries(line.split(' ').map((pair) => pair.split(/=(.*)/s, 2)));
}

/** SQL of one row. */
export function insert(table, row) {
  const literal = (value) => (typeof value === 'number' ? value : `'${value.replaceAll("'", "''")}'`);
  return `INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.values(row).map(literal)});\n`;
}

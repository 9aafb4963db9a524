// Whatever becomes of the process that started a server, the server ends.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { BROKER, HERE, PACKAGE, begin, children, listener, runs, until } from './helpers.mjs';
import { start } from 'amazonmq-local';

const START = "const { start } = require('amazonmq-local'); start().then((server) => { console.log(server.port);";

/** Runs code in a process that has started a server, until the process ends; the server ends then. */
async function outlive(code, kill) {
  const { child, line } = await begin(['-e', `${START} ${code} });`], { cwd: HERE, stdio: ['pipe', 'pipe', 'ignore'] });
  const pid = listener(line);
  assert.ok(pid > 0 && runs(pid));
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  if (kill) child.kill(kill);
  else child.stdin.end('go\n');
  await ended;
  await until(() => !runs(pid), 'the end of the server');
  return child;
}
const WAIT = "process.stdin.once('data', () => { process.stdin.destroy();";

test('a process that does not stop its server ends, and so does the server', async () => {
  assert.equal((await outlive(`${WAIT} });`)).exitCode, 0);
});

test('process.exit', async () => {
  assert.equal((await outlive(`${WAIT} process.exit(3); });`)).exitCode, 3);
});

test('a crash', async () => {
  assert.equal((await outlive(`${WAIT} throw new Error('crash'); });`)).exitCode, 1);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL', 'SIGSEGV']) {
  test(signal, async () => {
    assert.equal((await outlive('process.stdin.resume();', signal)).signalCode, signal);
  });
}

test('without a shell the server ends at the exit', async () => {
  const code = `require('node:fs').existsSync = () => false; ${START} ${WAIT} process.exit(); }); });`;
  const { child, line } = await begin(['-e', code], { cwd: HERE });
  const pid = listener(line);
  assert.ok(runs(pid));
  child.stdin.end('go\n');
  await until(() => !runs(pid), 'the end of the server');
});

test('a worker thread', async () => {
  const worker = new Worker(`const { start } = require(${JSON.stringify(PACKAGE)}); const { parentPort } = require('node:worker_threads');` +
    'start().then((server) => { parentPort.postMessage(server.port); setInterval(() => {}, 1000); });',
  { eval: true, execArgv: [], stdout: false });
  const [port] = await once(worker, 'message');
  const pid = listener(port);
  assert.ok(runs(pid));
  await worker.terminate();
  await until(() => !runs(pid), 'the end of the server');
});

test('stop, twice', async () => {
  const server = await start({ seed: BROKER });
  const pid = listener(server.port);
  const [guard] = children(pid);
  assert.ok(runs(guard));
  await Promise.all([server.stop(), server.stop()]);
  assert.ok(!runs(pid));
  await until(() => !runs(guard), 'the end of the process that waits');
  await server.stop();
  await assert.rejects(server.reset(), /amazonmq-local was stopped/);
});

test('Symbol.asyncDispose stops it', async () => {
  const server = await start();
  const pid = listener(server.port);
  await server[Symbol.asyncDispose]();
  assert.ok(!runs(pid));
});

test('a server that was killed', async () => {
  const server = await start();
  process.kill(listener(server.port), 'SIGKILL');
  await assert.rejects(async () => { for (;;) await server.clock.now(); }, /amazonmq-local (was ended by SIGKILL|at .* does not answer)/);
  await server.stop();
  await assert.rejects(server.clock.now(), /was ended by SIGKILL/);
});

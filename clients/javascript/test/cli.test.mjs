// npx amazonmq-local

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { BROKER, CLI, HERE, begin, listener, run, runs, until } from './helpers.mjs';
import { start } from 'amazonmq-local';

test('npx runs the binary', async () => {
  const { stdout, code } = await run('npx', ['--no-install', 'amazonmq-local', '--version'], { cwd: HERE });
  assert.match(stdout, /^amazonmq-local \d+\.\d+\.\d+\n/);
  assert.equal(code, 0);
});

test('arguments, standard input and the exit status are passed on', async () => {
  const server = await start();
  const ctl = (args, input) => run(process.execPath, [CLI, 'ctl', '--url', server.url, ...args], { input });
  assert.equal((await ctl(['seed', '-'], BROKER)).code, 0);
  const { stdout } = await ctl(['faults', 'add', 'operation=CreateUser', 'error=Teapot', 'status=418', 'message=I am one']);
  assert.equal(JSON.parse(stdout).message, 'I am one');
  const wrong = await ctl(['seed', '-'], 'nonsense');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /statement 1/);
  await server.stop();
  assert.equal((await ctl(['health'])).code, 3);
  assert.equal((await ctl(['no-such-command'])).code, 2);
});

test('signals are passed on', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const { child, line } = await begin([CLI, '--port', '0', '--log-level', 'error']);
    const pid = listener(new URL(line).port);
    child.kill(signal);
    const [code] = await once(child, 'exit');
    assert.equal(code, 0, signal);
    assert.ok(!runs(pid));
  }
});

test('a server that is killed is a failure', async () => {
  const { child, line } = await begin([CLI, '--port', '0', '--log-level', 'error']);
  process.kill(listener(new URL(line).port), 'SIGKILL');
  assert.deepEqual(await once(child, 'exit'), [137, null]);
});

test('kill -9 ends the server too', async () => {
  const { child, line } = await begin([CLI, '--port', '0', '--log-level', 'error']);
  const pid = listener(new URL(line).port);
  child.kill('SIGKILL');
  await until(() => !runs(pid), 'the end of the server');
});

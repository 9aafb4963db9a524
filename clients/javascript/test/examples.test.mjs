// The examples with their test runners, the README and the types.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { HERE, PACKAGE, require, run } from './helpers.mjs';

const EXAMPLES = path.join(HERE, '..', 'examples');
// What each runner prints of its passed tests, and of its failed ones.
const RUNNERS = {
  node: { passed: /^# pass 2$/m, failed: /^# fail 1$/m, env: { NODE_OPTIONS: '--test-reporter=tap' } },
  jest: { passed: /^Tests: +2 passed, 2 total$/m, failed: /^Tests: +1 failed/m },
  vitest: { passed: /^ +Tests +2 passed \(2\)$/m, failed: /^ +Tests +1 failed/m },
};

for (const [name, { passed, failed, env }] of Object.entries(RUNNERS)) {
  const npmTest = (cwd) => run('npm', ['test'], { cwd, env: { ...process.env, NO_COLOR: '1', ...env } });

  test(`the example of ${name}`, async () => {
    const { code, stdout, stderr } = await npmTest(path.join(EXAMPLES, name));
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout + stderr, passed);
    assert.doesNotMatch(stderr, /did not exit|open handle/i);
  });

  test(`the example of ${name} fails without its reboot`, async (t) => {
    const copy = path.join(EXAMPLES, `${name}-wrong`);
    fs.cpSync(path.join(EXAMPLES, name), copy, { recursive: true });
    t.after(() => fs.rmSync(copy, { recursive: true }));
    const file = path.join(copy, 'users.test.js');
    const text = fs.readFileSync(file, 'utf8');
    const wrong = text.replace("  await mq.send(new RebootBrokerCommand({ BrokerId: 'b-1' }));\n", '');
    assert.notEqual(wrong, text);
    fs.writeFileSync(file, wrong);
    const { code, stdout, stderr } = await npmTest(copy);
    assert.equal(code, 1);
    assert.match(stdout + stderr, failed);
  });
}

test('the test of the README', async (t) => {
  const directory = fs.mkdtempSync(path.join(EXAMPLES, 'readme-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  const [, code] = /```javascript\n(.*?)```/s.exec(fs.readFileSync(path.join(PACKAGE, 'README.md'), 'utf8'));
  fs.writeFileSync(path.join(directory, 'readme.test.mjs'), code);
  const { stdout, code: status } = await run(process.execPath, ['--test', '--test-reporter=tap'], { cwd: directory });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^# pass 1$/m);
});

test('the README names every member', () => {
  const readme = fs.readFileSync(path.join(PACKAGE, 'README.md'), 'utf8');
  const types = fs.readFileSync(path.join(PACKAGE, 'index.d.ts'), 'utf8');
  for (const [, name] of types.split('interface Server')[1].matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)) {
    assert.match(readme, new RegExp(`\`[^\`]*\\b${name}\\b`), name);
  }
});

test('the types, for import and require, and await using', async (t) => {
  const out = path.join(HERE, 'types', 'out');
  t.after(() => fs.rmSync(out, { recursive: true, force: true }));
  const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  // The declarations alone with those of Node.js, and then programs that use them.
  for (const args of [
    ['--noEmit', '--strict', '--lib', 'es2022,esnext.disposable', '--types', 'node', path.join(PACKAGE, 'index.d.ts')],
    ['--project', path.join(HERE, 'types')],
  ]) {
    const { code, stdout } = await run(process.execPath, [tsc, ...args], { cwd: HERE });
    assert.equal(code, 0, stdout);
  }
  for (const file of ['module.mjs', 'common.cjs']) {
    const { stdout: names, stderr } = await run(process.execPath, [path.join(out, file)]);
    assert.equal(names, 'alice\nstopped\n', stderr);
  }
});

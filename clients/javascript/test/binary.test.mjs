// Where the binary is looked for, and what is said where there is none.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { CLI, PACKAGE, require, run } from './helpers.mjs';
import { start } from 'amazonmq-local';

const { findBinary } = require(path.join(PACKAGE, 'lib', 'binary.js'));
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'binary-'));
after(() => fs.rmSync(directory, { recursive: true }));

const PACKAGED = path.join(path.dirname(require.resolve(`@amazonmq-local/linux-${process.arch}/package.json`)), 'bin', 'amazonmq-local');
const find = (env, platform = 'linux', arch = 'none') => findBinary({ env, platform, arch });

function program(...names) {
  const file = path.join(directory, ...names);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  return file;
}

test('the package of this platform', () => {
  assert.equal(find({}, 'linux', process.arch), PACKAGED);
});

test('its binary has the version of the package', async () => {
  const { stdout } = await run(PACKAGED, ['--version']);
  assert.equal(stdout.split('\n')[0], `amazonmq-local ${require('amazonmq-local/package.json').version}`);
});

test('AMAZONMQ_LOCAL_BIN is first', async (t) => {
  const other = program('other', 'amazonmq-local-2');
  assert.equal(find({ AMAZONMQ_LOCAL_BIN: other }, 'linux', process.arch), other);
  assert.equal(find({ AMAZONMQ_LOCAL_BIN: 'amazonmq-local-2', PATH: path.dirname(other) }), other);
  assert.throws(() => find({ AMAZONMQ_LOCAL_BIN: directory }), /AMAZONMQ_LOCAL_BIN: .* is not a program/);
  process.env.AMAZONMQ_LOCAL_BIN = '/no/such/file';
  t.after(() => { delete process.env.AMAZONMQ_LOCAL_BIN; });
  await assert.rejects(start(), /AMAZONMQ_LOCAL_BIN: \/no\/such\/file is not a program/);
});

test('the PATH is last, and the script of this package is not taken', () => {
  const scripts = path.dirname(program('node_modules', '.bin', 'amazonmq-local'));
  const global = path.join(directory, 'global');
  fs.mkdirSync(global);
  fs.symlinkSync(CLI, path.join(global, 'amazonmq-local'));
  const binary = program('bin', 'amazonmq-local');
  assert.equal(find({ PATH: [scripts, global, '', path.dirname(binary)].join(':') }), binary);
  assert.throws(() => find({ PATH: `${scripts}:${global}` }), /There is no package of amazonmq-local for none/);
});

test('where there is none', async () => {
  assert.throws(() => find({}, 'darwin', 'arm64'), {
    message: 'amazonmq-local runs on Linux only (this is darwin): run the server in Docker or WSL, and set AMAZONMQ_LOCAL_URL ' +
      'to its address.',
  });
  const absent = process.arch === 'x64' ? 'arm64' : 'x64';
  assert.throws(() => find({}, 'linux', absent), new RegExp(`install @amazonmq-local/linux-${absent}`));
  const code = "Object.defineProperty(process, 'platform', { value: 'win32' });";
  const { code: status, stderr } = await run(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(code)}`, CLI]);
  assert.equal(status, 1);
  assert.match(stderr, /^amazonmq-local: amazonmq-local runs on Linux only \(this is win32\): [^\n]*\n$/);
});

test('nothing runs at the installation, and nothing else is installed', () => {
  const manifest = require('amazonmq-local/package.json');
  assert.equal(manifest.scripts, undefined);
  assert.equal(manifest.dependencies, undefined);
  const platform = require(`@amazonmq-local/linux-${process.arch}/package.json`);
  assert.deepEqual([platform.os, platform.cpu, platform.scripts], [['linux'], [process.arch], undefined]);
  assert.equal(manifest.optionalDependencies[platform.name], manifest.version);
  assert.equal(platform.version, manifest.version);
});

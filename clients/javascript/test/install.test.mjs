// npm install from a registry that has only these packages: npm takes the one of the platform.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ARCHIVES, run } from './helpers.mjs';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'install-'));
const documents = {};
let registry, url;

before(async () => {
  registry = http.createServer((request, response) => {
    const name = decodeURIComponent(request.url.slice(1));
    if (name.endsWith('.tgz')) response.end(fs.readFileSync(path.join(ARCHIVES, path.basename(name))));
    else if (documents[name]) response.end(JSON.stringify(documents[name]));
    else response.writeHead(404).end('{}');
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  url = `http://127.0.0.1:${registry.address().port}`;
  for (const archive of fs.readdirSync(ARCHIVES).filter((name) => /^amazonmq-local-(linux-\w+-)?\d.*\.tgz$/.test(name))) {
    const { stdout } = await run('tar', ['-xOzf', path.join(ARCHIVES, archive), 'package/package.json']);
    const manifest = JSON.parse(stdout);
    const integrity = `sha512-${createHash('sha512').update(fs.readFileSync(path.join(ARCHIVES, archive))).digest('base64')}`;
    documents[manifest.name] = {
      name: manifest.name, 'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist: { tarball: `${url}/${archive}`, integrity } } },
    };
  }
});
after(() => {
  registry.closeAllConnections();
  registry.close();
  fs.rmSync(directory, { recursive: true });
});

async function install(name, ...args) {
  const cwd = path.join(directory, name);
  fs.mkdirSync(cwd);
  fs.writeFileSync(path.join(cwd, 'package.json'), '{ "private": true }');
  const { code, stderr } = await run('npm', ['install', '-D', 'amazonmq-local', '--registry', url, '--no-audit', '--no-fund',
    '--cache', path.join(directory, 'cache'), '--fetch-retries=0', ...args], { cwd });
  assert.equal(code, 0, stderr);
  const packages = path.join(cwd, 'node_modules', '@amazonmq-local');
  return { cwd, packages: fs.existsSync(packages) ? fs.readdirSync(packages) : [] };
}

test('npm install, and npx', async () => {
  const { cwd, packages } = await install('here');
  assert.deepEqual(packages, [`linux-${process.arch}`]);
  const { stdout, stderr } = await run('npx', ['--no-install', 'amazonmq-local', '--version'], { cwd });
  assert.match(stdout, /^amazonmq-local \d/, stderr);
});

test('on macOS it installs no binary', async () => {
  assert.deepEqual((await install('there', '--os=darwin', '--cpu=arm64')).packages, []);
});

test('without optional packages the error says what to install', async () => {
  const { cwd, packages } = await install('omitted', '--omit=optional');
  assert.deepEqual(packages, []);
  const { code, stderr } = await run('npx', ['--no-install', 'amazonmq-local', '--version'], { cwd });
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`amazonmq-local was not found: install @amazonmq-local/linux-${process.arch}`));
});

// The README's example, run as it stands but for the address.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { serve } from './server.mjs';

const root = new URL('../../../', import.meta.url);

test('the example of the README', async (t) => {
  const demo = fileURLToPath(new URL('schema/seeds/demo.sql', root));
  const server = await serve(t, { begin: demo });
  const text = readFileSync(new URL('README.md', root), 'utf8');
  const [, example] = text.match(/^```javascript\n(.*?)^```$/ms);
  assert.ok(example.includes('http://localhost:8267'));
  // Below build/node, where an import finds the SDK.
  const directory = mkdtempSync(fileURLToPath(new URL('build/node/readme-', root)));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'example.mjs');
  writeFileSync(file, example.replaceAll('http://localhost:8267', server.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 });
  assert.match(stdout, /Username: 'dave'/);
  assert.match(stdout, /PendingChange: 'CREATE'/);
});

// The AWS SDK for JavaScript over HTTPS. Node.js reads NODE_EXTRA_CA_CERTS when it starts, so each client is a process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PASSWORD, serve } from './server.mjs';

const module = fileURLToPath(new URL('server.mjs', import.meta.url));

// Prints what came of it as JSON: the user's groups after a reboot, or the name and code of the error.
const program = `
const { connect, reboot } = await import(process.argv[1]);
const clients = [];
const mq = connect({ after: (end) => clients.push(end) }, { url: process.argv[2] });
const user = { BrokerId: 'b-orders', Username: 'alice' };
try {
  await mq.send('CreateUser', { ...user, Password: ${JSON.stringify(PASSWORD)}, Groups: ['admins'] });
  await reboot(mq);
  const { Groups } = await mq.send('DescribeUser', user);
  console.log(JSON.stringify({ Groups }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code ?? error.cause?.code ?? error.name }));
}
for (const end of clients) end();
`;

/** Runs the client against a URL with that CA (undefined: none); resolves to what it printed. */
async function run(url, ca) {
  const env = { ...process.env };
  delete env.NODE_EXTRA_CA_CERTS;
  delete env.NODE_TEST_CONTEXT;
  if (ca) env.NODE_EXTRA_CA_CERTS = ca;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, module, url],
    { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { errors += text; });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, errors);
  return JSON.parse(out);
}

/** A server with HTTPS: {plain, tls, ca}. */
async function serveTls(t, ...flags) {
  const directory = mkdtempSync(join(tmpdir(), 'amazonmq-local-tls-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const server = await serve(t, { flags: ['--reboot-time', '0', '--tls-port', '0', '--tls-dir', directory, ...flags] });
  const [plain, tls] = server.url.split('\n');
  assert.match(tls, /^https:\/\/localhost:\d+$/);
  return { plain, tls, ca: join(directory, 'ca.pem') };
}

test('the life of a user over TLS', async (t) => {
  const { tls, ca } = await serveTls(t);
  assert.deepEqual(await run(tls, ca), { Groups: ['admins'] });
});

test('without the CA the server is a stranger', async (t) => {
  const { plain, tls } = await serveTls(t);
  assert.deepEqual(await run(tls), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  assert.deepEqual(await run(plain), { Groups: ['admins'] });
});

test('the CA of another server makes it no friend', async (t) => {
  const [one, other] = [await serveTls(t), await serveTls(t)];
  const { code } = await run(one.tls, other.ca);
  assert.match(code, /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)$/);
});

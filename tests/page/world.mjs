// What the tests do with the server and the page, and what they fill it with.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createUser } from './browser.mjs';

export const ok = async (answer) => {
  const response = await answer;
  assert.equal(response.status, 200, await response.text());
};

/** How often the page has asked for that path. */
export const count = (asked, part) => asked.filter((request) => new URL(request.url()).pathname.startsWith(part)).length;

/** Steps the clock by hours, with the mouse. */
export async function step(page, hours) {
  await page.getByLabel('Step by').fill(String(hours));
  await page.getByRole('button', { name: 'Step the clock' }).click();
}

export const BROKER = '/v1/brokers/b-orders';
export const journalCount = async (server) => (await (await server.call('GET', '/_local/requests?count=true')).json()).count;

/** Adds a revision to the configuration of b-orders: the default with another limit of pending messages; returns its id. */
export async function revise(server, limit, description) {
  const { configurations: { current } } = await (await server.call('GET', '/_local/brokers/b-orders')).json();
  const data = Buffer.from(current.text.replace('limit="1000"', `limit="${limit}"`)).toString('base64');
  await ok(server.call('PUT', `/v1/configurations/${current.id}`, { data, description }));
  return current.id;
}

// The longest names that the service takes, without a place to break them.
export const LONG = { broker: 'W'.repeat(50), user: 'M'.repeat(100), group: 'G'.repeat(100), tag: 'T'.repeat(128) };

// Much of what a page can show.
export const RICH = `
  INSERT INTO user (broker_id, username, pending_change, pending_password) VALUES ('b-orders', 'newcomer', 'CREATE', 'newcomer-password-1');
  INSERT INTO broker (id, name, state) VALUES ('b-growing', 'growing', 'CREATION_IN_PROGRESS'), ('b-broken', 'broken', 'CREATION_FAILED'),
    ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', '${LONG.broker}', 'RUNNING');
  INSERT INTO user (broker_id, username, password, groups, pending_change)
    SELECT id, '${LONG.user}', 'a-long-password-1', '["${LONG.group}"]', 'DELETE' FROM broker WHERE id IN ('b-orders', 'b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9');
  INSERT INTO fault (operation, error, username) VALUES ('Promote', 'ConflictException', NULL), ('ListTags', 'ConflictException', '${LONG.user}');`;

export async function enrich(server) {
  const id = await revise(server, 250, 'fewer pending messages');
  await ok(server.call('PUT', BROKER, { configuration: { id, revision: 2 }, hostInstanceType: 'mq.m5.xlarge', logs: { general: true } }));
  await server.call('POST', '/v1/tags/arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders', { tags: { team: 'blue', [LONG.tag]: LONG.tag } });
  assert.equal((await createUser(server, LONG.user)).status, 409);
  await server.call('GET', '/v1/nothing');
  await ok(server.call('GET', '/v1/brokers'));
  await ok(server.call('POST', '/v1/brokers/b-rabbit/reboot'));
}

/** Reports the process of the broker in the first slot, as run-broker does; `directory` is that of --brokers. */
export function report(server, directory, state, version) {
  const [generation, , , id, secret] = readFileSync(join(directory, '0', 'order'), 'utf8').split(' ');
  return ok(server.call('POST', `/_local/brokers/${id}`, { generation: Number(generation), secret, state, version }));
}

// amazonmq-local for every test of a file: started once on a free port, put back to the beginning before each.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, beforeEach } from 'node:test';

class LocalMq {
  async start() {
    this.url = process.env.AMAZONMQ_LOCAL_URL; // one that runs already, such as a service container
    if (!this.url) {
      const binary = process.env.AMAZONMQ_LOCAL_BIN ?? 'amazonmq-local';
      this.child = spawn(binary, ['--port', '0', '--reboot-time', '1h', '--log-level', 'warn'],
        { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(this.child, 'exit').then(() => { throw new Error(`${binary} did not start`); });
      // Its first line is its URL, printed as soon as it listens.
      [this.url] = await Promise.race([once(createInterface({ input: this.child.stdout }), 'line'), ended]);
    }
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_MQ: this.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local',
    });
  }

  async stop() {
    if (this.child?.kill()) await once(this.child, 'exit');
  }

  /** Sends strings and bytes as they are and anything else as JSON. */
  async call(method, path, body) {
    const raw = body === undefined || typeof body === 'string' || ArrayBuffer.isView(body);
    const answer = await fetch(`${this.url}/_local/${path}`, { method, body: raw ? body : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer;
  }

  /** Back to the beginning: state, faults, clock and journal; then the world, which is SQL. */
  async reset(world) {
    await this.call('POST', 'reset?empty=true');
    await this.call('POST', 'seed', world);
    await this.call('DELETE', 'requests');
  }

  /** Steps the clock; what is due until then has happened when this returns. */
  advance(seconds) {
    return this.call('POST', 'clock', { advanceMs: seconds * 1000 });
  }

  /** Breaks calls on purpose, for example { operation: 'CreateUser', error: 'ForbiddenException', times: 1 }. */
  fault(rule) {
    return this.call('POST', 'faults', rule);
  }

  /** What the service was sent, the oldest first. */
  async requests(filters = {}) {
    return (await (await this.call('GET', `requests?${new URLSearchParams(filters)}`)).json()).requests;
  }

  async snapshot() {
    return new Uint8Array(await (await this.call('GET', 'snapshot')).arrayBuffer());
  }

  restore(snapshot) {
    return this.call('PUT', 'snapshot', snapshot);
  }

  /** Would the running broker let this user in? { authenticated, groups, consoleAccess } */
  async login(brokerId, username, password) {
    return (await this.call('POST', 'authenticate', { brokerId, username, password })).json();
  }
}

export function useLocalMq(world) {
  const local = new LocalMq();
  before(() => local.start());
  beforeEach(() => local.reset(world));
  after(() => local.stop());
  return local;
}

'use strict';

// Starts amazonmq-local, a stand-in for the Amazon MQ API, and speaks its control API.

const { once } = require('node:events');
const fs = require('node:fs');
const { createInterface } = require('node:readline');
const { fileURLToPath } = require('node:url');
const { findBinary } = require('./lib/binary.js');
const { AmazonMqLocalError, call } = require('./lib/control.js');
const { milliseconds } = require('./lib/duration.js');
const { launch, unref } = require('./lib/process.js');

const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
const OPTIONS = ['seed', 'flags', 'port', 'binary', 'url', 'token'];
// What is kept of the server's log, for the message of its end; and how long a server may take to stop.
const LOG_KEPT = 4096;
const STOP_LIMIT_MS = 10_000;

const list = (value) => (Array.isArray(value) ? value : [value]);
const json = (bytes) => JSON.parse(bytes);

/** The query of these members; undefined ones are left out. */
function query(members) {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return new URLSearchParams(present.map(([name, value]) => [name, value?.toISOString?.() ?? value])).toString();
}

class Server {
  #options;
  #process;

  constructor(url, options, process) {
    this.#options = options;
    this.#process = process;
    this.url = url;
    this.port = Number(new URL(url).port) || (url.startsWith('https:') ? 443 : 80);
    this.config = {
      endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    this.env = {
      AWS_ENDPOINT_URL_MQ: url, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local',
    };
    this.clock = {
      advance: (time) => this.#clock('POST', { advanceMs: milliseconds(time) }),
      set: (time) => this.#clock('POST', { now: time?.toISOString?.() ?? time }),
      now: () => this.#clock('GET'),
    };
    this.faults = {
      add: async (fault) => json(await this.#call('POST', 'faults', fault)),
      list: () => this.#all('faults', 'id', {}),
      clear: async (id) => void await this.#call('DELETE', `faults?${query({ id })}`),
    };
  }

  async #call(method, path, body) {
    try {
      return await call({ url: this.url, token: this.#options.token }, method, path, body);
    } catch (error) {
      if (this.#process?.ended && error.status === undefined) throw new AmazonMqLocalError(this.#process.ended);
      throw error;
    }
  }

  async #clock(method, body) {
    return new Date(json(await this.#call(method, 'clock', body)).nowMs);
  }

  /** The whole of a list, which the server may give in parts. */
  async #all(name, key, { last, ...filter }) {
    const all = [];
    for (let more = true; more;) {
      const answer = json(await this.#call('GET', `${name}?${query({ ...filter, last: last && last - all.length })}`));
      all.push(...answer[name]);
      filter.since = all.at(-1)?.[key];
      more = answer.truncated === true && (!last || all.length < last);
    }
    return all;
  }

  async reset({ seed, ...others } = {}) {
    refuseOthers('reset', others);
    await this.#call('POST', seed === undefined ? 'reset' : 'reset?empty=true');
    await this.seed(seed ?? this.#options.seed ?? []);
    await this.clearRequests();
  }

  async seed(seed) {
    for (const part of list(seed)) {
      // No SQL is one word; without this its message would be that of the SQL parser.
      if (typeof part === 'string' && /^\S+\.sql$/.test(part)) throw new TypeError(`seed: a file is given by its URL: new URL('${part}', import.meta.url)`);
      if (typeof part === 'string') await this.#call('POST', 'seed', part);
      else await this.#seedFile(part);
    }
  }

  async #seedFile(file) {
    const name = fileURLToPath(String(file));
    const sql = await fs.promises.readFile(name);
    try {
      await this.#call('POST', 'seed', sql);
    } catch (error) {
      // The message has the place in the body; it is that in the file.
      error.message = error.message.replace(/^body:/, () => `${name}:`);
      throw error;
    }
  }

  async requests(filter = {}) {
    if ('count' in filter) throw new TypeError('requests: there is no filter count; the list has a length.');
    return this.#all('requests', 'number', filter);
  }

  async clearRequests() {
    await this.#call('DELETE', 'requests');
  }

  async authenticate(brokerId, username, password) {
    return json(await this.#call('POST', 'authenticate', { brokerId, username, password }));
  }

  async snapshot() {
    return new Uint8Array(await this.#call('GET', 'snapshot'));
  }

  async restore(snapshot) {
    await this.#call('PUT', 'snapshot', snapshot);
  }

  async stop() {
    await this.#process?.stop();
  }

  [asyncDispose]() {
    return this.stop();
  }
}

/** The process of a server that was started here. */
class Process {
  ended; // what to say of its end, from then on
  #child;
  #closed;
  #log = '';
  #stopping = false;
  #forward = false;

  constructor(binary, { flags = [], port = 0, token }) {
    const env = { AMAZONMQ_LOCAL_LOG_LEVEL: 'warn', ...process.env };
    if (token) env.AMAZONMQ_LOCAL_CONTROL_TOKEN = token;
    this.#child = launch(binary, ['--port', String(port), ...flags], ['ignore', 'pipe', 'pipe'], env);
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#log = (this.#log + text).slice(-LOG_KEPT);
      if (this.#forward) process.stderr.write(text);
    });
    this.#closed = new Promise((resolve) => {
      const end = (how) => {
        const log = this.#stopping ? '' : this.#log.trim().replace(/^amazonmq-local: /, '');
        this.ended ??= [`amazonmq-local ${how}`, log].filter(Boolean).join(': ');
        resolve();
      };
      this.#child.on('error', (error) => end(`did not start: ${error.message}`));
      this.#child.on('close', (code, signal) => {
        if (this.#stopping && code === 0) end('was stopped');
        else end(signal ? `was ended by ${signal}` : `ended with status ${code}`);
      });
    });
  }

  /** Resolves to the URL, which the server prints as soon as it listens. */
  async ready() {
    const lines = createInterface({ input: this.#child.stdout });
    const url = await Promise.race([once(lines, 'line').then(([line]) => line), this.#closed]);
    if (!url) throw new AmazonMqLocalError(this.ended);
    this.#forward = true;
    unref(this.#child);
    return url;
  }

  async stop() {
    if (this.ended) return;
    this.#stopping = true;
    this.#child.ref();
    this.#child.kill('SIGTERM');
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#closed;
    clearTimeout(limit);
  }
}

function refuseOthers(name, others) {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new TypeError(`${name}: there is no option ${other}.`);
}

async function start(options = {}) {
  refuseOthers('start', Object.fromEntries(Object.entries(options).filter(([name]) => !OPTIONS.includes(name))));
  const settings = { ...options, token: options.token ?? process.env.AMAZONMQ_LOCAL_CONTROL_TOKEN };
  const url = options.binary ? undefined : options.url ?? process.env.AMAZONMQ_LOCAL_URL;
  if (url) {
    const server = new Server(url.replace(/\/+$/, ''), settings);
    await server.reset();
    return server;
  }
  const started = new Process(options.binary ?? findBinary(), settings);
  try {
    const server = new Server(await started.ready(), settings, started);
    await server.seed(settings.seed ?? []);
    return server;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

module.exports = { start, AmazonMqLocalError };

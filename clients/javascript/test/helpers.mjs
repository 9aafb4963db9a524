// What the tests share. They run beside the installed packages; no server of the person who runs them counts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const HERE = import.meta.dirname;
/** The archives of the packages. */
export const ARCHIVES = path.resolve(process.env.AMAZONMQ_LOCAL_NPM ?? path.join(HERE, '..', 'packages'));

for (const name of Object.keys(process.env)) {
  if (/^(AMAZONMQ_LOCAL_|AWS_|npm_)/i.test(name)) delete process.env[name];
}

export const require = createRequire(import.meta.url);
export const PACKAGE = path.dirname(require.resolve('amazonmq-local/package.json'));
export const CLI = path.join(PACKAGE, 'bin', 'amazonmq-local.js');
export const BROKER = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');";
export const user = (name) => `INSERT INTO user (broker_id, username, password) VALUES ('b-1', '${name}', '${name}-password-1');`;

const LIMIT_MS = 60_000;

/** Waits for a condition, to a limit that only a failure reaches. */
export async function until(condition, what) {
  for (const end = Date.now() + LIMIT_MS; !await condition();) {
    if (Date.now() > end) throw new Error(`${what}: not within ${LIMIT_MS} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}

/** Whether the process runs; a zombie does not. */
export function runs(pid) {
  try {
    return !/^\d+ \(.*\) Z/s.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Runs a program to its end; its output is text. A test runner in there is one of its own. */
export async function run(program, args, { input = '', env = process.env, ...options } = {}) {
  const { NODE_TEST_CONTEXT: ours, ...others } = env;
  const child = spawn(program, args, { ...options, env: others });
  const result = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { result[name] += text; });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  [result.code, result.signal] = await once(child, 'close');
  return result;
}

/** A process that runs this code, and the first line that it prints. */
export async function begin(args, options) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => { text += more; });
  await until(() => text.includes('\n') || child.exitCode !== null, 'the first line');
  return { child, line: text.split('\n')[0] };
}

/** The process that listens on a port of 127.0.0.1. */
export function listener(port) {
  const local = `0100007F:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
  const row = fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').find((line) => line.trim().split(/\s+/)[1] === local);
  const socket = `socket:[${row?.trim().split(/\s+/)[9]}]`;
  return Number(fs.readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return fs.readdirSync(`/proc/${pid}/fd`).some((fd) => {
        try { return fs.readlinkSync(`/proc/${pid}/fd/${fd}`) === socket; } catch { return false; }
      });
    } catch {
      return false;
    }
  }));
}

export function children(pid) {
  return fs.readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && fs.readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(pid);
    } catch {
      return false;
    }
  }).map(Number);
}

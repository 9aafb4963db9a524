'use strict';

// The process of the server, which ends when this one does.

const fs = require('node:fs');
const { spawn } = require('node:child_process');

const SHELL = '/bin/sh';
// The shell becomes the server, so the child has the server's process id. Its background process waits for the end of the
// pipe on descriptor 3: the kernel closes the pipe when this process ends in whatever way, kill -9 included. A line says
// that the server has ended, so that nobody else is killed who has got its number.
const SCRIPT = '{ read -r line <&3 || kill "$$"; } </dev/null >/dev/null 2>&1 & exec "$0" "$@" 3<&-';

/** Starts the program; stdio is that of its first three descriptors. */
function launch(program, args, stdio, env = process.env) {
  if (!fs.existsSync(SHELL)) return launchAlone(program, args, stdio, env);
  const child = spawn(SHELL, ['-c', SCRIPT, program, ...args], { stdio: [...stdio, 'pipe'], env });
  const guard = child.stdio[3];
  guard.on('error', () => {}); // it closes with the server
  child.once('exit', () => guard.end('\n'));
  return child;
}

/** In images without a shell: the server is ended at the exit of this process, but not when this one is killed. */
function launchAlone(program, args, stdio, env) {
  const child = spawn(program, args, { stdio, env });
  const end = () => child.kill();
  process.once('exit', end);
  child.once('exit', () => process.removeListener('exit', end));
  return child;
}

/** Lets this process end though the child runs. */
function unref(child) {
  child.unref();
  for (const stream of child.stdio) stream?.unref?.();
}

module.exports = { launch, unref };

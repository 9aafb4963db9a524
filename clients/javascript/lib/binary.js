'use strict';

// Where the server's binary is.

const fs = require('node:fs');
const path = require('node:path');

const NAME = 'amazonmq-local';
const PACKAGED = ['x64', 'arm64'];

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The program on the PATH; scripts of this package, which would start themselves, are left out. */
function onPath(name, env) {
  for (const directory of (env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(directory, name);
    if (directory && !directory.endsWith(path.join('node_modules', '.bin')) && isProgram(file) &&
        !fs.realpathSync(file).endsWith('.js')) {
      return file;
    }
  }
  return undefined;
}

function inPackage(platform, arch) {
  try {
    return path.join(path.dirname(require.resolve(`@amazonmq-local/${platform}-${arch}/package.json`)), 'bin', NAME);
  } catch {
    return undefined;
  }
}

function missing(platform, arch) {
  if (platform !== 'linux') {
    return `amazonmq-local runs on Linux only (this is ${platform}): run the server in Docker or WSL, and set ` +
      'AMAZONMQ_LOCAL_URL to its address.';
  }
  if (!PACKAGED.includes(arch)) {
    return `There is no package of amazonmq-local for ${arch}: compile the server, and set AMAZONMQ_LOCAL_BIN to its path.`;
  }
  return `amazonmq-local was not found: install @amazonmq-local/linux-${arch} (npm does so unless optional ` +
    'dependencies are omitted), or set AMAZONMQ_LOCAL_BIN to the path of the binary.';
}

/** The path of the binary: AMAZONMQ_LOCAL_BIN, the package of this platform, or the PATH. Throws if there is none. */
function findBinary({ env = process.env, platform = process.platform, arch = process.arch } = {}) {
  const given = env.AMAZONMQ_LOCAL_BIN;
  if (given) {
    const file = given.includes(path.sep) ? given : onPath(given, env);
    if (!file || !isProgram(file)) throw new Error(`AMAZONMQ_LOCAL_BIN: ${given} is not a program.`);
    return file;
  }
  const file = inPackage(platform, arch) ?? onPath(NAME, env);
  if (!file) throw new Error(missing(platform, arch));
  return file;
}

module.exports = { findBinary };

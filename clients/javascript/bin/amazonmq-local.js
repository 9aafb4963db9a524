#!/usr/bin/env node
'use strict';

// Runs the server with the same arguments; exit status and signals are passed on.

const { constants } = require('node:os');
const { findBinary } = require('../lib/binary.js');
const { launch } = require('../lib/process.js');

let binary;
try {
  binary = findBinary();
} catch (error) {
  process.stderr.write(`amazonmq-local: ${error.message}\n`);
  process.exit(1);
}

const child = launch(binary, process.argv.slice(2), ['inherit', 'inherit', 'inherit']);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`amazonmq-local: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});

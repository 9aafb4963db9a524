'use strict';

// Requests to the control API. Without fetch(), which test environments such as jsdom lack and mocks replace.

const http = require('node:http');
const https = require('node:https');

/** What the server, or its start, has refused. */
class AmazonMqLocalError extends Error {
  constructor(message, { status, type } = {}) {
    super(message);
    this.name = 'AmazonMqLocalError';
    if (status !== undefined) Object.assign(this, { status, type });
  }
}

function messageOf(answer) {
  try {
    return JSON.parse(answer).message ?? String(answer);
  } catch {
    return String(answer);
  }
}

function exchange(target, method, headers, data) {
  return new Promise((resolve, reject) => {
    const { request } = target.protocol === 'https:' ? https : http;
    // A connection of its own: the server may have closed one that is kept.
    const sent = request(target, { method, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => resolve({ answer, bytes: Buffer.concat(parts) }));
    });
    sent.on('error', reject);
    sent.end(data);
  });
}

/** Sends strings and bytes as they are and anything else as JSON; resolves to the bytes of the answer. */
async function call({ url, token }, method, path, body) {
  const raw = body === undefined || typeof body === 'string' || ArrayBuffer.isView(body);
  const data = raw ? body : JSON.stringify(body);
  const headers = { 'content-length': data === undefined ? 0 : Buffer.byteLength(data) };
  if (token) headers.authorization = `Bearer ${token}`;
  const { answer, bytes } = await exchange(new URL(`${url}/_local/${path}`), method, headers, data).catch((error) => {
    throw new AmazonMqLocalError(`amazonmq-local at ${url} does not answer: ${error.message || error.code}`);
  });
  if (answer.statusCode < 300) return bytes;
  const type = answer.headers['x-amzn-errortype'];
  throw new AmazonMqLocalError(messageOf(bytes), { status: answer.statusCode, type });
}

module.exports = { AmazonMqLocalError, call };

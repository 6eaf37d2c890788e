/**
 * The process in which the real Azurite runs. Plain CommonJS, so that the same file serves the compiled
 * tools and the tests. It hands its arguments to Azurite's own blob service, says `ready` once the service
 * answers, and ends when its parent is gone: not even `kill -9` of the parent leaves it behind. Azurite
 * saves its database on the way out.
 */
const http = require('node:http');
const { enableCompileCache } = require('node:module');
const path = require('node:path');
const { setImmediate: turn } = require('node:timers/promises');

const LISTENING = /successfully listens on (\S+)/;
/** Azurite has closed long before this; it bounds what an open connection could keep alive. */
const EXIT_WITHIN_MS = 10_000;

const log = console.log;
console.log = (...line) => {
  log(...line);
  const url = LISTENING.exec(String(line[0]))?.[1];
  if (url) announce(url).catch(fail);
};

process.once('SIGTERM', leave);
process.on('disconnect', () => process.emit('SIGTERM') || process.exit(0));
// What Azurite loads takes longest to start; the second time it is there already.
enableCompileCache(path.join(__dirname, '..', '..', 'node_modules', '.cache', 'azurite'));
// Idle connections are left to their clients, as the other servers here leave them. Azurite has an option for their limit, but
// takes it under one name and reads it under another.
const { createServer } = http;
http.createServer = (...options) => {
  const server = createServer(...options);
  return server.once('listening', () => Object.assign(server, { keepAliveTimeout: 0 }));
};
require('azurite/dist/src/blob/main.js');

/** Azurite closes on SIGTERM, but listens for it only a little after it serves. */
const closesOnSignal = () => process.listenerCount('SIGTERM') > 0;

async function announce(url) {
  const answer = await fetch(`${url}/devstoreaccount1?comp=list`);
  await answer.arrayBuffer();
  process.removeListener('SIGTERM', leave);
  while (!closesOnSignal()) await turn();
  process.once('SIGTERM', leaveOnceClosed);
  process.send?.({ type: 'ready', url });
}

/** Before it serves there is nothing to save. */
function leave() {
  process.exit(0);
}

function leaveOnceClosed() {
  process.channel?.unref();
  setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref();
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

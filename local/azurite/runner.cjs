/**
 * The process in which the real Azurite runs. Plain CommonJS, so that the same file serves the compiled
 * tools and the tests. It hands its arguments to Azurite's own blob service, or with `--all-services` to its
 * blob, queue and table services, says `ready` once they answer, and ends when its parent is gone: not even
 * `kill -9` of the parent leaves it behind. Azurite saves its database on the way out.
 */
const http = require('node:http');
const { enableCompileCache } = require('node:module');
const path = require('node:path');
const { setImmediate: turn } = require('node:timers/promises');

/** The program of all services has other words for it than that of one. */
const LISTENING = /Azurite (Blob|Queue|Table) service .*successfully listen(?:s on|ing at) (\S+)/;
const ALL = '--all-services';
/** Azurite has closed long before this; it bounds what an open connection could keep alive. */
const EXIT_WITHIN_MS = 10_000;

const all = process.argv.includes(ALL);
process.argv = process.argv.filter((argument) => argument !== ALL);
const wanted = all ? 3 : 1;
const urls = new Map();

const log = console.log;
console.log = (...line) => {
  log(...line);
  const [, service, url] = LISTENING.exec(String(line[0])) ?? [];
  if (!service) return;
  urls.set(service, url);
  if (urls.size === wanted) announce(urls).catch(fail);
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
require(all ? 'azurite/dist/src/azurite.js' : 'azurite/dist/src/blob/main.js');

/** Azurite closes on SIGTERM, but listens for it only a little after it serves. */
const closesOnSignal = () => process.listenerCount('SIGTERM') > 0;

async function announce(urls) {
  const url = urls.get('Blob');
  const answer = await fetch(`${url}/devstoreaccount1?comp=list`);
  await answer.arrayBuffer();
  process.removeListener('SIGTERM', leave);
  while (!closesOnSignal()) await turn();
  process.once('SIGTERM', leaveOnceClosed);
  process.send?.({ type: 'ready', url, queueUrl: urls.get('Queue'), tableUrl: urls.get('Table') });
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

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { CATALOGUE } from '../../src/failures/catalogue';
import { BackupError, type Failure, toFailure } from '../../src/failures/failure';
import { azureBlobStore } from '../../src/storage/azure-blob-store';
import type { BlobStore } from '../../src/storage/blob-store';
import { storageFailure } from '../../src/storage/storage-failure';
import { azureThatRefuses, beginBlob, refusal, TRIES } from './support/azure-that-refuses';

type Azure = Awaited<ReturnType<typeof azureThatRefuses>>;

let azure: Azure;
beforeAll(async () => {
  azure = await azureThatRefuses();
});
afterAll(() => azure.stop());

const failureOf = async (call: Promise<unknown>): Promise<Failure> =>
  toFailure(
    await call.then(
      () => new Error('nothing was refused'),
      (error: unknown) => error,
    ),
  );

const consume = async (list: AsyncIterable<unknown>) => {
  for await (const _item of list);
};

/** Every call of the port, and whether it means a blob. */
const CALLS: [what: string, call: (store: BlobStore) => Promise<unknown>, blob: boolean][] = [
  ['get', (store) => store.get('points/a.json'), true],
  ['readInto', (store) => store.readInto('points/a.json', Buffer.alloc(8)), true],
  ['getRange', (store) => store.getRange('points/a.json', 0, 8), true],
  ['head', (store) => store.head('points/a.json'), true],
  ['put', (store) => store.put('points/a.json', Buffer.from('x')), true],
  ['put, if absent', (store) => store.put('points/a.json', Buffer.from('x'), { ifAbsent: true }), true],
  ['touch', (store) => store.touch('points/a.json', '"1"'), true],
  ['delete', (store) => store.delete('points/a.json'), true],
  ['list', (store) => consume(store.list('points/')), false],
  ['now', (store) => store.now(), false],
  ['ensureContainer', (store) => store.ensureContainer(), false],
];

const REFUSALS: [status: number, code: string, is: keyof typeof CATALOGUE][] = [
  [403, 'AuthorizationPermissionMismatch', 'VaultAccessDenied'],
  [403, 'InsufficientAccountPermissions', 'VaultAccessDenied'],
  [403, 'SomethingNobodyKnows', 'VaultAccessDenied'],
  [403, 'KeyBasedAuthenticationNotPermitted', 'VaultKeyAccessDisabled'],
  [403, 'AuthorizationFailure', 'VaultFirewall'],
  [403, 'AuthenticationFailed', 'VaultSignInRefused'],
  [401, 'NoAuthenticationInformation', 'VaultSignInRefused'],
  [409, 'PublicAccessNotPermitted', 'VaultSignInRefused'],
  [403, 'AccountIsDisabled', 'VaultAccountDisabled'],
  [403, 'KeyVaultEncryptionKeyNotFound', 'VaultEncryptionKeyUnavailable'],
  [404, 'ContainerNotFound', 'VaultContainerMissing'],
  [409, 'ContainerBeingDeleted', 'VaultContainerBusy'],
  [409, 'BlobArchived', 'VaultBlobArchived'],
  [409, 'BlobBeingRehydrated', 'VaultBlobArchived'],
  [429, 'TooManyRequests', 'VaultThrottled'],
  [503, 'ServerBusy', 'VaultThrottled'],
  [500, 'OperationTimedOut', 'VaultUnavailable'],
  [500, 'InternalError', 'VaultUnavailable'],
  [507, 'InsufficientStorage', 'VaultFull'],
  [400, 'SomethingElse', 'VaultRequestRefused'],
];

describe.each(CALLS)('%s', (_what, call, meansABlob) => {
  test.each(REFUSALS)('answered %i %s fails with %s', async (status, code, is) => {
    azure.answers(refusal(status, code));
    const failure = await failureOf(call(azure.store));
    const { remedy, retryable } = CATALOGUE[is];
    expect(failure).toMatchObject({ code: is, remedy, retryable });
    expect(failure.message).toContain(`${code}, ${status}`);
    expect(failure.message.startsWith('points/a.json: ')).toBe(meansABlob);
    expect(failure.message).not.toMatch(/RequestId|secret/);
  });
});

test('a refusal that asks to wait says how long', async () => {
  azure.answers(refusal(503, 'ServerBusy', { 'retry-after': '7' }));
  expect(await failureOf(azure.store.now())).toMatchObject({ code: 'VaultThrottled', retryAfterSeconds: 7 });
});

test('a container that is gone makes nobody believe that its blobs are', async () => {
  azure.answers(refusal(404, 'ContainerNotFound'));
  for (const [, call] of CALLS) await expect(call(azure.store)).rejects.toThrow('VaultContainerMissing');
  azure.answers(refusal(404, 'BlobNotFound'));
  expect(await azure.store.get('a')).toBeUndefined();
  expect(await azure.store.head('a')).toBeUndefined();
  expect(await azure.store.delete('a')).toBe('missing');
});

test('a blob that a policy locks is told apart where no condition makes it an answer', async () => {
  azure.answers(refusal(409, 'BlobImmutableDueToPolicy'));
  expect(await failureOf(azure.store.put('a', Buffer.from('x')))).toMatchObject({
    code: 'VaultContentLocked',
  });
  expect(await azure.store.touch('a', '"1"')).toEqual({ written: false, locked: true });
});

test('a service that is not there is unreachable, with words', async () => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await once(nobody, 'close');
  const url = azure.connectionString.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
  const client = BlobServiceClient.fromConnectionString(url, { retryOptions: { maxTries: 1 } });
  const store = azureBlobStore(client.getContainerClient('secretcontainer'));
  for (const [, call, meansABlob] of CALLS) {
    const failure = await failureOf(call(store));
    expect(failure).toMatchObject({ code: 'VaultUnreachable', retryable: true });
    expect(failure.message).toContain('ECONNREFUSED');
    expect(failure.message.startsWith('points/a.json: ')).toBe(meansABlob);
  }
});

test('a connection that is cut before an answer is unreachable after the tries of the SDK', async () => {
  azure.answers((_request, response) => response.destroy());
  expect(await failureOf(azure.store.get('a'))).toMatchObject({ code: 'VaultUnreachable' });
  expect(azure.seen.sdkReads).toBe(TRIES);
});

describe('a body', () => {
  test('that is cut, again and again, is incomplete, and names its blob', async () => {
    azure.answers((request, response) => {
      beginBlob(request, response, 8);
      response.write('abc', () => response.destroy());
    });
    for (const [what, call] of CALLS.slice(0, 3)) {
      const failure = await failureOf(call(azure.store));
      expect({ what, ...failure }).toMatchObject({ what, code: 'VaultReadIncomplete', retryable: true });
      expect(failure.message).toMatch(/^points\/a\.json: /);
    }
  });

  test('that is longer than what was asked for is incomplete as well', async () => {
    azure.answers((request, response) => {
      beginBlob(request, response, 12);
      response.end('abcdefghijkl');
    });
    expect(await failureOf(azure.store.getRange('a', 0, 8))).toMatchObject({ code: 'VaultReadIncomplete' });
  });

  test('that stops coming is given up', async () => {
    const hasty = await azureThatRefuses({ answerMs: 60_000, idleMs: 20 });
    hasty.answers((request, response) => {
      beginBlob(request, response, 8);
      response.write('abc');
    });
    try {
      for (const [, call] of CALLS.slice(0, 3)) {
        const failure = await failureOf(call(hasty.store));
        expect(failure).toMatchObject({ code: 'VaultReadIncomplete' });
        expect(failure.message).toMatch(/^points\/a\.json: .*nothing came/);
      }
    } finally {
      await hasty.stop();
    }
  });
});

test('a service that takes a request and never answers is given up', async () => {
  const hasty = await azureThatRefuses({ answerMs: 20, idleMs: 20 });
  hasty.answers(() => undefined);
  try {
    for (const [, call] of CALLS) {
      const failure = await failureOf(call(hasty.store));
      expect(failure).toMatchObject({ code: 'VaultUnreachable' });
      expect(failure.message).toContain('no answer came');
    }
  } finally {
    await hasty.stop();
  }
});

test('who breaks off a request hears no refusal', async () => {
  const stop = new AbortController();
  azure.answers(() => stop.abort());
  const read = azure.store.get('a', { signal: stop.signal });
  await expect(read).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  await expect(read).rejects.not.toThrow(BackupError);
});

describe('what is thrown without an answer', () => {
  const thrown = (name: string, code: string | undefined, message = '') =>
    Object.assign(new Error(message), { name, code });
  test.each([
    ['a full disk', thrown('Error', 'ENOSPC'), 'VaultFull'],
    ['a used quota', thrown('Error', 'EDQUOT'), 'VaultFull'],
    ['a name that nobody knows', thrown('RestError', 'ENOTFOUND'), 'VaultUnreachable'],
    [
      'a certificate of somebody else',
      thrown('RestError', 'ERR_TLS_CERT_ALTNAME_INVALID'),
      'VaultUnreachable',
    ],
    ['a certificate that is over', thrown('Error', 'CERT_HAS_EXPIRED'), 'VaultUnreachable'],
    ['no identity', thrown('CredentialUnavailableError', undefined), 'VaultSignInFailed'],
    ['no token', thrown('AggregateAuthenticationError', undefined), 'VaultSignInFailed'],
  ])('%s has a cause', (_, error, is) => {
    const failure = storageFailure(error, 'a') as BackupError;
    expect(failure.failure).toMatchObject({ code: is });
    expect(failure.failure.message).not.toBe('a: ');
    expect(failure.cause).toBe(error);
  });

  test('a fault of the program stays one', () => {
    const fault = new TypeError('undefined is not a function');
    expect(storageFailure(fault, 'a')).toBe(fault);
    expect(storageFailure('text')).toBe('text');
  });

  test('signatures stay out of the message', () => {
    const error = thrown(
      'RestError',
      'REQUEST_SEND_ERROR',
      'cannot reach http://h/c?sig=abc now\nmore sig=abc',
    );
    expect((storageFailure(error) as BackupError).failure.message).not.toContain('abc');
  });
});

import { z } from 'zod';
import { readProgress } from '../../src/jobs/disk-progress';
import { deleteKept, type KeptDocument, keep, keepOnce, readKept } from '../../src/jobs/kept-documents';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const ANSWER: KeptDocument<{ answer: number }> = {
  name: 'answer.json',
  schema: z.object({ answer: z.number() }),
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'read',
    (error) => error.failure?.code,
  );

test('what is kept once stands, whatever a repeat says; what is kept is what is read', async () => {
  const store = memoryBlobStore();
  expect(await keepOnce(store, 'job-1', ANSWER, { answer: 1 })).toEqual({ answer: 1 });
  expect(await keepOnce(store, 'job-1', ANSWER, { answer: 2 })).toEqual({ answer: 1 });
  await keep(store, 'job-1', ANSWER, { answer: 3 });
  expect(await readKept(store, 'job-1', ANSWER)).toEqual({ answer: 3 });
});

test('a document of another form is refused by name, and one that is gone is told', async () => {
  const store = memoryBlobStore();
  await store.put('captures/job-1/answer.json', Buffer.from('{"answer":"yes"}'));
  await expect(readKept(store, 'job-1', ANSWER)).rejects.toThrow('captures/job-1/answer.json');
  expect(await codeOf(readKept(store, 'job-1', ANSWER))).toBe('DocumentUnreadable');
  await deleteKept(store, 'job-1');
  expect(await codeOf(readKept(store, 'job-1', ANSWER))).toBe('JobUnknown');
});

test.each(['{"part":"first"}', '{"half'])(
  'progress that says %s keeps nobody from seeing the job',
  async (body) => {
    const store = memoryBlobStore();
    await store.put('progress/job-1/os.json', Buffer.from(body));
    expect(await readProgress(store, 'job-1', 'os')).toBeUndefined();
  },
);

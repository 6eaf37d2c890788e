import type { z } from 'zod';
import { readDocument } from '../documents/read-document';
import { backupError } from '../failures/failure';
import type { BlobStore } from '../storage/blob-store';

/**
 * What the steps of a job hand to one another beside the orchestration history, which is no place for more
 * than a few KiB at a time: a VM may have 65 disks with ids of 500 characters. Gone when the job has ended.
 */
export interface KeptDocument<T> {
  /** Its name among the documents of the job. */
  name: string;
  schema: z.ZodType<T>;
}

const MAX_BYTES = 4 * 1024 * 1024;

const path = (jobId: string, name: string) => `captures/${jobId}/${name}`;
const toBlob = <T>({ schema }: KeptDocument<T>, value: T) => Buffer.from(JSON.stringify(schema.parse(value)));

/** Keeps a document of a job, in place of what was kept under its name before. */
export async function keep<T>(
  store: BlobStore,
  jobId: string,
  document: KeptDocument<T>,
  value: T,
): Promise<void> {
  await store.put(path(jobId, document.name), toBlob(document, value));
}

/** Keeps a document of a job; a repeat answers with what the first try kept. */
export async function keepOnce<T>(
  store: BlobStore,
  jobId: string,
  document: KeptDocument<T>,
  value: T,
): Promise<T> {
  const { written } = await store.put(path(jobId, document.name), toBlob(document, value), {
    ifAbsent: true,
  });
  return written ? value : readKept(store, jobId, document);
}

/**
 * A document that a step of the job kept. Fails with `JobUnknown` when it is gone, and with
 * `DocumentUnreadable`.
 */
export async function readKept<T>(store: BlobStore, jobId: string, document: KeptDocument<T>): Promise<T> {
  const name = path(jobId, document.name);
  const blob = await store.get(name, { maxBytes: MAX_BYTES });
  if (!blob) throw backupError('JobUnknown', `What job ${jobId} kept as ${document.name} is gone.`);
  return readDocument(document.schema, blob.body, name);
}

/** Deletes everything that the steps of a job have kept. */
export async function deleteKept(store: BlobStore, jobId: string): Promise<void> {
  for await (const { name } of store.list(path(jobId, ''))) await store.delete(name);
}

/** Whether a step of the job has kept this document. */
export const hasKept = async <T>(
  store: BlobStore,
  jobId: string,
  document: Pick<KeptDocument<T>, 'name'>,
): Promise<boolean> => (await store.head(path(jobId, document.name))) !== undefined;

/** A document that a step of some job has kept, as a listing shows it. */
export interface KeptItem {
  jobId: string;
  name: string;
  lastModified: string;
}

/** Everything that the steps of all jobs have kept, the oldest job first. */
export async function* allKept(store: BlobStore): AsyncIterable<KeptItem> {
  for await (const { name: blob, lastModified } of store.list('captures/')) {
    const [, jobId, name] = blob.split('/');
    if (jobId && name) yield { jobId, name, lastModified };
  }
}

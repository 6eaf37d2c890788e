import type { Failure } from '../../failures/failure';
import type { ChunkContent } from './chunk-codec';

/** A piece of memory that both threads see. */
export interface SharedBytes {
  memory: SharedArrayBuffer;
  offset: number;
  length: number;
}

export type CodecTask = { id: number } & (
  | { do: 'describe'; chunk: SharedBytes }
  | { do: 'describe other'; chunk: SharedBytes; than: string | undefined }
  | { do: 'seal'; chunk: SharedBytes; target: SharedBytes }
  | { do: 'open'; sealed: SharedBytes; name: string; target?: SharedBytes }
);

/** What a thread says when a task has ended: its result, or why the envelope was refused. */
export interface CodecAnswer {
  id: number;
  done?: ChunkContent | number;
  refused?: { objectName: string; failure: Failure };
}

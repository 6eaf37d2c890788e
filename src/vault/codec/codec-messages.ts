import type { Failure } from '../../failures/failure';
import type { BlockRun } from '../format/block-map';
import type { ChunkContent, SealedPatch } from './chunk-codec';

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
  | { do: 'seal patch'; chunk: SharedBytes; runs: readonly BlockRun[] }
  | { do: 'open'; sealed: SharedBytes; name: string; target?: SharedBytes }
);

/** What a thread says when a task has ended: its result, or why the envelope was refused. */
export interface CodecAnswer {
  id: number;
  done?: ChunkContent | SealedPatch | number;
  refused?: { objectName: string; failure: Failure };
}

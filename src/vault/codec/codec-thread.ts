import { parentPort } from 'node:worker_threads';
import { ObjectError } from '../../storage/object-error';
import { chunkWork } from './chunk-work';
import type { CodecAnswer, CodecTask, SharedBytes } from './codec-messages';

const bytesOf = ({ memory, offset, length }: SharedBytes) => Buffer.from(memory, offset, length);

function answer(task: CodecTask): CodecAnswer {
  try {
    return { id: task.id, done: carryOut(task) };
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    return { id: task.id, refused: { objectName: error.objectName, failure: error.failure } };
  }
}

function carryOut(task: CodecTask): CodecAnswer['done'] {
  switch (task.do) {
    case 'describe':
      return chunkWork.describe(bytesOf(task.chunk));
    case 'describe other':
      return chunkWork.describeOther(bytesOf(task.chunk), task.than);
    case 'seal':
      return chunkWork.seal(bytesOf(task.chunk), bytesOf(task.target));
    case 'seal patch':
      return chunkWork.sealPatch(bytesOf(task.chunk), task.runs);
    case 'open':
      chunkWork.open(bytesOf(task.sealed), task.name, task.target && bytesOf(task.target));
      return undefined;
  }
}

parentPort?.on('message', (task: CodecTask) => parentPort?.postMessage(answer(task)));

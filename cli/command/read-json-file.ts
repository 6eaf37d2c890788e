import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';

/** A JSON object from a file, or from stdin for `-`. Throws `Refused` when there is none. */
export async function readJsonFile(file: string): Promise<object> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(refuse(file));
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new Refused(EXIT.usage, `${file} is not JSON: ${(error as Error).message}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Refused(EXIT.usage, `${file} is not a JSON object.`);
}

const refuse =
  (file: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw new Refused(EXIT.usage, `${file} cannot be read: ${error.code}.`, 'Check the path.');
  };

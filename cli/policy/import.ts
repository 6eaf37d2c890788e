import type { AnswerOf, RequestOf } from '../../client/api-client';
import { readJsonFile } from '../command/read-json-file';
import type { Session } from '../command/session';
import type { Column } from '../output/column';
import { putPolicy } from './change';
import { POLICY_COLUMNS } from './policy-columns';

type Imported = AnswerOf<'importPolicy'>;

const IMPORTED = POLICY_COLUMNS.map(
  (column): Column<Imported> => ({
    ...column,
    value: ({ name = '', policy }) => column.value({ name, ...policy }),
    people: ({ name = '', policy }) =>
      column.people?.({ name, ...policy }) ?? String(column.value({ name, ...policy }) ?? ''),
  }),
);

export async function importPolicy(
  session: Session,
  file: string,
  as?: string,
  yes?: boolean,
): Promise<void> {
  const body = (await readJsonFile(file)) as RequestOf<'importPolicy'>['body'];
  const imported = await session.api.importPolicy({ body });
  const notes = [
    ...imported.notCarriedOver.map(({ field, reason }) => `Not carried over: ${field}: ${reason}`),
    ...imported.assumed.map(({ field, reason }) => `Assumed: ${field}: ${reason}`),
  ];
  if (as === undefined) return session.show(imported, IMPORTED, notes.length > 0 ? [notes.join('\n')] : []);
  for (const note of notes) session.say(note);
  await putPolicy(session, as, imported.policy, yes);
}

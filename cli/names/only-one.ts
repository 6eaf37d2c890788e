import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';

/** How many candidates an ambiguous name lists. */
const LISTED = 20;

/**
 * The one that a short name means. Throws `Refused`: not found, or ambiguous with its candidates.
 * @param word how the kind is called
 * @param say how a candidate is named, so that the name means no other
 * @param lookUp the command that lists what there is
 */
export function onlyOne<T>(
  word: string,
  text: string,
  found: readonly T[],
  say: (one: T) => string,
  lookUp: string,
): T {
  const [first, second] = found;
  if (first === undefined) {
    throw new Refused(EXIT.notFound, `There is no ${word} ${JSON.stringify(text)}.`, `${lookUp} lists them.`);
  }
  if (second === undefined) return first;
  const listed = found.slice(0, LISTED).map((one) => `  ${say(one)}`);
  if (found.length > LISTED) listed.push(`  and ${found.length - LISTED} more`);
  throw new Refused(
    EXIT.usage,
    `${JSON.stringify(text)} may mean ${found.length} of them:\n${listed.join('\n')}`,
    'Say more of the name.',
  );
}

import { type TypedData, wholeNumber } from '../worker/protocol';

// Conversions of values on their way between functions, as the extension makes
// them (some of them surprising).

/**
 * What an activity receives: the SDK encodes strings as JSON itself, so they survive; a boolean becomes the
 * text `True` or `False`, and null is no data at all: the function gets `undefined`.
 * @param input JSON text of the one-element array of a TaskScheduled event.
 */
export function activityInput(input: string): TypedData {
  const [value] = JSON.parse(input) as [unknown];
  if (typeof value === 'string') return { string: value };
  if (value === null) return {};
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  return { json: JSON.stringify(value) };
}

/** The JSON text of what a function returned, for the history; null when it returned nothing. */
export function resultJson(data: TypedData | null | undefined): string | null {
  if (!data) return null;
  if (data.json !== undefined) return data.json;
  if (data.string !== undefined) return JSON.stringify(data.string);
  if (data.bytes !== undefined) return JSON.stringify(Buffer.from(data.bytes).toString('base64'));
  if (data.int !== undefined) return wholeNumber(data.int);
  return data.double === undefined ? null : JSON.stringify(data.double);
}

/** JSON text of a value; null for `null` and `undefined`, which are no value to the extension. */
export const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

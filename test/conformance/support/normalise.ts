// Takes out of what was seen whatever differs from one run to the next.

const EXCEPTION = '{"$type":"System.';
/** Fields of an exception, and of an answer that tells of one, that say where it came from. */
const STACKS = ['StackTraceString', 'RemoteStackTraceString', 'Source', 'StackTrace'];

/**
 * The same value without times, ports, ids that are made up, keys and stacks. Histories are sorted: what runs
 * side by side ends in any order.
 */
export function normalise(value: unknown): unknown {
  if (typeof value === 'string') return normaliseText(value);
  if (Array.isArray(value)) return value.map(normalise);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const clean = STACKS.includes(key) && typeof inner === 'string' ? '<stack>' : normalise(inner);
      return [key, key === 'historyEvents' && Array.isArray(clean) ? sorted(clean) : clean];
    }),
  );
}

function sorted(events: unknown[]): unknown[] {
  const order = events.map((event) => ({ event, text: JSON.stringify(event) }));
  return order.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text))).map(({ event }) => event);
}

function normaliseText(text: string): string {
  const at = text.indexOf(EXCEPTION);
  if (at >= 0) return normaliseText(text.slice(0, at)) + exceptionIn(text.slice(at));
  return (
    text
      .replace(/\b20[23]\d-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?/g, (time) =>
        isOfCases(time) ? time : shapeOf(time),
      )
      .replace(/http:\/\/(127\.0\.0\.1|localhost):\d+(\/rpc\/[^/]+(?=\/))?/g, '<host>')
      .replace(/\b(127\.0\.0\.1|localhost):\d+/g, '<host>')
      .replace(/&code=\w*|code=\w*&?/g, '')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<guid>')
      .replace(/\b[0-9a-f]{32}\b/g, '<hex32>')
      // Frames of JavaScript, and of .NET.
      .replace(/(\n {4}at [^\n]*)+/g, '\n    at …')
      .replace(/( {3}at [A-Z][\w.]*\.[^\n]*\n?)+/g, '   at …')
      .replace(/(StackTrace(?:":"|: )).*$/s, '$1<stack>')
      .replace(/(known orchestrator functions: ).*$/s, '$1<names>')
      .replace(/(.)\1{100,}/g, '$1…')
  );
}

/** The years in which the cases' own dates lie. */
const isOfCases = (time: string): boolean => /^20(29|30)/.test(time);

/** In which zone a time is written; .NET leaves a fraction of zero away. */
const shapeOf = (time: string): string => `<time${/(Z|[+-]\d\d:\d\d)$/.exec(time)?.[0] ?? ''}>`;

/** A serialized exception of .NET: its fields, without where it was thrown. */
function exceptionIn(text: string): string {
  try {
    const shown = JSON.parse(text, (key, value) =>
      STACKS.includes(key) && typeof value === 'string' ? '<stack>' : value,
    );
    return `<exception ${JSON.stringify(shown, (_, value) => (typeof value === 'string' ? normaliseText(value) : value))}>`;
  } catch {
    return '<exception>';
  }
}

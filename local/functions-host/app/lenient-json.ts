/** A text in quotes, or a comment; nothing else in JSON holds either. */
const TEXT_OR_COMMENT = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TEXT_OR_COMMA = /"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g;
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * JSON as the Functions host reads host.json and local.settings.json: with a byte order mark, comments and
 * commas at ends. @throws SyntaxError
 */
export function parseLenientJson(text: string): unknown {
  const bare = text
    .replace(BYTE_ORDER_MARK, '')
    .replace(TEXT_OR_COMMENT, (found) => (found.startsWith('"') ? found : ' '))
    .replace(TEXT_OR_COMMA, (found) => (found.startsWith('"') ? found : ''));
  return JSON.parse(bare);
}

/** The same value with every `%NAME%` in its texts replaced by that setting, where there is one. */
export function withSettingsIn(value: unknown, settings: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string') return value.replace(/%([^%\s]+)%/g, (all, name) => settings[name] ?? all);
  if (Array.isArray(value)) return value.map((item) => withSettingsIn(item, settings));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withSettingsIn(of, settings)]));
}

const MOST_CHARACTERS = 100;

/** What callers named something, short enough to be repeated. */
export const cut = (text: string): string => {
  const characters = [...text.slice(0, 2 * MOST_CHARACTERS + 2)];
  return characters.length <= MOST_CHARACTERS ? text : `${characters.slice(0, MOST_CHARACTERS).join('')}…`;
};

/**
 * The same inside a sentence: as it is where it can be taken for nothing else, in quotation marks where it
 * could.
 */
export const quoted = (text: string): string =>
  /^[\w.[\]-]+$/.test(text) && text.length <= MOST_CHARACTERS ? text : JSON.stringify(cut(text));

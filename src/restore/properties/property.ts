/** A resource, or a part of one, as Azure answers it on the wire. */
export type Wire = Record<string, unknown>;

/**
 * What becomes of a property in a restore:
 * - `restored`: the new resource has what the old one had; where that cannot be, the restore fails.
 * - `if-possible`: it is asked for, and left out with a warning where Azure refuses or the old VM has it
 *   still.
 * - `not-restored`: left out, with a warning where the old resource had it.
 * - `made-anew`: it follows from the restore itself, or is on the disks; nothing is lost.
 */
export type Fate = 'restored' | 'if-possible' | 'not-restored' | 'made-anew';

/** One decision about a property that can be written. It counts for everything below it that has no own. */
export interface Property {
  /** Where it is on the wire; `[]` stands for each element of a list. */
  path: string;
  fate: Fate;
  /** What a sentence calls it, for example `the availability set`. */
  name: string;
  /** Why it is so. */
  reason: string;
  /** What a sentence calls it when it protects: then it is never lost unless that was asked for. */
  protects?: true;
  /** Values that are as good as none: nothing is lost with them. */
  usual?: readonly unknown[];
  /** What is told although it is restored, and for which values; for all without `when`. */
  note?: { text: string; when?: (value: unknown) => boolean };
}

/** All decisions about one kind of resource. */
export interface PropertyTable {
  /** The resource, with the API version whose properties these are. */
  resource: string;
  apiVersion: string;
  properties: readonly Property[];
}

type Names = Record<string, string | (Pick<Property, 'name'> & Partial<Property>)>;

/** Properties of one fate and one reason: paths with their names, or with more where there is more to say. */
export const decide = (fate: Fate, reason: string, names: Names): Property[] =>
  Object.entries(names).map(([path, about]) => ({
    path,
    fate,
    reason,
    ...(typeof about === 'string' ? { name: about } : about),
  }));

/** The decision that counts for a path: that of the longest path that is it or stands above it. */
export function decisionFor(properties: readonly Property[], path: string): Property | undefined {
  const above = properties.filter(
    (one) => path === one.path || path.startsWith(`${one.path}.`) || path.startsWith(`${one.path}[]`),
  );
  return above.sort((left, right) => right.path.length - left.path.length)[0];
}

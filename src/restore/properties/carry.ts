import { decisionFor, type Property, type PropertyTable, type Wire } from './property';

/** What a resource brings along into the one that is made in its place. */
export interface Carried {
  model: Wire;
  /** What comes along in any case. */
  kept: Found[];
  /** What is asked for, and left out where Azure refuses. */
  optional: Found[];
  /** What the new resource cannot have. */
  lost: Found[];
  /** What is told although it comes along. */
  notes: string[];
}

/** A property that the old resource had. */
export interface Found {
  property: Property;
  /** Its values, as text: what a refusal names when it is about this property. */
  values: string[];
}

/**
 * What a restore carries over of a resource, by the table of its kind. `without` holds paths of the table
 * that this restore leaves out although it could carry them.
 */
export function carry(
  table: PropertyTable,
  resource: Wire,
  without: ReadonlySet<string> = new Set(),
): Carried {
  const seen = new Map<Property, unknown[]>();
  const model = copied(resource, '', (path, value) => {
    const property = decisionFor(table.properties, path);
    if (!property) return false;
    if (value !== null && !isUsual(property, value))
      seen.set(property, [...(seen.get(property) ?? []), value]);
    return isCarried(property) && !without.has(property.path);
  });
  const found = [...seen].map(([property, values]) => ({ property, values }));
  const texts = ({ property, values }: (typeof found)[number]): Found => ({
    property,
    values: values.map(String),
  });
  const comesAlong = ({ property }: { property: Property }) =>
    isCarried(property) && !without.has(property.path);
  return {
    model: isObject(model) ? model : {},
    kept: found.filter((one) => one.property.fate === 'restored' && comesAlong(one)).map(texts),
    optional: found.filter((one) => one.property.fate === 'if-possible' && comesAlong(one)).map(texts),
    lost: found.filter((one) => one.property.fate !== 'made-anew' && !comesAlong(one)).map(texts),
    notes: found.filter(comesAlong).flatMap(({ property: { note }, values }) => {
      const told = note && (!note.when || values.some(note.when));
      return told ? [note.text] : [];
    }),
  };
}

const isCarried = ({ fate }: Property): boolean => fate === 'restored' || fate === 'if-possible';

const isUsual = ({ usual = [] }: Property, value: unknown): boolean => usual.includes(value) || value === '';

const isObject = (value: unknown): value is Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of `value` whose leaves `keep` keeps; undefined where nothing is left. */
function copied(value: unknown, path: string, keep: (path: string, leaf: unknown) => boolean): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((one) => copied(one, `${path}[]`, keep)).filter((one) => one !== undefined);
    return elements.length > 0 ? elements : undefined;
  }
  const entries = isObject(value) ? Object.entries(value) : [];
  if (!isObject(value) || entries.length === 0) return keep(path, value) ? value : undefined;
  const kept = entries.flatMap(([name, child]) => {
    const copy = copied(child, path === '' ? name : `${path}.${name}`, keep);
    return copy === undefined ? [] : [[name, copy]];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** The warning of a restore about a property that did not come along. */
export const warningOf = (subject: string, { name, reason }: Property): string =>
  `${subject} comes without ${name}: ${reason}`;

/** One row of the catalogue of failures: everything about a cause that does not depend on the occasion. */
export interface CatalogueEntry {
  /** The step of the process in which the cause shows. */
  step: string;
  /** One line: what it means. */
  title: string;
  /** What to do about it, in the imperative. */
  remedy: string;
  /** True when trying again later can help without anybody doing anything. */
  retryable: boolean;
}

/** A part of the catalogue, with its codes as a type. */
export const entries = <Code extends string>(
  part: Record<Code, CatalogueEntry>,
): Record<Code, CatalogueEntry> => part;

/** What became of a field of a document, for people to read. */
export interface FieldNote {
  field: string;
  reason: string;
}

/** What is learned of a document while it is translated. */
export interface Notes {
  /** What keeps it from being translated. */
  faults: FieldNote[];
  /** What this system does not have, or does in its own way. */
  notCarriedOver: FieldNote[];
  /** What the document does not say, and what Azure does then. */
  assumed: FieldNote[];
}

/** A settings document with the version it was read at. */
export interface Document<T> {
  name: string;
  value: T;
  etag: string;
  /** The storage service's time of the last change, ISO 8601 UTC. */
  lastModified: string;
}

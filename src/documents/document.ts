/** A settings document with the version it was read at. */
export interface Document<T> {
  name: string;
  value: T;
  etag: string;
  /** The storage service's time of the last change, ISO 8601 UTC. */
  lastModified: string;
  /** The storage service's time at which it was read; absent for one that was written or remembered. */
  readAt?: string;
}

/** An answer of the HTTP API, its body parsed. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

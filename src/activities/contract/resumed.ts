/** A long-running operation that has begun goes on with the token of its last answer. */
export interface Resumed {
  token?: string;
}

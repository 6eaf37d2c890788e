import { list, object } from '../../cloud/json';

const SKIP_PARAMETER = '$skiptoken';

/**
 * One page of a list, with the link to the next one that clients follow as it is; any other answer as it is.
 * @param url of the request
 * @param pageSize 0 for everything at once
 */
export function takePage(body: unknown, url: URL, pageSize: number): unknown {
  const { value } = object(body);
  if (!Array.isArray(value) || pageSize === 0) return body;
  const start = Number(url.searchParams.get(SKIP_PARAMETER) ?? 0);
  const end = start + pageSize;
  const next = new URL(url);
  next.searchParams.set(SKIP_PARAMETER, String(end));
  return { value: list(value).slice(start, end), ...(end < value.length && { nextLink: next.href }) };
}

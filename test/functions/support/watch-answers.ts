import { type ApiContract, readContract } from './api-contract';

/** The contracts of the running apps, by the address of their API. */
const watched = new Map<string, ApiContract>();
const plainFetch = globalThis.fetch;
let known: ApiContract | undefined;

/**
 * From now on every answer of the API at this address is held against the OpenAPI document that it serves,
 * whoever in the test fetches it and however: a request whose answer is not as described rejects. An app that
 * cannot serve its document is held to that of one that could.
 */
export async function watchAnswers(api: string): Promise<ApiContract> {
  const served = await plainFetch(`${api}/openapi.json`);
  if (served.ok) known = await readContract(await served.json());
  if (!known) throw new Error(`The OpenAPI document was not served: ${served.status}.`);
  watched.set(api, known);
  globalThis.fetch = watchedFetch;
  return known;
}

const watchedFetch: typeof fetch = async (input, init) => {
  const answer = await plainFetch(input, init);
  const url = input instanceof Request ? input.url : String(input);
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  for (const [api, contract] of watched) {
    if (!url.startsWith(`${api}/`)) continue;
    const text = await answer.clone().text();
    const faults = contract.faults(method, url.slice(api.length + 1), {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    });
    if (faults.length > 0) throw new Error(`Not as described: ${faults.join('; ')}\n${text.slice(0, 1000)}`);
  }
  return answer;
};

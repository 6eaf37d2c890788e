/** The words of the Functions host for a function that ran too long. */
export function timeoutText(name: string, timeoutMs: number, invocationId: string): string {
  const span = new Date(timeoutMs).toISOString().slice(11, 19);
  return `Timeout value of ${span} exceeded by function 'Functions.${name}' (Id: '${invocationId}').`;
}

import fc from 'fast-check';

/** Keys that are as keys have to be, of what nobody knows. */
export const NO_VM = 'nobody-00000000';
export const NO_POINT = `${NO_VM}.20260301t020000z`;
export const NO_JOB = '20260301t020000z-backup-nobody-00000000';

const HOSTILE = [
  '%00',
  '..%2F..%2Fvault.json',
  "' OR 1=1 --",
  '<script>',
  '\u202e',
  '😀',
  '{{x}}',
  'a'.repeat(3000),
  '-',
  '__proto__',
];
const SOUND: Record<string, string> = { vm: NO_VM, point: NO_POINT, job: NO_JOB, policy: 'nobodys' };

/** A request to this route with anything in its path, query, headers and body. */
export function hostileRequest(route: string) {
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const value = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).filter((text) => !/^\.{1,2}$/.test(text)),
  );
  const segments = fc.tuple(...names.map((name) => fc.oneof(fc.constant(SOUND[name] ?? ''), value)));
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('', '{}', '{"__proto__":{"dryRun":true}}', '['.repeat(5000), `"${'x'.repeat(70_000)}"`),
    fc
      .record({ target: fc.constantFrom('disks', 'vm', 'replace'), name: fc.string() })
      .map((one) => JSON.stringify(one)),
  );
  const visible = fc.string({ unit: fc.constantFrom(...'"\\*;=,W/abc 0'), maxLength: 12 });
  const headers = fc.dictionary(fc.constantFrom('If-Match', 'Idempotency-Key', 'content-type'), visible, {
    maxKeys: 2,
  });
  const query = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
    maxKeys: 2,
  });
  return fc.record({ segments, body, headers, query }).map(({ segments, body, headers, query }) => {
    const values = segments.map((segment) => encodeURIComponent(segment));
    const filled = route.replace(/\{\w+\}/g, () => values.shift() ?? '');
    const parameters = new URLSearchParams(query).toString();
    return { path: parameters === '' ? filled : `${filled}?${parameters}`, body, headers };
  });
}

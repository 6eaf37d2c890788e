import type { PageState } from '../disks/page-map';
import type { Run } from '../disks/runs';

/** Azure's answer to `comp=pagelist`: inclusive ends; a marker when there is more. */
export function pageListXml(runs: readonly Run<PageState>[], nextMarker: number | undefined): string {
  const ranges = runs.map(({ start, end, value }) => {
    const tag = value === 'data' ? 'PageRange' : 'ClearRange';
    return `<${tag}><Start>${start}</Start><End>${end - 1}</End></${tag}>`;
  });
  const marker = nextMarker === undefined ? '' : `<NextMarker>${nextMarker}</NextMarker>`;
  return `<?xml version="1.0" encoding="utf-8"?><PageList>${ranges.join('')}${marker}</PageList>`;
}

import {
  DISK,
  NETWORK_INTERFACE,
  type Property,
  type PropertyTable,
  VIRTUAL_MACHINE,
} from '../src/restore/properties';

const INTRODUCTION = `# What a restore brings back

Every property that can be written of a VM, its disks and its network interfaces, and what becomes of it when a recovery point
is restored. A row counts for everything below its path.

- **restored**: the new resource has what the old one had; where that cannot be, the restore fails.
- **if possible**: it is asked for; where Azure refuses it, or the VM of the point has it still, it is left out and the job says so.
- **not restored**: left out; the job says so where the old resource had it.
- **made anew**: it follows from the restore itself, or is on the disks; nothing is lost.

What protects (**⛨**) is never lost in silence: where it cannot be restored, the restore fails before a byte is written, unless it
was asked for with \`"allowLessProtected": true\`; then the job says what is missing.

This page is made from \`src/restore/properties/\` by \`npm run docs:failures\`.
`;

const FATES: Record<Property['fate'], string> = {
  restored: 'restored',
  'if-possible': 'if possible',
  'not-restored': 'not restored',
  'made-anew': 'made anew',
};

/** The documentation page of restored properties, as Markdown: one section per kind of resource. */
export const restoredPropertiesPage = (): string =>
  [INTRODUCTION, ...[VIRTUAL_MACHINE, DISK, NETWORK_INTERFACE].map(section)].join('\n');

const section = ({ resource, apiVersion, properties }: PropertyTable): string =>
  `## ${resource}, ${apiVersion}\n\n| property | is | fate | why |\n|---|---|---|---|\n${properties.map(row).join('\n')}\n`;

function row({ path, name, fate, reason, protects, note }: Property): string {
  const why = note ? `${reason} ${note.text}` : reason;
  return `| \`${path}\` | ${name}${protects ? ' **⛨**' : ''} | ${FATES[fate]} | ${why} |`;
}

import { CATALOGUE, type CatalogueEntry } from '../src/failures/catalogue';

const INTRODUCTION = `# Failures

Everything that can go wrong in a known way. Job pages, the HTTP API and the command line show the code, what happened, and
the remedy. *Tried again* means that the system does so by itself, or that the next backup may succeed without anybody doing
anything. Where Azure Backup has a name for a cause, it is used here.

This page is made from \`src/failures/catalogue/\` by \`npm run docs:failures\`.
`;

/** The documentation page of failures, as Markdown: one section per step, in the order of the catalogue. */
export function failuresPage(): string {
  const entries: [string, CatalogueEntry][] = Object.entries(CATALOGUE);
  const steps = [...new Set(entries.map(([, { step }]) => step))];
  const sections = steps.map((step) => {
    const rows = entries.filter(([, entry]) => entry.step === step).map(([code, entry]) => row(code, entry));
    return `## Step: ${step}\n\n| code | what it means | what to do | tried again |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

const row = (code: string, { title, remedy, retryable }: CatalogueEntry): string =>
  `| \`${code}\` | ${cell(title)} | ${cell(remedy)} | ${retryable ? 'yes' : 'no'} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

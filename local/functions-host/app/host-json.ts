import { HostError } from '../basics/errors';

/** The parts of host.json that this host heeds. */
export interface HostSettings {
  /** Prefix of HTTP routes, without slashes at its ends; may be empty. */
  routePrefix: string;
  hubName: string;
  maxConcurrentActivities: number;
  maxConcurrentOrchestrators: number;
  /** Longest run of a function in milliseconds; undefined means no limit. */
  functionTimeoutMs: number | undefined;
  storeInputsInHistory: boolean;
  /** Whether an instance that is alive may be started over. */
  replacesLiveInstances: boolean;
  versions: VersionSettings;
  /** Category prefixes to levels. */
  logLevels: Record<string, string>;
  /** Settings that this host does not heed, as paths in host.json. */
  ignored: string[];
}

/** Which versions of orchestrations run here ("Orchestration versioning" of Durable Functions). */
export interface VersionSettings {
  /** What instances get that ask for none. */
  byDefault: string;
  match: 'None' | 'Strict' | 'CurrentOrOlder';
}

/** Limits of the Consumption plan, so that an app that works here does not rely on more. */
const DEFAULT_ACTIVITIES = 10;
const DEFAULT_ORCHESTRATORS = 5;

interface HostJson {
  functionTimeout?: string;
  logging?: { logLevel?: Record<string, string> };
  extensions?: {
    http?: { routePrefix?: string };
    durableTask?: {
      hubName?: string;
      maxConcurrentActivityFunctions?: number;
      maxConcurrentOrchestratorFunctions?: number;
      storeInputsInOrchestrationHistory?: boolean;
      overridableExistingInstanceStates?: string;
      defaultVersion?: string;
      versionMatchStrategy?: string;
    };
  };
}

/** What is heeded of the durable extension's settings; of the http extension's only the prefix is. */
const HEEDED = [
  'hubName',
  'maxConcurrentActivityFunctions',
  'maxConcurrentOrchestratorFunctions',
  'storeInputsInOrchestrationHistory',
  'overridableExistingInstanceStates',
  'defaultVersion',
  'versionMatchStrategy',
];

/** @throws HostError when a value has the wrong form. */
export function parseHostJson(json: unknown): HostSettings {
  const { functionTimeout, logging, extensions } = (json ?? {}) as HostJson;
  const durable = extensions?.durableTask;
  const hubName = durable?.hubName ?? 'TestHubName';
  if (!/^[A-Za-z][A-Za-z0-9]{2,44}$/.test(hubName)) {
    throw new HostError(
      `The task hub name "${hubName}" in host.json is not allowed on Azure.`,
      'Use 3 to 45 letters and digits, a letter first.',
    );
  }
  return {
    routePrefix: (extensions?.http?.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    hubName,
    maxConcurrentActivities: positive(durable?.maxConcurrentActivityFunctions, DEFAULT_ACTIVITIES),
    maxConcurrentOrchestrators: positive(durable?.maxConcurrentOrchestratorFunctions, DEFAULT_ORCHESTRATORS),
    functionTimeoutMs: timeout(functionTimeout),
    storeInputsInHistory: durable?.storeInputsInOrchestrationHistory ?? false,
    replacesLiveInstances: /^anystate$/i.test(durable?.overridableExistingInstanceStates ?? ''),
    versions: {
      byDefault: durable?.defaultVersion ?? '',
      match: matchStrategy(durable?.versionMatchStrategy),
    },
    logLevels: logging?.logLevel ?? {},
    ignored: ignoredSettings(extensions ?? {}),
  };
}

function matchStrategy(name = 'CurrentOrOlder'): VersionSettings['match'] {
  const known = (['None', 'Strict', 'CurrentOrOlder'] as const).find(
    (strategy) => strategy.toLowerCase() === name.toLowerCase(),
  );
  if (known) return known;
  throw new HostError(
    `The versionMatchStrategy "${name}" in host.json is not known.`,
    'Use None, Strict or CurrentOrOlder.',
  );
}

function ignoredSettings(extensions: object): string[] {
  return Object.entries(extensions).flatMap(([extension, settings]) => {
    if (extension !== 'http' && extension !== 'durableTask') return [`extensions.${extension}`];
    const heeded = extension === 'http' ? ['routePrefix'] : HEEDED;
    const names = Object.keys((settings as object | null) ?? {}).filter((name) => !heeded.includes(name));
    return names.map((name) => `extensions.${extension}.${name}`);
  });
}

function positive(value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isInteger(value) && value > 0) return value;
  throw new HostError(`host.json limits concurrency to ${value}.`, 'Use a whole number above zero.');
}

function timeout(text: string | undefined): number | undefined {
  if (text === undefined || text === '-1') return undefined;
  const milliseconds = parseTimeSpan(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  throw new HostError(`functionTimeout "${text}" in host.json is no time span.`, 'Write it as hh:mm:ss.');
}

/** A .NET time span, `[d.]hh:mm[:ss[.fff]]`, in milliseconds; undefined when it is none. */
export function parseTimeSpan(text: string): number | undefined {
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(text.trim());
  if (!parts) return undefined;
  const [days, hours, minutes, seconds] = [1, 2, 3, 4].map((index) => Number(parts[index] ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const fraction = Number(`0.${parts[5] ?? '0'}`);
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds + fraction) * 1000);
}

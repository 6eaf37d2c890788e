/** Levels of the Functions worker contract, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one line. `source` is the name of a function, or `host`. */
export type Log = (level: LogLevel, source: string, message: string) => void;

export interface LogSettings {
  /** The quietest level that is still written, for sources without a level of their own. */
  level: LogLevel;
  /** `logging.logLevel` of host.json: category prefixes to levels. */
  categories?: Record<string, string>;
  write?: (line: string) => void;
}

/**
 * A log of one readable line per entry: time, level, source, message. Lines go to standard error by default.
 */
export function createLog(settings: LogSettings): Log {
  const write = settings.write ?? ((line) => process.stderr.write(`${line}\n`));
  const thresholds = new Map<string, number>();
  return (level, source, message) => {
    let threshold = thresholds.get(source);
    if (threshold === undefined) {
      threshold = LOG_LEVELS.indexOf(levelOf(source, settings));
      thresholds.set(source, threshold);
    }
    if (LOG_LEVELS.indexOf(level) < threshold || level === 'none') return;
    const time = new Date().toISOString().slice(11, 23);
    const text = message.trimEnd().replaceAll('\n', '\n    ');
    write(`${time} ${level.slice(0, 5).padEnd(5)} ${source}: ${text}`);
  };
}

/** A level by its name in any case, as host.json and the command line give it. */
export function parseLogLevel(text: string): LogLevel | undefined {
  const lower = text.toLowerCase();
  return LOG_LEVELS.find((level) => level === lower);
}

function levelOf(source: string, { level, categories = {} }: LogSettings): LogLevel {
  const category = source === 'host' ? 'Host.Triggers.DurableTask' : `Function.${source}.User`;
  const longestMatch = Object.keys(categories)
    .filter((prefix) => prefix !== 'default' && category.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0];
  return (longestMatch !== undefined && parseLogLevel(categories[longestMatch] ?? '')) || level;
}

/**
 * The message of a failure and where in the app it came from: frames of packages and of Node are left out.
 */
export function readableFailure(message: string, stack: string): string {
  const frames = stack
    .split('\n')
    .filter(
      (line) =>
        /^\s+at /.test(line) && !/node_modules|node:|<anonymous>|functions-host[/\\]worker/.test(line),
    );
  return [`failed: ${message}`, ...frames.map((frame) => frame.trim())].join('\n');
}

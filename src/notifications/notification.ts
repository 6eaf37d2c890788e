import { createHmac } from 'node:crypto';

/** What people want to hear of. The ids stay the same for ever: alert rules look for them in the log. */
export const EVENTS = {
  jobFailed: { id: 'DVB1001', type: 'backup.job.failed' },
  jobWarning: { id: 'DVB1002', type: 'backup.job.warning' },
  backupMissed: { id: 'DVB1003', type: 'backup.missed' },
  leftoverStays: { id: 'DVB1004', type: 'backup.leftover' },
} as const;

export interface Notification {
  event: keyof typeof EVENTS;
  /** What it is about: the key of a VM, or the id of a job. */
  subject: string;
  /** Tells this occasion from the next: a repeat of the same one has the same id for whoever receives it. */
  occasion: string;
  time: string;
  message: string;
  /** More for programs; never a link to a disk or a key. */
  data: Record<string, unknown>;
}

/** Where events go beside the log, and the key that signs them. */
export interface NotificationSettings {
  webhook: string;
  secret: string;
}

interface Log {
  warn(message: string): void;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 5000;
const PAUSE_MS = 500;

/**
 * Tells the log, and the webhook if there is one. Never throws: a receiver that does not answer must not fail
 * what it is told about. Returns false when the webhook did not take it; that takes up to 17 seconds.
 */
export async function notify(
  { notifications }: { notifications?: NotificationSettings },
  log: Log,
  notification: Notification,
): Promise<boolean> {
  const { event, subject, message } = notification;
  log.warn(`${EVENTS[event].id} ${EVENTS[event].type} ${subject}: ${message}`);
  if (!notifications) return true;
  const body = JSON.stringify(cloudEvent(notification));
  for (let attempt = 1; ; attempt++) {
    const refusal = await send(notifications, body);
    if (refusal === undefined) return true;
    if (attempt === ATTEMPTS) {
      log.warn(`The webhook did not take ${EVENTS[event].id}: ${refusal}`);
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

/** CloudEvents 1.0, structured JSON. */
const cloudEvent = ({ event, subject, occasion, time, message, data }: Notification) => ({
  specversion: '1.0',
  id: `${EVENTS[event].id}-${occasion}`,
  source: '/durable-vm-backup',
  type: EVENTS[event].type,
  subject,
  time,
  datacontenttype: 'application/json',
  data: { code: EVENTS[event].id, message, ...data },
});

/** The signature is HMAC-SHA256 over the body, in hex, so that a receiver knows who sent it. */
export const signatureOf = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Undefined when the receiver took it, otherwise why not. */
async function send({ webhook, secret }: NotificationSettings, body: string): Promise<string | undefined> {
  try {
    const answer = await fetch(webhook, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'x-signature-256': signatureOf(secret, body),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answered ${answer.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}

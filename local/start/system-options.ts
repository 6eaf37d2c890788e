import type { Ports } from './ports';

/** What a system is started with. */
export interface SystemOptions {
  /** Everything that the system keeps lies here; a second start carries on from it. */
  stateDir: string;
  /** The VMs that exist, in a fleet file as `local/compute-emulator/README.md` describes it. */
  fleetFile?: string;
  /** Free ones unless set. */
  ports?: Partial<Ports>;
  /** App settings beyond what connects the parts. */
  settings?: Record<string, string>;
  /** How many threads run the app's activities alone; by default they run beside the orchestrators. */
  workers?: number;
  logLevel?: string;
  /** The published Durable extension (.NET) instead of the local functions host. */
  engine?: boolean;
  /**
   * Gives the start up: what has been started is ended again, and the start rejects with the signal's reason.
   */
  signal?: AbortSignal;
}

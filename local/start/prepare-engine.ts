import { buildEngine, EngineUnavailable } from '../durable-engine/dotnet';
import { StartRefused } from './start-refused';

/**
 * Builds the engine where that is needed, so that whoever starts a system hears at once that there is no
 * .NET, and not from the log of a part. Rejects with `StartRefused`.
 */
export async function prepareEngine(): Promise<void> {
  try {
    await buildEngine((line) => console.log(line));
  } catch (error) {
    if (error instanceof EngineUnavailable) throw new StartRefused(error.why, error.remedy);
    throw error;
  }
}

import { addSeconds } from '../../basics/time';
import { GRACE_SECONDS } from '../../protection/leftovers';
import { forgetSettled } from '../../protection/refusals';
import { sweepTraces } from '../../protection/sweep-traces';
import { registerActivity } from '../register-activity';

registerActivity('endSweep', async (turn, services) => {
  await forgetSettled(services.store, turn);
  const swept = await sweepTraces(services, addSeconds(turn.at, -GRACE_SECONDS));
  return { swept: swept.length };
});

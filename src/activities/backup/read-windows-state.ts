import { readWindowsState } from '../../compute/guest/windows-state';
import { registerActivity } from '../register-activity';

registerActivity('readWindowsState', ({ token, ...input }, { compute }) =>
  readWindowsState(compute, input, token),
);

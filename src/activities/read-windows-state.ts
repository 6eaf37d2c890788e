import { readWindowsState } from '../compute/windows-state';
import { registerActivity } from './register-activity';

registerActivity('readWindowsState', ({ token, ...input }, { compute }) =>
  readWindowsState(compute, input, token),
);

import { activityFailure } from '../../local/functions-host/hub/failures';
import { toFailure } from '../../src/failures/failure';

test('what the engine says of an activity that threw is told without the exception of .NET behind it', () => {
  // The words of the published extension: test/conformance/recordings/failures.json holds the host to them.
  const { Reason, Details } = activityFailure(
    'takeSnapshot',
    'The VM is gone.\n{"a":1}',
    'Error: …\n    at f',
  );
  expect(Details).toMatch(/^\{"\$type":"System\.Exception/);
  const { message } = toFailure(new Error(`${Reason} \n ${Details}`));
  expect(message).toBe('Activity function \'takeSnapshot\' failed:  The VM is gone.\n{"a":1}');
});

test('any other message stays as it is', () => {
  expect(toFailure(new Error('a {"$schema":"x"} b')).message).toBe('a {"$schema":"x"} b');
});

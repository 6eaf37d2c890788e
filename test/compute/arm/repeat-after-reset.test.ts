import { begin } from '../../../src/compute/arm/long-running';
import { type StubArm, SUBSCRIPTION, startStubArm } from '../support/stub-arm';

let arm: StubArm;
beforeEach(async () => {
  arm = await startStubArm();
});
afterEach(() => arm.close());

/** Cuts the connection of so many requests, then answers. */
function cut(requests: number): void {
  arm.answer = () => (arm.seen.length <= requests ? { cut: true } : { body: { name: 'web' } });
}
const virtualMachines = () => arm.compute.client(SUBSCRIPTION).virtualMachines;
const methods = () => arm.seen.map((request) => request.split(' ')[0]);

it('a question whose connection was cut before an answer is asked again', async () => {
  cut(1);
  expect(await virtualMachines().get('rg', 'web')).toMatchObject({ name: 'web' });
  expect(methods()).toEqual(['GET', 'GET']);
});

it('so is a change that comes to the same when it is made twice', async () => {
  cut(1);
  await begin(SUBSCRIPTION, (options) =>
    virtualMachines().createOrUpdate('rg', 'web', { location: 'here' }, options),
  );
  expect(methods()).toEqual(['PUT', 'PUT']);
});

it('an action is not sent twice', async () => {
  cut(1);
  const started = begin(SUBSCRIPTION, (options) => virtualMachines().start('rg', 'web', options));
  await expect(started).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(methods()).toEqual(['POST']);
});

it('a service that cuts the connection again is left to whoever asked', async () => {
  cut(2);
  await expect(virtualMachines().get('rg', 'web')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(methods()).toEqual(['GET', 'GET']);
});

import { policiesInForce, policyDocuments } from '../../src/policies/policies';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

test('a policy that cannot be read takes itself out of force and no other, whatever it says', async () => {
  const store = memoryBlobStore();
  await store.put('policies/hourly.json', Buffer.from('{"policies/daily.json":true}'));
  expect([...(await policiesInForce(policyDocuments(store))).keys()]).toEqual(['daily']);
});

import { connectCompute } from '../../src/compute/arm/connection';
import { belongsTo, isSafeUrl } from '../../src/transport/endpoint';

const settings = (endpoint: string, allowInsecureLoopback: boolean) => ({
  endpoint,
  allowInsecureLoopback,
  subscriptions: [],
});
const refusal = expect.objectContaining({
  failure: expect.objectContaining({
    code: 'ComputeEndpointRefused',
    remedy: expect.stringContaining('https'),
  }),
});
const caught = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('connectCompute', () => {
  it.each([
    ['plain http with the setting off', 'http://127.0.0.1:7080', false],
    ['plain http to another machine', 'http://10.0.0.4:7080', true],
    ['a host that only begins like this machine', 'http://localhost.example.org', true],
    ['a host that only looks like an address of this machine', 'http://127.0.0.1.example.org', true],
    ['another protocol', 'ftp://127.0.0.1', true],
    ['what is no URL', 'management.azure.com', true],
    ['nothing', '', true],
  ])('refuses %s', (_, endpoint, allowed) => {
    expect(caught(() => connectCompute(settings(endpoint, allowed)))).toEqual(refusal);
  });

  it.each([
    ['https, whatever the setting', 'https://management.azure.com', false],
    ['plain http to this machine when it is expressly allowed', 'http://127.0.0.1:7080', true],
    ['the name of this machine', 'http://localhost:7080', true],
    ['this machine over IPv6', 'http://[::1]:7080', true],
  ])('accepts %s', (_, endpoint, allowed) => {
    expect(connectCompute(settings(endpoint, allowed)).endpoint.origin).toBe(endpoint);
  });
});

describe('links that the service sends', () => {
  const azure = new URL('https://management.azure.com');

  it.each([
    ['https://management.azure.com/subscriptions/s', true],
    ['https://westeurope.management.azure.com/x', true],
    ['https://management.azure.com.example.org/x', false],
    ['https://evilmanagement.azure.com/x', false],
    ['http://management.azure.com/x', false],
    ['https://example.org/x', false],
  ])('a poll of %s carries the token: %s', (link, expected) => {
    expect(belongsTo(new URL(link), azure)).toBe(expected);
  });

  it('disk links without TLS are followed on this machine only, and only when allowed', () => {
    expect(isSafeUrl(new URL('https://md-1.z1.blob.storage.azure.net/c/abcd?sig=1'), false)).toBe(true);
    expect(isSafeUrl(new URL('http://md-1.z1.blob.storage.azure.net/c/abcd?sig=1'), true)).toBe(false);
    expect(isSafeUrl(new URL('http://127.0.0.1:1/md-1/c/abcd?sig=1'), true)).toBe(true);
    expect(isSafeUrl(new URL('http://127.0.0.1:1/md-1/c/abcd?sig=1'), false)).toBe(false);
  });
});

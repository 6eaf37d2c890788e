import { redact } from '../../../src/compute/failures/redact';

describe('redact', () => {
  it.each([
    ['https://md-1.blob.storage.azure.net/c/abcd?sv=2018-03-28&sr=b&si=guid-1&sig=aBc%2Bd%3D'],
    ['link <https://h/x?sig=aBc%2Bd%3D> refused'],
    ['{"accessSAS":"https://h/x?sr=b&sig=aBc%2Bd%3D"}'],
    ['Authorization: Bearer aBc%2Bd%3D'],
  ])('leaves nothing that would open a disk in %s', (text) => {
    expect(redact(text.replace('%2Bd%3D', 'SECRET'))).not.toMatch(/SECRET|guid-1/);
  });

  it('leaves other text alone', () => {
    const text = 'The VM web-1 has 5 disks; see https://learn.microsoft.com/azure?view=x';
    expect(redact(text)).toBe(text);
  });
});

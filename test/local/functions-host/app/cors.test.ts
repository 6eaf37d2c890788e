import { parseCors } from '../../../../local/functions-host/app/cors';

test.each([
  [undefined, { origins: [], credentials: false }],
  [{ CORS: '*' }, { origins: ['*'], credentials: false }],
  [
    { CORS: ' https://A.example/, http://localhost:3000 ', CORSCredentials: true },
    { origins: ['https://a.example', 'http://localhost:3000'], credentials: true },
  ],
  [
    { CORS: 5, CORSCredentials: 'yes' },
    { origins: [], credentials: false },
  ],
])('%j of local.settings.json is read as %j', (host, expected) => {
  expect(parseCors(host)).toEqual(expected);
});

test('cookies of all sites are refused with words', () => {
  expect(() => parseCors({ CORS: '*', CORSCredentials: true })).toThrow(/CORSCredentials, and CORS to "\*"/);
});

import { differencesFrom } from './support/differences';

test.each([
  ['nothing, in whatever order the fields stand', { a: 1, b: [2] }, { b: [2], a: 1 }, {}],
  ['the value of a field', { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { 'a.c': 3 }],
  ['a field that is gone', { a: { b: 1 } }, { a: {} }, { 'a.b': '<absent>' }],
  ['a field that is new', { a: {} }, { a: { b: null } }, { 'a.b': null }],
  ['one of a list', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, { 'a.1.b': 3 }],
  ['a list of another length', { a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
  ['another kind of value', { a: [1] }, { a: { 0: 1 } }, { a: { 0: 1 } }],
  ['a case that was not seen', { a: 1 }, undefined, { '': '<absent>' }],
])('differences are told by their path: %s', (_what, recorded, seen, expected) => {
  expect(differencesFrom(recorded, seen)).toEqual(expected);
});

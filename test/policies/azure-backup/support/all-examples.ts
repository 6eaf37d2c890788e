import * as examples from './examples';
import * as further from './further-examples';

const { at: _at, lasting: _lasting, ...documents } = examples;

/** Every document, by its name here. */
export const ALL = { ...documents, ...further };

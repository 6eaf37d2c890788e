import { promisesOfDemo } from './support/demo-promises';

// The whole process, first backup to compared restores, on the published extension.

describe('the demo on one worker', () => promisesOfDemo());

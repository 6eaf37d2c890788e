import path from 'node:path';
import { projectRoot } from '../process/project-root';

/** Where everything is kept unless another folder is named. */
export const DEFAULT_STATE = '.local';

/** npm runs scripts in the project folder and says in INIT_CWD where it was called: paths mean that place. */
export const fromHere = (file: string): string => path.resolve(process.env.INIT_CWD ?? process.cwd(), file);

/** The state folder that an option names; the default one lies in the project. */
export const stateFolder = (named: string): string =>
  named === DEFAULT_STATE ? path.join(projectRoot(), DEFAULT_STATE) : fromHere(named);

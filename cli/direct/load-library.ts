/** What reads vaults; loaded only here, because most commands read none. */
export const library = () => require('./library') as typeof import('./library');

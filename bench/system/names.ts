/** What the system's own data path is called in tables. */
export const OWN_NAME = 'vm-backup';

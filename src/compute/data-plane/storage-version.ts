/**
 * Page lists and changed ranges against a link need 2019-07-07 at least; every endpoint of managed disks
 * knows this one.
 */
export const STORAGE_VERSION = '2021-12-02';

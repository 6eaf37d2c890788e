/**
 * Keeps one history far below 1,000 events, whatever the disk's size: after so many parts the orchestration
 * starts anew.
 */
export const PARTS_PER_HISTORY = 100;

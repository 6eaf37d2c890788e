export { commitPoint } from './commit-point';
export { holdPoint, laterOf, releasePoint, retainPoint } from './hold-point';
export { type Keeping, readKeeping, readKeepings } from './keeping';
export {
  type DeletedPoint,
  listPoints,
  type NewestPoint,
  newestPoint,
  type PointSurvey,
  type RefusedPoint,
  surveyDeleted,
  surveyPoints,
} from './list-points';
export { findPoint, readPoint, readPointInUse } from './read-point';
export {
  deletePoint,
  readTombstone,
  refuseHeld,
  type Tombstone,
  undeletePoint,
  undeleteUntil,
} from './tombstone';

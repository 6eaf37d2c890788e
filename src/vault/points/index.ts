export { commitPoint } from './commit-point';
export {
  listPoints,
  type NewestPoint,
  newestPoint,
  type PointSurvey,
  type RefusedPoint,
  surveyPoints,
} from './list-points';
export { findPoint, readPoint, readPointInUse } from './read-point';
export { deletePoint, readTombstone, type Tombstone, undeletePoint } from './tombstone';

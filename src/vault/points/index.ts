export { commitPoint } from './commit-point';
export { listPoints, newestPoint, type PointSurvey, surveyPoints } from './list-points';
export { findPoint, readPoint, readPointInUse } from './read-point';
export { deletePoint, readTombstone, type Tombstone, undeletePoint } from './tombstone';

export { commitPoint } from './commit-point';
export { listPoints, newestPoint, type PointSurvey, surveyPoints } from './list-points';
export { findPoint, readPoint } from './read-point';

export { bareAddress } from './bare-address';
export { nearestNames } from './nearest';
export { splitName, type PersonName } from './split-name';

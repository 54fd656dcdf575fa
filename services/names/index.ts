export { bareAddress } from './bare-address';
export { splitName, type PersonName } from './split-name';

export { splitName, type PersonName } from './split-name';

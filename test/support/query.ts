export { repeatedKeys } from '../../stack/axios-request';

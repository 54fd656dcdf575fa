export { axiosRequest } from '../../stack/axios-request';

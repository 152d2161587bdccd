export { mockClient } from './client';

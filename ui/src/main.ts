import { begin } from './api/early';

// What the first screen needs is on its way while the rest of the program is still read.
begin();
void import('./app/start');

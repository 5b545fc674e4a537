import { begin } from './api/early';
import { applyTheme } from './app/theme';

// What the first screen needs is on its way while the rest of the program is still read.
begin();
// Before there is any style: what is painted first has the right colours.
applyTheme();
void import('./app/start');

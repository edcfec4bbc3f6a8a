import { neverTwice } from './helpers/neverTwice';

neverTwice({ pairs: 240, triples: 60, leads: 100, list: 40, deaths: 1, stops: 1 });

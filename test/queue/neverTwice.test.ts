import { neverTwice } from './helpers/neverTwice';

neverTwice({ pairs: 120, triples: 30, leads: 50, list: 20, deaths: 1, stops: 1 });

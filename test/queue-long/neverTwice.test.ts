import { neverTwice } from '../queue/helpers/neverTwice';

neverTwice({ pairs: 2_004, triples: 204, leads: 300, list: 250, deaths: 5, stops: 3 });

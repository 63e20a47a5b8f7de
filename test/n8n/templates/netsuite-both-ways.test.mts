import { bothWays } from './netsuite/both-ways.mts';

jest.setTimeout(300_000);

describe('the NetSuite templates with the HTTP Request node', () => bothWays(''));

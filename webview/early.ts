/** The first script of the collector's page: the socket opens while the view is still read. */
import { openCollectorSocket } from './collectorSocket.js';

globalThis.spanpathSocket ??= openCollectorSocket(location);

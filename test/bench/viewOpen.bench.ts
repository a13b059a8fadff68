import { measureOpen } from './view/figures.js';
import { withView } from './view/withView.js';

/**
 * From the start of the navigation to the first painted rows, over a real collector, as its
 * browser page shows it; beside flame-chart-js and speedscope. A million spans: `viewMillion`.
 */
export default () => withView([1000, 10_000, 100_000], measureOpen);

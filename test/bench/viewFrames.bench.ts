import { measureFrames } from './view/figures.js';
import { withView } from './view/withView.js';

/** Frames while 100,000 spans are scrolled and zoomed, beside speedscope. */
export default () => withView([100_000], measureFrames);

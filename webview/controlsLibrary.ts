/** The controls' library as a file of its own; only what is registered here is in it. */
import './loadedPage.js';
import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeButton());

/** The page's entry: finds its host, then starts the view. */
import { App } from './app.js';
import { connectToCollector, connectToEditor, connectToRecording } from './connection.js';
import { loadControls } from './controls.js';
import { followBrowserTheme } from './theme.js';

const root = document.getElementById('app');
// The icons' font is here when the first of them is laid out: otherwise all would be laid out again.
void document.fonts.load('16px codicon');
if (root) {
  const editor = connectToEditor();
  const connection = editor ?? connectToRecording() ?? connectToCollector(location);
  if (!editor) followBrowserTheme();
  new App(root, connection, () => void loadControls());
}

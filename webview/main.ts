/** The page's entry: finds its host, then starts the view. */
import { App } from './app.js';
import { connectToCollector, connectToEditor, connectToRecording } from './connection.js';
import { registerControls } from './controls.js';
import { followBrowserTheme } from './theme.js';

const root = document.getElementById('app');
if (root) {
  const editor = connectToEditor();
  const connection = editor ?? connectToRecording() ?? connectToCollector(location);
  if (!editor) followBrowserTheme();
  new App(root, connection, registerControls);
}

/** The page's entry: finds its host, then starts the view. */
import { App } from './app.js';
import { connectToCollector, connectToEditor, connectToRecording } from './connection.js';
import { registerControls } from './controls.js';
import { element } from './dom.js';
import { followBrowserTheme } from './theme.js';

const root = document.getElementById('app');
if (root) {
  const editor = connectToEditor();
  if (!editor) followBrowserTheme();
  registerControls();
  const ready = editor ?? connectToRecording();
  if (ready) new App(root, ready);
  else {
    connectToCollector(location)
      .then((connection) => new App(root, connection))
      .catch((error: Error) => {
        root.replaceChildren(element('p', { class: 'fatal', role: 'alert' }, error.message));
      });
  }
}

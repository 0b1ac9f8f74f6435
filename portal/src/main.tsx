import { render } from 'preact';
import { App } from './app.js';
import { finishSignIn } from './sign-in.js';
import './style.css';

finishSignIn().then((problem) => render(<App problem={problem} />, document.getElementById('portal') as HTMLElement));

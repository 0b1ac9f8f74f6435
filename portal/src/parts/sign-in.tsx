import { useState } from 'preact/hooks';
import { useSettings } from '../settings.js';
import { keepToken, startSignIn } from '../sign-in.js';
import { focusHeading } from './focus.js';

/** How a visitor whom the gateway does not know says who they are: at the provider, or by an API key. */
export function SignInPart({ retry }: { retry: () => void }) {
  const settings = useSettings();
  const [problem, setProblem] = useState<string>();
  const signIn = settings?.signIn ?? null;
  if (signIn === null) return null;
  if (signIn.kind === 'oidc') {
    return (
      <p>
        <button type="button" onClick={() => startSignIn(signIn).catch((error: Error) => setProblem(error.message))}>
          Sign in
        </button>
        {problem !== undefined && <span role="alert"> {problem}</span>}
      </p>
    );
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    // What is copied may bring characters along that are not seen, and that no header can have.
    keepToken(String(new FormData(form).get('key')).replace(/[^\x21-\x7e]/g, ''));
    focusHeading(form);
    retry();
  };
  return (
    // By POST, a key would be in no address even if the page's script did not hold the form up.
    <form method="post" onSubmit={onSubmit}>
      <label>
        API key <input name="key" type="password" autocomplete="off" required />
      </label>{' '}
      <button type="submit">Show the history</button>
    </form>
  );
}

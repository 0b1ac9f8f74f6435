import { useState } from 'preact/hooks';
import { useSettings } from '../settings.js';
import { keepToken, startSignIn } from '../sign-in.js';

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
    const key = new FormData(event.target as HTMLFormElement).get('key');
    keepToken(String(key).trim());
    retry();
  };
  return (
    <form onSubmit={onSubmit}>
      <label>
        API key <input name="key" type="password" autocomplete="off" required />
      </label>{' '}
      <button type="submit">Show the history</button>
    </form>
  );
}

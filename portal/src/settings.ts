import { useEffect, useState } from 'preact/hooks';
import type { SignIn } from './sign-in.js';

/** What the gateway says of itself at /portal.json. */
export interface Settings {
  /** What it reads from. */
  readonly upstream: 'sample' | 'sqlite' | 'postgres' | 'endpoint' | 'aws';
  /** Whether it has an explorer. */
  readonly explorer: boolean;
  /** How its callers are known; null where everybody may see everything. */
  readonly signIn: SignIn | null;
}

let loading: Promise<Settings | null> | undefined;

/** The gateway's settings: undefined until they are known, and null where they are not told. */
export function useSettings(): Settings | null | undefined {
  const [settings, setSettings] = useState<Settings | null>();
  useEffect(() => {
    loading ??= fetch('./portal.json').then(
      (response) => (response.ok ? response.json() : null),
      () => null,
    );
    loading.then(setSettings);
  }, []);
  return settings;
}

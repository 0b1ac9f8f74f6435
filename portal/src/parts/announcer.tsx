import { useEffect, useState } from 'preact/hooks';

let say: ((text: string) => void) | null = null;

/** Tells screen readers what has happened. */
export function announce(text: string): void {
  say?.(text);
}

/** The live region. It has to be there before it is written to. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    say = setText;
    return () => {
      say = null;
    };
  }, []);
  return (
    <p role="status" class="visually-hidden">
      {text}
    </p>
  );
}

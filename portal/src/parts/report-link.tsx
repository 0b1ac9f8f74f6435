import { useState } from 'preact/hooks';
import { followSigned } from '../sign-in.js';

/** A link to the file of a report, which the gateway sends. */
export function ReportLink({ href, text }: { href: string; text: string }) {
  const [problem, setProblem] = useState<string>();
  const onClick = (event: MouseEvent) => {
    setProblem(undefined);
    followSigned(event).catch((error: Error) => setProblem(error.message));
  };
  return (
    <>
      <a href={href} target="_blank" rel="noopener" onClick={onClick}>
        {text}
      </a>
      {problem !== undefined && (
        <span role="alert">
          {' '}
          <bdi>{problem}</bdi>
        </span>
      )}
    </>
  );
}

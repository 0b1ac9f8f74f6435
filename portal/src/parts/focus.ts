/** Moves the focus from something that is about to go to the heading of what it is in. */
export function focusHeading(from: Element): void {
  from.closest('section, .view')?.querySelector<HTMLElement>('h1, h2')?.focus({ preventScroll: true });
}

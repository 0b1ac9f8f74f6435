export function diagnoseValue(_value: unknown): string | null {
  return null;
}

/** What a gateway tells of itself, as Prometheus would read it. */
export interface Scrape {
  readonly text: string;
  /** Values by the whole name with labels, as in the text. */
  readonly values: ReadonlyMap<string, number>;
  /** Types by the name of the metric. */
  readonly types: ReadonlyMap<string, string>;
}

/** Asks for metrics. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`It answered ${response.status}: ${text}`);
  const lines = text.split('\n').filter((line) => line !== '');
  const values = lines
    .filter((line) => !line.startsWith('#'))
    .map((line): [string, number] => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    });
  const types = lines
    .filter((line) => line.startsWith('# TYPE '))
    .map((line) => line.slice('# TYPE '.length).split(' ') as [string, string]);
  return { text, values: new Map(values), types: new Map(types) };
}

/** By how much each value has grown that has grown at all, but for those of time and of the process. */
export function toGrowth(before: Scrape, after: Scrape): Record<string, number> {
  const grown = [...after.values].map(([name, value]): [string, number] => [
    name,
    value - (before.values.get(name) ?? 0),
  ]);
  return Object.fromEntries(
    grown.filter(([name, value]) => value !== 0 && !/^(process|nodejs)_|_(sum|bucket)(\{|$)/.test(name)),
  );
}

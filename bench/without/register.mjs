// Given to node by --import: the product runs without the mechanism that BENCH_WITHOUT names.
import { register } from 'node:module';
import { MECHANISMS } from './mechanisms.mjs';

const { name, file } = MECHANISMS.find((mechanism) => mechanism.name === process.env.BENCH_WITHOUT);
register('./hooks.mjs', import.meta.url, {
  data: {
    original: new URL(file.replace(/^src\/(.*)\.ts$/, '../../build/$1.js'), import.meta.url).href,
    substitute: new URL(`${name}.mjs`, import.meta.url).href,
  },
});

/** The rounds of a random test: `few` in the usual tests, `many` with `npm run test:long`. */
export const rounds = (few: number, many: number) => (process.env.TEST_LONG ? many : few);

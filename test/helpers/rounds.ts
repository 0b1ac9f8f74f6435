/** How often chance is tried: `few` times with every run of the tests, `many` times with `npm run test:long`. */
export const rounds = (few: number, many: number) => (process.env.TEST_LONG ? many : few);

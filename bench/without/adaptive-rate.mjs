// Throttled calls are tried again after a pause, and nothing is learnt of them.
export * from './adaptive-rate.js';

export const createAdaptiveRate = () => ({ isLimited: false, take: () => 0, succeeded() {}, throttled() {} });

// Every request is parsed: no request is told by its text.
export const createRawRequestCache = () => ({ wrap: (listener) => listener, keep() {} });

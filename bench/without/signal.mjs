// node's own AbortController.
export const createAborter = () => new AbortController();

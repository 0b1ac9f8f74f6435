// Apollo Server keeps documents in a store of its own.
export const createDocumentStore = () => undefined;

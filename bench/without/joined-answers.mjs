// Every document is executed, also where nothing but its variables is new.
export const createJoinedAnswers = () => ({ find: () => null, keep() {} });

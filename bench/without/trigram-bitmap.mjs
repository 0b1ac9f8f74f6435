// No bit of a name is asked for, so that each is compared with the pattern.
export const toNameBitmap = () => 0;
export const toPatternBitmap = () => 0;

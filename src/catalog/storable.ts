/** PostgreSQL's text holds neither NUL nor half a surrogate pair, so no row can equal a string that does. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** The largest number of PostgreSQL's integer: no id and no quantity is larger. */
export const largestInt = 2_147_483_647

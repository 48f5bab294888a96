/**
 * Where providers fetch the piece of a store.
 * @see contracts/perpetual/StoreText.sol
 */

/** The location itself; after one that ends in a slash the piece CID, of version 1, follows. */
export function locate(location: string, pieceCid: string): string {
  return location.endsWith('/') ? `${location}${pieceCid}` : location
}

/** Of an attempt, counted from 1: each takes the next of the policy's locations. */
export function locationOfAttempt(
  locations: readonly string[],
  attempt: number,
  pieceCid: string,
): string {
  return locate(locations[(attempt - 1) % locations.length] ?? '', pieceCid)
}

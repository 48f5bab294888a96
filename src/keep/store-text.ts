/**
 * The text in a store's proposals: labels and locations.
 * @see contracts/perpetual/StoreText.sol
 */

const PATH = '/ipfs/'

/** `<store>-<attempt>/ipfs/<root>`; without `/ipfs/…` if the piece has no root. Attempts count from 1. */
export function storeLabel(id: bigint, attempt: number, root: string): string {
  return root === '' ? `${id}-${attempt}` : `${id}-${attempt}${PATH}${root}`
}

/** The root in such a label; empty without one. */
export function rootOfStoreLabel(label: string): string {
  const slash = label.indexOf('/')
  return slash < 0 ? '' : label.slice(slash + PATH.length)
}

/** The location itself; after one that ends in a slash the piece CID, of version 1, follows. */
export function locate(location: string, pieceCid: string): string {
  return location.endsWith('/') ? `${location}${pieceCid}` : location
}

/** Where providers fetch the piece in an attempt: each takes the next of the policy's. */
export function locationOfAttempt(
  locations: readonly string[],
  attempt: number,
  pieceCid: string,
): string {
  return locate(locations[(attempt - 1) % locations.length] ?? '', pieceCid)
}

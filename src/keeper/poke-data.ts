/** The calls of a keeper. */
import { PERPETUAL } from '../chain/perpetual.ts'

/** Calldata for these stores; of one alone, with a place to fetch from or without. */
export function pokeData(ids: readonly number[], location: string | undefined): string {
  const [first] = ids
  if (ids.length === 1) return PERPETUAL.encodeFunctionData('pokeFrom', [first, location ?? ''])
  return PERPETUAL.encodeFunctionData('poke', [[...ids]])
}

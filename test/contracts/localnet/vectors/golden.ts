/** The golden client and proposal of the vectors, with other terms where a test wants them. */
import { getBytes } from 'ethers'
import {
  encodeProposal,
  ethAddress,
  idAddress,
  type ProposalTerms,
  publish,
} from '../../../../src/localnet/index.ts'
import { addBalance, type World } from './harness.ts'
import { demandNoCollateral, setNextDealId } from './state.ts'

export const CLIENT = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const PIECE_CID = getBytes(`0x0181e203922020${'ab'.repeat(32)}`)
const RICH = 10n ** 32n

/** The golden client and a miner, with money in escrow. */
export async function settleIn(world: World, miner: bigint): Promise<void> {
  await demandNoCollateral(world)
  await world.place(CLIENT)
  await addBalance(world, ethAddress(CLIENT), RICH)
  await addBalance(world, idAddress(miner), RICH)
}

/** The golden proposal with other terms. */
export function goldenWith(terms: Partial<ProposalTerms>): Uint8Array {
  return encodeProposal({
    pieceCid: PIECE_CID,
    pieceSize: 262_144n,
    client: ethAddress(CLIENT),
    provider: idAddress(17_840n),
    label: 'bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe',
    startEpoch: 5_200_000n,
    endEpoch: 6_755_200n,
    pricePerEpoch: 0n,
    providerCollateral: 0n,
    clientCollateral: 0n,
    ...terms,
  })
}

/** As many deals as it takes to find the counter of deals; the next one gets the number `next`. */
export async function nextDealIs(world: World, next: bigint): Promise<void> {
  const deals = Array.from({ length: 5 }, (_, i) => goldenWith({ label: `before ${i}` }))
  const { dealIds } = await publish(world.provider, { miner: 17_840n, proposals: deals })
  await setNextDealId(world, dealIds.at(-1) ?? -1n, next)
}

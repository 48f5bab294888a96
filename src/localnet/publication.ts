/**
 * How proposals become deals: money in f05, and the message of a miner that publishes.
 */
import { decode, encode } from '@ipld/dag-cbor'
import { idAddress, parseAddress } from './address.ts'
import { ControlError } from './control-error.ts'
import {
  ADD_BALANCE,
  decodeAmount,
  decodePublish,
  encodePublish,
  GET_BALANCE,
  providerCollateralOf,
  PUBLISH_STORAGE_DEALS,
  withProvider,
} from './market-messages.ts'
import { ANYONE, callNative, sendNative } from './messages.ts'
import { MARKET_ACTOR_ID } from './native.ts'
import type { Provider } from './provider.ts'
import { anyAccount, workerOf } from './workers.ts'

/**
 * Puts money into the escrow of a client or a miner, as anybody may.
 * @param address f0, f410 or 0x.
 * @param amount attoFIL, more than 0.
 * @param from 0x address. Default: the first account of the network.
 * @throws ActorExit: 16 when there is no such actor.
 */
export async function fund(
  provider: Provider,
  address: string,
  amount: bigint,
  from?: string,
): Promise<void> {
  const bytes = parseAddress(address)
  if (bytes === undefined)
    throw new TypeError(`expected an f0, f410 or 0x address, got ${JSON.stringify(address)}`)
  await sendNative(provider, {
    from: from ?? (await anyAccount(provider)),
    to: MARKET_ACTOR_ID,
    method: ADD_BALANCE,
    params: encode(bytes),
    value: amount,
  })
}

export interface Published {
  /** In the order of the proposals that became deals. */
  dealIds: bigint[]
  /** Positions, from 0, of the proposals that f05 dropped. */
  dropped: number[]
}

/**
 * A miner's worker publishes proposals.
 * @param proposals CBOR, as `encodeProposal` writes it; they go into the message as they are.
 * @throws ActorExit: 16 when f05 takes none of them, the message says why of the first.
 */
export async function publish(
  provider: Provider,
  { miner, proposals }: { miner: bigint; proposals: Uint8Array[] },
): Promise<Published> {
  const { data } = await sendNative(provider, {
    from: await workerOf(provider, miner),
    to: MARKET_ACTOR_ID,
    method: PUBLISH_STORAGE_DEALS,
    params: encodePublish(proposals),
  })
  const { dealIds, places } = decodePublish(data)
  const taken = new Set(places.map(Number))
  return { dealIds, dropped: [...proposals.keys()].filter((place) => !taken.has(place)) }
}

/** `getDealProposal(bytes32)`, first 4 bytes of its keccak256. */
const GET_DEAL_PROPOSAL = '0xf4b2e4d8'

/**
 * A miner publishes a proposal of a client contract, as `getDealProposal(bytes32)` of the contract gives it with the miner
 * put in. What the miner's escrow lacks for the collateral comes from its worker.
 * @param proposal.client 0x address of the contract.
 * @param proposal.proposalId 32 bytes as 0x hex.
 * @returns The number of the deal.
 * @throws ControlError CLIENT_REFUSED; ActorExit: 16 when f05 does not take it, the message says why.
 */
export async function publishProposal(
  provider: Provider,
  { client, proposalId, miner }: { client: string; proposalId: string; miner: bigint },
): Promise<bigint> {
  const given = await readProposal(provider, client, proposalId)
  const proposal = withProvider(given, idAddress(miner))
  await coverCollateral(provider, miner, providerCollateralOf(proposal))
  const { dealIds } = await publish(provider, { miner, proposals: [proposal] })
  const [dealId] = dealIds
  if (dealId === undefined) throw new TypeError('f05 published a deal and gave no number for it')
  return dealId
}

async function readProposal(
  provider: Provider,
  client: string,
  proposalId: string,
): Promise<Uint8Array> {
  const call = { to: client, data: `${GET_DEAL_PROPOSAL}${proposalId.slice(2)}` }
  let returned: string
  try {
    returned = String(await provider.request({ method: 'eth_call', params: [call, 'latest'] }))
  } catch (cause) {
    throw new ControlError(
      'CLIENT_REFUSED',
      `${client} gives no proposal ${proposalId}: getDealProposal reverted`,
      { cause },
    )
  }
  // ABI bytes: offset 32, length, data.
  const data = Buffer.from(returned.slice(2), 'hex')
  const length = data.length < 64 ? 0 : Number(data.readBigUInt64BE(56))
  if (length === 0 || length > data.length - 64)
    throw new ControlError(
      'CLIENT_REFUSED',
      `${client} gives no proposal ${proposalId}: getDealProposal answered ${returned}`,
    )
  return new Uint8Array(data.subarray(64, 64 + length))
}

async function coverCollateral(provider: Provider, miner: bigint, needed: bigint): Promise<void> {
  const params = encode(idAddress(miner))
  const message = { from: ANYONE, to: MARKET_ACTOR_ID, method: GET_BALANCE, params }
  const [escrow, locked] = decode(await callNative(provider, message)) as [Uint8Array, Uint8Array]
  const missing = needed - decodeAmount(escrow) + decodeAmount(locked)
  if (missing > 0n) await fund(provider, `f0${miner}`, missing, await workerOf(provider, miner))
}

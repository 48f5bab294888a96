/**
 * The provider's chain on a localnet: contracts by eth_call, f05 and the miner through the localnet's door for native
 * messages, sent from the miner's worker.
 */
import { Interface } from 'ethers'
import { addressToString, ethFromAddress, idAddress } from '../bytes/address.ts'
import { fromHex, toHex } from '../bytes/hex.ts'
import { CLIENT_ABI } from '../chain/abi.ts'
import { proposalLogs } from '../chain/logs.ts'
import { collateralBounds, lookupId } from '../chain/lotus.ts'
import { NETWORKS } from '../chain/networks.ts'
import { callNode } from '../chain/node.ts'
import {
  dealIdParams,
  escrowAddress,
  getBalanceReturn,
  getDealActivationReturn,
} from '../deal/market.ts'
import { MARKET_ACTOR_ID, METHODS } from '../deal/methods.ts'
import { StorageError, isStorageError } from '../errors.ts'
import type { Provider } from '../localnet/controls.ts'
import {
  CHANGE_MULTIADDRS,
  PRE_COMMIT_SECTOR_BATCH_2,
  PROVE_COMMIT_SECTORS_3,
  TERMINATE_SECTORS,
  dealNotice,
  encodeMultiaddrs,
  encodePreCommit,
  encodeProveCommit,
  encodeSectors,
} from '../localnet/miner-messages.ts'
import { actorAddress, decodeNativeReturn, encodeNative } from '../localnet/native.ts'
import { EX_DEAL_EXPIRED, USR_NOT_FOUND, openMarketDeals } from './market-deals.ts'
import { exitCodeOf, type Message, openDoor } from './native-door.ts'
import type { Activation, ProviderChain, Verdict } from './ports.ts'

const CLIENT = new Interface(CLIENT_ABI)
/** The CBOR that AuthenticateMessage answers when the client agrees. */
const TRUE = '0xf5'

interface LocalnetChainOptions {
  /** A Hardhat connection's provider, or any other that speaks to a localnet. */
  readonly provider: Provider
  /** Actor id. */
  readonly miner: bigint
  /** 0x address of an account of the node: worker or control address of the miner. */
  readonly worker: string
}

export function localnetChain(options: LocalnetChainOptions): ProviderChain {
  const { provider, miner, worker } = options
  const door = openDoor(provider, worker)
  const { node } = door
  const deals = openMarketDeals(door)
  const network = NETWORKS.localnet

  const call = (what: string, request: { from?: string; to: string; data: string }) =>
    callNode(what, () => node.call(request))
  const callClient = async (to: string, name: string, id: string): Promise<Uint8Array> => {
    const returned = await call(`${name} of ${to}`, {
      to,
      data: CLIENT.encodeFunctionData(name, [id]),
    })
    return fromHex(bytesIn(returned, name, to))
  }
  const noncesUsed = (): Promise<number> =>
    callNode('nonce', () => node.getTransactionCount(worker, 'latest'))
  const toMiner = (method: bigint, params: Uint8Array): Message => ({ to: miner, method, params })

  return {
    head: async () => BigInt(await callNode('epoch', () => node.getBlockNumber())),

    proposalLogs: async (from, to) => {
      const logs = []
      for await (const window of proposalLogs(node, { from, to })) logs.push(...window.logs)
      return logs
    },

    readProposal: async (client, proposalId) => ({
      proposal: await callClient(client, 'getDealProposal', proposalId),
      extra: await callClient(client, 'getExtraParams', proposalId),
    }),

    simulateAuth: async (client, params): Promise<Verdict> => {
      const from = actorAddress(MARKET_ACTOR_ID)
      const data = encodeNative(METHODS.AuthenticateMessage, params)
      try {
        const to = ethFromAddress(client)
        return verdictOf(await call('AuthenticateMessage', { from, to, data }))
      } catch (error) {
        if (!isStorageError(error) || error.code === 'NODE_UNREACHABLE') throw error
        return { ok: false, reason: error.message }
      }
    },

    escrow: async (address) => {
      const params = escrowAddress.encode(address)
      try {
        return getBalanceReturn.decode(await door.ask(toMarket(METHODS.GetBalance, params)))
      } catch (error) {
        if (exitCodeOf(error) === undefined) throw error
        return { balance: 0n, locked: 0n }
      }
    },

    bounds: (pieceSize) => collateralBounds(node, Number(pieceSize)),

    addCollateral: (amount) =>
      door.send(toMarket(METHODS.AddBalance, escrowAddress.encode(idAddress(miner)), amount)),

    simulatePublish: (params) => door.ask(toMarket(METHODS.PublishStorageDeals, params)),

    ticket: async () => ({
      nonce: await callNode('nonce', () => node.getTransactionCount(worker, 'pending')),
      fromDealId: await deals.nextId(),
    }),

    publish: async (params, { nonce }) => {
      if ((await noncesUsed()) > nonce) return 'stale'
      try {
        await door.send(toMarket(METHODS.PublishStorageDeals, params), nonce)
        return 'mined'
      } catch (error) {
        if (isStorageError(error, 'CONTRACT_REFUSED')) return 'reverted'
        if ((await noncesUsed()) > nonce) return 'stale'
        throw error
      }
    },

    findDeal: async (proposal, fromDealId) => {
      const client = await lookupId(node, network, addressToString(proposal.client, network.prefix))
      return client === undefined ? undefined : deals.find(proposal, client, fromDealId)
    },

    activation: async (dealId): Promise<Activation> => {
      try {
        const params = dealIdParams.encode(dealId)
        const answer = await door.ask(toMarket(METHODS.GetDealActivation, params))
        const { activated } = getDealActivationReturn.decode(answer)
        return activated < 0n ? { state: 'published' } : { state: 'active', activatedAt: activated }
      } catch (error) {
        const code = exitCodeOf(error)
        if (code === EX_DEAL_EXPIRED) return { state: 'gone' }
        if (code === USR_NOT_FOUND) return { state: 'unknown' }
        throw error
      }
    },

    prove: async ({ sector, dealId, pieceCid, pieceSize, expiration }) => {
      const preCommit = toMiner(
        PRE_COMMIT_SECTOR_BATCH_2,
        encodePreCommit([{ number: sector, expiration }]),
      )
      // Refused too when it was mined before a crash: then only the proof is left to send, and tells what is wrong.
      if (await wouldSucceed(door.ask(preCommit))) await door.send(preCommit)
      const pieces = [{ pieceCid, pieceSize, notify: [dealNotice(dealId)] }]
      const proof = encodeProveCommit([{ number: sector, pieces }], true)
      await door.send(toMiner(PROVE_COMMIT_SECTORS_3, proof))
    },

    terminate: (sector) => door.send(toMiner(TERMINATE_SECTORS, encodeSectors([sector]))),

    announce: (multiaddrs) => door.send(toMiner(CHANGE_MULTIADDRS, encodeMultiaddrs(multiaddrs))),
  }
}

function toMarket(method: bigint, params: Uint8Array, value = 0n): Message {
  return { to: MARKET_ACTOR_ID, method, params, value }
}

/** The ABI `bytes` that a getter returned. */
function bytesIn(returned: string, name: string, client: string): string {
  try {
    return String(CLIENT.decodeFunctionResult(name, returned)[0])
  } catch (cause) {
    throw new StorageError('CONTRACT_REFUSED', {
      what: `${client} does not answer ${name} as a client contract does`,
      expected: 'ABI bytes',
      got: returned,
      cause,
    })
  }
}

/** f05 wants the exit code 0 and CBOR true; an account answers nothing. */
function verdictOf(returned: string): Verdict {
  if (returned === '0x') return { ok: false, reason: 'the client is no contract' }
  let answer
  try {
    answer = decodeNativeReturn(returned)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { ok: false, reason: error.message }
  }
  if (answer.exitCode !== 0)
    return { ok: false, reason: `the client ended with exit code ${answer.exitCode}` }
  return toHex(answer.data) === TRUE
    ? { ok: true }
    : { ok: false, reason: `the client answered ${toHex(answer.data)} instead of true` }
}

async function wouldSucceed(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (error) {
    if (isStorageError(error, 'CONTRACT_REFUSED')) return false
    throw error
  }
}

/** A Filecoin of its own with one client, and everything that owner, proposer, miners and strangers can do to it. */
import { BrowserProvider, getBytes, Interface, ZeroAddress } from 'ethers'
import { artifacts } from 'hardhat'
import { f410FromEth, idAddress } from '../../../src/bytes/address.ts'
import { CLIENT_ABI, FACTORY_ABI, OWNER_ABI } from '../../../src/chain/abi.ts'
import { requestOf } from '../../../src/chain/views.ts'
import {
  dealIdParams,
  escrowAddress,
  getBalanceReturn,
  getDealActivationReturn,
  settleDealPaymentsParams,
} from '../../../src/deal/market.ts'
import { MARKET_ACTOR_ID, METHODS } from '../../../src/deal/methods.ts'
import { publishStorageDealsParams } from '../../../src/deal/params.ts'
import { decodeProposal } from '../../../src/deal/proposal.ts'
import type { MarketAnswer } from '../../../src/deal/state.ts'
import type { DealTerms } from '../../../src/deal/terms.ts'
import {
  activate,
  ActorExit,
  callNative,
  currentEpoch,
  mineTo,
  type Provider,
  sendNative,
  terminate,
} from '../../../src/localnet/controls.ts'
import { project } from '../../src/localnet/support/filecoin.ts'

/** With what a caller needs of the ownership beyond the ABI of the toolkit. */
const CLIENT = new Interface([
  ...CLIENT_ABI,
  ...OWNER_ABI,
  'function transferOwnership(address to)',
  'function acceptOwnership()',
  'function pendingOwner() view returns (address)',
])
const FACTORY = new Interface(FACTORY_ABI)

export const FIL = 10n ** 18n
/** f099, where slashed collateral goes. */
const BURNT = `0xff${'0'.repeat(36)}63`
const EX_DEAL_EXPIRED = 32

export interface Miner {
  readonly id: bigint
  readonly worker: string
}

export type World = Awaited<ReturnType<typeof makeWorld>>

export async function makeWorld() {
  const connection = await (await project()).network.create('own')
  const node: Provider = connection.provider
  const provider = new BrowserProvider(connection.provider, undefined, { cacheTimeout: -1 })
  const accounts = (await node.request({ method: 'eth_accounts' })) as string[]
  const [owner = '', heir = '', proposer = '', stranger = ''] = accounts
  const miners: readonly Miner[] = [
    { id: 1000n, worker: accounts.at(-1) ?? '' },
    { id: 1001n, worker: accounts.at(-2) ?? '' },
  ]

  /** @throws when it reverts */
  const sendTo = async (from: string, to: string | undefined, data: string, value = 0n) => {
    const tx = { from, data, value: `0x${value.toString(16)}`, ...(to === undefined ? {} : { to }) }
    const hash = String(await node.request({ method: 'eth_sendTransaction', params: [tx] }))
    const receipt = await provider.getTransactionReceipt(hash)
    if (receipt === null) throw new Error(`no receipt of ${hash}`)
    return receipt
  }

  const { bytecode } = await artifacts.readArtifact('DealClientFactory')
  const factory = (await sendTo(owner, undefined, bytecode)).contractAddress ?? ''
  const data = FACTORY.encodeFunctionData('createClient', [owner])
  const created = await sendTo(stranger, factory, data)
  const find = await provider.call({
    to: factory,
    data: FACTORY.encodeFunctionData('clientOf', [owner]),
  })
  const address = String(FACTORY.decodeFunctionResult('clientOf', find)[0])
  const filecoinAddress = f410FromEth(address)

  const native = (from: string, method: bigint, params: Uint8Array, value = 0n) =>
    sendNative(node, { from, to: MARKET_ACTOR_ID, method, params, value })
  const ask = (method: bigint, params: Uint8Array) =>
    callNative(node, { from: stranger, to: MARKET_ACTOR_ID, method, params })
  const addBalance = (from: string, whose: Uint8Array, amount: bigint) =>
    native(from, METHODS.AddBalance, escrowAddress.encode(whose), amount)

  const PROVIDERS_OWN = 100n * FIL
  for (const { id } of miners) await addBalance(stranger, idAddress(id), PROVIDERS_OWN)
  const balanceOf = async (who: string): Promise<bigint> => provider.getBalance(who)
  const burntBefore = await balanceOf(BURNT)

  const view = async (name: string, ...values: unknown[]): Promise<unknown[]> => {
    const returned = await provider.call({
      to: address,
      data: CLIENT.encodeFunctionData(name, values),
    })
    return CLIENT.decodeFunctionResult(name, returned).toArray()
  }
  const act = (from: string, name: string, values: readonly unknown[], value = 0n) =>
    sendTo(from, address, CLIENT.encodeFunctionData(name, values), value)
  let sector = 0n

  return {
    provider,
    node,
    address,
    createdAt: BigInt(created.blockNumber),
    owner,
    heir,
    proposer,
    stranger,
    miners,
    act,
    view,
    sendTo,
    epoch: () => currentEpoch(node),
    mineTo: (epoch: bigint) => mineTo(node, epoch),
    stop: () => connection.close(),

    propose(from: string, terms: DealTerms, value: bigint) {
      return act(from, 'propose', [requestOf(terms), terms.replicas, terms.providers], value)
    },
    /** All in one message. */
    async publish({ id, worker }: Miner, proposalIds: readonly string[]) {
      const deals = []
      for (const proposalId of proposalIds) {
        const [encoded] = await view('getDealProposal', proposalId)
        const proposal = { ...decodeProposal(getBytes(String(encoded))), provider: idAddress(id) }
        deals.push({ proposal, signature: Uint8Array.of(2, 0xde, 0xad) })
      }
      await native(worker, METHODS.PublishStorageDeals, publishStorageDealsParams.encode({ deals }))
    },
    /** @returns The number of the sector. */
    async prove(
      { id: miner, worker }: Miner,
      deal: { dealId: bigint; pieceCid: Uint8Array; pieceSize: bigint },
      expiration: bigint,
    ) {
      sector += 1n
      await activate(node, { miner, worker, number: sector, expiration, deals: [deal] })
      return sector
    },
    giveUp: ({ id: miner, worker }: Miner, numbers: bigint[]) =>
      terminate(node, { miner, worker, numbers }),
    settleAtMarket: (dealIds: readonly bigint[]) =>
      native(stranger, METHODS.SettleDealPayments, settleDealPaymentsParams.encode([...dealIds])),
    give: (amount: bigint) => addBalance(stranger, filecoinAddress, amount),
    async market(dealId: bigint): Promise<MarketAnswer> {
      try {
        const answer = await ask(METHODS.GetDealActivation, dealIdParams.encode(dealId))
        const { activated } = getDealActivationReturn.decode(answer)
        if (activated < 0n) return { kind: 'published' }
        return { kind: 'active', activatedAt: activated }
      } catch (error) {
        if (!(error instanceof ActorExit)) throw error
        return { kind: error.exitCode === EX_DEAL_EXPIRED ? 'gone' : 'unknown' }
      }
    },
    /** attoFIL of the client: in f05, and its own. */
    async money() {
      const answer = await ask(METHODS.GetBalance, escrowAddress.encode(filecoinAddress))
      const { balance: escrow, locked } = getBalanceReturn.decode(answer)
      return { escrow, locked, balance: await balanceOf(address) }
    },
    /** attoFIL that f05 moved from the client to providers: what these have more, and what of it was slashed since. */
    async paidToProviders(): Promise<bigint> {
      let paid = (await balanceOf(BURNT)) - burntBefore
      for (const { id } of miners) {
        const answer = await ask(METHODS.GetBalance, escrowAddress.encode(idAddress(id)))
        paid += getBalanceReturn.decode(answer).balance - PROVIDERS_OWN
      }
      return paid
    },
    async pendingOwner(): Promise<string | undefined> {
      const [pending] = await view('pendingOwner')
      return pending === ZeroAddress ? undefined : String(pending)
    },
  }
}

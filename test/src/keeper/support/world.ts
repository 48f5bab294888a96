/** A local Filecoin with stores, miners that do what the test says, a node that can be made to fail, and keepers with keys of their own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserProvider, type Eip1193Provider, id as hashOf, Wallet } from 'ethers'
import hre from 'hardhat'
import { openClient } from '../../../../src/chain/client-contract.ts'
import { NETWORKS } from '../../../../src/chain/networks.ts'
import { openPerpetual, type PerpetualStorage } from '../../../../src/chain/perpetual.ts'
import { readArtifact } from '../../../../src/flow/artifact.ts'
import { deployPerpetual } from '../../../../src/flow/deploy.ts'
import { type LocalFilecoin, startLocalFilecoin } from '../../../../src/flow/local-filecoin.ts'
import type { Policy } from '../../../../src/keep/policy.ts'
import { openKeeperChain } from '../../../../src/keeper/chain.ts'
import { type Keeper, type KeeperOptions, openKeeper } from '../../../../src/keeper/keeper.ts'
import {
  activateDeal,
  currentEpoch,
  mineTo,
  publishProposal,
} from '../../../../src/localnet/controls.ts'
import { STORE_POLICY } from '../../../support/store-policy.ts'

type Request = { readonly method: string; readonly params?: readonly unknown[] | object }
/** In the way of a request: calls `pass` or not, and answers what it likes. */
export type Fault = (request: Request, pass: () => Promise<unknown>) => Promise<unknown>

export const FIL = 10n ** 18n
/** test/vectors/known-piece-cids.json, lotus-zero zero-127. */
export const PIECE = {
  pieceCid: 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy',
  pieceSize: 128,
  size: 127,
  root: 'bafkqaaa',
}

export interface World {
  readonly filecoin: LocalFilecoin
  readonly storage: PerpetualStorage
  readonly folder: string
  /** Methods that keepers asked for, in their order. */
  readonly asked: string[]
  /** Undefined: the node does as it should. */
  fault: Fault | undefined
  store(policy?: Partial<Policy>, value?: bigint): Promise<{ id: bigint; proposalId: string }>
  /** The newest proposal of a store becomes deals, which become active. @returns Their numbers. */
  fill(id: bigint, miners?: readonly bigint[]): Promise<bigint[]>
  /** To the first epoch at which time makes something due for the store. */
  untilDue(id: bigint): Promise<void>
  keeper(name: string, options?: Partial<KeeperOptions>): Promise<Keeper>
  wallet(name: string): Promise<Wallet>
  /** Of the account with this name. */
  nonceOf(name: string): Promise<number>
  stop(): Promise<void>
}

export async function makeWorld(miners = 4): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sealift-keeper-'))
  const filecoin = await startLocalFilecoin({
    folder: join(folder, 'depot'),
    providers: miners,
    behaviours: Array.from({ length: miners }, () => ({ kind: 'manual' }) as const),
  })
  const node = filecoin.provider
  await node.request({ method: 'evm_setIntervalMining', params: [0] })
  const owner = new BrowserProvider(node, undefined, { cacheTimeout: -1 })
  const signer = await owner.getSigner(filecoin.accounts[0])
  const [, made] = await deployPerpetual({
    network: NETWORKS.localnet,
    artifact: (name) => readArtifact(hre, name),
    signer,
    folder: join(folder, 'deployments'),
  })
  const storage = openPerpetual(made.address, signer)
  const asked: string[] = []
  const wallets = new Map<string, Wallet>()

  const through: Eip1193Provider = {
    request: async (request: Request) => {
      if (request.method !== 'eth_chainId') asked.push(request.method)
      const pass = (): Promise<unknown> =>
        node.request(request as Parameters<typeof node.request>[0])
      return world.fault === undefined ? pass() : world.fault(request, pass)
    },
  }

  const world: World = {
    filecoin,
    storage,
    folder,
    asked,
    fault: undefined,
    async store(policy = {}, value = FIL) {
      return storage.store(PIECE, { ...STORE_POLICY, ...policy }, { value })
    },
    async fill(id, by = [1000n, 1001n]) {
      const { client, proposals } = await storage.storeOf(id)
      const [proposalId = ''] = await openClient(client, owner).proposalIds(
        BigInt(proposals.at(-1) ?? 0) - 1n,
        1n,
      )
      const deals: bigint[] = []
      for (const miner of by) {
        const deal = await publishProposal(node, { client, proposalId, miner })
        await activateDeal(node, deal)
        deals.push(deal)
      }
      return deals
    },
    async untilDue(id) {
      const { next } = await storage.statusOf(id)
      if (BigInt(next.dueAt) > (await currentEpoch(node))) await mineTo(node, BigInt(next.dueAt))
    },
    async wallet(name) {
      const known = wallets.get(name)
      if (known !== undefined) return known
      const wallet = new Wallet(
        hashOf(name),
        new BrowserProvider(through, undefined, { cacheTimeout: -1 }),
      )
      await node.request({
        method: 'hardhat_setBalance',
        params: [wallet.address, `0x${(100n * FIL).toString(16)}`],
      })
      wallets.set(name, wallet)
      return wallet
    },
    async nonceOf(name) {
      return owner.getTransactionCount((await world.wallet(name)).address, 'latest')
    },
    async keeper(name, options = {}) {
      const chain = await openKeeperChain({
        address: made.address,
        signer: await world.wallet(name),
        network: NETWORKS.localnet,
      })
      return openKeeper({ chain, folder: join(folder, name), network: 'localnet', ...options })
    },
    async stop() {
      await filecoin.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return world
}

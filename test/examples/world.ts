/** A local Filecoin with providers and a PerpetualStorage, for contracts that keep their data, and a keeper without ideas of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserProvider, type Contract, ContractFactory, type InterfaceAbi } from 'ethers'
import hre from 'hardhat'
import { openPerpetual, type PerpetualStorage } from '../../src/chain/perpetual.ts'
import { rawPiece, rawPolicy } from '../../src/chain/perpetual-views.ts'
import type { Depot } from '../../src/depot/depot.ts'
import { readArtifact } from '../../src/flow/artifact.ts'
import { startLocalFilecoin } from '../../src/flow/local-filecoin.ts'
import { currentEpoch, mineTo, type Provider } from '../../src/localnet/controls.ts'
import type { Policy } from '../../src/keep/policy.ts'
import { prepare } from '../../src/prepare/prepare.ts'
import type { StoredPiece } from '../../src/prepare/sink.ts'
import { random } from '../support/random.ts'

export const FIL = 10n ** 18n
export const COPIES = 2
/** 180 days, the shortest that f05 takes. */
export const TERM = 518_400
const LEAD = 14_400
const DEADLINE_MS = 60_000

export interface World {
  readonly node: Provider
  readonly provider: BrowserProvider
  readonly accounts: readonly string[]
  /** Signed by nobody that has to do with the stores: the keeper. */
  readonly perpetual: PerpetualStorage
  readonly policy: Policy
  readonly depot: Depot
  readonly depotUrl: string
  readonly folder: string
  /** Deployed by the account with this number. */
  deploy(by: number, name: string, values: readonly unknown[], value?: bigint): Promise<Contract>
  /** A file of 1,000 bytes, prepared into the depot that the policy's location serves. */
  piece(name: string): Promise<StoredPiece>
  untilActive(id: bigint, copies?: number): Promise<void>
  travelTo(epoch: number): Promise<void>
  /** What a keeper does: looks what is due, and pokes it. @returns attoFIL that it was paid */
  keep(): Promise<bigint>
  /** attoFIL of an address. */
  balanceOf(address: string): Promise<bigint>
  stop(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sealift-examples-'))
  const filecoin = await startLocalFilecoin({ folder: join(folder, 'depot'), providers: 3 })
  const { provider: node, accounts, depot, depotUrl } = filecoin
  const provider = new BrowserProvider(node, undefined, { cacheTimeout: -1 })

  const deploy: World['deploy'] = async (by, name, values, value = 0n) => {
    const { abi, bytecode } = await readArtifact(hre, name)
    const signer = await provider.getSigner(accounts[by])
    const factory = new ContractFactory(abi as InterfaceAbi, bytecode, signer)
    const contract = await factory.deploy(...values, { value })
    await contract.waitForDeployment()
    return contract as Contract
  }
  const clients = await deploy(0, 'StoreClientFactory', [])
  const deployed = await deploy(0, 'PerpetualStorage', [await clients.getAddress()])
  const keeper = await provider.getSigner(accounts[9])
  const perpetual = openPerpetual(await deployed.getAddress(), keeper)

  return {
    node,
    provider,
    depot,
    depotUrl,
    folder,
    accounts,
    perpetual,
    policy: {
      replicas: COPIES,
      distinct: true,
      keeperLocations: false,
      rule: 'any',
      providers: [],
      judge: undefined,
      term: TERM,
      lead: LEAD,
      startDelay: 5_760,
      price: 50_000_000n,
      maxPrice: 100_000_000n,
      // f05 of the localnet demands 250,000 attoFIL a byte.
      collateral: 300_000n << 30n,
      maxCollateral: 300_000n << 30n,
      reward: FIL / 1000n,
      maxPay: FIL / 100n,
      maxPayPerWindow: FIL / 10n,
      locations: [`${depotUrl}/piece/`],
    },
    deploy,

    async piece(name) {
      const path = join(folder, name)
      await writeFile(path, random(1_000, name))
      const [piece] = (await prepare([path], depot)).pieces
      if (piece === undefined) throw new Error(`${name} made no piece`)
      return piece
    },

    async untilActive(id, copies = COPIES) {
      const end = Date.now() + DEADLINE_MS
      for (;;) {
        const { active, why } = await perpetual.statusOf(id)
        if (active >= copies) return
        if (Date.now() > end) throw new Error(`store ${id}: ${active} active; ${why}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },

    async travelTo(epoch) {
      await mineTo(node, BigInt(epoch))
      if ((await currentEpoch(node)) < BigInt(epoch)) throw new Error('time did not pass')
    },

    async keep() {
      const ids = await perpetual.pokeable(0, 100)
      const { poked, failed } = await perpetual.poke(ids)
      if (failed.length > 0) throw new Error(`poke of ${failed[0]?.id} failed: ${failed[0]?.error}`)
      return poked.reduce((sum, { paid }) => sum + paid, 0n)
    },

    balanceOf: (address) => provider.getBalance(address),

    async stop() {
      await filecoin.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** As contracts take them. */
export const asPiece = (piece: StoredPiece): unknown[] => rawPiece(piece)
export const asPolicy = (policy: Policy): unknown => rawPolicy(policy)

/** What a view answers. */
export const ask = async <T>(contract: Contract, view: string, ...values: unknown[]): Promise<T> =>
  (await contract.getFunction(view).staticCall(...values)) as T

/** Sends a call and waits until it is mined. Options such as `value` come last. */
export async function act(contract: Contract, method: string, ...values: unknown[]): Promise<void> {
  await (await contract.getFunction(method).send(...values)).wait()
}

/** attoFIL that all copies of a piece cost for one term at the first offer of the policy: per epoch, rounded up. */
export function termCost({ pieceSize }: Pick<StoredPiece, 'pieceSize'>, copies = COPIES): bigint {
  const perEpoch = (50_000_000n * BigInt(pieceSize) + (1n << 30n) - 1n) >> 30n
  return perEpoch * BigInt(TERM) * BigInt(copies)
}

/** Passes when the contract refuses with this error of its interface. */
export async function reverts(
  contract: Contract,
  error: string,
  acting: Promise<unknown>,
): Promise<void> {
  try {
    await acting
  } catch (thrown) {
    const { data } = thrown as { data?: string }
    const name = contract.interface.parseError(data ?? '0x')?.name
    if (name === error) return
    throw new Error(`expected ${error}, got ${name ?? String(thrown)}`, { cause: thrown })
  }
  throw new Error(`expected ${error}, and it went through`)
}

/**
 * A story through a node that fails: deploy, make a deal, again, fetch back. A command that ends with a code which says that
 * the node was not reached is given again, as its message tells a person to; nothing else is forgiven.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { id, Wallet } from 'ethers'
import { openClient } from '../../../src/chain/client-contract.ts'
import { currentEpoch } from '../../../src/localnet/controls.ts'
import { formatSchedule, type Schedule } from '../../fakes/lotus/faults.ts'
import { startLotusNode } from '../../fakes/lotus/server.ts'
import { deploy, fetchBack, type Person, type Printed, store } from './commands.ts'
import type { World } from './world.ts'

export interface Told {
  readonly name: string
  /** Of the faults that struck. */
  readonly faults: readonly string[]
  /** Commands that had to be given again, as `make-deal NODE_UNREACHABLE`. */
  readonly again: readonly string[]
  /** Empty: it went well. */
  readonly wrong: readonly string[]
  /** Of the key, mined. */
  readonly transactions: number
}

/** What a person tries again after. */
const TRY_AGAIN = new Set(['NODE_UNREACHABLE', 'DEADLINE'])
const MOST_TRIES = 6
const FIL = 10n ** 18n
/** A node of a schedule lags four at most, and `latest` is one before the head. */
const EPOCHS_TO_SHOW = 6n
/** The factory, the client, the proposal. */
const TRANSACTIONS = 3

export async function tellStory(world: World, name: string, schedule: Schedule): Promise<Told> {
  const { filecoin, truth } = world
  const folder = join(world.folder, name)
  await mkdir(folder)
  const key = id(`the key of ${name}`)
  const { address } = new Wallet(key)
  const node = await startLotusNode({ provider: filecoin.provider, schedule })
  const token = id(`the token of ${name}`).slice(2)
  const person: Person = { world, key, url: `${node.url}/rpc?token=${token}`, folder }
  const again: string[] = []
  const wrong: string[] = []
  const unhandled = (reason: unknown): void => void wrong.push(`unhandled: ${String(reason)}`)
  process.on('unhandledRejection', unhandled)

  async function until(command: string, act: () => Promise<Printed>): Promise<Printed['document']> {
    for (let tries = 1; ; tries += 1) {
      const { document, text } = await act()
      for (const secret of [key.slice(2), token])
        if (text.toLowerCase().includes(secret)) wrong.push(`${command} printed a secret`)
      if (document['kind'] !== 'error') return document
      const said = `${command} ${String(document['code'])}`
      if (!TRY_AGAIN.has(String(document['code'])) || tries === MOST_TRIES)
        throw new Error(`${said}: ${String(document['message'])}\n${text}`)
      again.push(said)
    }
  }

  try {
    await fund(world, address)
    await until('deploy', () => deploy(person))
    const [first] = proposalsOf(await until('make-deal', () => store(person)))
    const [second] = proposalsOf(await until('make-deal again', () => store(person)))
    if (second?.proposalId !== first?.proposalId || second?.tx !== null)
      wrong.push(`again, it proposed ${second?.proposalId}`)
    const states = second?.deals.map(({ state }) => state).join()
    if (states !== 'active,active') wrong.push(`the deals are ${states}`)
    const target = join(folder, 'back')
    const { path } = await until('retrieve', () => fetchBack(person, target))
    const back = await readFile(String(path), 'utf8').catch(String)
    if (back !== world.content) wrong.push(`it came back as ${back.slice(0, 100)}`)
    wrong.push(...(await contradictions(person)))
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error))
  } finally {
    await node.close()
    process.off('unhandledRejection', unhandled)
  }
  const transactions = await truth.getTransactionCount(address)
  if (wrong.length === 0 && transactions !== TRANSACTIONS)
    wrong.push(`${transactions} transactions were mined instead of ${TRANSACTIONS}`)
  return { name, faults: formatSchedule(node.struck), again, wrong, transactions }
}

interface Shown {
  readonly proposalId: string
  readonly tx: string | null
  readonly deals: readonly { readonly state: string }[]
}

function proposalsOf(document: Printed['document']): readonly Shown[] {
  return document['proposals'] as Shown[]
}

/** What the chain says that the story does not. */
async function contradictions({ world, folder }: Person): Promise<string[]> {
  const path = join(folder, 'deployments', 'localnet', 'DealClient.json')
  const { address } = JSON.parse(await readFile(path, 'utf8')) as { address: string }
  const client = openClient(address, world.truth)
  const [proposals, deals] = [await client.proposals(), await client.deals()]
  const providers = new Set(deals.map(({ provider }) => provider))
  return [
    ...(proposals.length === 1 ? [] : [`${proposals.length} proposals are on chain`]),
    ...(deals.length === 2 && providers.size === 2 ? [] : [`${deals.length} deals are on chain`]),
    ...deals.filter(({ state }) => state !== 'active').map((deal) => `a deal is ${deal.state}`),
  ]
}

/** Returns when every node shows it: a person looks for the money of a faucet before going on. */
export async function fund({ filecoin }: World, to: string): Promise<void> {
  const [from] = filecoin.accounts
  const tx = { from, to, value: `0x${(100n * FIL).toString(16)}` }
  await filecoin.provider.request({ method: 'eth_sendTransaction', params: [tx] })
  const shown = (await currentEpoch(filecoin.provider)) + EPOCHS_TO_SHOW
  while ((await currentEpoch(filecoin.provider)) < shown) await sleep(100)
}

/** A local Filecoin with a hub, gateways and requests of every kind, and an aggregator that can be killed. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import hre from 'hardhat'
import { CID } from 'multiformats/cid'
import { type AggregatorOptions, runAggregator } from '../../../src/aggregator/aggregator.ts'
import type { Entry } from '../../../src/aggregator/facts.ts'
import type { AggregatorReport } from '../../../src/aggregator/report.ts'
import { openClient } from '../../../src/chain/client-contract.ts'
import { type Hub, openHub } from '../../../src/chain/hub.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { readArtifact } from '../../../src/flow/artifact.ts'
import { deployClient } from '../../../src/flow/deploy.ts'
import { listDeals } from '../../../src/flow/list-deals.ts'
import {
  activateDeal,
  currentEpoch,
  publishProposal,
  skipActivation,
} from '../../../src/localnet/controls.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { parsePieceCid, pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import type { Behaviour } from '../../../src/provider/behaviour.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { prepareOne } from '../../support/prepare-one.ts'
import { random } from '../../support/random.ts'
import { Web } from '../../src/retrieve/web.ts'
import { type Local, startLocal } from './local.ts'

/** The power went: nothing that is thrown by anything else. */
export class Killed extends Error {}

/** What a request asks for, and what must become of it. */
export interface Asked {
  readonly id: bigint
  /** Undefined: it cannot be had. */
  readonly piece: StoredPiece | undefined
  readonly payment: bigint
}

export interface AggregatorWorld {
  readonly local: Local
  readonly hub: Hub
  readonly account: string
  readonly fromBlock: bigint
  readonly asked: readonly Asked[]
  readonly gateway: Web
  readonly liar: Web
  run(change?: Partial<AggregatorOptions>): Promise<AggregatorReport>
  /** Miners publish what is open, or else activate what is published, or with `misses` let its start pass. */
  move(misses?: boolean): Promise<void>
  stop(): Promise<void>
}

const PIECES = 7
const ROOTS = 8
const PAYMENT = 1_000n

export async function makeAggregatorWorld(
  seed: string,
  behaviours: readonly Behaviour[],
): Promise<AggregatorWorld> {
  const local = await startLocal(behaviours)
  const { provider, owner, context, folder, filecoin } = local
  const network = NETWORKS.localnet
  const deployed = await deployClient({
    network,
    artifact: (name) => readArtifact(hre, name),
    signer: owner,
    folder: join(folder, 'deployments'),
    hub: true,
  })
  const address = deployed.hub?.address ?? ''
  const account = await owner.getAddress()
  const fromBlock = await currentEpoch(filecoin.provider)
  const hub = openHub(address, owner, { network: network.name })
  const requester = openHub(address, await provider.getSigner(filecoin.accounts[1]), {
    network: network.name,
  })
  const gateway = await Web.open()
  const liar = await Web.open()
  const elsewhere = await openDepot(join(folder, 'elsewhere'))
  const prepared = async (name: string, depot: typeof elsewhere): Promise<StoredPiece> => {
    const path = join(folder, name)
    await writeFile(path, random(700 + 37 * name.length + (name.codePointAt(0) ?? 0), seed + name))
    return prepareOne([path], depot)
  }
  const terms = async () => ({
    deadline: (await currentEpoch(filecoin.provider)) + 20_000n,
    storedUntil: (await currentEpoch(filecoin.provider)) + 500_000n,
  })
  const asked: Asked[] = []
  const ask = async (cid: Uint8Array, piece?: StoredPiece, payment = 0n): Promise<void> => {
    const { id } =
      payment === 0n
        ? await requester.submit(cid)
        : await requester.submit(cid, await terms(), { value: payment })
    asked.push({ id, piece, payment })
  }

  for (let i = 0; i < PIECES; i += 1) {
    const piece = await prepared(`piece-${'x'.repeat(i)}${i}`, context.depot)
    const v1 = pieceCidV1Bytes(parsePieceCid(piece.pieceCid).root)
    const v2 = CID.parse(piece.pieceCidV2).bytes
    const forms = [v1, v2, Uint8Array.of(0, ...v1)]
    const form = forms[i % forms.length] ?? v2
    await ask(form, piece, form === v2 ? PAYMENT + BigInt(i) : 0n)
    // The same piece for somebody else.
    if (i === 0) await ask(v2, piece, PAYMENT)
  }
  for (let i = 0; i < ROOTS; i += 1) {
    const piece = await prepared(`root-${'y'.repeat(i)}${i}`, elsewhere)
    const bytes = await readFile(piece.path)
    const path = `/ipfs/${piece.root}?format=car`
    gateway.answers.set(path, bytes)
    const other = Buffer.from(bytes)
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
    liar.answers.set(path, other)
    const isText = i % 2 === 0
    await ask(
      isText ? new TextEncoder().encode(piece.root) : CID.parse(piece.root).bytes,
      piece,
      i % 3 === 0 ? PAYMENT * 2n : 0n,
    )
  }
  await ask(new TextEncoder().encode('not a CID at all'))
  const gone = await prepared('gone', elsewhere)
  await ask(CID.parse(gone.root).bytes)
  const lost = await prepared('lost', elsewhere)
  await ask(CID.parse(lost.pieceCidV2).bytes)
  await ask(CID.parse(gone.root).bytes, undefined, PAYMENT)

  return {
    local,
    hub,
    account,
    fromBlock,
    asked,
    gateway,
    liar,
    run: (change = {}) =>
      runAggregator({
        flow: { ...context, client: openClient(local.client.address, owner) },
        hub,
        account,
        folder: join(folder, 'aggregator'),
        fromBlock,
        policy: {
          plan: {
            minPieceSize: 2 ** 14,
            maxPieceSize: 2 ** 20,
            closeAtBytes: 8192,
            closeAfter: 60,
          },
          minPayment: 0n,
          tries: 2,
          firstWaitMs: 1,
          maxWaitMs: 1,
          leadEpochs: 100,
          storedEpochs: 1_000_000,
          chunk: 3,
        },
        wishes: {},
        fetching: {
          sources: [gateway.url],
          gateways: [liar.url, gateway.url],
          maxBytes: 2 ** 20,
          rules: { stallMs: 5_000, deadlineMs: 20_000, isPrivateHost: () => true },
        },
        once: true,
        everyMs: 50,
        emit: () => {},
        ...change,
      }),
    async move(misses = false) {
      const { provider: node } = filecoin
      const { proposals } = await listDeals(context)
      const open = proposals.filter(({ state }) => state === 'open')
      for (const { proposalId } of open)
        await publishProposal(node, { client: local.client.address, proposalId, miner: 1000n })
      const published = proposals
        .flatMap(({ deals }) => deals)
        .filter(({ state }) => state === 'published')
      for (const { dealId } of open.length > 0 ? [] : published)
        await (misses ? skipActivation : activateDeal)(node, BigInt(dealId))
    },
    async stop() {
      await gateway.close()
      await liar.close()
      await local.stop()
    },
  }
}

/** A journal that dies with its first entry, which is then on the disk or not, and says which one it was. */
export function dying(
  when: 'before' | 'after',
  onDeath: (entry: Entry) => void,
): (journal: Journal<Entry>) => Journal<Entry> {
  return (journal) => {
    let isDead = false
    return {
      close: () => journal.close(),
      append: async (entry) => {
        if (isDead) throw new Killed()
        isDead = true
        if (when === 'after') await journal.append(entry)
        onDeath(entry)
        throw new Killed()
      },
    }
  }
}

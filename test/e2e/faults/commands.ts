/** Commands of a person who has a key and a node that fails: the code behind the tasks, with what they print. */
import { join } from 'node:path'
import hre from 'hardhat'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { readArtifact } from '../../../src/flow/artifact.ts'
import { deployClient } from '../../../src/flow/deploy.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { retrieveDeal } from '../../../src/flow/retrieve-deal.ts'
import { withFlow } from '../../../tasks/context.ts'
import { checkNetwork, openNetwork } from '../../../tasks/network.ts'
import { type Outcome, type Run, runTask } from '../../../tasks/run.ts'
import { fakeIo } from '../../tasks/support/fake-io.ts'
import type { World } from './world.ts'

export interface Person {
  readonly world: World
  /** 0x and 64 digits. */
  readonly key: string
  /** Of the node. */
  readonly url: string
  /** Of its own: deployments, and what is fetched back. */
  readonly folder: string
}

export interface Printed {
  readonly document: Record<string, unknown>
  /** Both streams. */
  readonly text: string
  readonly exitCode: number
}

const CHAIN_ID = 31415926
/** A command that takes longer hangs. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 200

type Hre = Awaited<ReturnType<typeof createHardhatRuntimeEnvironment>>

export function deploy(person: Person): Promise<Printed> {
  return command(person, {}, async (run, own) => {
    const opened = await openNetwork(own, run)
    try {
      const signer = await opened.signer()
      await checkNetwork(opened, run)
      const document = await deployClient({
        network: opened.network,
        artifact: (name) => readArtifact(hre, name),
        signer,
        folder: join(person.folder, 'deployments'),
        signal: run.signal,
        onEvent: run.follow,
      })
      return { document, text: [] }
    } finally {
      await opened.close()
    }
  })
}

export function store(person: Person): Promise<Printed> {
  const { root, filecoin } = person.world
  const env = { SEALIFT_DEPOT: filecoin.depot.folder, SEALIFT_DEPOT_URL: filecoin.depotUrl }
  return command(person, env, (run, own) =>
    withFlow(own, run, { signs: true }, async (context) => {
      const wish = { cid: root, replicas: 2, wait: 'active', everyMs: LOOK_EVERY_MS } as const
      const request = { ...wish, inputs: [], deadlineMs: PATIENCE_MS }
      return { document: await makeDeal(request, context), text: [] }
    }),
  )
}

/** With an empty depot: from a provider that the chain names. */
export function fetchBack(person: Person, target: string): Promise<Printed> {
  const env = { SEALIFT_DEPOT: join(person.folder, 'empty') }
  return command(person, env, (run, own) =>
    withFlow(own, run, {}, async (context) => ({
      document: await retrieveDeal(person.world.root, target, context),
      text: [],
    })),
  )
}

async function command(
  { folder, key, url }: Person,
  env: NodeJS.ProcessEnv,
  act: (run: Run, own: Hre) => Promise<Outcome>,
): Promise<Printed> {
  const own = await createHardhatRuntimeEnvironment(
    { networks: { localnet: { type: 'http', chainId: CHAIN_ID, url, accounts: [key] } } },
    { network: 'localnet' },
  )
  const deployments = { SEALIFT_DEPLOYMENTS: join(folder, 'deployments') }
  const io = fakeIo({ env: { ...deployments, ...env }, cwd: folder })
  const patience = setTimeout(() => io.interrupt(), PATIENCE_MS)
  try {
    await runTask({ json: true, verbose: true }, (run) => act(run, own), io)
  } finally {
    clearTimeout(patience)
  }
  return {
    document: JSON.parse(io.out()) as Record<string, unknown>,
    text: io.out() + io.err(),
    exitCode: io.exitCode(),
  }
}

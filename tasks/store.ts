/** `store`: a file, a folder or a piece of the depot → a store that is kept, by anyone, as long as there is money. */
import { resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import { openDepot } from '../src/depot/fs-store.ts'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { StoredDocument } from '../src/flow/documents.ts'
import { storePiece, type StoreRequest } from '../src/flow/store-piece.ts'
import { confirmSpending } from './confirm.ts'
import { depotUrl } from './context.ts'
import { describePurse, describeStore } from './describe-store.ts'
import { keptInspector } from './inspect.ts'
import { noDepotUrl } from './make-deal.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { withPerpetual } from './perpetual.ts'
import { type PolicyArguments, readPolicy } from './policy.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { depotFolder, optional, toAmount, toMilliseconds, toPieceSize } from './values.ts'
import { exactlyOne } from './wish.ts'

type Text = string | undefined

export interface StoreArguments extends PolicyArguments {
  readonly file: Text
  readonly cid: Text
  readonly wrap: boolean
  readonly followSymlinks: boolean
  readonly pieceSize: Text
  readonly fund: Text
  readonly wait: boolean
  readonly timeout: Text
  readonly depot: Text
  readonly contract: Text
  readonly skipDoctor: boolean
  readonly yes: boolean
  readonly json: boolean
}

export interface StorePorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Base URL under which providers reach the depot; empty: none is known. */
  readonly depotUrl: string
  readonly storePiece: (request: StoreRequest) => Promise<StoredDocument>
}

/** Between two looks at a chain that makes blocks at once. */
const LOCAL_POLL_MS = 500

/** Errors: ARGUMENT_INVALID, INPUT_NOT_FOUND. */
export async function readStoreRequest(args: StoreArguments, cwd: string): Promise<StoreRequest> {
  exactlyOne('--file', args.file, '--cid', args.cid, 'npx hardhat store --file PATH')
  if (args.timeout !== undefined && !args.wait)
    throw new StorageError('ARGUMENT_INVALID', { what: '--timeout needs --wait' })
  return {
    inputs: args.file === undefined ? undefined : [resolve(cwd, args.file)],
    cid: args.cid,
    wrap: args.wrap,
    followSymlinks: args.followSymlinks,
    maxPieceSize: optional('--piece-size', args.pieceSize, toPieceSize),
    policy: await readPolicy(args, cwd),
    fund: optional('--fund', args.fund, toAmount),
    wait: args.wait,
    deadlineMs: optional('--timeout', args.timeout, toMilliseconds),
  }
}

export async function store(
  args: Pick<StoreArguments, 'yes'>,
  request: StoreRequest,
  run: Run,
  ports: StorePorts,
): Promise<Outcome<StoredDocument>> {
  const { network, name } = ports
  if (ports.depotUrl === '' && request.policy.locations === undefined) throw noDepotUrl(name)
  await confirmSpending(args, run, network)
  const local = network.name === 'localnet' ? { everyMs: LOCAL_POLL_MS } : {}
  const document = await ports.storePiece({ ...request, ...local }).catch((error: unknown) => {
    throw withWayOn(error, name)
  })
  const lines = document.stores.flatMap((one) => [
    ...describeStore(one, network),
    one.tx === null ? 'It is kept already: nothing was sent.' : `transaction ${one.tx}`,
    '',
  ])
  const ids = document.stores.map(({ id }) => id).join(', ')
  return {
    document,
    text: [
      ...lines,
      ...describePurse(document.purse),
      `Next: npx hardhat stores ${ids.includes(',') ? '' : ids}${onNetwork(name)}`,
    ],
  }
}

/** A wait that ended early names the command that goes on looking. */
function withWayOn(error: unknown, name: string): unknown {
  const early = isStorageError(error, 'DEADLINE') || isStorageError(error, 'ABORTED')
  if (!early || error.next !== undefined) return error
  return new StorageError(error.code, {
    what: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    next: `npx hardhat stores${onNetwork(name)}`,
    cause: error,
  })
}

export default function action(
  args: StoreArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const request = await readStoreRequest(args, run.cwd)
    return withPerpetual(
      hre,
      run,
      { ...args, signs: true },
      async ({ opened, perpetual, account }) => {
        const { network, name, provider } = opened
        const url = depotUrl(args.url, run.env, network)
        const context = {
          network,
          provider,
          perpetual,
          account: await account(),
          depot: await openDepot(depotFolder(args.depot, { ...run, root: hre.config.paths.root })),
          depotUrl: url,
          signal: run.signal,
          onEvent: run.follow,
        }
        const inspect = args.skipDoctor ? undefined : keptInspector(context, name, run)
        return store(args, request, run, {
          network,
          name,
          depotUrl: url,
          storePiece: (wanted) => storePiece(wanted, { ...context, inspect }),
        })
      },
    )
  })
}

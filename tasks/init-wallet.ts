/** `init-wallet`: a key in the keystore, its addresses, the faucets, and the wait for the first FIL. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { describeAddress } from '../src/chain/lotus.ts'
import type { Network } from '../src/chain/networks.ts'
import { formatFil } from '../src/deal/units.ts'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { ClientDocument } from '../src/flow/documents.ts'
import { waitForFunds } from '../src/flow/wait-for-funds.ts'
import { formatTable } from '../src/terminal/table.ts'
import { addressRows } from './describe.ts'
import { explain } from './explain.ts'
import { KEY_NAME, storeNewKey } from './keystore.ts'
import { mannersOf } from './manners.ts'
import { onNetwork } from './messages.ts'
import { checkNetwork, openNetwork } from './network.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { toMilliseconds } from './values.ts'

interface InitWalletArguments {
  readonly force: boolean
  readonly wait: boolean
  readonly timeout: string
  readonly json: boolean
}

export interface InitWalletPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Whether a person watches. */
  readonly isTerminal: boolean
  /** 0x… of the account that signs. Errors: NO_KEY, KEYSTORE_LOCKED. */
  readonly account: () => Promise<string>
  /** Makes a key and stores it; its 0x…. Errors: TARGET_EXISTS. */
  readonly makeKey: (force: boolean) => Promise<string>
  readonly check: () => Promise<void>
  readonly describe: (address: string) => Promise<ClientDocument>
  /** attoFIL; 0 when the time is over. */
  readonly waitForFunds: (
    address: string,
    deadlineMs: number,
    onEmpty: (balance: bigint | undefined, leftMs: number) => void,
  ) => Promise<bigint>
}

interface WalletDocument extends ClientDocument {
  readonly version: 1
  readonly kind: 'wallet'
  readonly network: string
  /** Whether this run made the key. */
  readonly created: boolean
  /** attoFIL. */
  readonly balance: string
  readonly faucets: readonly string[]
}

export async function initWallet(
  args: InitWalletArguments,
  run: Run,
  ports: InitWalletPorts,
): Promise<Outcome<WalletDocument>> {
  const { network, name } = ports
  const { faucets } = network
  const deadlineMs = toMilliseconds('--timeout', args.timeout)
  const waits = args.wait || (ports.isTerminal && !args.json)
  const { address, created } = await accountOf(args, run, ports)
  await ports.check()
  const before = await ports.describe(address)
  let hasTold = false
  const balance = await ports.waitForFunds(address, waits ? deadlineMs : 0, (found, leftMs) => {
    // Whoever is to fetch the money needs the address now.
    if (!hasTold) for (const line of invitation(before, network)) run.progress.line(line)
    hasTold = true
    const has = found === undefined ? 'the node does not answer' : `${formatFil(found)} so far`
    run.progress.line(`waiting for FIL: ${has}, ${Math.ceil(leftMs / 60_000)} min left`)
  })
  if (balance === 0n && waits) {
    // The key is stored: done in part.
    run.sends()
    throw empty(before, ports, args.timeout)
  }
  // An account gets its id with its first money.
  const { f4, id } = balance === 0n ? before : await ports.describe(address)
  return {
    document: {
      version: 1,
      kind: 'wallet',
      network: network.name,
      address,
      f4,
      id,
      created,
      balance: String(balance),
      faucets,
    },
    text: [
      ...formatTable([
        ['key', created ? 'new, in the keystore' : 'was there already'],
        ...addressRows('account', { address, f4, id }),
        ['balance', formatFil(balance)],
        ...(balance === 0n ? faucets.map((url, index) => [index === 0 ? 'faucets' : '', url]) : []),
      ]),
      balance === 0n
        ? `Next, when a faucet has sent FIL: npx hardhat deploy${onNetwork(name)}`
        : `Next: npx hardhat deploy${onNetwork(name)}`,
    ],
  }
}

async function accountOf(
  { force }: InitWalletArguments,
  run: Run,
  { account, makeKey }: InitWalletPorts,
): Promise<{ readonly address: string; readonly created: boolean }> {
  const isGiven = (run.env[KEY_NAME] ?? '') !== ''
  if (force && isGiven)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `--force makes a key for the keystore, but ${KEY_NAME} of the environment goes before it`,
      hint: `Unset ${KEY_NAME} first.`,
    })
  const address = await account().catch((error: unknown) => {
    if (!isStorageError(explain(error), 'NO_KEY') || isGiven) throw error
    return undefined
  })
  if (address !== undefined && !force) return { address, created: false }
  if (address !== undefined)
    await run.confirm(
      `The key of ${address} is overwritten: its FIL and the client contracts that it owns are lost unless you have a copy of it. Go on?`,
    )
  return { address: await makeKey(force), created: true }
}

function invitation({ address, f4 }: ClientDocument, { faucets }: Network): string[] {
  return [
    `send FIL to ${address}, which is ${f4}`,
    ...faucets.map((url) => `a faucet gives some: ${url}`),
  ]
}

/** A faucet that is empty, or lets each address ask once a day, looks like one that is slow. */
function empty(
  { address, f4 }: ClientDocument,
  { network, name }: InitWalletPorts,
  timeout: string,
): StorageError {
  const others = network.faucets.join(', ')
  return new StorageError('DEADLINE', {
    what: `no FIL came to ${address} (${f4}) within ${timeout}`,
    hint:
      others === ''
        ? 'Send FIL to it from an exchange or a wallet. The key is stored: nothing is lost, run it again.'
        : `A faucet may be empty or limit how often it gives; try another: ${others}. The key is stored: nothing is lost, run it again.`,
    next: `npx hardhat init-wallet --wait${onNetwork(name)}`,
  })
}

export default function action(
  args: InitWalletArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), async (run) => {
    const opened = await openNetwork(hre, run)
    const { network, name, provider } = opened
    try {
      return await initWallet(args, run, {
        network,
        name,
        isTerminal: process.stderr.isTTY,
        account: async () => (await opened.signer()).getAddress(),
        makeKey: (force) => {
          if (!process.stdin.isTTY) throw nobodyThere()
          return storeNewKey(hre, run, force)
        },
        check: () => checkNetwork(opened, run),
        describe: (address) => describeAddress(provider, network, address, run),
        waitForFunds: (address, deadlineMs, onEmpty) =>
          waitForFunds(provider, address, { deadlineMs, onEmpty, signal: run.signal }),
      })
    } finally {
      await opened.close()
    }
  })
}

function nobodyThere(): StorageError {
  return new StorageError('NO_KEY', {
    what: 'no private key is configured, and a new one needs a terminal: the keystore asks for its password there',
    hint: `Run init-wallet in a terminal once, or set the environment variable ${KEY_NAME}.`,
    next: 'npx hardhat init-wallet',
  })
}

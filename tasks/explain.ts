/** Any failure as a StorageError: Hardhat's, Node's and ethers' errors get our codes; what is left is a defect. */
import { type ErrorCode, type ErrorDetail, isStorageError, StorageError } from '../src/errors.ts'

interface Surroundings {
  /** Name of the network in use, for hints. */
  readonly network?: string | undefined
}

/** Hardhat's error numbers that a user's situation causes (`@nomicfoundation/hardhat-errors`, descriptors). */
const HARDHAT = {
  variableMissing: 7,
  variableNotHex: 30,
  connectionRefused: 703,
  timeout: 704,
  networkNotFound: 705,
  globalChainIdDiffers: 708,
  keystoreLocked: 50_000,
  variableMissingInTests: 50_002,
} as const

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'NETWORK_ERROR',
  'TIMEOUT',
  'SERVER_ERROR',
])

export function explain(error: unknown, around: Surroundings = {}): StorageError {
  if (isStorageError(error)) return withWayOut(error, around)
  const [code, detail] = fromHardhat(error, around) ?? fromSystem(error, around) ?? defect(error)
  return new StorageError(code, { ...detail, cause: error })
}

/** Adds what only the task knows: the way out of a situation on its network. */
function withWayOut(error: StorageError, around: Surroundings): StorageError {
  const isDown = error.code === 'NODE_UNREACHABLE' && around.network === 'localnet'
  if (!isDown || error.next !== undefined) return error
  const [, { hint, next }] = unreachable(around)
  return new StorageError(error.code, {
    what: error.message,
    ...(hint === undefined ? {} : { hint }),
    ...(next === undefined ? {} : { next }),
    cause: error.cause,
  })
}

type Explanation = readonly [ErrorCode, ErrorDetail]

/** What to tell when PRIVATE_KEY is nowhere to be found, or is not a key. */
export function noKey(what: string): Explanation {
  return [
    'NO_KEY',
    {
      what,
      hint: 'Store the key once, encrypted, or set the environment variable PRIVATE_KEY for one command.',
      next: 'npx hardhat keystore set PRIVATE_KEY',
    },
  ]
}

/** What to tell on first use. */
function noKeyYet(): Explanation {
  return [
    'NO_KEY',
    {
      what: 'no private key is configured',
      hint: 'init-wallet makes a key and stores it, encrypted; `npx hardhat keystore set PRIVATE_KEY` stores one that you have.',
      next: 'npx hardhat init-wallet',
    },
  ]
}

function fromHardhat(error: unknown, around: Surroundings): Explanation | undefined {
  if (property(error, 'name') !== 'HardhatError') return undefined
  const values = property(error, 'messageArguments')
  switch (property(error, 'number')) {
    case HARDHAT.variableMissing:
    case HARDHAT.variableMissingInTests: {
      const name = String(property(values, 'name') ?? property(values, 'key'))
      if (name === 'PRIVATE_KEY') return noKeyYet()
      return [
        'ARGUMENT_INVALID',
        {
          what: `the configuration variable ${name} is not set`,
          next: `npx hardhat keystore set ${name}`,
        },
      ]
    }
    case HARDHAT.keystoreLocked:
      return [
        'KEYSTORE_LOCKED',
        {
          what: 'the keystore does not open: the password is wrong, or the file is damaged',
          hint: 'Run the command again with the password that you gave the keystore. A lost password cannot be found again: then put the file away that the next command names, and store your keys anew.',
          next: 'npx hardhat keystore path',
        },
      ]
    case HARDHAT.variableNotHex:
      return noKey('the configured private key is not hexadecimal')
    case HARDHAT.networkNotFound:
      return unknownNetwork(String(property(values, 'networkName')))
    case HARDHAT.globalChainIdDiffers:
      return [
        'UNKNOWN_NETWORK',
        {
          what: 'the node serves another chain than configured',
          expected: `chain id ${String(property(values, 'configChainId'))}`,
          got: `chain id ${String(property(values, 'connectionChainId'))}`,
        },
      ]
    case HARDHAT.connectionRefused:
    case HARDHAT.timeout:
      return unreachable(around)
    default:
      return undefined
  }
}

export function unknownNetwork(name: string): Explanation {
  return [
    'UNKNOWN_NETWORK',
    {
      what: 'the network is not known',
      expected: 'calibration, filecoin (mainnet) or localnet',
      got: name,
      hint: 'Networks are declared in hardhat.config.ts.',
    },
  ]
}

function unreachable(around: Surroundings): Explanation {
  const name = around.network
  const isLocal = name === 'localnet'
  return [
    'NODE_UNREACHABLE',
    {
      what: `the node of ${name === undefined ? 'the network' : `the network "${name}"`} does not answer`,
      hint: isLocal
        ? 'Start the local Filecoin in another terminal and leave it running.'
        : 'Check the connection and the url of the network in hardhat.config.ts, then try again.',
      ...(isLocal ? { next: 'npx hardhat localnet' } : {}),
    },
  ]
}

function fromSystem(error: unknown, around: Surroundings): Explanation | undefined {
  const code = property(error, 'code')
  if (property(error, 'name') === 'AbortError' || code === 'ABORT_ERR') {
    return ['ABORTED', { what: 'the work was interrupted' }]
  }
  if (code === 'EADDRINUSE' || code === 'PORT_IN_USE') return portInUse(property(error, 'port'))
  if (code === 'PORT_REFUSED') {
    return ['ARGUMENT_INVALID', { what: String(property(error, 'message')) }]
  }
  if (code === 'INSUFFICIENT_FUNDS') {
    return [
      'NO_MONEY',
      {
        what: 'the account does not cover the cost of the transaction',
        hint: 'Send FIL to the account; on calibration a faucet gives some: https://faucet.calibnet.chainsafe-fil.io',
        next: 'npx hardhat get-address',
      },
    ]
  }
  if (typeof code === 'string' && UNREACHABLE.has(code)) return unreachable(around)
  return undefined
}

function portInUse(port: unknown): Explanation {
  return [
    'PORT_IN_USE',
    {
      what: `another program listens on port ${typeof port === 'number' ? port : 'that was asked for'}`,
      hint: 'Stop that program or choose another port with --port (or --depot-port).',
    },
  ]
}

function defect(error: unknown): Explanation {
  const message = property(error, 'message')
  const [first = ''] = (typeof message === 'string' ? message : String(error)).split('\n')
  return [
    'INTERNAL',
    {
      what: `unexpected: ${first}`,
      hint: 'Run the command again with --show-stack-traces to see where it happened.',
    },
  ]
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<string, unknown>)[name]
}

/**
 * The closed set of errors. A message says what went wrong, what was expected, what was got; `hint` says what to do,
 * and `next` is the command that does it. Codes are stable: scripts and tests rely on them, wording may change.
 */
const CODES = {
  // input
  INPUT_NOT_FOUND: 'a file or folder that was named does not exist',
  INPUT_UNREADABLE: 'a file or folder cannot be read',
  INPUT_CHANGED: 'a file changed while it was read',
  INPUT_UNSUPPORTED: 'an input is not a regular file, folder or followed link',
  SYMLINK_REFUSED: 'a symbolic link was found and links are not followed',
  ARGUMENT_INVALID: 'an argument cannot be understood',
  // bytes
  CBOR_INVALID: 'bytes are not the canonical CBOR of the expected shape',
  ADDRESS_INVALID: 'bytes or text are not a Filecoin or Ethereum address',
  CID_INVALID: 'text or bytes are not a CID of the expected kind',
  CAR_INVALID: 'a CAR is malformed, has several roots or misses blocks',
  BLOCK_MISMATCH: 'a block does not hash to its CID',
  PIECE_MISMATCH: 'bytes do not have the expected piece commitment or size',
  PIECE_TOO_LARGE: 'a piece does not fit a sector',
  // aggregates
  SEGMENT_INVALID: 'a data segment, its place or its index entry is not what FRC-0058 allows',
  AGGREGATE_FULL: 'segments do not fit the aggregate or its index',
  PROOF_INVALID: 'an inclusion proof does not prove what it should',
  RECEIPT_INVALID: 'a receipt contradicts itself, the data or the chain',
  // depot
  CID_NOT_FOUND: 'neither depot nor provider has this content',
  DEPOT_FULL: 'the disk of the depot is full',
  DEPOT_READ_ONLY: 'the depot folder cannot be written',
  DEPOT_CORRUPT: 'a file of the depot is not what its record says',
  PIECE_NEEDED: 'an aggregate in the depot is made of the piece',
  PORT_IN_USE: 'a port is taken by another program',
  IN_USE: 'another process works in a folder that is for one',
  // terms
  EPOCH_PAST: 'an epoch lies in the past',
  TERM_INVALID: 'a term of the deal breaks a rule of the market',
  LABEL_TOO_LONG: 'a label exceeds 256 bytes',
  COST_TOO_HIGH: 'what is asked for costs more than was allowed',
  PROVIDER_UNKNOWN: 'an actor id is not that of a storage provider',
  URL_INVALID: 'a URL has characters that providers cannot take',
  WOULD_BE_REFUSED: 'a check before sending found what providers or the market refuse',
  // chain
  NO_KEY: 'no private key is configured',
  KEYSTORE_LOCKED: 'the keystore does not open: the password is wrong or the file is damaged',
  NO_MONEY: 'the account or the escrow does not cover the cost',
  UNKNOWN_NETWORK: 'the network is not known or is not the expected chain',
  NODE_UNREACHABLE: 'the node does not answer',
  NODE_BEHIND: 'the node is far behind the chain, or says what cannot be',
  CLOCK_OFF: 'the clock of this machine is not that of the chain',
  LOGS_GONE: 'the node keeps no logs of epochs that far back',
  NOT_DEPLOYED: 'no client contract is deployed on this network',
  CONTRACT_REFUSED: 'the contract refused the call',
  TRANSACTION_FAILED: 'a transaction was mined and failed',
  ALREADY_SENT: 'an earlier command that could not finish has sent the very same',
  PROPOSAL_NOT_FOUND: 'the client contract has no such proposal',
  // exchange
  FETCH_FAILED: 'a download failed or was not what the server promised',
  TARGET_EXISTS: 'a file that would be written exists',
  TARGET_UNSAFE: 'a name would be written outside the target folder',
  DEADLINE: 'a deadline passed before the work was done',
  ABORTED: 'the work was interrupted',
  DECLINED: 'the user declined',
  INTERNAL: 'a defect of Sealift',
} as const

export type ErrorCode = keyof typeof CODES

export interface ErrorDetail {
  /** What could be neither done nor accepted, with names and values. */
  readonly what: string
  readonly expected?: string | number | bigint
  readonly got?: string | number | bigint
  /** What the reader can do about it. */
  readonly hint?: string
  /** The next command to run, ready to paste. */
  readonly next?: string
  readonly cause?: unknown
}

export class StorageError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly next: string | undefined

  constructor(code: ErrorCode, detail: ErrorDetail) {
    const both = [
      detail.expected === undefined ? '' : `expected ${detail.expected}`,
      detail.got === undefined ? '' : `got ${detail.got}`,
    ].filter((part) => part !== '')
    super(both.length === 0 ? detail.what : `${detail.what}: ${both.join(', ')}`, {
      cause: detail.cause,
    })
    this.name = 'StorageError'
    this.code = code
    this.hint = detail.hint
    this.next = detail.next
  }
}

export function isStorageError(error: unknown, code?: ErrorCode): error is StorageError {
  return error instanceof StorageError && (code === undefined || error.code === code)
}

/** A StorageError as what structured clone can carry to another thread; anything else as it is. */
export function errorData(error: unknown): unknown {
  if (!isStorageError(error)) return error
  const { code, message, hint, next, cause } = error
  return { storageError: code, message, hint, next, cause }
}

/** The error that `errorData` was made of. */
export function reviveError(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || !('storageError' in data)) return data
  const { storageError, message, hint, next, cause } = data as {
    storageError: ErrorCode
    message: string
    hint?: string
    next?: string
    cause?: unknown
  }
  return new StorageError(storageError, {
    what: message,
    ...(hint === undefined ? {} : { hint }),
    ...(next === undefined ? {} : { next }),
    cause,
  })
}

/** One sentence per code, for `--help` and the documentation. */
export const errorCodes: Readonly<Record<ErrorCode, string>> = CODES

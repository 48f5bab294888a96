/** Text of the command line as values. Anything that cannot be understood is ARGUMENT_INVALID and names its option. */
import { join, resolve } from 'node:path'
import { getAddress as toChecksum } from 'ethers'
import { actorIdOf, addressFromString, ethFromAddress } from '../src/bytes/address.ts'
import { parsePrice, type Price } from '../src/deal/price.ts'
import { parseDuration, parseFil } from '../src/deal/units.ts'
import { type ErrorCode, isStorageError, StorageError } from '../src/errors.ts'
import { isPieceSize } from '../src/piece/size.ts'
import { defaults } from './messages.ts'

type Text = string | undefined

function invalid(option: string, expected: string, got: string): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: `${option} cannot be understood`,
    expected,
    got: JSON.stringify(got),
  })
}

/** Text that is there, of several options that belong together. */
export function required(option: string, text: Text, hint?: string): string {
  if (text !== undefined && text !== '') return text
  throw new StorageError('ARGUMENT_INVALID', {
    what: `${option} is missing`,
    ...(hint === undefined ? {} : { hint }),
  })
}

export function toPort(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 0 && port <= 65_535) return port
  throw invalid(option, 'a port from 0 to 65535', text)
}

export function toCount(option: string, text: string, min: number, max: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (count >= min && count <= max) return count
  throw invalid(option, `a whole number from ${min} to ${max}`, text)
}

export function toSeconds(option: string, text: string): number {
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (seconds > 0) return seconds
  throw invalid(option, 'seconds, more than 0', text)
}

/** Raw sizes and padded sizes, in bytes. */
export function toBytes(option: string, text: string): number {
  const bytes = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(bytes)) return bytes
  throw invalid(option, 'a whole number of bytes', text)
}

const BYTES_PER: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}
/** Sectors hold 32 or 64 GiB (FIP-0003), and so pieces at most 64. */
const LARGEST_PIECE = 64 * 2 ** 30

/** Padded bytes of `32GiB`, `512MiB` or a number of bytes: a power of two from 128 to 64 GiB. */
export function toPieceSize(option: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,12})\s*((?:[KMG]iB)?)$/.exec(text.trim()) ?? []
  const size = count === '' ? Number.NaN : Number(count) * (BYTES_PER[unit] ?? Number.NaN)
  if (isPieceSize(size) && size <= LARGEST_PIECE) return size
  throw invalid(option, 'a power of two up to 64GiB, such as 32GiB, 16GiB or 512MiB', text)
}

export function toEpoch(option: string, text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw invalid(option, 'the number of an epoch', text)
}

export function toBoolean(option: string, text: string): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw invalid(option, 'true or false', text)
}

/** Epochs of `18mo`, `540d` or a number of epochs. */
export function toEpochs(option: string, text: string): bigint {
  return named(option, () => parseDuration(text))
}

const MS_PER: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of clock time: `90min`. */
export function toMilliseconds(option: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})\s*(s|min|h|d)$/.exec(text.trim()) ?? []
  const ms = Number(count) * (MS_PER[unit] ?? Number.NaN)
  if (ms > 0) return ms
  throw invalid(option, 'a time with its unit, such as 90s, 30min, 12h or 2d', text)
}

/** attoFIL of an amount with its unit. */
export function toAmount(option: string, text: string): bigint {
  return named(option, () => parseFil(text))
}

/** A price for a size and a time, or per epoch for the whole piece. */
export function toPrice(option: string, text: string): Price {
  return named(option, () => parsePrice(text))
}

/** attoFIL; a bare number is attoFIL, as in the starter kit. */
export function toAttoFil(option: string, text: string): bigint {
  return /^\d+$/.test(text) ? BigInt(text) : toAmount(option, text)
}

/** Actor ids of `f01000,t01001,1002`. */
export function toProviders(option: string, text: string): bigint[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, id] = /^(?:[ft]0)?(\d{1,18})$/.exec(part) ?? []
      if (id === undefined) throw invalid(option, 'provider ids such as f01000,f01001', part)
      return BigInt(id)
    })
}

/** Actor id of one provider. */
export function toProvider(option: string, text: string): bigint {
  const [id, ...more] = toProviders(option, text)
  if (id !== undefined && more.length === 0) return id
  throw invalid(option, 'one provider such as f01000', text)
}

const PROPOSAL_ID = /^(?:0x)?([0-9a-f]{64})$/i

export function isProposalId(text: string): boolean {
  return PROPOSAL_ID.test(text)
}

export function toProposalId(option: string, text: string): string {
  const [, digits] = PROPOSAL_ID.exec(text) ?? []
  if (digits !== undefined) return `0x${digits.toLowerCase()}`
  throw invalid(option, '0x and 64 hexadecimal digits', text)
}

export function toDealId(option: string, text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw invalid(option, 'the number of a deal', text)
}

export function toStoreId(option: string, text: string): bigint {
  if (/^[1-9]\d{0,17}$/.test(text)) return BigInt(text)
  throw invalid(option, 'the number of a store', text)
}

export function toSector(option: string, text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw invalid(option, 'the number of a sector', text)
}

/** 0x… of 0x…, f410… or t410…; of f0…, t0… and the same in Ethereum form (0xff00…) an actor id, which only a node can resolve. */
export function toAddressOrId(option: string, text: string): string | bigint {
  const trimmed = text.trim()
  // EIP-55 or one case: mistyped letters are found.
  const { bytes } = named(option, () => addressFromString(trimmed), 'ARGUMENT_INVALID')
  const id = actorIdOf(bytes)
  if (id !== undefined) return id
  if (trimmed.startsWith('0x')) return trimmed
  return named(option, () => toChecksum(ethFromAddress(bytes)), 'ARGUMENT_INVALID')
}

/** As `toAddressOrId`, where no node is at hand: an actor id is refused. */
export function toEthAddress(option: string, text: string): string {
  const address = toAddressOrId(option, text)
  if (typeof address === 'string') return address
  throw invalid(option, '0x and 40 hexadecimal digits, or f410…; f0… is not resolved here', text)
}

/** Base URL without a slash at its end. */
export function toBaseUrl(option: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '')
  throw invalid(option, 'a URL that begins with http:// or https://', text)
}

/** What the option gives, or undefined when it was left out. */
export function optional<T>(
  option: string,
  text: Text,
  read: (option: string, text: string) => T,
): T | undefined {
  return text === undefined ? undefined : read(option, text)
}

/** Where relative paths are reckoned from: what a person typed from `cwd`, defaults from the project's `root`. */
export interface Place {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly root: string
}

/** Absolute path of what the tasks keep between two runs: SEALIFT_STATE, else `.sealift` of the project. */
export function stateFolder({ env, cwd, root }: Place): string {
  const stated = env['SEALIFT_STATE']
  if (stated === undefined || stated === '') return join(root, defaults.stateFolder)
  return resolve(cwd, stated)
}

/** Absolute path of the depot: the option, else SEALIFT_DEPOT, else `depot` in the state folder. */
export function depotFolder(text: Text, place: Place): string {
  const stated = text ?? place.env['SEALIFT_DEPOT']
  if (stated === undefined || stated === '') return join(stateFolder(place), 'depot')
  return resolve(place.cwd, stated)
}

/** Absolute path of what `deploy` writes: SEALIFT_DEPLOYMENTS, else `deployments` of the project. */
export function deploymentsFolder(place: Place): string {
  const stated = place.env['SEALIFT_DEPLOYMENTS']
  if (stated === undefined || stated === '') return join(place.root, defaults.deploymentsFolder)
  return resolve(place.cwd, stated)
}

/** attoFIL that the gas of a transaction may cost at most: SEALIFT_MAX_GAS; undefined where nothing is said. */
export function mostForGas(env: NodeJS.ProcessEnv): bigint | undefined {
  const stated = env['SEALIFT_MAX_GAS']
  if (stated === undefined || stated === '') return undefined
  return toAmount('SEALIFT_MAX_GAS', stated)
}

/** Adds the option's name to what the parsers of units say. */
function named<T>(option: string, read: () => T, code?: ErrorCode): T {
  try {
    return read()
  } catch (error) {
    if (!isStorageError(error)) throw error
    throw new StorageError(code ?? error.code, {
      what: `${option}: ${error.message}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    })
  }
}

/** What the options of `make-deal` ask for, and what of them contradicts itself. */
import { resolve } from 'node:path'
import { StorageError } from '../src/errors.ts'
import type { MakeDealRequest } from '../src/flow/make-deal.ts'
import {
  optional,
  toAmount,
  toCount,
  toEpoch,
  toEpochs,
  toMilliseconds,
  toPieceSize,
  toPrice,
  toProviders,
} from './values.ts'

type Text = string | undefined

export interface MakeDealArguments {
  readonly file: Text
  readonly cid: Text
  readonly wrap: boolean
  readonly followSymlinks: boolean
  readonly pieceSize: Text
  readonly wait: boolean
  readonly timeout: Text
  readonly replicas: string
  readonly provider: Text
  readonly duration: Text
  readonly startIn: Text
  readonly startEpoch: Text
  readonly endEpoch: Text
  readonly price: Text
  readonly maxTotal: Text
  readonly providerCollateral: Text
  readonly clientCollateral: Text
  readonly label: Text
  readonly url: Text
  readonly depot: Text
  readonly contract: Text
  readonly skipDoctor: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly json: boolean
}

/** Contracts count replicas in 16 bits. */
const MAX_REPLICAS = 65_535

/** Errors: ARGUMENT_INVALID. */
export function readWish(args: MakeDealArguments, cwd: string): MakeDealRequest {
  exactlyOne('--file', args.file, '--cid', args.cid, 'npx hardhat make-deal --file PATH')
  atMostOne('--start-in', args.startIn, '--start-epoch', args.startEpoch)
  atMostOne('--duration', args.duration, '--end-epoch', args.endEpoch)
  if (args.timeout !== undefined && !args.wait) {
    throw new StorageError('ARGUMENT_INVALID', { what: '--timeout needs --wait' })
  }
  if (args.dryRun && args.wait) {
    throw new StorageError('ARGUMENT_INVALID', {
      what: '--dry-run sends nothing that --wait could wait for',
    })
  }
  const given = {
    inputs: args.file === undefined ? undefined : [resolve(cwd, args.file)],
    cid: args.cid,
    maxPieceSize: optional('--piece-size', args.pieceSize, toPieceSize),
    replicas: toCount('--replicas', args.replicas, 1, MAX_REPLICAS),
    providers: optional('--provider', args.provider, toProviders),
    durationEpochs: optional('--duration', args.duration, toEpochs),
    startInEpochs: optional('--start-in', args.startIn, toEpochs),
    startEpoch: optional('--start-epoch', args.startEpoch, toEpoch),
    endEpoch: optional('--end-epoch', args.endEpoch, toEpoch),
    price: optional('--price', args.price, toPrice),
    maxTotal: optional('--max-total', args.maxTotal, toAmount),
    providerCollateral: optional('--provider-collateral', args.providerCollateral, toAmount),
    clientCollateral: optional('--client-collateral', args.clientCollateral, toAmount),
    label: args.label,
    wait: args.wait ? ('active' as const) : undefined,
    deadlineMs: optional('--timeout', args.timeout, toMilliseconds),
  }
  return { ...definedOnly(given), wrap: args.wrap, followSymlinks: args.followSymlinks }
}

/** Errors: ARGUMENT_INVALID. */
export function exactlyOne(
  name: string,
  value: Text,
  other: string,
  otherValue: Text,
  next: string,
): void {
  atMostOne(name, value, other, otherValue)
  if (value !== undefined || otherValue !== undefined) return
  throw new StorageError('ARGUMENT_INVALID', {
    what: `nothing to store: neither ${name} nor ${other} is given`,
    next,
  })
}

function atMostOne(name: string, value: Text, other: string, otherValue: Text): void {
  if (value === undefined || otherValue === undefined) return
  throw new StorageError('ARGUMENT_INVALID', {
    what: `${name} and ${other} exclude each other`,
    hint: 'Give one of them.',
  })
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function definedOnly<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}

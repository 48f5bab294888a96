/** What the options of `aggregator` ask for, as a policy, terms of the deals and places to fetch from. */
import type { DealWishes } from '../src/aggregator/context.ts'
import type { FetchOptions } from '../src/aggregator/fetch-content.ts'
import type { Policy } from '../src/aggregator/next-actions.ts'
import { DEFAULT_DURATION } from '../src/deal/terms.ts'
import { EPOCH_SECONDS, EPOCHS_PER_DAY } from '../src/deal/units.ts'
import { StorageError } from '../src/errors.ts'
import {
  optional,
  toAmount,
  toBaseUrl,
  toCount,
  toEpochs,
  toMilliseconds,
  toPieceSize,
  toPrice,
  toProviders,
} from './values.ts'

type Text = string | undefined

export interface AggregatorArguments {
  readonly hub: Text
  readonly fromBlock: Text
  readonly state: Text
  readonly source: Text
  readonly gateway: Text
  readonly minPayment: string
  readonly tries: string
  readonly closeAt: string
  readonly closeAfter: string
  readonly minPieceSize: string
  readonly maxPieceSize: string
  readonly replicas: string
  readonly provider: Text
  readonly duration: Text
  readonly startIn: Text
  readonly price: Text
  readonly providerCollateral: Text
  readonly clientCollateral: Text
  readonly url: Text
  readonly depot: Text
  readonly contract: Text
  readonly once: boolean
  readonly yes: boolean
  readonly json: boolean
}

interface Aggregation {
  readonly policy: Policy
  readonly wishes: DealWishes
  readonly fetching: Omit<FetchOptions, 'depot' | 'rules'>
}

const MAX_REPLICAS = 65_535
/** What a request names is below 4 GiB. */
const MAX_BYTES = 2 ** 32 - 1
/** Days that providers have for a deal before it starts, unless stated; as `termsFor` has it. */
const DEFAULT_START_IN = 2n * EPOCHS_PER_DAY
/** A request's deadline is that of its completion: its batch closes a day before. */
const LEAD_EPOCHS = Number(EPOCHS_PER_DAY)
/** Half of the batch whose gas docs/performance.md measures. */
const CHUNK = 25
const FIRST_WAIT_MS = 60_000
const MAX_WAIT_MS = 3_600_000

/** Errors: ARGUMENT_INVALID. */
export function readAggregation(args: AggregatorArguments): Aggregation {
  const durationEpochs = optional('--duration', args.duration, toEpochs)
  const startInEpochs = optional('--start-in', args.startIn, toEpochs)
  const minPieceSize = toPieceSize('--min-piece-size', args.minPieceSize)
  const maxPieceSize = toPieceSize('--max-piece-size', args.maxPieceSize)
  const closeAtBytes = toPieceSize('--close-at', args.closeAt)
  if (minPieceSize > maxPieceSize || closeAtBytes > maxPieceSize)
    throw new StorageError('ARGUMENT_INVALID', {
      what: 'no aggregate is larger than --max-piece-size',
      expected: `--min-piece-size and --close-at of at most ${args.maxPieceSize}`,
      got: `${args.minPieceSize} and ${args.closeAt}`,
    })
  return {
    policy: {
      plan: {
        minPieceSize,
        maxPieceSize,
        closeAtBytes,
        closeAfter: toWait('--close-after', args.closeAfter),
      },
      minPayment: toAmount('--min-payment', args.minPayment),
      tries: toCount('--tries', args.tries, 1, 1000),
      firstWaitMs: FIRST_WAIT_MS,
      maxWaitMs: MAX_WAIT_MS,
      leadEpochs: LEAD_EPOCHS,
      storedEpochs: Number(
        (startInEpochs ?? DEFAULT_START_IN) + (durationEpochs ?? DEFAULT_DURATION),
      ),
      chunk: CHUNK,
    },
    wishes: {
      replicas: toCount('--replicas', args.replicas, 1, MAX_REPLICAS),
      providers: optional('--provider', args.provider, toProviders),
      durationEpochs,
      startInEpochs,
      price: optional('--price', args.price, toPrice),
      providerCollateral: optional('--provider-collateral', args.providerCollateral, toAmount),
      clientCollateral: optional('--client-collateral', args.clientCollateral, toAmount),
    },
    fetching: {
      sources: toBaseUrls('--source', args.source),
      gateways: toBaseUrls('--gateway', args.gateway),
      maxBytes: MAX_BYTES,
    },
  }
}

/** Epochs of clock time: `6h`. */
export function toWait(option: string, text: string): number {
  return Math.ceil(toMilliseconds(option, text) / (EPOCH_SECONDS * 1000))
}

function toBaseUrls(option: string, text: Text): string[] {
  return (text ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => toBaseUrl(option, url))
}

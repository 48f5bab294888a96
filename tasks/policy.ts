/** What options and a JSON file say of a policy, in human units; an option goes before the file. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod/v4'
import { StorageError } from '../src/errors.ts'
import type { Policy } from '../src/keep/policy.ts'
import {
  optional,
  toAmount,
  toBaseUrl,
  toCount,
  toEpochs,
  toEthAddress,
  toProviders,
} from './values.ts'

type Text = string | undefined

export interface PolicyArguments {
  readonly policy: Text
  readonly replicas: Text
  readonly provider: Text
  readonly term: Text
  readonly price: Text
  readonly maxPrice: Text
  readonly reward: Text
  readonly url: Text
}

const MAX_REPLICAS = 8
const text = z.string()
const flag = z.boolean()

/** Field by field as `Policy` of the contract: amounts and durations as text with their unit. */
const schema = z.strictObject({
  replicas: z.number().optional(),
  distinct: flag.optional(),
  keeperLocations: flag.optional(),
  rule: z.enum(['any', 'only', 'except']).optional(),
  providers: z.array(text).optional(),
  judge: text.optional(),
  term: text.optional(),
  lead: text.optional(),
  startDelay: text.optional(),
  price: text.optional(),
  maxPrice: text.optional(),
  collateral: text.optional(),
  maxCollateral: text.optional(),
  reward: text.optional(),
  maxPay: text.optional(),
  maxPayPerWindow: text.optional(),
  locations: z.array(text).optional(),
})

/** Errors: ARGUMENT_INVALID, INPUT_NOT_FOUND. */
export async function readPolicy(args: PolicyArguments, cwd: string): Promise<Partial<Policy>> {
  const file = args.policy === undefined ? {} : await readFields(resolve(cwd, args.policy))
  const { providers, rule } = file
  const list = optional('--provider', args.provider, toProviders)
  const given = {
    ...file,
    replicas: count('--replicas', args.replicas) ?? file.replicas,
    providers: list ?? providers?.flatMap((one) => toProviders('providers', one)),
    rule: list === undefined ? rule : ('only' as const),
    judge: optional('judge', file.judge, toEthAddress),
    term: epochs('--term', args.term) ?? epochs('term', file.term),
    lead: epochs('lead', file.lead),
    startDelay: epochs('startDelay', file.startDelay),
    price: amount('--price', args.price) ?? amount('price', file.price),
    maxPrice: amount('--max-price', args.maxPrice) ?? amount('maxPrice', file.maxPrice),
    collateral: amount('collateral', file.collateral),
    maxCollateral: amount('maxCollateral', file.maxCollateral),
    reward: amount('--reward', args.reward) ?? amount('reward', file.reward),
    maxPay: amount('maxPay', file.maxPay),
    maxPayPerWindow: amount('maxPayPerWindow', file.maxPayPerWindow),
    locations: location(args.url) ?? file.locations,
  }
  return definedOnly(given)
}

async function readFields(path: string): Promise<z.infer<typeof schema>> {
  let json: string
  try {
    json = await readFile(path, 'utf8')
  } catch (cause) {
    throw new StorageError('INPUT_NOT_FOUND', { what: `the policy ${path} cannot be read`, cause })
  }
  try {
    return schema.parse(JSON.parse(json))
  } catch (cause) {
    const [issue] = cause instanceof z.ZodError ? cause.issues : []
    throw new StorageError('ARGUMENT_INVALID', {
      what: `the policy ${path} cannot be understood: ${issue === undefined ? 'it is no JSON' : `${issue.path.join('.')} ${issue.message}`}`,
      hint: 'docs/perpetual.md has every field with an example.',
      cause,
    })
  }
}

/** A depot serves pieces by their CID. */
function location(url: Text): string[] | undefined {
  const base = optional('--url', url, toBaseUrl)
  return base === undefined ? undefined : [`${base}/piece/`]
}

const count = (name: string, value: Text) =>
  optional(name, value, (option, given) => toCount(option, given, 1, MAX_REPLICAS))
const amount = (name: string, value: Text) => optional(name, value, toAmount)
const epochs = (name: string, value: Text) =>
  optional(name, value, (option, given) => Number(toEpochs(option, given)))

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function definedOnly<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}

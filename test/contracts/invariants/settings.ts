/**
 * How long and from which seed the Solidity tests play.
 *
 *     SEALIFT_INVARIANT_CALLS   calls of actions over all campaigns, 100,000 unless told
 *     SEALIFT_FUZZ_SEED         32 bytes of hex: starts from this seed again. Two runs of one build tried the
 *                             same actions as often; an exact repetition, call by call, is not established
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HardhatPlugin } from 'hardhat/types/plugins'

/** Calls of one run: enough for a proposal to be made, published, activated, lost or ended, and settled. */
const DEPTH = 250
const DEFAULT_CALLS = 100_000

const suite = readFileSync(new URL('Invariants.t.sol', import.meta.url), 'utf8')
/** Hardhat plays each `invariant_…` function as a campaign of its own. */
const campaigns = [...suite.matchAll(/function invariant_/g)].length

const asked = process.env['SEALIFT_INVARIANT_CALLS'] ?? String(DEFAULT_CALLS)
if (!/^[1-9]\d*$/.test(asked)) {
  throw new Error(`SEALIFT_INVARIANT_CALLS is "${asked}"; expected a whole number above 0`)
}
const seed = process.env['SEALIFT_FUZZ_SEED'] ?? `0x${randomBytes(32).toString('hex')}`
if (!/^0x[0-9a-fA-F]{64}$/.test(seed)) {
  throw new Error(`SEALIFT_FUZZ_SEED is "${seed}"; expected 0x and 64 hex digits`)
}

/** Calls that all campaigns together take at least. */
export const invariantCalls = Number(asked)

export const solidityTests = {
  fuzz: { seed },
  invariant: {
    runs: Math.ceil(invariantCalls / campaigns / DEPTH),
    depth: DEPTH,
    // Actions expect what must fail, so a revert of one is a finding; with nothing to act on they discard the call.
    failOnRevert: true,
    // Inputs come from the seed alone: the dictionary of seen values has another order each time.
    dictionaryWeight: 0,
    includeStorage: false,
    includePushBytes: false,
    // Each attempt plays the sequence again.
    shrinkRunLimit: 50,
  },
}

const sayHowToReplay = (when: string) =>
  console.log(`${when} seed ${seed}; to start from it again: SEALIFT_FUZZ_SEED=${seed}`)

/** Says the seed before the Solidity tests and behind their failures. */
export const seeds: HardhatPlugin = {
  id: 'sealift-seeds',
  hookHandlers: {
    test: async () => ({
      default: async () => ({
        async onTestRunStart(context, id, next) {
          if (id === 'solidity') sayHowToReplay('Solidity tests,')
          await next(context, id)
        },
        async onTestRunDone(context, id, next) {
          if (id === 'solidity') sayHowToReplay('Played with')
          await next(context, id)
        },
      }),
    }),
  },
}

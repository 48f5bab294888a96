/**
 * The rules twice: what the contract decides, chooses and reckons for generated stores, and what `src/keep` does, field by
 * field. The seed is printed; SEALIFT_SEED sets it, SEALIFT_STATES how many.
 */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { type Contract, toBeHex } from 'ethers'
import { network } from 'hardhat'
import { labelFor, rootOfLabel } from '../../../src/deal/label.ts'
import { isStorageError } from '../../../src/errors.ts'
import {
  chooseProviders,
  eligibleProviders,
  PROVIDER_RULES,
} from '../../../src/keep/choose-providers.ts'
import { decide } from '../../../src/keep/decide.ts'
import { offerAt, offerPerEpoch } from '../../../src/keep/offer.ts'
import { checkPolicy, type Policy, policyFor } from '../../../src/keep/policy.ts'
import { REASONS, reasonText } from '../../../src/keep/reason.ts'
import { endowmentFor, runwayOf } from '../../../src/keep/runway.ts'
import { locate } from '../../../src/keep/location.ts'
import { pieceCidV1 } from '../../../src/piece/piece-cid.ts'
import { Dice } from '../../support/dice.ts'
import { randomFacts } from '../../support/keep-states.ts'
import { edgePolicies, randomPolicy } from './random-policy.ts'
import { type Answer, decodeAnswers, encodeQuestions, type Question } from './rules-wire.ts'

const SEED = process.env['SEALIFT_SEED'] ?? 'rules 1'
const STATES = Number(process.env['SEALIFT_STATES'] ?? 20_000)
/** Of one call: a large one takes long, because the node looks at all of its memory again and again. */
const BATCH = 20
const GAS = 1_000_000_000n
const ROOT = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

const connection = await network.connect()
const { ethers } = connection

describe(`the rules in Solidity and in TypeScript, seed "${SEED}"`, () => {
  let harness: Contract
  let clerk: Contract

  before(async () => {
    clerk = (await ethers.deployContract('StoreClerk')) as unknown as Contract
    harness = (await ethers.deployContract('RulesHarness')) as unknown as Contract
  })

  after(() => connection.close())

  const ask = (name: string, ...args: unknown[]): Promise<unknown> =>
    harness.getFunction(name).staticCall(...args)
  const askClerk = (name: string, ...args: unknown[]): Promise<unknown> =>
    clerk.getFunction(name).staticCall(...args)

  it(`say the same about ${STATES} stores`, async () => {
    const dice = new Dice(SEED)
    const to = await harness.getAddress()
    const selector = harness.interface.getFunction('answer')?.selector ?? ''
    const met = new Map<string, number>()
    for (let done = 0; done < STATES; done += BATCH) {
      const questions = Array.from({ length: BATCH }, () => randomQuestion(dice))
      const call = { to, data: selector + encodeQuestions(questions), gas: toBeHex(GAS) }
      const said = await connection.provider.request({ method: 'eth_call', params: [call] })
      const answers = decodeAnswers(said as string)
      for (const [i, question] of questions.entries()) {
        const ours = answerOf(question)
        if (!isDeepStrictEqual(answers[i], ours))
          expect(answers[i], `store ${done + i}: ${show(question)}`).to.deep.equal(ours)
        met.set(ours.decision.reason, (met.get(ours.decision.reason) ?? 0) + 1)
      }
    }
    // What the dice never make is not compared.
    for (const reason of REASONS.filter((one) => one !== 'first'))
      expect(met.get(reason) ?? 0, reason).to.be.greaterThan(STATES / 1000)
  }).timeout(180_000)

  it('make the same offers', async () => {
    const dice = new Dice(`${SEED} offers`)
    const terms = Array.from({ length: 200 }, () => {
      const first = dice.big(dice.int(1, 84))
      const ceiling = first + dice.big(dice.int(1, 84))
      return { first, ceiling, step: dice.int(0, 11), pieceSize: 2 ** dice.int(7, 36) }
    })
    const ours = terms.map(({ first, ceiling, step, pieceSize }) => [
      offerAt(first, ceiling, step),
      offerPerEpoch(first, ceiling, step, pieceSize),
    ])
    expect(plain(await ask('offers', terms))).to.deep.equal(ours)
  })

  it('reckon the same endowments', async () => {
    const dice = new Dice(`${SEED} endowments`)
    for (let i = 0; i < 50; i++) {
      const maxPay = dice.big(60)
      const policy = policyFor({
        locations: ['https://depot.example/'],
        replicas: dice.int(1, 8),
        term: dice.int(518_400, 3_637_440),
        price: dice.big(30),
        maxPrice: dice.big(30) + 2n ** 30n,
        collateral: 0n,
        reward: 0n,
        maxPay,
        maxPayPerWindow: maxPay,
      })
      const { term } = policy
      const pieceSize = 2 ** dice.int(7, 36)
      const epochs = dice.once(3) ? BigInt(dice.pick([0, 1, term, term + 1])) : dice.big(26)
      const { atFirstOffer, atCeiling } = endowmentFor(policy, pieceSize, epochs)
      const theirs = await askClerk('endowment', pieceSize, policyToSolidity(policy), epochs)
      expect(theirs, show({ policy, pieceSize, epochs })).to.deep.equal([atFirstOffer, atCeiling])
    }
  })

  it('give each reason the same sentence', async () => {
    const sentences = await Promise.all(REASONS.map((_, i) => ask('reasonText', i)))
    expect(sentences).to.deep.equal(REASONS.map(reasonText))
    // The contract has no further reason: ethers shows the name of no error of its own.
    expect(await errorOf(ask('reasonText', REASONS.length))).to.not.equal('nothing')
  })

  it('write the same labels and locations', async () => {
    const dice = new Dice(`${SEED} text`)
    for (const root of ['bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi', ROOT]) {
      const [id, attempt] = [dice.big(64), dice.int(1, 2 ** 31)]
      const label = labelFor(root, `${id}`, attempt)
      expect(await ask('label', id, attempt, root)).to.equal(label)
      expect(await ask('rootOf', label))
        .to.equal(root)
        .and.to.equal(rootOfLabel(label))
    }
    const commitment = Uint8Array.from({ length: 32 }, () => dice.int(0, 255))
    const cid = pieceCidV1({ root: commitment })
    expect(await ask('cidText', commitment)).to.equal(cid)
    for (const location of ['https://depot.example/piece/', 'https://depot.example/x.car', 'a', ''])
      expect(await ask('locate', location, commitment)).to.equal(locate(location, cid))
  })

  it('take and refuse the same policies', async () => {
    const dice = new Dice(`${SEED} policies`)
    const counts = new Map<string, number>()
    const pairs = Array.from({ length: 60 }, () => randomPolicy(dice))
    for (const policy of [...edgePolicies(), ...pairs]) {
      const refused = await errorOf(askClerk('checkPolicy', policyToSolidity(policy)))
      expect(fieldOf(policy), show(policy)).to.match(FIELDS[refused] ?? expect.fail(refused))
      counts.set(refused, (counts.get(refused) ?? 0) + 1)
    }
    // Each of the contract's reasons was met.
    expect([...counts.keys()].toSorted()).to.deep.equal(Object.keys(FIELDS).toSorted())
  })
})

/** What the contract's errors, and none, are about. */
const FIELDS: Readonly<Record<string, RegExp>> = {
  nothing: /^nothing$/,
  ReplicasOutOfBounds: /^replicas$/,
  TermOutOfBounds: /^term$/,
  StartDelayOutOfBounds: /^startDelay$/,
  LeadOutOfBounds: /^lead$/,
  PolicyAmountTooLarge: /^max(Price|Collateral|PayPerWindow)$/,
  PriceAboveCeiling: /^price$/,
  CollateralAboveCeiling: /^collateral$/,
  RewardAboveCeiling: /^reward$/,
  PayAboveWindow: /^maxPay$/,
  ProvidersUnexpected: /^providers$/,
  PolicyProvidersTooMany: /^providers$/,
  PolicyProvidersTooFew: /^providers$/,
  PolicyProviderRepeated: /^providers\[/,
  LocationsOutOfBounds: /^locations$/,
  PolicyLocationTooLong: /^locations\[/,
  LocationInvalid: /^locations\[/,
}

function randomQuestion(dice: Dice): Question {
  const facts = randomFacts(dice)
  const rule = dice.pick(PROVIDER_RULES)
  const all = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].filter(() => !dice.once(3))
  const replicas = BigInt(facts.replicas)
  const copy =
    offerPerEpoch(facts.price, facts.maxPrice, facts.step, facts.pieceSize) * BigInt(facts.term)
  const pay = dice.once(4) ? 0n : dice.big(40)
  const rounds = (copy * replicas + pay) * BigInt(dice.int(0, 20)) + copy * BigInt(dice.int(0, 3))
  const purse = rounds + BigInt(dice.int(-1, 1))
  return {
    facts,
    providers: { rule, providers: rule === 'any' ? [] : all, distinct: dice.once(2) },
    shunned: Array.from({ length: 4 }, () => BigInt(dice.int(0, 9))),
    purse: purse < 0n ? 0n : purse,
    pay,
  }
}

function answerOf({ facts, providers, shunned, purse, pay }: Question): Answer {
  const decision = decide(facts)
  return {
    decision,
    choice: chooseProviders(facts, providers, shunned, decision),
    eligible: eligibleProviders(facts, providers),
    runway: runwayOf(facts, purse, pay),
  }
}

function policyToSolidity({ rule, judge, ...rest }: Policy): unknown {
  return { ...rest, rule: PROVIDER_RULES.indexOf(rule), judge: judge ?? `0x${'00'.repeat(20)}` }
}

/** The field that is refused, or `nothing`. */
function fieldOf(policy: Policy): string {
  try {
    checkPolicy(policy)
    return 'nothing'
  } catch (error) {
    if (!isStorageError(error, 'ARGUMENT_INVALID')) throw error
    return /^the policy's (\S+) is out of bounds/.exec(error.message)?.[1] ?? error.message
  }
}

/** The name of the contract's error, or `nothing`. */
async function errorOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'nothing'
  } catch (error) {
    return /custom error '(\w+)/.exec(String(error))?.[1] ?? String(error)
  }
}

/** Nested results of ethers as nested arrays. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? [...value].map(plain) : value
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}` : one))
}

/** Questions to RulesHarness.sol and its answers, as words of 32 bytes. */
import {
  type Choice,
  PROVIDER_RULES,
  type ProviderPolicy,
} from '../../../src/keep/choose-providers.ts'
import type { Decision } from '../../../src/keep/decide.ts'
import { type Facts, STANDINGS } from '../../../src/keep/facts.ts'
import { REASONS } from '../../../src/keep/reason.ts'

export interface Question {
  readonly facts: Facts
  readonly providers: ProviderPolicy
  /** Four. */
  readonly shunned: readonly bigint[]
  /** attoFIL: what the runway is reckoned with. */
  readonly purse: bigint
  readonly pay: bigint
}

export interface Answer {
  readonly decision: Decision
  readonly choice: Choice
  readonly eligible: number
  readonly runway: bigint
}

const ANSWER_WORDS = 13
const WORD_DIGITS = 64

/** Call data of `answer(uint256[])` behind its selector. */
export function encodeQuestions(questions: readonly Question[]): string {
  const words = [questions.length, ...questions.flatMap(wordsOf)]
  return [32, words.length, ...words].map(wordText).join('')
}

function wordsOf({ facts: f, providers, shunned, purse, pay }: Question): (number | bigint)[] {
  const deals = f.deals.flatMap(({ dealId, provider, startEpoch, endEpoch, standing, closed }) => [
    dealId,
    provider,
    startEpoch,
    endEpoch,
    STANDINGS.indexOf(standing),
    Number(closed),
  ])
  return [
    f.epoch,
    f.replicas,
    f.term,
    f.lead,
    f.startDelay,
    Number(f.cancelled),
    f.step,
    f.openCopies,
    f.openSince,
    f.openStart,
    Number(f.crowded),
    f.eligible,
    f.pieceSize,
    f.price,
    f.maxPrice,
    f.money,
    f.openReserve,
    f.deals.length,
    ...deals,
    PROVIDER_RULES.indexOf(providers.rule),
    Number(providers.distinct),
    pack(providers.providers),
    pack(shunned),
    purse,
    pay,
  ]
}

/** @param data Of the call, 0x…: a list of words. */
export function decodeAnswers(data: string): Answer[] {
  const words = data.slice(2 + 2 * WORD_DIGITS).match(/.{64}/g) ?? []
  const answers: Answer[] = []
  for (let at = 0; at < words.length; at += ANSWER_WORDS)
    answers.push(answerOf(words.slice(at, at + ANSWER_WORDS).map((word) => BigInt(`0x${word}`))))
  return answers
}

function answerOf(words: readonly bigint[]): Answer {
  const big = (i: number): bigint => words[i] ?? 0n
  const number = (i: number): number => Number(big(i))
  return {
    decision: {
      reason: REASONS[number(0)] ?? 'first',
      endsOpen: big(1) === 1n,
      settles: big(2) === 1n,
      copies: number(3),
      startEpoch: number(4),
      endEpoch: number(5),
      step: number(6),
      dueAt: number(7),
    },
    choice: { restricted: big(8) === 1n, allowed: unpack(big(9)), excluded: unpack(big(10)) },
    eligible: number(11),
    runway: big(12),
  }
}

function wordText(word: number | bigint): string {
  return word.toString(16).padStart(WORD_DIGITS, '0')
}

/** One number in each byte, the first in the lowest. */
function pack(list: readonly bigint[]): bigint {
  return list.reduce((packed, one, i) => packed | (one << BigInt(8 * i)), 0n)
}

function unpack(packed: bigint): bigint[] {
  const list: bigint[] = []
  for (let rest = packed; rest > 0n; rest >>= 8n) list.push(rest & 0xffn)
  return list
}

/** What providers did off the chain: their answers to pushes, and what they fetched from the depot. */
import type { FetchKnown, ProposalKnown, PushKnown } from './facts.ts'
import type { FetchProgress, Step, StepName } from './timeline.ts'
import { percentOf, providerText, readerText, sizeText } from './words.ts'

/** A download is told of when it begins, at each quarter, and when it is whole. */
const QUARTER = 25

/** Actor id of `f01000` or `t01000`. */
export function idOf(by: string | undefined): bigint | undefined {
  const [, digits] = /^[ft]0(\d{1,18})$/.exec(by ?? '') ?? []
  return digits === undefined ? undefined : BigInt(digits)
}

const STEP_OF: Readonly<Record<PushKnown['outcome'], StepName>> = {
  accepted: 'accepted',
  refused: 'refused',
  unreachable: 'pushed',
  unclear: 'pushed',
}

/** One step for each answer of a provider; of the same answer again and again, the first. */
export function pushSteps({ proposalId }: ProposalKnown, pushes: readonly PushKnown[]): Step[] {
  const seen = new Set<string>()
  const steps: Step[] = []
  for (const push of pushes.toSorted((a, b) => a.at - b.at)) {
    const { provider, outcome, reason, at, url } = push
    const key = `${provider} ${outcome} ${reason}`
    if (seen.has(key)) continue
    seen.add(key)
    const step = STEP_OF[outcome]
    const who = providerText(provider)
    const isAnswer = step !== 'pushed'
    steps.push({
      id: `${proposalId}:${step}:${who}:${at}`,
      step,
      epoch: null,
      at: new Date(at).toISOString(),
      text: pushText(push, who),
      source: `${isAnswer ? `answer of ${who} over MK12` : `the relay's push to ${who}`}${url === '' ? '' : ` at ${hostOf(url)}`}`,
    })
  }
  return steps
}

function pushText({ outcome, reason, dealUuid }: PushKnown, who: string): string {
  switch (outcome) {
    case 'accepted':
      return `accepted by ${who}, its deal ${dealUuid}`
    case 'refused':
      return `refused by ${who}: ${reason}`
    case 'unreachable':
      return `pushed, but ${who} could not be reached: ${reason}`
    case 'unclear':
      return `pushed, but ${who} gave no clear answer: ${reason}`
    default:
      return outcome satisfies never
  }
}

/** Whatever else is in a URL may be a secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that cannot be read'
}

/** Those of one reader as one step: how far it is. */
export function fetchStep({ proposalId }: ProposalKnown, fetch: FetchKnown): Step {
  const { by, from, bytes, size, last, reader } = fetch
  const percent = percentOf(fetch)
  const step = percent === 100 ? 'fetched' : 'fetching'
  const mark = step === 'fetched' ? '' : `:${Math.floor(percent / QUARTER) * QUARTER}`
  const who = readerText(fetch)
  return {
    // By the reader, not by its address: there are as many ids as readers, however many addresses a stranger has.
    id: `${proposalId}:${step}:${reader}${mark}`,
    step,
    epoch: null,
    at: new Date(last).toISOString(),
    text:
      bytes === 0
        ? `${who} has asked for it, 0 % sent`
        : `${who} fetched ${percent} %: ${sizeText(bytes)} of ${sizeText(size)}`,
    source:
      by === undefined
        ? `the depot's log, requests from ${from}`
        : `the depot's log, requests from ${from} to the URL that was pushed to ${by}`,
  }
}

export function fetchProgress(fetch: FetchKnown): FetchProgress {
  const { by, reader, from, bytes, size, last } = fetch
  return {
    provider: by ?? null,
    reader,
    from,
    bytes,
    total: size,
    percent: percentOf(fetch),
    at: new Date(last).toISOString(),
  }
}
